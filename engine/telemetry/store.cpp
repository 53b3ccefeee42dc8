#include "engine/telemetry/store.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/chunk_packer.hpp"
#include "engine/telemetry/store_file.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::size_t no_chunk = static_cast<std::size_t>(-1);
// What HDF5 needs beside the chunks themselves: its own tables, and the index.
constexpr std::uint64_t reserve_per_store = std::uint64_t{1} << 18U;
constexpr std::uint64_t reserve_per_series = std::uint64_t{1} << 14U;
// A copy is written without waiting for the disk: early and often, so that little is left at the
// end.
constexpr std::size_t hold_of_copy = std::size_t{1} << 20U;

}  // namespace

class Store::Files {
  public:
    explicit Files(const std::filesystem::path& path) : file(path) {}
    StoreFile file;
};

struct Store::Series {
    SeriesInfo info;  ///< of a series that is new all that is known of it
    bool in_file = false;
    std::optional<SeriesColumns> columns;  ///< opened when they are needed
    // In the file, or in its copy while there is one:
    std::size_t base = 0;       ///< samples in chunks that are full and there
    std::size_t committed = 0;  ///< samples that are there
    std::vector<std::shared_ptr<SealedChunk>> sealed;  ///< full chunks that are not
    Rows tail;                                         ///< those behind them, whether there or not
    std::vector<TextSample> new_texts;  ///< of a series without columns, whose words have no number
    std::size_t cached = no_chunk;
    Rows cache;  ///< the chunk that was looked into last

    std::size_t samples() const { return base + sealed.size() * chunk_samples + tail.size(); }
    std::size_t next_chunk() const { return base / chunk_samples + sealed.size(); }
    /// As the file has it, from the beginning.
    void open(hid_t file) {
        in_file = true;
        columns.emplace(file, info.device, info.signal);
        info = columns->info();
        committed = columns->samples();
        base = committed / chunk_samples * chunk_samples;
        if (committed > base) tail = columns->chunk(base / chunk_samples);
    }
    void add(const TextSample& sample) {
        const bool none = (sample.quality & unavailable) != 0;
        StoreWords& words = columns->words();
        tail.add(sample.at, none ? no_word : words.code_of(sample.text),
                 sample.detail.empty() ? no_word : words.code_of(sample.detail), sample.quality);
    }
    TextSample text(const Rows& rows, std::size_t row) const {
        const StoreWords& words = columns->words();
        return {rows.at[row], words.word(rows.code[row]), words.word(rows.detail[row]),
                rows.quality[row]};
    }
    Instant last() const {
        if (!new_texts.empty()) return new_texts.back().at;
        if (!tail.empty()) return tail.at.back();
        if (!sealed.empty()) return sealed.back()->entry().last;
        return info.last;
    }
};

/// One chunk that is to be written: a sealed one, or what the tail has of one.
struct Store::Job {
    Series* series = nullptr;
    SealedChunk* sealed = nullptr;
    SeriesColumns::Packed of_tail{};
};

Store::Store(const std::filesystem::path& path)
    : files_(std::make_unique<Files>(path)), packer_(std::make_unique<ChunkPacker>()) {
    for (const auto& [device, signal] : series_names(files_->file.id())) {
        numbers_.emplace(std::pair(device, signal), series_.size());
        series_.push_back(std::make_unique<Series>());
        series_.back()->info.device = device;
        series_.back()->info.signal = signal;
    }
    for (const auto& series : series_) series->open(files_->file.id());
    settle();
    use_threads(usable_threads());
}

Store::~Store() {
    series_.clear();
}

SeriesColumns& Store::columns_of(Series& series) {
    if (!series.columns)
        series.columns.emplace(files_->file.id(), series.info.device, series.info.signal);
    return *series.columns;
}

Store::Series& Store::at(std::size_t series, SeriesKind kind) {
    FORETWIN_RULE(series < series_.size(), "a series is known by the number that series() gave");
    FORETWIN_RULE(series_[series]->info.kind == kind, "a series is of numbers or of texts");
    return *series_[series];
}

void Store::declare(const std::vector<SeriesInfo>& wanted) {
    for (const SeriesInfo& one : wanted) {
        if (!numbers_.emplace(std::pair(one.device, one.signal), series_.size()).second) continue;
        series_.push_back(std::make_unique<Series>());
        series_.back()->info = one;
        new_series_ = true;
    }
    if (new_series_) commit();
}

