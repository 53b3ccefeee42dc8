#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/telemetry/decimal.hpp"
#include "engine/telemetry/hdf5_handle.hpp"
#include "engine/telemetry/record_source.hpp"

namespace foretwin::telemetry {

namespace {

constexpr hsize_t block_rows = 8192;

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* into) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
}

std::vector<std::string> members(hid_t file, const std::string& path) {
    std::vector<std::string> names;
    const hid_t id = H5Gopen2(file, path.empty() ? "/" : path.c_str(), H5P_DEFAULT);
    if (id < 0) return names;
    const Hdf5Handle group(id, H5Gclose);
    check(H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names),
          "list a group");
    return names;
}

/// Every step of a path must be there to be asked for.
bool is_dataset(hid_t file, const std::string& path) {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (H5Lexists(file, part.c_str(), H5P_DEFAULT) <= 0) return false;
        if (slash == std::string::npos) break;
    }
    H5O_info_t info{};
    return H5Oget_info_by_name2(file, path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
           info.type == H5O_TYPE_DATASET;
}

/// One dataset of one device, read a block at a time and told as text.
class Column {
  public:
    Column(hid_t file, const std::string& path)
        : data_(owned(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, "open a dataset")),
          type_(owned(H5Dget_type(data_.id()), H5Tclose, "read a type")) {
        const Hdf5Handle space = owned(H5Dget_space(data_.id()), H5Sclose, "size a dataset");
        if (H5Sget_simple_extent_ndims(space.id()) == 1)
            check(H5Sget_simple_extent_dims(space.id(), &rows_, nullptr), "size a dataset");
        else
            wrong_ = "has not one dimension";
        const H5T_class_t kind = H5Tget_class(type_.id());
        whole_ = kind == H5T_INTEGER;
        text_ = kind == H5T_STRING;
        variable_ = text_ && H5Tis_variable_str(type_.id()) > 0;
        if (!whole_ && !text_ && kind != H5T_FLOAT) wrong_ = "is neither of numbers nor of texts";
    }
    const char* wrong() const { return wrong_; }
    hsize_t rows() const { return rows_; }

    void load(hsize_t first, hsize_t count) {
        const Hdf5Handle file = owned(H5Dget_space(data_.id()), H5Sclose, "size a dataset");
        const Hdf5Handle memory =
            owned(H5Screate_simple(1, &count, nullptr), H5Sclose, "make a space");
        check(H5Sselect_hyperslab(file.id(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
              "choose rows");
        const auto read = [&](hid_t type, void* into) {
            check(H5Dread(data_.id(), type, memory.id(), file.id(), H5P_DEFAULT, into),
                  "read rows");
        };
        if (whole_) {
            wholes_.resize(count);
            read(H5T_NATIVE_INT64, wholes_.data());
        } else if (!text_) {
            numbers_.resize(count);
            read(H5T_NATIVE_DOUBLE, numbers_.data());
        } else if (variable_) {
            load_variable(count, memory.id(), read);
        } else {
            const std::size_t width = H5Tget_size(type_.id());
            std::string bytes(width * count, '\0');
            read(type_.id(), bytes.data());
            texts_.resize(count);
            for (hsize_t i = 0; i < count; ++i) {
                texts_[i] = bytes.substr(i * width, width);
                texts_[i].erase(std::find(texts_[i].begin(), texts_[i].end(), '\0'),
                                texts_[i].end());
            }
        }
    }
    /// The row as text; numbers in the shortest form that tells them apart.
    std::string_view text(hsize_t row) {
        if (text_) return texts_[row];
        char* const end = shown_.data() + shown_.size();
        const char* const written = whole_ ? std::to_chars(shown_.data(), end, wholes_[row]).ptr
                                           : write_number(shown_.data(), end, numbers_[row]);
        return {shown_.data(), static_cast<std::size_t>(written - shown_.data())};
    }

  private:
    template <class Read>
    void load_variable(hsize_t count, hid_t memory, const Read& read) {
        std::vector<char*> pointers(count, nullptr);
        const Hdf5Handle type = owned(H5Tcopy(type_.id()), H5Tclose, "copy a type");
        read(type.id(), pointers.data());
        texts_.resize(count);
        for (hsize_t i = 0; i < count; ++i) texts_[i] = pointers[i] == nullptr ? "" : pointers[i];
        check(H5Dvlen_reclaim(type.id(), memory, H5P_DEFAULT, pointers.data()), "free rows");
    }
    Hdf5Handle data_, type_;
    hsize_t rows_ = 0;
    const char* wrong_ = nullptr;
    bool whole_ = false, text_ = false, variable_ = false;
    std::vector<std::int64_t> wholes_;
    std::vector<double> numbers_;
    std::vector<std::string> texts_;
    std::array<char, 40> shown_{};
};

std::string replaced(const std::string& path, const std::string& group) {
    const std::size_t star = path.find('*');
    return star == std::string::npos ? path : path.substr(0, star) + group + path.substr(star + 1);
}

class Hdf5Records : public RecordSource {
  public:
    Hdf5Records(const std::filesystem::path& path, std::string name,
                std::vector<std::string> wanted, BytesRead told)
        : name_(std::move(name)), wanted_(std::move(wanted)), told_(std::move(told)) {
        keep_hdf5_quiet();
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(path, ignored))
            throw EnvironmentError("cannot read " + path.string() +
                                   " (does it exist, and may it be read?)");
        if (H5Fis_hdf5(path.c_str()) <= 0)
            throw InputError({name_, 1, 1}, "is no HDF5 file", "does `format` say what it is?");
        bytes_ = static_cast<std::int64_t>(std::filesystem::file_size(path));
        const Hdf5Handle how = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "prepare a file");
        check(H5Pset_file_locking(how.id(), false, true), "prepare a file");
        file_ = owned(H5Fopen(path.c_str(), H5F_ACC_RDONLY, how.id()), H5Fclose, "open a file");
        find_groups();
        check_columns();
    }
    const std::vector<std::string>& header() const override { return wanted_; }
    const std::string& name() const override { return name_; }
    bool keeps_off_hdf5() const override { return false; }

