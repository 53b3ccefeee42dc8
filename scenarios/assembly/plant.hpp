#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/kernel/model.hpp"
#include "models/energy/tariff.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/read.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::assembly {

/// What a device of the plant is, for KPIs and reports.
struct DeviceNote {
    std::string name;
    std::string type;
    std::string fleet;  ///< empty: stands in the file by itself
    std::uint32_t machines = 0;
};

/// An alternative under one draw of its parameters, ready to run.
struct Plant {
    kernel::Model model;
    loader::Clock clock;
    std::vector<DeviceNote> devices;  ///< of the scenario, in name order
    std::vector<std::string> notes;   ///< what was assumed where the scenario is silent
};

/// Tariffs that several plants share: laying a year of hourly prices along a run takes longer than
/// all the rest of assembling. Keyed by everything that a tariff depends on. Thread-safe.
class SharedTariffs {
  public:
    std::shared_ptr<const energy::Tariff> find(const std::string& key) const;
    void keep(const std::string& key, std::shared_ptr<const energy::Tariff> tariff);

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const energy::Tariff>> tariffs_;
};

/// Builds the kernel's model from a tree that passed check(). `reader` holds the parameter draw;
/// `folder` is where relative files start. Throws InputError for what only a draw can break.
Plant assemble(const loader::Value& tree, const loader::Reader& reader,
               const std::filesystem::path& folder, SharedTariffs* shared = nullptr);

}  // namespace foretwin::assembly
