#include "engine/telemetry/store_upkeep.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/name_pattern.hpp"
#include "engine/telemetry/store.hpp"
#include "engine/telemetry/store_file.hpp"

namespace foretwin::telemetry {

namespace {

constexpr Instant first_instant = std::numeric_limits<Instant>::min();

/// From when on samples stay; nothing when the whole series goes.
std::optional<Instant> kept_from(const SeriesInfo& info, const std::vector<Removal>& removals) {
    Instant from = first_instant;
    for (const Removal& one : removals) {
        if (!matches(info.device, one.devices) || !matches(info.signal, one.signals)) continue;
        if (one.before == no_instant) return std::nullopt;
        from = std::max(from, one.before);
    }
    return from;
}

std::size_t samples_before(const SeriesColumns& columns, Instant at) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < columns.index().size() && columns.index()[i].first < at; ++i)
        count += columns.index()[i].last < at ? static_cast<std::size_t>(columns.index()[i].count)
                                              : columns.chunk(i).row_of(at);
    return count;
}

Share share_of(const SeriesColumns& columns, const std::vector<Removal>& removals) {
    const auto from = kept_from(columns.info(), removals);
    if (!from) return {columns.info(), columns.samples(), true};
    return {columns.info(), samples_before(columns, *from), false};
}

SignalDescription signal_of(const SeriesInfo& info) {
    SignalDescription signal;
    signal.name = info.signal;
    signal.column = info.aliases;
    signal.unit = info.unit;
    signal.texts = info.kind == SeriesKind::texts;
    return signal;
}

class Copy {
  public:
    Copy(const SeriesColumns& from, Instant begin, Store& into)
        : from_(from), begin_(begin), into_(into) {
        into.from(from.info().source);
        series_ = into.series(from.info().device, signal_of(from.info()));
    }
    /// `told` hears the samples of every stretch.
    void all(const std::function<void(std::size_t)>& told) {
        scan_columns(
            from_, begin_, no_instant,
            [&](const Rows& rows) {
                for (std::size_t i = 0; i < rows.size(); ++i) add(rows, i);
                told(rows.size());
            },
            usable_threads());
    }

  private:
    void add(const Rows& rows, std::size_t i) {
        if (from_.info().kind == SeriesKind::numbers) {
            into_.accept(series_, rows.sample(i));
            return;
        }
        const StoreWords& words = from_.words();
        into_.accept_text(series_, {rows.at[i], words.word(rows.code[i]),
                                    words.word(rows.detail[i]), rows.quality[i]});
    }
    const SeriesColumns& from_;
    Instant begin_;
    Store& into_;
    std::size_t series_ = 0;
};

/// One line per entry, its parts between tabs.
std::string log_line(const LogEntry& entry) {
    const auto clean = [](std::string text) {
        for (char& c : text)
            if (static_cast<unsigned char>(c) < 0x20) c = ' ';
        return text;
    };
    return std::to_string(entry.at) + '\t' + clean(entry.who) + '\t' + clean(entry.deed) + '\t' +
           clean(entry.what) + '\t' + std::to_string(entry.series) + '\t' +
           std::to_string(entry.samples) + '\n';
}

template <class Number>
Number number_of(std::string_view text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

LogEntry log_entry(std::string_view line) {
    std::vector<std::string_view> parts;
    for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
        parts.push_back(line.substr(0, tab));
        line.remove_prefix(tab + 1);
    }
    parts.push_back(line);
    parts.resize(6);
    return {number_of<Instant>(parts[0]),
            std::string(parts[1]),
            std::string(parts[2]),
            std::string(parts[3]),
            number_of<std::size_t>(parts[4]),
            number_of<std::size_t>(parts[5])};
}

std::vector<SeriesColumns> all_columns(hid_t file) {
    std::vector<SeriesColumns> columns;
    for (const auto& [device, signal] : series_names(file))
        columns.emplace_back(file, device, signal);
    return columns;
}

/// Removes the draft unless it took its place.
struct Draft {
    std::filesystem::path name;
    bool done = false;
    ~Draft() {
        if (!done) ::unlink(name.c_str());
    }
};

void require_store(const std::filesystem::path& path) {
    open_store_to_read(path);  // tells what is wrong with it
}

}  // namespace

std::size_t Rewritten::samples_removed() const {
    return std::accumulate(series.begin(), series.end(), std::size_t{0},
                           [](std::size_t sum, const Share& one) { return sum + one.removed; });
}

std::size_t Rewritten::series_touched() const {
    return static_cast<std::size_t>(
        std::count_if(series.begin(), series.end(),
                      [](const Share& one) { return one.whole || one.removed > 0; }));
}

Rewritten rewrite_store(const std::filesystem::path& path, const std::vector<Removal>& removals,
                        LogEntry entry, const std::function<void(std::size_t, std::size_t)>& told) {
    require_store(path);
    StoreFile file(path);
    remove_left_behind(path, true);
    Rewritten result;
    result.bytes_before = std::filesystem::file_size(path);
    Draft draft{path.string() + "." + std::to_string(::getpid()) + ".partial"};
    {
        const std::vector<SeriesColumns> columns = all_columns(file.id());
        std::size_t all = 0;
        std::size_t done = 0;
        for (const SeriesColumns& one : columns) {
            result.series.push_back(share_of(one, removals));
            all += one.samples() - result.series.back().removed;
        }
        Store into(draft.name);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (result.series[i].whole) continue;
            Copy(columns[i], *kept_from(columns[i].info(), removals), into)
                .all([&](std::size_t more) {
                    done += more;
                    if (told) told(done, all);
                });
        }
        into.commit();
    }
    entry.series = result.series_touched();
    entry.samples = result.samples_removed();
    put_log(draft.name, log_text(file.id()) + log_line(entry));
    result.bytes_after = std::filesystem::file_size(draft.name);
    file.give_way_to(draft.name);
    draft.done = true;
    return result;
}

std::vector<Share> shares_of(const std::filesystem::path& path,
                             const std::vector<Removal>& removals) {
    const Hdf5Handle file = open_store_to_read(path);
    std::vector<Share> shares;
    for (const SeriesColumns& one : all_columns(file.id()))
        shares.push_back(share_of(one, removals));
    return shares;
}

std::vector<LogEntry> store_log(const std::filesystem::path& path) {
    const Hdf5Handle file = open_store_to_read(path);
    const std::string text = log_text(file.id());
    std::vector<LogEntry> entries;
    for (std::size_t begin = 0, end = text.find('\n'); end != std::string::npos;
         begin = end + 1, end = text.find('\n', begin))
        entries.push_back(log_entry(std::string_view(text).substr(begin, end - begin)));
    return entries;
}

}  // namespace foretwin::telemetry
