#include "engine/telemetry/store_export.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/quantity.hpp"
#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/name_pattern.hpp"

namespace foretwin::telemetry {

namespace {

using Told = std::function<void(std::size_t)>;

/// In quotes, for CSV.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + '"';
}

/// In quotes, for JSON and YAML; bytes that are no UTF-8 are replaced.
std::string json_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> signals_of(const std::vector<SeriesInfo>& series) {
    std::vector<std::string> names;
    for (const SeriesInfo& one : series)
        if (std::find(names.begin(), names.end(), one.signal) == names.end())
            names.push_back(one.signal);
    return names;
}

/// One row per sample, of any kind of series.
class LongWriter {
  public:
    LongWriter(const StoreReader& store, ExportForm form, std::ostream& into)
        : store_(store), json_(form == ExportForm::json_lines), into_(into) {
        if (!json_) into << "time,device,signal,value,detail,quality\n";
    }
    std::size_t write(const SeriesInfo& info, const ExportChoice& choice, const Told& told) {
        std::size_t count = 0;
        const bool texts = info.kind == SeriesKind::texts;
        const StoreWords* words = texts ? &store_.words(info.device, info.signal) : nullptr;
        const auto take = [&](const Rows& rows) {
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const bool gone = (rows.quality[i] & unavailable) != 0;
                row(info, rows, i, gone, words);
            }
            count += rows.size();
            if (told) told(count);
        };
        store_.scan(info.device, info.signal, choice.from, choice.to, take, usable_threads());
        return count;
    }

  private:
    void row(const SeriesInfo& info, const Rows& rows, std::size_t i, bool gone,
             const StoreWords* words) {
        std::string value = json_ ? "null" : "";
        std::string detail;
        if (words != nullptr) {
            const std::string& text = words->word(rows.code[i]);
            if (!gone) value = json_ ? json_text(text) : quoted(text);
            const std::string& more = words->word(rows.detail[i]);
            if (!more.empty()) detail = json_ ? json_text(more) : quoted(more);
        } else if (!gone) {
            value = shortest_text(rows.value[i]);
        }
        const std::string time = instant_text(rows.at[i]);
        if (!json_) {
            into_ << time << ',' << info.device << ',' << info.signal << ',' << value << ','
                  << detail << ',' << int{rows.quality[i]} << '\n';
            return;
        }
        into_ << R"({"time":")" << time << R"(","device":)" << json_text(info.device)
              << R"(,"signal":)" << json_text(info.signal) << R"(,"value":)" << value;
        if (!detail.empty()) into_ << R"(,"detail":)" << detail;
        into_ << R"(,"quality":)" << int{rows.quality[i]} << "}\n";
    }
    const StoreReader& store_;
    bool json_;
    std::ostream& into_;
};

/// One row per instant of one device; goes through time in stretches of some ten thousand samples.
class WideWriter {
  public:
    WideWriter(const StoreReader& store, std::vector<std::string> signals, std::ostream& into)
        : store_(store), signals_(std::move(signals)), into_(into) {
        into << "time,device";
        for (const std::string& signal : signals_) into << ',' << signal;
        into << '\n';
    }
    std::size_t write(const std::string& device, const std::vector<SeriesInfo>& series,
                      const ExportChoice& choice, const Told& told) {
        constexpr std::size_t few = 20'000;
        constexpr std::size_t many = 200'000;
        Instant at = no_instant;
        Instant end = std::numeric_limits<Instant>::min();
        for (const SeriesInfo& one : series) {
            if (one.samples == 0) continue;
            at = std::min(at, std::max(one.first, choice.from));
            end = std::max(end, std::min(one.last + 1, choice.to));
        }
        std::size_t count = 0;
        for (Time length = hour; at < end;) {
            const Instant to = at > end - std::min<Time>(length, end - at) ? end : at + length;
            const std::size_t samples = stretch(device, series, at, std::min(to, end));
            count += samples;
            if (told) told(count);
            at = to;
            if (samples < few && length < 100 * 365 * day) length *= 2;
            if (samples > many && length > second) length /= 2;
        }
        return count;
    }

