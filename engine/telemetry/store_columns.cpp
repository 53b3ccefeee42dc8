#include "engine/telemetry/store_columns.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <mutex>
#include <numeric>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/telemetry/chunk_filter.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::uint8_t no_quality = 255;
constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t index_columns = 4;
constexpr hsize_t index_chunk = 128;
static_assert(sizeof(ChunkEntry) == index_columns * sizeof(std::int64_t));

std::string group_of(const std::string& device, const std::string& signal) {
    return "/devices/" + device + "/" + signal;
}

/// One column as it lies in the file: its name, and what an element is when nothing was written.
struct ColumnForm {
    const char* name;
    std::size_t bytes;
    const void* fill;
    hid_t stored() const {
        if (bytes == sizeof(std::uint8_t)) return H5T_STD_U8LE;
        if (bytes == sizeof(std::uint32_t)) return H5T_STD_U32LE;
        return fill == &no_value ? H5T_IEEE_F64LE : H5T_STD_I64LE;
    }
};

const std::vector<ColumnForm>& columns_of(SeriesKind kind) {
    static const std::vector<ColumnForm> numbers{{"time", sizeof(Instant), &no_instant},
                                                 {"value", sizeof(double), &no_value},
                                                 {"quality", sizeof(std::uint8_t), &no_quality}};
    static const std::vector<ColumnForm> texts{{"time", sizeof(Instant), &no_instant},
                                               {"code", sizeof(std::uint32_t), &no_word},
                                               {"detail", sizeof(std::uint32_t), &no_word},
                                               {"quality", sizeof(std::uint8_t), &no_quality}};
    return kind == SeriesKind::numbers ? numbers : texts;
}

/// Where the elements of the columns lie in memory, in the order of columns_of.
std::vector<const void*> elements_of(const Rows& rows, SeriesKind kind) {
    if (kind == SeriesKind::numbers)
        return {rows.at.data(), rows.value.data(), rows.quality.data()};
    return {rows.at.data(), rows.code.data(), rows.detail.data(), rows.quality.data()};
}

std::vector<void*> elements_of(Rows& rows, SeriesKind kind) {
    if (kind == SeriesKind::numbers)
        return {rows.at.data(), rows.value.data(), rows.quality.data()};
    return {rows.at.data(), rows.code.data(), rows.detail.data(), rows.quality.data()};
}

void create_column(hid_t group, const ColumnForm& form) {
    const hid_t type = form.stored();
    const hsize_t none = 0;
    const hsize_t any = H5S_UNLIMITED;
    const hsize_t chunk = chunk_samples;
    const Hdf5Handle space = owned(H5Screate_simple(1, &none, &any), H5Sclose, "make a space");
    const Hdf5Handle how = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare a column");
    check(H5Pset_chunk(how.id(), 1, &chunk), "set the chunks");
    check(H5Pset_shuffle(how.id()), "set a filter");
    check(H5Pset_deflate(how.id(), deflate_level), "set a filter");
    check(H5Pset_fill_value(how.id(), type, form.fill), "set what is not there");
    check(H5Pset_obj_track_times(how.id(), false), "leave out times");
    owned(H5Dcreate2(group, form.name, type, space.id(), H5P_DEFAULT, how.id(), H5P_DEFAULT),
          H5Dclose, "create a column");
}

void create_index(hid_t group) {
    const std::array<hsize_t, 2> none{0, index_columns};
    const std::array<hsize_t, 2> any{H5S_UNLIMITED, index_columns};
    const std::array<hsize_t, 2> chunk{index_chunk, index_columns};
    const Hdf5Handle space =
        owned(H5Screate_simple(2, none.data(), any.data()), H5Sclose, "make a space");
    const Hdf5Handle how = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare an index");
    check(H5Pset_chunk(how.id(), 2, chunk.data()), "set the chunks");
    check(H5Pset_obj_track_times(how.id(), false), "leave out times");
    owned(H5Dcreate2(group, "index", H5T_STD_I64LE, space.id(), H5P_DEFAULT, how.id(), H5P_DEFAULT),
          H5Dclose, "create an index");
}

hsize_t rows_of(hid_t dataset) {
    const Hdf5Handle space = owned(H5Dget_space(dataset), H5Sclose, "size a column");
    std::array<hsize_t, 2> sizes{};
    check(H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr), "size a column");
    return sizes[0];
}

