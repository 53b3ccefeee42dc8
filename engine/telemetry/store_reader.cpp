#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/store.hpp"
#include "engine/telemetry/store_file.hpp"

namespace foretwin::telemetry {

namespace {

std::uint64_t file_number(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

StoreReader::StoreReader(std::filesystem::path path) : path_(std::move(path)) {
    open();
}

StoreReader::~StoreReader() = default;

void StoreReader::open() {
    columns_.clear();
    file_.reset();
    file_number_ = file_number(path_);
    file_ = open_store_to_read(path_);
    for (const auto& [device, signal] : series_names(file_.id()))
        columns_.emplace_back(file_.id(), device, signal);
}

void StoreReader::refresh() {
    if (file_number(path_) != file_number_) {  // a copy with more series took its place
        open();
        return;
    }
    for (SeriesColumns& columns : columns_) columns.refresh(true);
}

std::vector<SeriesInfo> StoreReader::series() const {
    std::vector<SeriesInfo> all;
    for (const SeriesColumns& columns : columns_) all.push_back(columns.info());
    return all;
}

const SeriesColumns& StoreReader::find(const std::string& device, const std::string& signal) const {
    std::vector<std::string> names;
    for (const SeriesColumns& columns : columns_) {
        if (columns.info().device == device && columns.info().signal == signal) return columns;
        names.push_back(columns.info().device + "/" + columns.info().signal);
    }
    throw InputError(Place{path_.string(), 0, 0}, "has no series " + device + "/" + signal,
                     suggestion(device + "/" + signal, names));
}

const SeriesColumns& StoreReader::find(const std::string& device, const std::string& signal,
                                       SeriesKind kind) const {
    const SeriesColumns& columns = find(device, signal);
    if (columns.info().kind != kind)
        throw InputError(
            Place{path_.string(), 0, 0},
            device + "/" + signal +
                (kind == SeriesKind::texts ? " is a series of numbers" : " is a series of texts"),
            "read it as what it is");
    return columns;
}

const StoreWords& StoreReader::words(const std::string& device, const std::string& signal) const {
    return find(device, signal, SeriesKind::texts).words();
}

std::size_t StoreReader::scan(const std::string& device, const std::string& signal, Instant from,
                              Instant to, const RowsTaker& take, unsigned threads) const {
    return scan_columns(find(device, signal), from, to, take, threads);
}

StoreReader::Answer StoreReader::read(const std::string& device, const std::string& signal,
                                      Instant from, Instant to) const {
    find(device, signal, SeriesKind::numbers);
    Answer answer;
    const auto add = [&](const Rows& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) answer.samples.push_back(rows.sample(i));
    };
    answer.chunks_read = scan(device, signal, from, to, add, usable_threads());
    return answer;
}

StoreReader::TextAnswer StoreReader::read_texts(const std::string& device,
                                                const std::string& signal, Instant from,
                                                Instant to) const {
    const StoreWords& dictionary = words(device, signal);
    TextAnswer answer;
    const auto add = [&](const Rows& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            answer.samples.push_back({rows.at[i], dictionary.word(rows.code[i]),
                                      dictionary.word(rows.detail[i]), rows.quality[i]});
    };
    answer.chunks_read = scan(device, signal, from, to, add, usable_threads());
    return answer;
}

}  // namespace foretwin::telemetry
