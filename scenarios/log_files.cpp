#include "scenarios/log_files.hpp"

#include <algorithm>
#include <array>

namespace foretwin::scenarios {
namespace {

using telemetry::ByteSource;
using telemetry::LogCounts;

struct Peeked {
    ByteSource bytes;  ///< all of them
    char first = '\0';
};

/// The first character that is neither space nor part of a byte order mark.
Peeked peek(ByteSource source) {
    auto head = std::make_shared<std::string>(std::size_t{4096}, '\0');
    head->resize(source(head->data(), head->size()));
    Peeked peeked;
    for (const char c : *head) {
        if (c == '\xef' || c == '\xbb' || c == '\xbf' || c == ' ' || c == '\r' || c == '\n' ||
            c == '\t')
            continue;
        peeked.first = c;
        break;
    }
    peeked.bytes = [head, source = std::move(source), given = std::size_t{0}](
                       char* into, std::size_t size) mutable {
        if (given == head->size()) return source(into, size);
        const std::size_t part = std::min(size, head->size() - given);
        std::copy_n(head->data() + given, part, into);
        given += part;
        return part;
    };
    return peeked;
}

void add(LogCounts& sum, const LogCounts& one) {
    sum.lines += one.lines;
    sum.observations += one.observations;
    sum.empty += one.empty;
    sum.protocol += one.protocol;
    sum.assets += one.assets;
    sum.repeated += one.repeated;
    for (const auto& [reason, count] : one.defects) sum.defects[reason] += count;
    for (const LogCounts::Example& example : one.examples)
        if (sum.examples.size() < LogCounts::most_examples) sum.examples.push_back(example);
}

}  // namespace

LogFiles::LogFiles(const ProfileFile& profile, const std::vector<LogFile>& instead, Told told)
    : profile_(profile), logs_(instead.empty() ? profile.logs : instead), told_(std::move(told)) {
    check_logs(profile_, logs_);
}

telemetry::ShdrDecoder& LogFiles::decoder(const std::string& device) {
    auto& found = decoders_[device];
    if (!found) {
        telemetry::ShdrDescription description;
        description.device = device;
        description.zone = profile_.profile.zone;
        description.conditions = profile_.conditions;
        description.messages = profile_.messages;
        description.time_series = profile_.time_series;
        found = std::make_unique<telemetry::ShdrDecoder>(std::move(description));
    }
    return *found;
}

void LogFiles::open(const LogFile& log) {
    open_.reset();
    const std::filesystem::path path = profile_.folder / log.file;
    telemetry::BytesRead read;
    if (told_)
        read = [told = told_, file = log.file](auto done, auto all) { told(file, done, all); };
    Peeked peeked = peek(telemetry::file_bytes(path, path.string(), std::move(read)));
    const std::string device = log.device.empty() ? profile_.default_device : log.device;
    const bool xml = log.format == LogFile::Format::mtconnect ||
                     (log.format == LogFile::Format::unknown && peeked.first == '<');
    if (xml)
        open_ = std::make_unique<telemetry::MtconnectLog>(peeked.bytes, path.string(), device,
                                                          elements_);
    else
        open_ = std::make_unique<telemetry::ShdrLog>(std::move(peeked.bytes), path.string(),
                                                     decoder(device));
}

bool LogFiles::next(telemetry::Observation& into) {
    for (;;) {
        if (open_ && open_->next(into)) return true;
        if (next_ == logs_.size()) return false;
        open(logs_[next_++]);
    }
}

LogCounts LogFiles::counts() const {
    LogCounts sum = elements_;
    for (const auto& [device, decoder] : decoders_) add(sum, decoder->counts());
    return sum;
}

std::vector<std::string> LogFiles::names() const {
    std::vector<std::string> names;
    for (const LogFile& log : logs_) names.push_back(log.file);
    return names;
}

void check_logs(const ProfileFile& profile, const std::vector<LogFile>& logs) {
    std::vector<Problem> problems;
    if (logs.empty())
        problems.push_back({{},
                            "no log is named",
                            "name files in the profile, as in logs: [day.txt.gz], or behind it"});
    for (const LogFile& log : logs) {
        const std::filesystem::path path = profile.folder / log.file;
        std::error_code error;
        if (!std::filesystem::exists(path, error))
            problems.push_back({{},
                                "there is no log '" + path.string() + "'",
                                "logs of a profile are relative to its folder"});
        else if (std::filesystem::is_directory(path, error))
            problems.push_back({{},
                                "'" + path.string() + "' is a folder",
                                "name the files in it, as in folder/*.gz"});
    }
    if (!problems.empty()) throw InputError(std::move(problems));
}

}  // namespace foretwin::scenarios
