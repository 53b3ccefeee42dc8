#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/telemetry/file_bytes.hpp"
#include "engine/telemetry/mtconnect.hpp"
#include "engine/telemetry/shdr.hpp"
#include "scenarios/profile.hpp"

namespace foretwin::scenarios {

/// The observations of several logs, one after the other as the profile names them; packed with
/// gzip or not. Where a log is cut into files makes no difference.
class LogFiles : public telemetry::ObservationSource {
  public:
    /// Told while a file is read. May throw to end the reading.
    using Told = std::function<void(const std::string& file, std::int64_t done, std::int64_t all)>;

    /// `profile` outlives it. Its logs are read, or those of `instead` where there are any.
    LogFiles(const ProfileFile& profile, const std::vector<LogFile>& instead, Told told = {});

    bool next(telemetry::Observation& into) override;
    telemetry::LogCounts counts() const;
    std::vector<std::string> names() const;

  private:
    void open(const LogFile& log);
    telemetry::ShdrDecoder& decoder(const std::string& device);

    const ProfileFile& profile_;
    std::vector<LogFile> logs_;
    Told told_;
    std::size_t next_ = 0;
    std::map<std::string, std::unique_ptr<telemetry::ShdrDecoder>> decoders_;  ///< by device
    telemetry::LogCounts elements_;
    std::unique_ptr<telemetry::ObservationSource> open_;
};

/// InputError, at `place` of the command line or the profile, for a file that is none.
void check_logs(const ProfileFile& profile, const std::vector<LogFile>& logs);

}  // namespace foretwin::scenarios
