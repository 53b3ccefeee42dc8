#include "engine/telemetry/store.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/telemetry/store_file.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::size_t no_chunk = static_cast<std::size_t>(-1);
// What HDF5 needs beside the chunks themselves: its own tables, and the index.
constexpr std::uint64_t reserve_per_store = std::uint64_t{1} << 18U;
constexpr std::uint64_t reserve_per_series = std::uint64_t{1} << 14U;

bool earlier(const Sample& sample, Instant at) {
    return sample.at < at;
}

std::optional<double> find_value(const std::vector<Sample>& samples, Instant at) {
    const auto found = std::lower_bound(samples.begin(), samples.end(), at, earlier);
    if (found == samples.end() || found->at != at) return std::nullopt;
    return found->value;
}

}  // namespace

class Store::Files {
  public:
    explicit Files(const std::filesystem::path& path) : file(path) {}
    StoreFile file;
};

struct Store::Series {
    Series(hid_t file, const std::string& device, const std::string& signal)
        : columns(file, device, signal) {
        committed = columns.samples();
        base = committed / chunk_samples * chunk_samples;
        if (committed > base) tail = columns.chunk(base / chunk_samples);
    }
    SeriesColumns columns;
    std::size_t base = 0;       ///< samples in chunks that are full and on disk
    std::size_t committed = 0;  ///< samples on disk
    std::vector<Sample> tail;   ///< those from `base` on, whether on disk or not
    std::size_t cached = no_chunk;
    std::vector<Sample> cache;  ///< the chunk that was looked into last
};

Store::Store(const std::filesystem::path& path) : files_(std::make_unique<Files>(path)) {
    open_all();
}

Store::~Store() {
    series_.clear();
}

void Store::open_all() {
    for (const auto& [device, signal] : series_names(files_->file.id()))
        series_.push_back(std::make_unique<Series>(files_->file.id(), device, signal));
}

Store::Series& Store::at(std::size_t series) {
    FORETWIN_RULE(series < series_.size(), "a series is known by the number that series() gave");
    return *series_[series];
}

void Store::declare(const std::vector<SeriesInfo>& wanted) {
    const auto known = [&](const SeriesInfo& one) {
        return std::any_of(series_.begin(), series_.end(), [&](const auto& series) {
            const SeriesInfo& info = series->columns.info();
            return info.device == one.device && info.signal == one.signal;
        });
    };
    std::vector<SeriesInfo> fresh;
    for (const SeriesInfo& one : wanted)
        if (!known(one)) fresh.push_back(one);
    if (fresh.empty()) return;
    commit();
    std::vector<std::pair<std::string, std::string>> order;
    for (const auto& series : series_)
        order.emplace_back(series->columns.info().device, series->columns.info().signal);
    for (const SeriesInfo& one : fresh) order.emplace_back(one.device, one.signal);
    series_.clear();  // every handle into the file
    broken_ = true;   // until all is open again
    files_->file.add(fresh);
    for (const auto& [device, signal] : order)  // numbers that were given stay
        series_.push_back(std::make_unique<Series>(files_->file.id(), device, signal));
    broken_ = false;
}

std::vector<SeriesInfo> Store::known() const {
    std::vector<SeriesInfo> all;
    for (const auto& series : series_) all.push_back(series->columns.info());
    return all;
}

std::size_t Store::series(const std::string& device, const SignalDescription& signal) {
    const auto find = [&] {
        return std::find_if(series_.begin(), series_.end(), [&](const auto& one) {
            const SeriesInfo& info = one->columns.info();
            return info.device == device && info.signal == signal.name;
        });
    };
    auto found = find();
    if (found == series_.end()) {
        declare({{device, signal.name, signal.unit, source_, signal.column}});
        found = find();
    }
    const std::string& unit = (*found)->columns.info().unit;
    if (unit != signal.unit)
        throw InputError({},
                         device + "/" + signal.name + " is stored in '" + unit + "', not in '" +
                             signal.unit + "'",
                         "describe it in the stored unit, or give it another name");
    return static_cast<std::size_t>(found - series_.begin());
}

std::vector<Sample> Store::newest(std::size_t series, std::size_t at_most) {
    Series& one = at(series);
    std::vector<Sample> samples = one.tail;
    for (std::size_t chunk = one.base / chunk_samples; chunk > 0 && samples.size() < at_most;) {
        const std::vector<Sample> before = one.columns.chunk(--chunk);
        samples.insert(samples.begin(), before.begin(), before.end());
    }
    if (samples.size() > at_most)
        samples.erase(samples.begin(), samples.end() - static_cast<std::ptrdiff_t>(at_most));
    return samples;
}

std::optional<double> Store::value_at(std::size_t series, Instant instant) {
    Series& one = at(series);
    if (!one.tail.empty() && instant >= one.tail.front().at) return find_value(one.tail, instant);
    if (one.base == 0) return std::nullopt;
    const std::size_t chunk = one.columns.chunk_of(instant);
    if (chunk != one.cached) {
        one.cache = one.columns.chunk(chunk);
        one.cached = chunk;
    }
    return find_value(one.cache, instant);
}

void Store::accept(std::size_t series, const Sample& sample) {
    Series& one = at(series);
    const Instant last = one.tail.empty() ? one.columns.info().last : one.tail.back().at;
    FORETWIN_RULE(last == no_instant || last < sample.at, "a series is appended in rising time");
    one.tail.push_back(sample);
    if (++pending_ >= write_at_) write(true);
}

void Store::commit() {
    if (pending_ > 0) write(false);
}

void Store::write(bool whole_chunks_only) {
    if (broken_)
        throw EnvironmentError("the store failed before and takes nothing more (open it again)");
    std::vector<std::pair<Series*, std::vector<SeriesColumns::Packed>>> work;
    std::uint64_t bytes = reserve_per_store;
    for (const auto& series : series_) {
        std::vector<SeriesColumns::Packed> chunks;
        for (std::size_t done = 0; done < series->tail.size(); done += chunk_samples) {
            const std::size_t count = std::min(chunk_samples, series->tail.size() - done);
            if (count < chunk_samples && whole_chunks_only) break;
            if (series->base + done + count <= series->committed) continue;
            chunks.push_back(SeriesColumns::pack((series->base + done) / chunk_samples,
                                                 series->tail.data() + done, count));
            bytes += chunks.back().bytes();
        }
        if (chunks.empty()) continue;
        bytes += reserve_per_series;
        work.emplace_back(series.get(), std::move(chunks));
    }
    if (!work.empty()) files_->file.reserve(bytes);
    broken_ = true;  // unless all of it goes well
    for (auto& [series, chunks] : work) series->columns.write_columns(chunks);
    files_->file.flush();
    for (auto& [series, chunks] : work) series->columns.write_index(chunks);
    files_->file.flush();
    broken_ = false;
    pending_ = 0;
    for (auto& [series, chunks] : work) {
        series->committed = series->columns.samples();
        const std::size_t full = series->committed / chunk_samples * chunk_samples;
        series->tail.erase(series->tail.begin(),
                           series->tail.begin() + static_cast<std::ptrdiff_t>(full - series->base));
        series->base = full;
    }
    for (const auto& series : series_)
        pending_ += series->base + series->tail.size() - series->committed;
    write_at_ = pending_ + pending_at_most;
}

std::size_t Store::committed() const {
    std::size_t sum = 0;
    for (const auto& series : series_) sum += series->committed;
    return sum;
}

}  // namespace foretwin::telemetry
