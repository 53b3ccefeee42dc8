#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/telemetry/events.hpp"
#include "engine/telemetry/ingest_description.hpp"
#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/record_source.hpp"

namespace foretwin::telemetry {

/// Why a whole row says nothing.
enum class RowDefect : std::uint8_t {
    none,
    malformed,        ///< quotes or control characters where none may be
    short_row,        ///< fewer fields than the header
    long_row,         ///< more fields than the header
    repeated_header,  ///< the header once more
    impossible_date,  ///< no date and time that there is
    skipped_hour,     ///< a time that the local clock leaves out
    bad_device,       ///< no device, or a name that none can have
    unknown_signal,   ///< long form: a signal that the description does not have
    no_interval,      ///< intervals: ends when it begins, or before
    ahead,            ///< live: a time that our clock has not reached by far
};
inline constexpr std::size_t row_defects = 11;
/// "repeated header", for people and as a key.
std::string_view to_text(RowDefect defect);

/// Whether a device or signal may be called so, as in scenarios: 1 to 64 printable characters, none
/// of / . : , # quotes or brackets, no space at the ends. Names become paths in the store.
bool is_series_name(std::string_view name);

/// One field that should hold a value. Texts are valid until the next row.
struct Cell {
    enum class Form : std::uint8_t { number, empty, text };
    std::size_t signal = 0;  ///< index into the description
    std::string_view text;   ///< as it stands in the file
    int column = 0;
    Form form = Form::empty;
    std::uint8_t quality = 0;    ///< marks that came with its row
    double value = 0;            ///< of a number; of a signal of texts none is looked for
    std::string_view detail{};   ///< of a text, from its row
    Instant until = no_instant;  ///< of an interval: when it ends
};

/// The cell of a text: is it a number, and which?
Cell read_cell(std::size_t signal, std::string_view text, int column, bool as_text);

/// What a row tells beside its values.
struct RowHead {
    int line = 0;
    int column = 1;         ///< of what is wrong
    std::string_view text;  ///< what is wrong
    Instant at = no_instant;
    Instant until = no_instant;  ///< of its cells
    std::string_view detail;     ///< of its cells
    std::optional<Time> delay;   ///< from what it tells of to when it came in, if that is told
    std::uint32_t device = 0;    ///< index into devices()
    RowDefect defect = RowDefect::none;
    std::uint8_t quality = 0;  ///< of its cells
};

struct SampleRow : RowHead {
    std::vector<Cell> cells;  ///< none when the row has a defect; without what the head tells
    std::string_view whole;   ///< one text that most others are views into; empty: there is none
};

/// Reads rows of samples from records in wide, long or interval form, as the description says.
/// Knows no rules of quality: a cell is passed on as it stands. What a record of a format does not
/// have (a key of JSON) makes no cell.
class SampleReader {
  public:
    /// Reads the header. InputError with the place of the header when columns are missing or stand
    /// twice, or when there is none.
    SampleReader(std::unique_ptr<RecordSource> records, const IngestDescription& description);

    /// The next row; false at the end.
    bool next(SampleRow& row);
    const NameTable& devices() const { return devices_; }

  private:
    void read_header();
    RowDefect read_row(SampleRow& row);
    RowDefect read_device(SampleRow& row);
    RowDefect read_time(SampleRow& row);
    RowDefect read_until(SampleRow& row);
    RowDefect read_cells(SampleRow& row);
    ClockReader::Reading read_clock(std::size_t field, Instant reached);
    std::string_view field(std::size_t index) const;
    RowDefect refuse(SampleRow& row, std::size_t field, RowDefect why) const;

    std::unique_ptr<RecordSource> records_;
    const IngestDescription& description_;
    ClockReader clock_;
    Record record_;
    std::size_t time_ = 0;
    std::size_t device_ = 0;  ///< no_field: all of one device
    std::size_t signal_ = 0;  ///< long only
    // no_field when the description names none
    std::size_t until_ = 0, arrival_ = 0, quality_ = 0, detail_ = 0;
    std::vector<std::size_t> value_;  ///< wide: field per signal; long: one
    NameTable devices_;
    std::uint32_t last_device_ = 0;  ///< rows of one device often follow one another
    std::vector<Instant> reached_;   ///< per device
};

}  // namespace foretwin::telemetry
