#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/telemetry/quality.hpp"
#include "scenarios/experiments/study_plan.hpp"

namespace foretwin::scenarios {

/// What is to be put into which store: as `foretwin ingest` is asked.
struct IngestQuestion {
    std::filesystem::path description;
    std::string file;                 ///< instead of the file that the description names
    std::filesystem::path store;      ///< HDF5 file; made when it is not there
    std::filesystem::path report;     ///< folder for quality.html, .txt and .json; empty: none
    std::filesystem::path set_aside;  ///< CSV file for what is not stored; else beside the store
    /// Of a broker: end after this time ("10 min"), or when nothing came for so long; empty: when
    /// stopped.
    std::string run_for, until_idle;
};

/// What is told meanwhile, and what stops it; what is empty is not told.
struct IngestTold {
    experiments::Progress read;                            ///< bytes of the file, of how many
    std::function<void(const std::string& line)> message;  ///< of a broker: how it goes
    /// Of a broker, several times a second: messages so far, and whether they wait for room.
    std::function<void(std::int64_t messages, bool stalled)> pulse;
    const std::atomic<bool>* stop = nullptr;
};

struct IngestAnswer {
    telemetry::QualityReport report;  ///< refused: nothing was stored
    std::filesystem::path set_aside;  ///< file with what was not stored, one by one; empty: none
};

/// Puts a file of telemetry, or what a broker tells, into the store by declared quality rules.
/// Nothing is acknowledged whose report or rest is lost. InputError with every problem of the
/// description, and for a file that cannot be what it describes; EnvironmentError when a file
/// cannot be read or written, or a broker refuses us; experiments::Cancelled when the reading of a
/// file was stopped: the store then has what was acknowledged, and the same again goes on.
IngestAnswer ingest(const IngestQuestion& question, const IngestTold& told = {});

}  // namespace foretwin::scenarios
