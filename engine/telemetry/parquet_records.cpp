#include "engine/core/error.hpp"
#include "engine/telemetry/record_source.hpp"

#ifdef FORETWIN_WITH_PARQUET
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/decimal.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/core/suggestion.hpp"
#include "engine/core/time.hpp"
#include "engine/telemetry/decimal.hpp"
#include "engine/telemetry/instant.hpp"
#endif

namespace foretwin::telemetry {

#ifdef FORETWIN_WITH_PARQUET

namespace {

using arrow::Type;

constexpr std::int64_t block_rows = 8192;

bool is_whole(Type::type type) {
    return type >= Type::UINT8 && type <= Type::INT64;
}

bool is_moment(Type::type type) {
    return type == Type::TIMESTAMP || type == Type::DATE32 || type == Type::DATE64;
}

bool is_readable(const arrow::DataType& type) {
    if (type.id() == Type::DICTIONARY)
        return is_readable(*static_cast<const arrow::DictionaryType&>(type).value_type());
    constexpr std::array others{Type::NA,         Type::BOOL,      Type::FLOAT,
                                Type::DOUBLE,     Type::STRING,    Type::LARGE_STRING,
                                Type::DECIMAL128, Type::DECIMAL256};
    return is_whole(type.id()) || is_moment(type.id()) ||
           std::find(others.begin(), others.end(), type.id()) != others.end();
}

/// Nanoseconds since 1970; nothing beyond what 64 bits hold.
std::optional<Instant> moment(const arrow::Array& array, std::int64_t row) {
    constexpr std::array units{second, millisecond, microsecond, nanosecond};
    std::int64_t count = 0;
    Time unit = 0;
    if (array.type_id() == Type::TIMESTAMP) {
        count = static_cast<const arrow::TimestampArray&>(array).Value(row);
        const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
        unit = units[static_cast<std::size_t>(type.unit())];
    } else if (array.type_id() == Type::DATE64) {
        count = static_cast<const arrow::Date64Array&>(array).Value(row);
        unit = millisecond;
    } else {
        count = static_cast<const arrow::Date32Array&>(array).Value(row);
        unit = day;
    }
    Instant at = 0;
    if (__builtin_mul_overflow(count, unit, &at)) return std::nullopt;
    return at;
}

/// Fields of one column, told as text.
class Texts {
  public:
    void load(std::shared_ptr<arrow::Array> array) {
        array_ = std::move(array);
        type_ = array_->type_id();
        if (type_ == Type::DICTIONARY) {
            if (!words_) words_ = std::make_unique<Texts>();
            words_->load(static_cast<const arrow::DictionaryArray&>(*array_).dictionary());
        }
        if (type_ == Type::TIMESTAMP)
            in_utc_ = !static_cast<const arrow::TimestampType&>(*array_->type()).timezone().empty();
    }

    /// Numbers in the shortest form that tells them apart; what is null is empty. Valid until the
    /// next one.
    std::string_view text(std::int64_t row) {
        if (array_->IsNull(row)) return {shown_.data(), 0};
        switch (type_) {
            case Type::STRING:
                return static_cast<const arrow::StringArray&>(*array_).Value(row);
            case Type::LARGE_STRING:
                return static_cast<const arrow::LargeStringArray&>(*array_).Value(row);
            case Type::DICTIONARY:
                return words_->text(
                    static_cast<const arrow::DictionaryArray&>(*array_).GetValueIndex(row));
            case Type::DOUBLE:
                return number_text(static_cast<const arrow::DoubleArray&>(*array_).Value(row));
            case Type::FLOAT:
                return number_text(static_cast<const arrow::FloatArray&>(*array_).Value(row));
            case Type::BOOL:
                return static_cast<const arrow::BooleanArray&>(*array_).Value(row) ? "true"
                                                                                   : "false";
            case Type::DECIMAL128:
                written_ = static_cast<const arrow::Decimal128Array&>(*array_).FormatValue(row);
                return written_;
            case Type::DECIMAL256:
                written_ = static_cast<const arrow::Decimal256Array&>(*array_).FormatValue(row);
                return written_;
            case Type::TIMESTAMP:
            case Type::DATE32:
            case Type::DATE64:
                return moment_text(row);
            default:
                return whole_text(row);
        }
    }

