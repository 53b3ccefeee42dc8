#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/kernel/simulation.hpp"
#include "engine/telemetry/observation_source.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::living {

/// A plant that is only imagined, telling of itself as a real one would: one future of a scenario
/// as telemetry. For demonstrations and tests, where the truth is known to whoever set it up.
///
/// Each machine tells its state (`state`, as text: busy, starved, blocked, repair ...), the cause
/// of a failure (`cause`; none when it runs), finished parts (`parts`), good ones (`good`) and its
/// power in W (`power`), each when it has changed, at multiples of `period`, and all of them every
/// ten minutes.
class Imitation : public telemetry::ObservationSource {
  public:
    struct Plan {
        telemetry::Instant from = 0;  ///< where the scenario's run begins
        Time length = 0;
        Time period = 10 * second;
        std::uint32_t seed = 1;
        std::uint32_t replication = 0;
    };
    /// InputError when the scenario has no machine. `file` outlives it.
    Imitation(const loader::ScenarioFile& file, const Plan& plan);
    ~Imitation() override;

    bool next(telemetry::Observation& into) override;
    /// The instant of what was told last.
    telemetry::Instant now() const { return plan_.from + at_; }

  private:
    struct Plant;
    struct Machine;
    void look();
    bool repeats() const;
    void tell(Machine& machine, const kernel::FigureSink& present,
              const std::vector<Wide>& figures);

    Plan plan_;
    std::unique_ptr<Plant> plant_;
    std::vector<Machine> machines_;
    std::deque<telemetry::Observation> told_;
    Time at_ = 0;
    Time step_ = 0;  ///< since the look before
};

/// "14 days": how long it runs, or how often it is looked at; InputError, with `option` in front,
/// for what is no duration from 1 s to 10 years.
Time imitated_time(const std::string& text, const std::string& option);

/// One observation as a line of JSON (time, device, signal, value), without an end of line: what
/// ingest reads back, from a file or a topic.
std::string line_of(const telemetry::Observation& one);

}  // namespace foretwin::living
