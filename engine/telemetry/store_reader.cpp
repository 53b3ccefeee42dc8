#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/suggestion.hpp"
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

StoreReader::Answer StoreReader::read(const std::string& device, const std::string& signal,
                                      Instant from, Instant to) const {
    std::vector<std::string> names;
    for (const SeriesColumns& columns : columns_) {
        names.push_back(columns.info().device + "/" + columns.info().signal);
        if (columns.info().device != device || columns.info().signal != signal) continue;
        Answer answer;
        const std::vector<ChunkEntry>& index = columns.index();
        for (std::size_t i = columns.chunk_of(from); i < index.size() && index[i].first < to; ++i) {
            if (index[i].last < from) continue;
            ++answer.chunks_read;
            for (const Sample& sample : columns.chunk(i))
                if (sample.at >= from && sample.at < to) answer.samples.push_back(sample);
        }
        return answer;
    }
    throw InputError(Place{path_.string(), 0, 0}, "has no series " + device + "/" + signal,
                     suggestion(device + "/" + signal, names));
}

}  // namespace foretwin::telemetry
