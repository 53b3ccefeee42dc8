#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenarios/loader/read.hpp"

namespace foretwin::assembly {

/// How many parts pass in the mean, per second, where nothing ever fails or closes; infinite where
/// nothing takes time. An estimate for refusing what would never end, not a result.
struct FlowEstimate {
    struct Source {
        std::string name;
        double per_s = 0;
        const loader::Value* blamed = nullptr;  ///< what says how fast: an interval, a cycle
    };
    struct Station {
        std::string name;
        double per_s = 0;
        const loader::Value* cycle = nullptr;
    };
    /// An unlimited queue whose parts come faster than they leave.
    struct Store {
        std::string name;
        double grows_per_s = 0;
        const loader::Value* blamed = nullptr;
    };
    std::vector<Source> sources;
    std::vector<Station> stations;
    std::vector<Store> stores;
};

/// `devices` have been checked and assembled, so that every value is there and of its kind. The
/// values that the estimate points at live as long as `devices`. `open_share`: by calendar, the
/// share of the run in which a source with that calendar works.
FlowEstimate estimate_flow(const loader::Value& devices, const loader::Reader& reader,
                           const std::map<std::string, double>& open_share = {});

}  // namespace foretwin::assembly