/// Reads or writes rows [first, first + count) of a dataset of one or more columns.
void transfer(hid_t dataset, hid_t type, hsize_t first, hsize_t count, void* into,
              const void* from) {
    const Hdf5Handle space = owned(H5Dget_space(dataset), H5Sclose, "size a column");
    const int rank = H5Sget_simple_extent_ndims(space.id());
    const std::array<hsize_t, 2> start{first, 0};
    const std::array<hsize_t, 2> size{count, index_columns};
    check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, size.data(),
                              nullptr),
          "choose rows");
    const Hdf5Handle memory =
        owned(H5Screate_simple(rank, size.data(), nullptr), H5Sclose, "make a space");
    if (into != nullptr)
        check(H5Dread(dataset, type, memory.id(), space.id(), H5P_DEFAULT, into), "read rows");
    else
        check(H5Dwrite(dataset, type, memory.id(), space.id(), H5P_DEFAULT, from), "write rows");
}

/// Writes one chunk where none is: HDF5 would overwrite in place what has the same length, and a
/// process that is killed in the middle would leave neither the old nor the new one. A byte that
/// zlib does not read makes the length another one.
void write_chunk(hid_t dataset, std::size_t number, const std::string& packed) {
    std::string bytes = packed;
    const hsize_t offset = number * chunk_samples;
    hsize_t before = 0;
    if (H5Dget_chunk_storage_size(dataset, &offset, &before) >= 0 && before == bytes.size())
        bytes += '\0';
    check(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &offset, bytes.size(), bytes.data()),
          "write a chunk");
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* into) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
}

std::vector<std::string> names_in(hid_t file, const std::string& path) {
    const Hdf5Handle group =
        owned(H5Gopen2(file, path.c_str(), H5P_DEFAULT), H5Gclose, "open a group");
    std::vector<std::string> names;
    check(H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names),
          "list a group");
    return names;
}

}  // namespace

std::int64_t ChunkEntry::sum_of(Instant first, Instant last, std::int64_t count) {
    // Weyl's multiplier spreads the bits; the constant makes a row of zeros wrong.
    const auto spread = static_cast<std::uint64_t>(first) * 0x9e3779b97f4a7c15U ^
                        (static_cast<std::uint64_t>(last) << 1U) * 0xbf58476d1ce4e5b9U ^
                        static_cast<std::uint64_t>(count);
    return static_cast<std::int64_t>(spread + 0x94d049bb133111ebU);
}

bool ChunkEntry::whole() const {
    return count > 0 && count <= static_cast<std::int64_t>(chunk_samples) &&
           sum == sum_of(first, last, count);
}

void SeriesColumns::create(hid_t file, const SeriesInfo& info) {
    const Hdf5Handle links = owned(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "prepare a link");
    check(H5Pset_char_encoding(links.id(), H5T_CSET_UTF8), "set UTF-8");
    const std::string path = group_of(info.device, info.signal);
    const Hdf5Handle plain = owned(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "prepare a group");
    check(H5Pset_obj_track_times(plain.id(), false), "leave out times");
    const auto make = [&](const std::string& name) {
        return owned(H5Gcreate2(file, name.c_str(), links.id(), plain.id(), H5P_DEFAULT), H5Gclose,
                     "create a group");
    };
    const std::string device = "/devices/" + info.device;
    if (H5Lexists(file, device.c_str(), H5P_DEFAULT) <= 0) make(device);
    const Hdf5Handle group = make(path);
    put_attribute(group.id(), "unit", info.unit);
    put_attribute(group.id(), "source", info.source);
    put_attribute(group.id(), "aliases", info.aliases);
    put_attribute(group.id(), "schema_version", store_version);
    put_attribute(group.id(), "kind",
                  std::string(info.kind == SeriesKind::texts ? "texts" : "numbers"));
    for (const ColumnForm& form : columns_of(info.kind)) create_column(group.id(), form);
    if (info.kind == SeriesKind::texts) StoreWords::create(group.id());
    create_index(group.id());
}

SeriesColumns::SeriesColumns(hid_t file, const std::string& device, const std::string& signal) {
    const std::string path = group_of(device, signal);
    const Hdf5Handle group =
        owned(H5Gopen2(file, path.c_str(), H5P_DEFAULT), H5Gclose, "open a series");
    const auto open = [&](const char* name) {
        return owned(H5Dopen2(group.id(), name, H5P_DEFAULT), H5Dclose, "open a column");
    };
    info_.device = device;
    info_.signal = signal;
    info_.unit = text_attribute(group.id(), "unit");
    info_.source = text_attribute(group.id(), "source");
    info_.aliases = text_attribute(group.id(), "aliases");
    if (text_attribute(group.id(), "kind") == "texts") info_.kind = SeriesKind::texts;
    for (const ColumnForm& form : columns_of(info_.kind)) columns_.push_back(open(form.name));
    if (info_.kind == SeriesKind::texts) words_.emplace(group.id());
    index_data_ = open("index");
    refresh(false);
}