  private:
    std::size_t stretch(const std::string& device, const std::vector<SeriesInfo>& series,
                        Instant from, Instant to) {
        std::map<Instant, std::vector<std::string>> rows;
        std::size_t count = 0;
        for (const SeriesInfo& one : series) {
            const auto column = static_cast<std::size_t>(
                std::find(signals_.begin(), signals_.end(), one.signal) - signals_.begin());
            const auto samples = store_.read(one.device, one.signal, from, to).samples;
            for (const Sample& sample : samples) {
                auto& cells = rows[sample.at];
                cells.resize(signals_.size());
                if ((sample.quality & unavailable) == 0)
                    cells[column] = shortest_text(sample.value);
            }
            count += samples.size();
        }
        for (const auto& [at, cells] : rows) {
            into_ << instant_text(at) << ',' << device;
            for (const std::string& cell : cells) into_ << ',' << cell;
            into_ << '\n';
        }
        return count;
    }
    const StoreReader& store_;
    std::vector<std::string> signals_;
    std::ostream& into_;
};

std::size_t export_wide(const StoreReader& store, const std::vector<SeriesInfo>& series,
                        const ExportChoice& choice, std::ostream& into, const Told& told) {
    WideWriter writer(store, signals_of(series), into);
    std::size_t count = 0;
    for (std::size_t i = 0; i < series.size();) {
        std::vector<SeriesInfo> same;
        for (const std::string device = series[i].device;
             i < series.size() && series[i].device == device; ++i)
            same.push_back(series[i]);
        const std::size_t before = count;
        const auto tell = [&](std::size_t more) {
            if (told) told(before + more);
        };
        count += writer.write(same.front().device, same, choice, tell);
    }
    return count;
}

}  // namespace

std::vector<SeriesInfo> exported_series(const StoreReader& store, const ExportChoice& choice,
                                        ExportForm form) {
    std::vector<SeriesInfo> series;
    std::vector<Problem> problems;
    for (const SeriesInfo& one : store.series()) {
        if (!matches(one.device, choice.devices) || !matches(one.signal, choice.signals)) continue;
        if (form == ExportForm::csv_wide && one.kind == SeriesKind::texts) continue;
        for (const SeriesInfo& other : series)
            if (other.signal == one.signal && (other.unit != one.unit || other.kind != one.kind)) {
                problems.push_back({{},
                                    "signal '" + one.signal + "' is not the same of " +
                                        other.device + " and " + one.device,
                                    "export one device at a time, with --device"});
                break;
            }
        series.push_back(one);
    }
    if (series.empty())
        problems.push_back({{},
                            "no series of device '" + choice.devices + "' and signal '" +
                                choice.signals + "' can be exported so",
                            "`foretwin store list` tells what there is; texts need the form long"});
    if (!problems.empty()) throw InputError(std::move(problems));
    return series;
}

std::size_t export_samples(const StoreReader& store, const std::vector<SeriesInfo>& series,
                           const ExportChoice& choice, ExportForm form, std::ostream& into,
                           const Told& told) {
    if (form == ExportForm::csv_wide) return export_wide(store, series, choice, into, told);
    LongWriter writer(store, form, into);
    std::size_t count = 0;
    for (const SeriesInfo& one : series) {
        const std::size_t before = count;
        const auto tell = [&](std::size_t more) {
            if (told) told(before + more);
        };
        count += writer.write(one, choice, tell);
    }
    return count;
}

std::string export_description(const std::vector<SeriesInfo>& series, ExportForm form,
                               const std::string& file) {
    std::string text =
        "# `foretwin ingest` reads the file beside this with it.\n"
        "foretwin_ingest: 1\nfile: " +
        json_text(file) + "\n";
    if (form == ExportForm::json_lines) text += "format: json lines\n";
    text += form == ExportForm::csv_wide ? "form: wide\n" : "form: long\n";
    text += "time: {column: time, zone: UTC}\ndevice: {column: device}\n";
    if (form != ExportForm::csv_wide)
        text +=
            "signal: {column: signal}\nvalue: {column: value}\n"
            "detail: {column: detail}\nquality: {column: quality}\n";
    text += "signals:\n";
    for (const std::string& name : signals_of(series)) {
        const auto info = std::find_if(series.begin(), series.end(),
                                       [&](const auto& one) { return one.signal == name; });
        text += "  " + json_text(name) + ": ";
        text += info->kind == SeriesKind::texts ? "{kind: text}\n"
                                                : "{unit: " + json_text(info->unit) + "}\n";
    }
    return text;
}

}  // namespace foretwin::telemetry
