#include "scenarios/report/chrome_trace.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace foretwin::report {
namespace {

using executors::Row;
using executors::Timeline;
using Entry = Timeline::Entry;

/// Written by hand, one event per line: a long run has a hundred thousand of them.
class Writer {
  public:
    explicit Writer(std::uint64_t zero_ns) : zero_ns_(zero_ns) {}

    void name(const char* what, std::uint32_t process, std::uint32_t track,
              const std::string& text) {
        begin(what, 'M', process, track);
        text_ += ",\"args\":{\"name\":" + nlohmann::json(text).dump() + "}}";
    }
    void span(const Entry& entry) {
        begin(entry.name, 'X', entry.row.group, entry.row.number);
        time(",\"ts\":", entry.begin_ns - zero_ns_);
        time(",\"dur\":", entry.end_ns - entry.begin_ns);
        text_ += ",\"args\":{\"events\":" + std::to_string(entry.events);
        if (entry.row.group == Row::threads && entry.about.group != Row::threads) {
            text_ += ",\"alternative\":" + std::to_string(entry.about.group - 1) +
                     ",\"replication\":" + std::to_string(entry.about.number);
        }
        text_ += "}}";
    }
    void value(const Entry& entry) {
        begin(entry.name, 'C', entry.row.group, entry.row.number);
        time(",\"ts\":", entry.begin_ns - zero_ns_);
        text_ += ",\"id\":\"replication " + std::to_string(entry.row.number) +
                 "\",\"args\":{\"events\":" + std::to_string(entry.events) + "}}";
    }
    void mark(const std::string& what, std::uint64_t at_ns) {
        begin(what.c_str(), 'i', Row::threads, 0);
        time(",\"ts\":", at_ns - zero_ns_);
        text_ += ",\"s\":\"g\"}";
    }
    std::string text() && { return std::move(text_); }

  private:
    void begin(const char* what, char phase, std::uint32_t process, std::uint32_t track) {
        text_ += text_.empty() ? "\n" : ",\n";
        text_ += "{\"name\":\"" + std::string(what) + "\",\"ph\":\"" + phase +
                 "\",\"pid\":" + std::to_string(process) + ",\"tid\":" + std::to_string(track);
    }
    void time(const char* key, std::uint64_t ns) {
        char number[40];
        std::snprintf(number, sizeof number, "%.3f", static_cast<double>(ns) * 1e-3);
        text_.append(key).append(number);
    }

    std::uint64_t zero_ns_;
    std::string text_;
};

/// Names of processes and tracks, so that a viewer shows words.
void write_names(Writer& writer, const std::vector<Entry>& entries,
                 const std::vector<std::string>& alternatives) {
    writer.name("process_name", Row::threads, 0, "threads");
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
        writer.name("process_name", static_cast<std::uint32_t>(i + 1), 0,
                    "replications of " + alternatives[i]);
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> rows;
    for (const Entry& entry : entries) rows.insert({entry.row.group, entry.row.number});
    for (const auto& [group, number] : rows) {
        const char* kind = group == Row::threads ? "thread " : "replication ";
        writer.name("thread_name", group, number, kind + std::to_string(number));
    }
}

}  // namespace

std::string chrome_trace(const Timeline& timeline, const std::vector<std::string>& alternatives) {
    const std::vector<Entry> entries = timeline.entries();
    std::uint64_t zero = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t last = 0;
    for (const Entry& entry : entries) {
        zero = std::min(zero, entry.begin_ns);
        last = std::max(last, entry.end_ns);
    }
    Writer writer(entries.empty() ? 0 : zero);
    write_names(writer, entries, alternatives);
    for (const Entry& entry : entries) {
        entry.kind == Timeline::Kind::span ? writer.span(entry) : writer.value(entry);
    }
    if (timeline.left_out() > 0) writer.mark("from here on, or before, entries are left out", last);
    nlohmann::ordered_json other;
    other["most_entries"] = timeline.most_entries();
    other["entries"] = entries.size();
    other["left_out"] = timeline.left_out();
    return "{\"displayTimeUnit\":\"ns\",\"otherData\":" + other.dump() + ",\"traceEvents\":[" +
           std::move(writer).text() + "\n]}\n";
}

}  // namespace foretwin::report