void SeriesColumns::refresh(bool shared) {
    // The index first: whoever wrote it had written the columns before.
    if (shared) check(H5Drefresh(index_data_.id()), "look again");
    const hsize_t entries = rows_of(index_data_.id());
    index_.resize(entries);
    if (entries > 0)
        transfer(index_data_.id(), H5T_NATIVE_INT64, 0, entries, index_.data(), nullptr);
    if (shared)
        for (const Hdf5Handle& column : columns_) check(H5Drefresh(column.id()), "look again");
    if (shared && words_) words_->refresh(true);
    mend_last_entry();
    info_.samples = samples();
    info_.first = index_.empty() ? no_instant : index_.front().first;
    info_.last = index_.empty() ? no_instant : index_.back().last;
}

/// Only the last entry is ever written over; a write that was cut is told by its sum, and then the
/// column itself says how far it goes.
void SeriesColumns::mend_last_entry() {
    if (index_.empty() || index_.back().whole()) return;
    while (!index_.empty() && !index_.back().whole()) index_.pop_back();
    const std::size_t first = index_.size() * chunk_samples;
    const hsize_t there = rows_of(columns_.front().id());
    if (there <= first) return;
    std::vector<Instant> times(std::min<std::size_t>(there - first, chunk_samples));
    transfer(columns_.front().id(), H5T_NATIVE_INT64, first, times.size(), times.data(), nullptr);
    const auto end = std::find(times.begin(), times.end(), no_instant);
    if (end == times.begin()) return;
    ChunkEntry entry{times.front(), *(end - 1), end - times.begin(), 0};
    entry.sum = ChunkEntry::sum_of(entry.first, entry.last, entry.count);
    index_.push_back(entry);
}

std::size_t SeriesColumns::samples() const {
    if (index_.empty()) return 0;
    return (index_.size() - 1) * chunk_samples + static_cast<std::size_t>(index_.back().count);
}

std::vector<std::string> SeriesColumns::packed_chunk(std::size_t number) const {
    const hsize_t offset = number * chunk_samples;
    const std::vector<ColumnForm>& forms = columns_of(info_.kind);
    std::vector<std::string> packed;
    for (std::size_t i = 0; i < forms.size(); ++i) {
        // Room for any: the writer may have put another one there since its size was asked.
        packed.emplace_back(packed_bytes_at_most(chunk_samples, forms[i].bytes), '\0');
        std::uint32_t left_out = 0;
        check(H5Dread_chunk(columns_[i].id(), H5P_DEFAULT, &offset, &left_out, packed[i].data()),
              "read a chunk");
        check(left_out == 0 ? 0 : -1, "read a chunk that is not packed");
    }
    return packed;
}

bool SeriesColumns::unpack(SeriesKind kind, const std::vector<std::string>& packed,
                           std::size_t count, Rows& into) {
    const std::vector<ColumnForm>& forms = columns_of(kind);
    into.resize(chunk_samples, kind);
    const std::vector<void*> elements = elements_of(into, kind);
    for (std::size_t i = 0; i < forms.size(); ++i)
        if (!unpack_chunk(packed[i].data(), packed[i].size(), chunk_samples, forms[i].bytes,
                          elements[i]))
            return false;
    into.resize(count, kind);
    return true;
}

void SeriesColumns::unpack(const std::vector<std::string>& packed, std::size_t number,
                           Rows& into) const {
    if (!unpack(info_.kind, packed, static_cast<std::size_t>(index_.at(number).count), into))
        throw EnvironmentError("a chunk of " + info_.device + "/" + info_.signal +
                               " is damaged (the store was changed by something else)");
}

Rows SeriesColumns::chunk(std::size_t number) const {
    Rows rows;
    unpack(packed_chunk(number), number, rows);
    return rows;
}

std::size_t SeriesColumns::chunk_of(Instant at) const {
    const auto found =
        std::lower_bound(index_.begin(), index_.end(), at,
                         [](const ChunkEntry& e, Instant instant) { return e.last < instant; });
    return static_cast<std::size_t>(found - index_.begin());
}

std::size_t SeriesColumns::Packed::bytes() const {
    return std::accumulate(
        columns.begin(), columns.end(), std::size_t{0},
        [](std::size_t sum, const std::string& one) { return sum + one.size(); });
}

SeriesColumns::Packed SeriesColumns::frame(SeriesKind kind, std::size_t number, const Rows& rows,
                                           std::size_t first, std::size_t count) {
    FORETWIN_RULE(count > 0 && count <= chunk_samples, "a chunk holds something, and no more");
    Packed result;
    result.number = number;
    result.columns.resize(columns_of(kind).size());
    ChunkEntry& entry = result.entry;
    entry = {rows.at[first], rows.at[first + count - 1], static_cast<std::int64_t>(count), 0};
    entry.sum = ChunkEntry::sum_of(entry.first, entry.last, entry.count);
    return result;
}