/// Before every handle into the file is closed for a copy, what texts are held goes into it: their
/// words have their numbers there.
void Store::make_new_series() {
    if (!new_series_) return;
    if (!files_->file.drafting()) {
        const std::vector<Job> held = jobs(Part::texts);
        if (!held.empty()) put(held);
        settle();
        for (const auto& series : series_) series->columns.reset();
    }
    std::vector<SeriesInfo> fresh;
    for (const auto& series : series_)
        if (!series->in_file) fresh.push_back(series->info);
    broken_ = true;  // until all is there again
    try {
        files_->file.add(fresh);
    } catch (const EnvironmentError&) {  // no place: those that wait to be made are held on
        broken_ = !files_->file.usable();
        throw;
    }
    for (const auto& series : series_) {
        series->in_file = true;
        if (series->new_texts.empty()) continue;
        columns_of(*series);
        for (const TextSample& sample : series->new_texts) {
            series->add(sample);
            seal(*series);
        }
        series->new_texts.clear();
    }
    broken_ = false;
    new_series_ = false;
}

/// What was written to a copy is in the store from now on.
void Store::publish() {
    if (!files_->file.drafting()) return;
    for (const auto& series : series_) series->columns.reset();
    broken_ = true;  // unless all of it goes well
    files_->file.publish();
    broken_ = false;
    settle();
}

std::vector<SeriesInfo> Store::known() const {
    std::vector<SeriesInfo> all;
    for (const auto& series : series_) all.push_back(series->info);
    return all;
}

std::size_t Store::series(const std::string& device, const SignalDescription& signal) {
    const SeriesKind kind = signal.texts ? SeriesKind::texts : SeriesKind::numbers;
    const auto [entry, is_new] = numbers_.emplace(std::pair(device, signal.name), series_.size());
    if (is_new) {
        series_.push_back(std::make_unique<Series>());
        SeriesInfo& info = series_.back()->info;
        info.device = device;
        info.signal = signal.name;
        info.unit = signal.unit;
        info.source = source_;
        info.aliases = signal.column;
        info.kind = kind;
        new_series_ = true;
        hold_on();
    }
    const SeriesInfo& info = series_[entry->second]->info;
    const std::string name = device + "/" + signal.name;
    if (info.kind != kind)
        throw InputError({},
                         name + " is stored as " +
                             (info.kind == SeriesKind::texts ? "texts, not as numbers"
                                                             : "numbers, not as texts"),
                         "describe it as it is stored, or give it another name");
    if (info.unit != signal.unit)
        throw InputError({},
                         name + " is stored in '" + info.unit + "', not in '" + signal.unit + "'",
                         "describe it in the stored unit, or give it another name");
    return entry->second;
}

/// The rows of a full chunk, wherever it is.
const Rows& Store::full_chunk(Series& one, std::size_t number) {
    if (number == one.cached) return one.cache;
    one.cached = no_chunk;
    const std::size_t on_disk = one.base / chunk_samples;
    if (number < on_disk) {
        one.cache = columns_of(one).chunk(number);
    } else {
        const auto& packed = packer_->packed(*one.sealed[number - on_disk]);
        const bool whole =
            SeriesColumns::unpack(one.info.kind, packed.columns, chunk_samples, one.cache);
        FORETWIN_RULE(whole, "what was packed here can be unpacked");
    }
    one.cached = number;
    return one.cache;
}

/// At least so many of the last rows, if there are as many.
Rows Store::newest_rows(Series& one, std::size_t at_most) {
    Rows rows = one.tail;
    for (std::size_t chunk = one.next_chunk(); chunk > 0 && rows.size() < at_most;) {
        Rows before = full_chunk(one, --chunk);
        before.append(rows, 0, rows.size());
        rows = std::move(before);
    }
    if (rows.size() > at_most) rows.keep(rows.size() - at_most, rows.size());
    return rows;
}

std::vector<Sample> Store::newest(std::size_t series, std::size_t at_most) {
    const Rows rows = newest_rows(at(series, SeriesKind::numbers), at_most);
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < rows.size(); ++i) samples.push_back(rows.sample(i));
    return samples;
}

