#include "engine/telemetry/record_source.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

namespace {

class CsvRecords : public RecordSource {
  public:
    explicit CsvRecords(CsvStream stream) : stream_(std::move(stream)) {
        if (!stream_.next(record_))
            throw InputError({name(), 1, 1}, "an empty file", "expected a header line and records");
        std::vector<Problem> problems;
        for (const CsvDefect& defect : record_.defects)
            problems.push_back({{name(), defect.line, defect.column}, defect.what, defect.hint});
        if (!problems.empty()) throw InputError(std::move(problems));
        for (const std::string_view field : record_.fields) header_.emplace_back(field);
    }
    const std::vector<std::string>& header() const override { return header_; }
    const std::string& name() const override { return stream_.name(); }
    bool next(Record& record) override {
        do {
            if (!stream_.next(record_)) return false;
        } while (record_.blank());
        record.line = record_.line;
        record.fields.swap(record_.fields);
        record.columns.swap(record_.columns);
        record.whole = record_.whole;
        record.malformed = nullptr;
        if (record_.defects.empty()) return true;
        record.malformed = record_.defects.front().what;
        record.malformed_column = record_.defects.front().column;
        return true;
    }

  private:
    CsvStream stream_;
    CsvRecord record_;
    std::vector<std::string> header_;
};

}  // namespace

std::unique_ptr<RecordSource> csv_records(CsvStream stream) {
    return std::make_unique<CsvRecords>(std::move(stream));
}

std::vector<std::string> wanted_fields(const IngestDescription& description) {
    std::vector<std::string> wanted;
    const auto add = [&](const std::string& name) {
        if (!name.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end())
            wanted.push_back(name);
    };
    for (const std::string* one :
         {&description.time_column, &description.until_column, &description.device_column,
          &description.signal_column, &description.value_column, &description.arrival_column,
          &description.quality_column, &description.detail_column})
        add(*one);
    if (description.form != Form::longer)
        for (const SignalDescription& signal : description.signals) add(signal.column);
    return wanted;
}

std::unique_ptr<RecordSource> open_records(const std::filesystem::path& path,
                                           const std::string& shown_name,
                                           const IngestDescription& description, BytesRead told) {
    if (description.format == Format::hdf5)
        return hdf5_records(path, shown_name, wanted_fields(description), std::move(told));
    if (description.format == Format::parquet)
        return parquet_records(path, shown_name, description, told);
    ByteSource bytes = file_bytes(path, shown_name, std::move(told));
    if (description.format == Format::json_lines)
        return json_records(std::move(bytes), shown_name, wanted_fields(description));
    return csv_records({std::move(bytes), shown_name});
}

}  // namespace foretwin::telemetry
