#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/telemetry/csv_scanner.hpp"
#include "engine/telemetry/csv_stream.hpp"
#include "engine/telemetry/file_bytes.hpp"
#include "engine/telemetry/ingest_description.hpp"

namespace foretwin::telemetry {

/// One record of a file of samples, whatever its format: a field for every name of the header.
/// Valid until the next one is read.
struct Record {
    int line = 0;  ///< of the file, counted from 1; of files without lines the number of the record
    std::vector<std::string_view> fields;  ///< without data (nullptr): the record does not have it
    std::vector<int> columns;              ///< of the first character of each field, from 1
    const char* malformed = nullptr;       ///< what is wrong with its form; nullptr: nothing
    int malformed_column = 1;
    /// One text that most fields are views into, to be copied as a whole; empty: there is none.
    std::string_view whole;
};

/// The records of a file, one after the other, in memory that does not grow with it.
class RecordSource {
  public:
    virtual ~RecordSource() = default;
    /// The names of the fields.
    virtual const std::vector<std::string>& header() const = 0;
    /// The next record; false at the end.
    virtual bool next(Record& record) = 0;
    /// As shown in messages.
    virtual const std::string& name() const = 0;
    /// Whether it may be read while another thread uses HDF5, which knows no threads.
    virtual bool keeps_off_hdf5() const { return true; }
};

/// Comma-separated text; the header is its first line. InputError when there is none, or its form
/// is broken.
std::unique_ptr<RecordSource> csv_records(CsvStream stream);

/// A JSON object per line (RFC 8259; jsonlines.org); blank lines are left out. The fields are the
/// values at the wanted paths: keys, or numbers of items from 0, with points between them. A null
/// is an empty field, numbers stay as they are written where that matters, true and false are
/// texts. A key that is wanted and stands twice, and whatever is no object, is malformed.
std::unique_ptr<RecordSource> json_records(ByteSource bytes, std::string shown_name,
                                           std::vector<std::string> wanted);

/// HDF5: columns of equal length, each a dataset of whole numbers, floating-point numbers or texts
/// with one dimension, named by its path. A `*` in the paths stands for the groups of devices, in
/// the order of their names; the field `*` is that name. InputError, with all that is wrong, when a
/// dataset is in no group, has another form, or not as many rows as the time has.
std::unique_ptr<RecordSource> hdf5_records(const std::filesystem::path& path,
                                           std::string shown_name, std::vector<std::string> wanted,
                                           BytesRead told = {});

/// Parquet, when it was built in (see the README): columns of numbers, texts and times, and
/// dictionaries of them, by name; times have the unit and the zone that the file says. A null is an
/// empty field. InputError, with all that is wrong, when a column is missing, stands twice, is of
/// another type, or counts time while no `epoch` is described.
std::unique_ptr<RecordSource> parquet_records(const std::filesystem::path& path,
                                              std::string shown_name,
                                              const IngestDescription& description,
                                              const BytesRead& told = {});
/// Whether it was.
bool reads_parquet();
inline constexpr const char* no_parquet = "this Foretwin was built without Parquet";
inline constexpr const char* no_parquet_hint =
    "configure it with -DFORETWIN_PYARROW=FOLDER, the folder of the Python package pyarrow, or "
    "write the table as CSV, JSON lines or HDF5";

/// The names of all fields that a description needs, each once; of the time first.
std::vector<std::string> wanted_fields(const IngestDescription& description);

/// The records of the file in the format that the description tells.
std::unique_ptr<RecordSource> open_records(const std::filesystem::path& path,
                                           const std::string& shown_name,
                                           const IngestDescription& description,
                                           BytesRead told = {});

}  // namespace foretwin::telemetry