std::vector<TextSample> Store::newest_texts(std::size_t series, std::size_t at_most) {
    Series& one = at(series, SeriesKind::texts);
    if (!one.in_file) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, one.new_texts.size()));
        return {one.new_texts.end() - count, one.new_texts.end()};
    }
    columns_of(one);
    const Rows rows = newest_rows(one, at_most);
    std::vector<TextSample> samples;
    for (std::size_t i = 0; i < rows.size(); ++i) samples.push_back(one.text(rows, i));
    return samples;
}

/// The first full chunk that may hold what is not before the instant; next_chunk() when only the
/// tail can.
std::size_t Store::chunk_of(Series& one, Instant instant) {
    const std::size_t on_disk = one.base / chunk_samples;
    const std::size_t found = on_disk == 0 ? 0 : columns_of(one).chunk_of(instant);
    if (found < on_disk) return found;
    std::size_t sealed = 0;
    while (sealed < one.sealed.size() && one.sealed[sealed]->entry().last < instant) ++sealed;
    return on_disk + sealed;
}

std::optional<double> Store::value_at(std::size_t series, Instant instant) {
    Series& one = at(series, SeriesKind::numbers);
    const std::size_t chunk = chunk_of(one, instant);
    const Rows& rows = chunk < one.next_chunk() ? full_chunk(one, chunk) : one.tail;
    const std::size_t row = rows.row_of(instant);
    if (row == rows.size() || rows.at[row] != instant) return std::nullopt;
    return rows.value[row];
}

std::vector<TextSample> Store::texts_at(std::size_t series, Instant instant) {
    Series& one = at(series, SeriesKind::texts);
    std::vector<TextSample> samples;
    if (!one.in_file) {
        for (const TextSample& sample : one.new_texts)
            if (sample.at == instant) samples.push_back(sample);
        return samples;
    }
    const auto add = [&](const Rows& rows) {
        for (std::size_t i = rows.row_of(instant); i < rows.size() && rows.at[i] == instant; ++i)
            samples.push_back(one.text(rows, i));
    };
    // Those of one instant may go over the borders of chunks.
    columns_of(one);
    for (std::size_t chunk = chunk_of(one, instant); chunk < one.next_chunk(); ++chunk) {
        const Rows& rows = full_chunk(one, chunk);
        if (rows.at.front() > instant) break;
        add(rows);
    }
    add(one.tail);
    return samples;
}

void Store::accept(std::size_t series, const Sample& sample) {
    Series& one = at(series, SeriesKind::numbers);
    const Instant last = one.last();
    FORETWIN_RULE(last == no_instant || last < sample.at, "a series is appended in rising time");
    one.tail.add(sample);
    grew(one);
}

void Store::accept_text(std::size_t series, const TextSample& sample) {
    Series& one = at(series, SeriesKind::texts);
    const Instant last = one.last();
    FORETWIN_RULE(last == no_instant || last <= sample.at, "time does not fall in a series");
    if (one.in_file) {
        columns_of(one);
        one.add(sample);
    } else {
        one.new_texts.push_back(sample);
    }
    grew(one);
}

void Store::grew(Series& one) {
    seal(one);
    if (++pending_ >= write_at_) write(Part::whole_chunks);
}

void Store::seal(Series& one) {
    if (one.tail.size() == chunk_samples)
        one.sealed.push_back(packer_->seal(one.info.kind, one.next_chunk(), one.tail));
}

void Store::use_threads(unsigned threads) {
    threads_ = threads;
    packer_->use_threads(threads);
}

void Store::commit() {
    // All of a copy may have been written by itself; it is no store yet.
    if (pending_ > 0 || new_series_ || files_->file.drafting()) write(Part::all);
}

/// What is to be written, packed.
std::vector<Store::Job> Store::jobs(Part part) {
    std::vector<Job> all;
    for (const auto& series : series_) {
        const SeriesKind kind = series->info.kind;
        if (!series->in_file || (part == Part::texts && kind != SeriesKind::texts)) continue;
        for (const auto& one : series->sealed) all.push_back({series.get(), one.get()});
        const bool fresh = series->samples() > series->committed && !series->tail.empty();
        if (part == Part::whole_chunks || !fresh) continue;
        all.push_back({series.get(), nullptr,
                       SeriesColumns::frame(kind, series->next_chunk(), series->tail, 0,
                                            series->tail.size())});
    }
    pack_tails(all);
    return all;
}

