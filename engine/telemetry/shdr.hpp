#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/telemetry/csv_stream.hpp"
#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/observation_source.hpp"

namespace foretwin::telemetry {

/// What the text of an adapter does not say of itself.
struct ShdrDescription {
    std::string device;        ///< of items that are written without `device:`
    std::string zone = "UTC";  ///< of times without one
    /// Items whose values have several fields: five of a condition, two of a message (native code,
    /// text), three of a time series (count, rate, values). A condition is also known by its level
    /// (see ShdrDecoder), so that it need not be declared.
    std::vector<std::string> conditions{};
    std::vector<std::string> messages{};
    std::vector<std::string> time_series{};
};

/// Lines of MTConnect adapters (SHDR), from bytes to observations; no state but the newest time.
///
///   2016-10-07T08:37:00.1Z|execution|READY|mode|MANUAL      pairs of item and value
///   2016-10-07T08:37:00.1Z|logic_cond|Warning|371|||MESSAGE   level, code, severity, qualifier,
///   text 2016-10-07T08:37:00.1Z@12.5|Mazak:load|38               with a duration, and a device
///
/// - Not declared, an item is a condition when its value is normal, warning or fault and at least
///   four fields follow it, or unavailable and the four that follow are empty.
/// - A field that begins with a quote and ends with one may hold bars, written `\|`.
/// - A line without time is as old as the newest before it.
/// - `* PING` and the like are protocol; `time|@ASSET@|...` are assets, with all lines up to the
///   second mark of a `--multiline--MARK`. Both are counted, and tell nothing of the machine.
/// - All else is a defect with line and reason; what the line told before it is taken.
class ShdrDecoder {
  public:
    /// The longest line that is read; longer ones are defects.
    static constexpr std::size_t line_bytes = std::size_t{1} << 20;

    /// InputError without place for an unknown zone.
    explicit ShdrDecoder(ShdrDescription description);

    /// Lines count from 1 again, under this name.
    void begin_file(std::string shown_name);
    /// Of a multi-line asset that its file does not end.
    void end_file();
    /// A line without its end; views of it are kept until the next call.
    void begin_line(std::string_view line);
    /// A line too long to be read, of which this is the beginning.
    void refuse_line();
    /// The next observation of this line.
    bool next(Observation& into);

    const LogCounts& counts() const { return counts_; }

  private:
    bool take_time(std::string_view field);
    bool is_asset(std::string_view field);
    bool take_field(std::string_view& field, std::string& unescaped);
    bool take_item(Observation& into);
    bool take_value(Observation& into);
    bool take_condition(std::string_view level, Observation& into);
    bool take_more(std::size_t fields, Observation& into, std::string_view first);
    bool looks_like_condition(std::string_view level) const;
    void defect(const std::string& reason);

    ShdrDescription description_;
    ClockReader clock_;
    LogCounts counts_;
    std::string file_;
    std::int64_t line_ = 0;
    std::string_view rest_;
    bool more_ = false;  ///< fields of this line; the last one may be empty
    Instant at_ = no_instant;
    Instant newest_ = no_instant;
    std::string duration_;
    std::string mark_;  ///< of the multi-line asset that is being read
    std::string item_scratch_, value_scratch_;
};

/// The lines of one log of any length, one after the other, in memory that does not grow with it.
/// Ends of line: LF or CR LF; a UTF-8 byte order mark is skipped.
class ShdrLog : public ObservationSource {
  public:
    static constexpr std::size_t block_bytes = std::size_t{1} << 18;

    /// `decoder` must outlive it, and goes on from log to log.
    ShdrLog(ByteSource source, std::string shown_name, ShdrDecoder& decoder,
            std::size_t block = block_bytes);
    bool next(Observation& into) override;

  private:
    bool next_line();
    bool refill();
    void give(std::string_view line);

    ByteSource source_;
    ShdrDecoder& decoder_;
    std::size_t block_;
    std::string window_;
    std::size_t begin_ = 0;
    bool exhausted_ = false;
    bool too_long_ = false;
    bool first_ = true;
    bool ended_ = false;
};

}  // namespace foretwin::telemetry
