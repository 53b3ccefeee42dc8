#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/wide.hpp"
#include "engine/telemetry/instant.hpp"
#include "models/observed/follower.hpp"
#include "scenarios/living/description.hpp"
#include "scenarios/present/issue.hpp"

namespace foretwin::living {

using telemetry::Instant;

/// Who draws power in the scenario, and its tariff, if any.
struct PowerUse {
    std::vector<std::string> devices;
    std::string tariff;
};

/// What really came, in the figures of the forecasts: counted by the follower of the telemetry, and
/// kept at every instant at which a forecast is issued, so that any stretch between two of them can
/// be told.
class History {
  public:
    History(const Description& description, const observed::Profile& profile,
            std::vector<present::Figure> figures, Time window, const PowerUse& power);

    /// For so long nobody told anything of the plant.
    void add_silence(Time time) { silence_ += time; }
    /// The follower stands at `at`. Called at each multiple of the tariff's window, for the demand,
    /// and where a forecast may begin or end (`kept`).
    void note(Instant at, observed::Follower& follower, bool kept);

    /// The figure between two kept instants; nothing when it was not measured, or not for more than
    /// 2 % of the time.
    std::optional<double> between(std::size_t figure, Instant from, Instant to) const;

  private:
    struct Device {
        Time down = 0, unknown = 0;
        std::int64_t failures = 0, good = 0;
        Wide energy = 0;  ///< mW ns
        Time energy_unknown = 0;
    };
    struct Tick {
        Instant at = 0;
        std::vector<Device> devices;  ///< of the profile
        double peak_kw = 0;           ///< of windows that ended since the tick before
        Time silence = 0;             ///< so far
    };
    void find_meters(const PowerUse& power);
    const Tick* tick(Instant at) const;
    std::optional<double> down_time(const std::vector<std::size_t>& devices, const Tick& from,
                                    const Tick& to) const;
    std::optional<double> energy(const Tick& from, const Tick& to) const;
    std::optional<double> peak(const Tick& from, const Tick& to) const;

    std::vector<present::Figure> figures_;
    std::vector<std::string> names_;     ///< of the profile's devices
    std::vector<std::size_t> machines_;  ///< followed, among the profile's devices
    std::vector<std::size_t> metered_;   ///< whose energy makes up the plant's; none: unknown
    std::vector<bool> counts_good_;      ///< by device: else produced less scrapped
    std::optional<std::size_t> output_;
    std::vector<Tick> ticks_;
    Time window_;
    Time silence_ = 0;
    Instant demand_from_ = telemetry::no_instant;
    double demand_energy_ = 0;
    double peak_kw_ = 0;
};

}  // namespace foretwin::living
