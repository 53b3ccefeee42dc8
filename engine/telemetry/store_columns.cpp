#include "engine/telemetry/store_columns.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

namespace {

constexpr int deflate_level = 1;
constexpr std::uint8_t no_quality = 255;
constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t index_columns = 4;
constexpr hsize_t index_chunk = 128;
static_assert(sizeof(ChunkEntry) == index_columns * sizeof(std::int64_t));

std::string group_of(const std::string& device, const std::string& signal) {
    return "/devices/" + device + "/" + signal;
}

/// What HDF5's filters shuffle and deflate make of a chunk: byte 0 of every element, then byte 1,
/// and so on; then zlib. Done here, so that a chunk goes to disk by a single write.
template <class T>
std::string packed(const std::vector<T>& column) {
    std::string shuffled(column.size() * sizeof(T), '\0');
    const auto* bytes = reinterpret_cast<const char*>(column.data());
    for (std::size_t byte = 0; byte < sizeof(T); ++byte)
        for (std::size_t i = 0; i < column.size(); ++i)
            shuffled[byte * column.size() + i] = bytes[i * sizeof(T) + byte];
    uLongf size = compressBound(shuffled.size());
    std::string result(size, '\0');
    const int code =
        compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                  reinterpret_cast<const Bytef*>(shuffled.data()), shuffled.size(), deflate_level);
    FORETWIN_RULE(code == Z_OK, "a buffer of the bound's size takes every result");
    result.resize(size);
    return result;
}

void create_column(hid_t group, const char* name, hid_t type, const void* fill) {
    const hsize_t none = 0;
    const hsize_t any = H5S_UNLIMITED;
    const hsize_t chunk = chunk_samples;
    const Hdf5Handle space = owned(H5Screate_simple(1, &none, &any), H5Sclose, "make a space");
    const Hdf5Handle how = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare a column");
    check(H5Pset_chunk(how.id(), 1, &chunk), "set the chunks");
    check(H5Pset_shuffle(how.id()), "set a filter");
    check(H5Pset_deflate(how.id(), deflate_level), "set a filter");
    check(H5Pset_fill_value(how.id(), type, fill), "set what is not there");
    check(H5Pset_obj_track_times(how.id(), false), "leave out times");
    owned(H5Dcreate2(group, name, type, space.id(), H5P_DEFAULT, how.id(), H5P_DEFAULT), H5Dclose,
          "create a column");
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
void write_chunk(hid_t dataset, std::size_t number, std::string bytes) {
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
    check(H5Pset_create_intermediate_group(links.id(), 1), "create groups");
    check(H5Pset_char_encoding(links.id(), H5T_CSET_UTF8), "set UTF-8");
    const std::string path = group_of(info.device, info.signal);
    const Hdf5Handle group =
        owned(H5Gcreate2(file, path.c_str(), links.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
              "create a group");
    put_attribute(group.id(), "unit", info.unit);
    put_attribute(group.id(), "source", info.source);
    put_attribute(group.id(), "aliases", info.aliases);
    put_attribute(group.id(), "schema_version", store_version);
    create_column(group.id(), "time", H5T_STD_I64LE, &no_instant);
    create_column(group.id(), "value", H5T_IEEE_F64LE, &no_value);
    create_column(group.id(), "quality", H5T_STD_U8LE, &no_quality);
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
    time_ = open("time");
    value_ = open("value");
    quality_ = open("quality");
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
        for (const Hdf5Handle* column : {&time_, &value_, &quality_})
            check(H5Drefresh(column->id()), "look again");
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
    const hsize_t there = rows_of(time_.id());
    if (there <= first) return;
    std::vector<Instant> times(std::min<std::size_t>(there - first, chunk_samples));
    transfer(time_.id(), H5T_NATIVE_INT64, first, times.size(), times.data(), nullptr);
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

std::vector<Sample> SeriesColumns::chunk(std::size_t number) const {
    const auto count = static_cast<std::size_t>(index_.at(number).count);
    const std::size_t first = number * chunk_samples;
    std::vector<Instant> times(count);
    std::vector<double> values(count);
    std::vector<std::uint8_t> qualities(count);
    transfer(time_.id(), H5T_NATIVE_INT64, first, count, times.data(), nullptr);
    transfer(value_.id(), H5T_NATIVE_DOUBLE, first, count, values.data(), nullptr);
    transfer(quality_.id(), H5T_NATIVE_UINT8, first, count, qualities.data(), nullptr);
    std::vector<Sample> samples(count);
    for (std::size_t i = 0; i < count; ++i) samples[i] = {times[i], values[i], qualities[i]};
    return samples;
}

std::size_t SeriesColumns::chunk_of(Instant at) const {
    const auto after =
        std::upper_bound(index_.begin(), index_.end(), at,
                         [](Instant instant, const ChunkEntry& e) { return instant < e.first; });
    return after == index_.begin() ? 0 : static_cast<std::size_t>(after - index_.begin()) - 1;
}

SeriesColumns::Packed SeriesColumns::pack(std::size_t number, const Sample* samples,
                                          std::size_t count) {
    FORETWIN_RULE(count > 0 && count <= chunk_samples, "a chunk holds something, and no more");
    std::vector<Instant> times(chunk_samples, no_instant);
    std::vector<double> values(chunk_samples, no_value);
    std::vector<std::uint8_t> qualities(chunk_samples, no_quality);
    for (std::size_t i = 0; i < count; ++i) {
        times[i] = samples[i].at;
        values[i] = samples[i].value;
        qualities[i] = samples[i].quality;
    }
    Packed result{number, {}, packed(times), packed(values), packed(qualities)};
    ChunkEntry& entry = result.entry;
    entry = {samples[0].at, samples[count - 1].at, static_cast<std::int64_t>(count), 0};
    entry.sum = ChunkEntry::sum_of(entry.first, entry.last, entry.count);
    return result;
}

void SeriesColumns::write_columns(const std::vector<Packed>& chunks) {
    if (chunks.empty()) return;
    const hsize_t rows =
        chunks.back().number * chunk_samples + static_cast<hsize_t>(chunks.back().entry.count);
    for (const Hdf5Handle* column : {&time_, &value_, &quality_}) {
        const hsize_t extent = std::max(rows, rows_of(column->id()));
        check(H5Dset_extent(column->id(), &extent), "extend a column");
    }
    for (const Packed& one : chunks) {
        write_chunk(time_.id(), one.number, one.time);
        write_chunk(value_.id(), one.number, one.value);
        write_chunk(quality_.id(), one.number, one.quality);
    }
}

void SeriesColumns::write_index(const std::vector<Packed>& chunks) {
    if (chunks.empty()) return;
    const std::size_t first = chunks.front().number;
    FORETWIN_RULE(first + 1 >= index_.size(), "only the last chunk is written over");
    index_.resize(first);
    for (const Packed& one : chunks) index_.push_back(one.entry);
    const std::array<hsize_t, 2> extent{std::max<hsize_t>(index_.size(), rows_of(index_data_.id())),
                                        index_columns};
    check(H5Dset_extent(index_data_.id(), extent.data()), "extend an index");
    transfer(index_data_.id(), H5T_NATIVE_INT64, first, chunks.size(), nullptr,
             index_.data() + first);
    info_.samples = samples();
    info_.first = index_.front().first;
    info_.last = index_.back().last;
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
