#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/telemetry/events.hpp"
#include "engine/telemetry/observation.hpp"
#include "engine/telemetry/series_rules.hpp"

namespace foretwin::telemetry {

/// What is neither accepted nor rejected yet, with the names of its series.
struct HeldSample {
    std::string device;
    std::string signal;
    HeldRow row;

    friend bool operator==(const HeldSample&, const HeldSample&) = default;
};

using OtherSink = std::function<void(const Observation&)>;

/// Takes observations one by one, while they come, and holds them to the same rules as those of a
/// file (SampleRules). An observation's item is the `column` of its signal. The accounts are
/// balanced at any moment: received = accepted + rejected + late + waiting.
class Intake {
  public:
    /// `description` and `sink` must outlive it. Texts, and what is unavailable, of no signal that
    /// is described go to `other`; they are counted, not judged.
    Intake(const IngestDescription& description, SampleSink& sink, SetAsideSink set_aside = {},
           OtherSink other = {});
    ~Intake();

    /// `now` is our clock: what is further ahead of it than `ahead_at_most` is rejected, because
    /// one such sample would make all that follow late.
    void take(const Observation& observation, Instant now);
    /// A message in which nothing could be read.
    void refuse(RowDefect why, std::string_view text);

    /// What waits to be accepted, and would be lost with this process.
    std::vector<HeldSample> held() const;
    std::size_t held_count() const;
    /// What came since the last call and waits still.
    std::vector<HeldSample> newly_held();
    /// Takes back what an earlier process held; what the sink has meanwhile is left out. Returns
    /// how many were taken.
    std::size_t restore(const std::vector<HeldSample>& held);

    /// No more observations: what waits is passed on.
    void finish();
    /// The accounts as they are now; RuleBroken when they are not balanced.
    QualityReport report() const;
    /// Observations that went to `other`.
    std::int64_t others() const { return others_; }

  private:
    SampleRules& rules(std::uint32_t device, std::size_t signal);
    std::optional<Defect> offer(std::uint32_t device, std::size_t signal, const Observation& one);
    void give_up(const Observation& observation, RowDefect why);

    const IngestDescription& description_;
    SampleSink& sink_;
    SetAsideSink set_aside_;
    OtherSink other_;
    std::map<std::string, std::size_t, std::less<>> signals_;  ///< by column
    NameTable devices_;
    std::vector<std::unique_ptr<SampleRules>> series_;    ///< device x signals + signal
    std::vector<std::pair<std::size_t, HeldRow>> fresh_;  ///< series, and what began to wait
    bool holds_back_ = false;  ///< whether the description makes anything wait
    std::int64_t others_ = 0;
    QualityReport rows_;
};

}  // namespace foretwin::telemetry