  private:
    template <class Number>
    std::string_view shown(Number number) {
        const auto end = std::to_chars(shown_.data(), shown_.data() + shown_.size(), number);
        return {shown_.data(), static_cast<std::size_t>(end.ptr - shown_.data())};
    }
    std::string_view number_text(double number) {
        char* const first = shown_.data();
        const char* const end = write_number(first, first + shown_.size(), number);
        return {first, static_cast<std::size_t>(end - first)};
    }
    std::string_view whole_text(std::int64_t row) {
        switch (type_) {
            case Type::INT8:
                return shown(static_cast<const arrow::Int8Array&>(*array_).Value(row));
            case Type::INT16:
                return shown(static_cast<const arrow::Int16Array&>(*array_).Value(row));
            case Type::INT32:
                return shown(static_cast<const arrow::Int32Array&>(*array_).Value(row));
            case Type::INT64:
                return shown(static_cast<const arrow::Int64Array&>(*array_).Value(row));
            case Type::UINT8:
                return shown(static_cast<const arrow::UInt8Array&>(*array_).Value(row));
            case Type::UINT16:
                return shown(static_cast<const arrow::UInt16Array&>(*array_).Value(row));
            case Type::UINT32:
                return shown(static_cast<const arrow::UInt32Array&>(*array_).Value(row));
            default:
                return shown(static_cast<const arrow::UInt64Array&>(*array_).Value(row));
        }
    }
    /// With a Z behind it when the file says that it is UTC; else it is of the zone's clock.
    std::string_view moment_text(std::int64_t row) {
        const auto at = moment(*array_, row);
        if (!at) return "beyond the years that can be stored";
        Instant midnight = *at - *at % day;
        if (*at % day < 0) midnight -= day;
        if (midnight != midnight_) {
            midnight_ = midnight;
            written_ = instant_text(midnight);
            written_.resize(std::string_view("2015-01-02T").size());
        }
        written_.resize(std::string_view("2015-01-02T").size());
        const Time rest = *at - midnight;
        const auto add = [&](Time number, int digits) {
            for (Time power = digits == 2 ? 10 : 100'000'000; power > 0; power /= 10)
                written_ += static_cast<char>('0' + number / power % 10);
        };
        add(rest / hour, 2);
        written_ += ':';
        add(rest / minute % 60, 2);
        written_ += ':';
        add(rest / second % 60, 2);
        if (rest % second != 0) {
            written_ += '.';
            add(rest % second, 9);
        }
        if (in_utc_) written_ += 'Z';
        return written_;
    }