/// Signals that were measured together have the same times, and most samples no marks: such columns
/// are packed once.
void Store::pack_tails(std::vector<Job>& jobs) const {
    struct Task {
        std::size_t job, column, like;
    };
    constexpr std::size_t look_back = 16;
    std::vector<Task> tasks;
    const auto is_like = [&](std::size_t i, std::size_t column, std::size_t j) {
        if (jobs[j].sealed != nullptr) return false;
        const Series& one = *jobs[i].series;
        const Series& other = *jobs[j].series;
        // Time is the first column of every kind, and quality the last.
        const std::size_t there = column == 0 ? 0 : column_count(other.info.kind) - 1;
        return one.tail.size() == other.tail.size() &&
               SeriesColumns::same(one.info.kind, column, one.tail, 0, other.info.kind, there,
                                   other.tail, 0, one.tail.size());
    };
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].sealed != nullptr) continue;
        const std::size_t columns = jobs[i].of_tail.columns.size();
        for (std::size_t column = 0; column < columns; ++column) {
            std::size_t like = i;
            const std::size_t back = column == 0 || column + 1 == columns ? look_back : 0;
            for (std::size_t j = i; j > 0 && i - j < back && like == i;)
                if (is_like(i, column, --j)) like = j;
            tasks.push_back({i, column, like});
        }
    }
    side_by_side(tasks.size(), threads_, [&](std::size_t t) {
        const Task& task = tasks[t];
        const Series& one = *jobs[task.job].series;
        if (task.like == task.job)
            jobs[task.job].of_tail.columns[task.column] =
                SeriesColumns::pack(one.info.kind, task.column, one.tail, 0, one.tail.size());
    });
    for (const Task& task : tasks) {  // in order: what is alike was packed before
        const std::vector<std::string>& from = jobs[task.like].of_tail.columns;
        if (task.like != task.job)
            jobs[task.job].of_tail.columns[task.column] =
                task.column == 0 ? from.front() : from.back();
    }
}

void Store::write(Part part) {
    if (broken_)
        throw EnvironmentError("the store failed before and takes nothing more (open it again)");
    make_new_series();
    const std::vector<Job> all = jobs(part);
    if (!all.empty()) put(all);
    settle();
    if (part == Part::all) publish();
}

void Store::put(const std::vector<Job>& jobs) {
    std::uint64_t bytes = reserve_per_store;
    std::vector<std::pair<Series*, std::vector<const SeriesColumns::Packed*>>> work;
    for (const Job& job : jobs) {
        if (work.empty() || work.back().first != job.series) {
            bytes += reserve_per_series;
            columns_of(*job.series);
            if (job.series->info.kind == SeriesKind::texts)
                bytes += 2 * job.series->columns->words().pending_bytes();
            work.emplace_back(job.series, std::vector<const SeriesColumns::Packed*>{});
        }
        const auto& packed = job.sealed != nullptr ? packer_->packed(*job.sealed) : job.of_tail;
        bytes += packed.bytes();
        work.back().second.push_back(&packed);
    }
    files_->file.reserve(bytes);
    broken_ = true;  // unless all of it goes well
    for (auto& [series, chunks] : work) series->columns->write_columns(chunks);
    files_->file.flush();
    for (auto& [series, chunks] : work) series->columns->write_index(chunks);
    files_->file.flush();
    broken_ = false;
    for (auto& [series, chunks] : work) {
        series->info = series->columns->info();
        series->committed = series->columns->samples();
    }
}

/// What is written in full chunks need not be held any longer.
void Store::settle() {
    pending_ = 0;
    std::size_t written = 0;
    for (const auto& series : series_) {
        const std::size_t full = series->committed / chunk_samples;
        const std::size_t there = series->base / chunk_samples;
        series->sealed.erase(series->sealed.begin(),
                             series->sealed.begin() + static_cast<std::ptrdiff_t>(full - there));
        series->base = full * chunk_samples;
        pending_ += series->samples() + series->new_texts.size() - series->committed;
        written += series->committed;
    }
    if (!files_->file.drafting()) on_disk_ = written;
    write_at_ = pending_ + hold_;
    hold_on();
}

void Store::hold(std::size_t samples) {
    hold_ = samples;
    write_at_ = pending_ + hold_;
    hold_on();
}

void Store::hold_on() {
    if (new_series_ || files_->file.drafting())
        write_at_ = std::min(write_at_, pending_ + hold_of_copy);
}

}  // namespace foretwin::telemetry
