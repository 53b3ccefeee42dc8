#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/living/ledger.hpp"
#include "scenarios/living/living_twin.hpp"

namespace foretwin::scenarios {

/// What a living twin is kept for: as `foretwin live` is asked.
struct LiveQuestion {
    std::filesystem::path description;
    std::filesystem::path store;   ///< HDF5 file that ingest fills; empty: as the description says
    std::filesystem::path folder;  ///< for forecasts.jsonl and live.html; made when missing
    std::string since;             ///< also forecasts of the past, in the profile's zone; or empty
    bool once = false;             ///< ends when the telemetry at hand is used up
    int threads = 0;
};

/// What is told meanwhile; any may be empty.
struct LiveTold {
    std::function<void(const living::Issue&)> issued;      ///< once the ledger has it
    std::function<void(const std::string& line)> message;  ///< how it goes, for people
    /// There is nothing to do: to call the function, which waits a moment. Empty: it is called.
    std::function<void(const std::function<void()>& nap)> idle;
    experiments::Progress passed;  ///< minutes of telemetry taken, of those at hand
};

/// A twin that is kept current with the telemetry of a store, issues forecasts from the present
/// state, publishes them where the description says so, and scores them when the truth is there.
/// One process at a time works on a folder, as long as this lives.
class LiveRun {
  public:
    /// InputError with all problems of the description and what it names; EnvironmentError when
    /// nothing can be written.
    LiveRun(const LiveQuestion& question, LiveTold told);
    ~LiveRun();
    LiveRun(const LiveRun&) = delete;
    LiveRun& operator=(const LiveRun&) = delete;

    /// Until the telemetry at hand is used up, if once was asked for, or `stop` is set. InputError
    /// when it then has nothing of the profile's devices. Once.
    void run(const std::atomic<bool>& stop);

    /// After run().
    const living::LivingTwin& twin() const;
    const living::Ledger& ledger() const;
    const living::Description& description() const;
    /// No forecast was due before this instant.
    living::Instant issue_from() const;
    std::filesystem::path page() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace foretwin::scenarios