    bool next(Record& record) override {
        while (row_ == rows_) {
            if (group_ == groups_.size()) return false;
            open_group();
        }
        if (row_ % block_rows == 0) load();
        record.line = ++line_;
        record.malformed = nullptr;
        record.fields.assign(wanted_.size(), std::string_view());
        record.columns.assign(wanted_.size(), 1);
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            if (wanted_[i] == "*")
                record.fields[i] = groups_[group_ - 1];
            else if (columns_[i])
                record.fields[i] = columns_[i]->text(row_ % block_rows);
        }
        ++row_;
        return true;
    }

  private:
    void find_groups() {
        const std::string& time = wanted_.front();
        const std::size_t star = time.find('*');
        if (star == std::string::npos) {
            groups_ = {""};
            return;
        }
        for (const std::string& name : members(file_.id(), time.substr(0, star)))
            if (is_dataset(file_.id(), replaced(time, name))) groups_.push_back(name);
        if (groups_.empty()) groups_ = {"*"};  // for the message below
    }
    /// Everything that is wrong, before anything is read.
    void check_columns() {
        std::vector<Problem> problems;
        const auto add = [&](const std::string& what, std::string hint) {
            problems.push_back({{name_, 1, 1}, what, std::move(hint)});
        };
        for (const std::string& path : wanted_) {
            bool found = path == "*";
            for (const std::string& group : groups_) {
                const std::string own = replaced(path, group);
                if (path == "*" || !is_dataset(file_.id(), own)) continue;
                found = true;
                const Column column(file_.id(), own);
                const std::string time_path = replaced(wanted_.front(), group);
                if (!is_dataset(file_.id(), time_path)) continue;  // told by itself
                const Column time(file_.id(), time_path);
                if (column.wrong() != nullptr)
                    add("dataset '" + own + "' " + column.wrong(),
                        "name datasets of one dimension; a table of pandas is none");
                else if (column.rows() != time.rows())
                    add("dataset '" + own + "' has " + std::to_string(column.rows()) +
                            " rows, and its time has " + std::to_string(time.rows()),
                        "each sample needs its time");
            }
            if (!found) add("no dataset '" + path + "'", suggestion(path, paths()));
        }
        if (!problems.empty()) throw InputError(std::move(problems));
    }
    /// What there is, for a suggestion: with `*` for the first step.
    std::vector<std::string> paths() const {
        std::vector<std::string> all;
        for (const std::string& first : members(file_.id(), "")) {
            if (is_dataset(file_.id(), first)) all.push_back(first);
            for (const std::string& second : members(file_.id(), first)) {
                std::string path = first;
                path.append("/").append(second);
                if (is_dataset(file_.id(), path)) all.push_back("*" + path.substr(first.size()));
            }
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    }
    void open_group() {
        columns_.clear();
        for (const std::string& path : wanted_) {
            const std::string own = replaced(path, groups_[group_]);
            columns_.push_back(path != "*" && is_dataset(file_.id(), own)
                                   ? std::make_unique<Column>(file_.id(), own)
                                   : nullptr);
        }
        rows_ = columns_.front()->rows();
        row_ = 0;
        ++group_;
    }
    void load() {
        const hsize_t count = std::min(block_rows, rows_ - row_);
        for (const auto& column : columns_)
            if (column) column->load(row_, count);
        if (!told_) return;
        // By groups, and rows within one: what a dataset weighs on disk is nobody's affair.
        const double part = (static_cast<double>(group_ - 1) +
                             static_cast<double>(row_ + count) / static_cast<double>(rows_)) /
                            static_cast<double>(groups_.size());
        told_(static_cast<std::int64_t>(part * static_cast<double>(bytes_)), bytes_);
    }

    std::string name_;
    std::vector<std::string> wanted_;
    BytesRead told_;
    std::int64_t bytes_ = 0;
    Hdf5Handle file_;
    std::vector<std::string> groups_;
    std::size_t group_ = 0;  ///< the next one
    std::vector<std::unique_ptr<Column>> columns_;
    hsize_t rows_ = 0;
    hsize_t row_ = 0;
    int line_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> hdf5_records(const std::filesystem::path& path,
                                           std::string shown_name, std::vector<std::string> wanted,
                                           BytesRead told) {
    return std::make_unique<Hdf5Records>(path, std::move(shown_name), std::move(wanted),
                                         std::move(told));
}

}  // namespace foretwin::telemetry