std::string SeriesColumns::pack(SeriesKind kind, std::size_t column, const Rows& rows,
                                std::size_t first, std::size_t count) {
    const ColumnForm& form = columns_of(kind)[column];
    const auto* from =
        static_cast<const char*>(elements_of(rows, kind)[column]) + first * form.bytes;
    const bool noisy = form.fill == &no_value;
    if (count == chunk_samples) return telemetry::packed_chunk(from, count, form.bytes, noisy);
    std::string whole(chunk_samples * form.bytes, '\0');
    std::memcpy(whole.data(), from, count * form.bytes);
    for (std::size_t row = count; row < chunk_samples; ++row)
        std::memcpy(whole.data() + row * form.bytes, form.fill, form.bytes);
    return telemetry::packed_chunk(whole.data(), chunk_samples, form.bytes, noisy);
}

bool SeriesColumns::same(SeriesKind kind, std::size_t column, const Rows& rows, std::size_t first,
                         SeriesKind other_kind, std::size_t other_column, const Rows& other,
                         std::size_t other_first, std::size_t count) {
    const std::size_t bytes = columns_of(kind)[column].bytes;
    const ColumnForm& other_form = columns_of(other_kind)[other_column];
    if (std::string_view(columns_of(kind)[column].name) != other_form.name) return false;
    const auto* here = static_cast<const char*>(elements_of(rows, kind)[column]);
    const auto* there = static_cast<const char*>(elements_of(other, other_kind)[other_column]);
    return std::memcmp(here + first * bytes, there + other_first * bytes, count * bytes) == 0;
}

void SeriesColumns::write_columns(const std::vector<const Packed*>& chunks) {
    if (chunks.empty()) return;
    if (words_) words_->write();
    const hsize_t rows =
        chunks.back()->number * chunk_samples + static_cast<hsize_t>(chunks.back()->entry.count);
    for (const Hdf5Handle& column : columns_) {
        const hsize_t extent = std::max(rows, rows_of(column.id()));
        check(H5Dset_extent(column.id(), &extent), "extend a column");
    }
    for (const Packed* one : chunks)
        for (std::size_t i = 0; i < columns_.size(); ++i)
            write_chunk(columns_[i].id(), one->number, one->columns[i]);
}

void SeriesColumns::write_index(const std::vector<const Packed*>& chunks) {
    if (chunks.empty()) return;
    const std::size_t first = chunks.front()->number;
    FORETWIN_RULE(first + 1 >= index_.size(), "only the last chunk is written over");
    index_.resize(first);
    for (const Packed* one : chunks) index_.push_back(one->entry);
    const std::array<hsize_t, 2> extent{std::max<hsize_t>(index_.size(), rows_of(index_data_.id())),
                                        index_columns};
    check(H5Dset_extent(index_data_.id(), extent.data()), "extend an index");
    transfer(index_data_.id(), H5T_NATIVE_INT64, first, chunks.size(), nullptr,
             index_.data() + first);
    info_.samples = samples();
    info_.first = index_.front().first;
    info_.last = index_.back().last;
}

std::size_t column_count(SeriesKind kind) {
    return columns_of(kind).size();
}

std::size_t scan_columns(const SeriesColumns& columns, Instant from, Instant to,
                         const RowsTaker& take, unsigned threads) {
    const std::vector<ChunkEntry>& index = columns.index();
    const std::size_t first = columns.chunk_of(from);
    std::size_t end = first;
    while (end < index.size() && index[end].first < to) ++end;
    // So many at a time keep all threads busy and stay small.
    const std::size_t batch = std::min<std::size_t>(end - first, std::size_t{8} * threads);
    std::vector<Rows> rows(batch);
    std::mutex hdf5;  // does one thing at a time
    for (std::size_t begin = first; begin < end; begin += batch) {
        const std::size_t count = std::min(batch, end - begin);
        side_by_side(count, threads, [&](std::size_t i) {
            std::vector<std::string> packed;
            {
                const std::lock_guard<std::mutex> guard(hdf5);
                packed = columns.packed_chunk(begin + i);
            }
            columns.unpack(packed, begin + i, rows[i]);
        });
        for (std::size_t i = 0; i < count; ++i) {
            Rows& one = rows[i];
            const bool inside = one.at.front() >= from && one.at.back() < to;
            if (!inside) one.keep(one.row_of(from), one.row_of(to));
            if (!one.empty()) take(one);
        }
    }
    return end - first;
}

std::vector<std::pair<std::string, std::string>> series_names(hid_t file) {
    std::vector<std::pair<std::string, std::string>> names;
    if (H5Lexists(file, "/devices", H5P_DEFAULT) <= 0) return names;
    for (const std::string& device : names_in(file, "/devices"))
        for (const std::string& signal : names_in(file, "/devices/" + device))
            names.emplace_back(device, signal);
    return names;
}

}  // namespace foretwin::telemetry