    std::shared_ptr<arrow::Array> array_;
    Type::type type_ = Type::NA;
    std::unique_ptr<Texts> words_;  ///< of a dictionary
    bool in_utc_ = false;
    Instant midnight_ = no_instant;
    std::string written_;
    std::array<char, 40> shown_{};
};

class ParquetRecords : public RecordSource {
  public:
    ParquetRecords(const std::filesystem::path& path, std::string name,
                   const IngestDescription& description, BytesRead told)
        : name_(std::move(name)), told_(std::move(told)), wanted_(wanted_fields(description)) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error))
            throw EnvironmentError("cannot read " + path.string() +
                                   " (does it exist, and may it be read?)");
        bytes_ = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
        guarded([&] {
            file_ = right(arrow::io::ReadableFile::Open(path.string()));
            parquet::arrow::FileReaderBuilder builder;
            right(builder.Open(file_));
            parquet::ArrowReaderProperties how;
            how.set_batch_size(block_rows);
            right(builder.properties(how)->Build(&reader_));
            rows_ = reader_->parquet_reader()->metadata()->num_rows();
        });
        begin(description);
    }
    const std::vector<std::string>& header() const override { return wanted_; }
    const std::string& name() const override { return name_; }

    bool next(Record& record) override {
        while (row_ == block_size_)
            if (!load()) return false;
        record.line = static_cast<int>(++line_);
        record.malformed = nullptr;
        record.fields.resize(wanted_.size());
        record.columns.assign(wanted_.size(), 1);
        for (std::size_t i = 0; i < wanted_.size(); ++i) record.fields[i] = columns_[i].text(row_);
        ++row_;
        return true;
    }

  private:
    /// What Arrow says or throws is about the file.
    template <class Work>
    void guarded(const Work& work) const {
        try {
            work();
        } catch (const parquet::ParquetException& error) {
            refuse(error.what());
        }
    }
    [[noreturn]] void refuse(const std::string& why) const {
        throw InputError({name_, static_cast<int>(line_ + 1), 1},
                         "cannot be read as Parquet: " + why.substr(0, why.find('\n')),
                         "does `format` say what it is? if so, write the file again");
    }
    void right(const arrow::Status& status) const {
        if (!status.ok()) refuse(status.message());
    }
    template <class T>
    T right(arrow::Result<T> result) const {
        right(result.status());
        return std::move(result).ValueUnsafe();
    }

    /// Everything that is wrong with the columns, before anything is read.
    void begin(const IngestDescription& description) {
        std::shared_ptr<arrow::Schema> schema;
        guarded([&] { right(reader_->GetSchema(&schema)); });
        const std::vector<std::string> names = schema->field_names();
        std::vector<Problem> problems;
        const auto add = [&](const std::string& what, std::string hint) {
            problems.push_back({{name_, 1, 1}, what, std::move(hint)});
        };
        std::vector<int> leaves;
        for (const std::string& wanted : wanted_) {
            const auto count = std::count(names.begin(), names.end(), wanted);
            const std::string column = "column '" + wanted + "' ";
            if (count == 0)
                add("no " + column.substr(0, column.size() - 1), suggestion(wanted, names));
            if (count > 1) add(column + "stands twice", "give each column a name of its own");
            if (count != 1) continue;
            check_type(wanted, *schema->GetFieldByName(wanted)->type(), description, add);
            leaves.push_back(reader_->parquet_reader()->metadata()->schema()->ColumnIndex(wanted));
        }
        if (!problems.empty()) throw InputError(std::move(problems));
        std::vector<int> groups(static_cast<std::size_t>(reader_->num_row_groups()));
        std::iota(groups.begin(), groups.end(), 0);
        guarded([&] { batches_ = right(reader_->GetRecordBatchReader(groups, leaves)); });
        columns_.resize(wanted_.size());
    }
    template <class Add>
    static void check_type(const std::string& wanted, const arrow::DataType& type,
                           const IngestDescription& description, const Add& add) {
        const std::string column = "column '" + wanted + "' ";
        if (!is_readable(type))
            return add(column + "is of the type " + type.ToString(),
                       "numbers, texts and times are read, and dictionaries of them");
        if (wanted != description.time_column && wanted != description.until_column &&
            wanted != description.arrival_column)
            return;
        const bool counts = is_whole(type.id()) || type.id() == Type::DOUBLE;
        if (counts && description.time_unit == 0)
            add(column + "counts (" + type.ToString() + "), and nothing says what",
                "as in time: {column: " + wanted + ", epoch: ms}");
        if (is_moment(type.id()) && description.time_unit != 0)
            add(column + "has times of its own (" + type.ToString() + "), and epoch is for counts",
                "leave epoch out");
    }
    bool load() {
        std::shared_ptr<arrow::RecordBatch> batch;
        guarded([&] { right(batches_->ReadNext(&batch)); });
        if (told_) told_(rows_ == 0 ? bytes_ : line_ * bytes_ / rows_, bytes_);
        if (!batch) return false;
        for (std::size_t i = 0; i < wanted_.size(); ++i)
            columns_[i].load(batch->GetColumnByName(wanted_[i]));
        row_ = 0;
        block_size_ = batch->num_rows();
        return true;
    }

    std::string name_;
    BytesRead told_;
    std::vector<std::string> wanted_;
    std::int64_t bytes_ = 0;
    std::int64_t rows_ = 0;
    std::int64_t line_ = 0;
    std::shared_ptr<arrow::io::ReadableFile> file_;
    std::unique_ptr<parquet::arrow::FileReader> reader_;
    std::shared_ptr<arrow::RecordBatchReader> batches_;
    std::vector<Texts> columns_;
    std::int64_t row_ = 0, block_size_ = 0;
};

}  // namespace

bool reads_parquet() {
    return true;
}

std::unique_ptr<RecordSource> parquet_records(const std::filesystem::path& path,
                                              std::string shown_name,
                                              const IngestDescription& description,
                                              const BytesRead& told) {
    return std::make_unique<ParquetRecords>(path, std::move(shown_name), description, told);
}

#else

bool reads_parquet() {
    return false;
}

std::unique_ptr<RecordSource> parquet_records(const std::filesystem::path&, std::string shown_name,
                                              const IngestDescription&, const BytesRead&) {
    throw InputError({std::move(shown_name), 1, 1}, std::string(no_parquet), no_parquet_hint);
}

#endif

}  // namespace foretwin::telemetry
