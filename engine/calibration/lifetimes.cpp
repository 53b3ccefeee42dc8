#include "engine/calibration/lifetimes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/calibration/wear_paths.hpp"

namespace foretwin::calibration {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// All columns of one row that say how a life went.
struct Columns {
    std::vector<double> time, from, to, begin, end, entry, count, at;
    std::vector<bool> failed;
    std::vector<std::string> group;
    std::vector<std::vector<double>> covariates;
};

Columns read_columns(const FitTask& task, RecordTable& table, std::vector<std::string>& names) {
    Columns columns;
    if (table.has("time")) columns.time = table.numbers("time");
    if (table.has("from")) columns.from = table.numbers_or_open("from");
    if (table.has("to")) columns.to = table.numbers_or_open("to");
    if (table.has("begin")) columns.begin = table.moments("begin");
    if (table.has("end")) columns.end = table.moments("end", true);
    if (table.has("entry")) columns.entry = table.numbers("entry");
    if (table.has("count")) columns.count = table.counts("count");
    if (table.has("at")) columns.at = table.moments("at");
    if (table.has("group")) columns.group = table.texts("group");
    columns.failed = table.flags("status");
    columns.covariates = table.covariates(task.covariates, names);
    return columns;
}

/// Puts a failure that was recorded in steps of r between time - r / 2 and time + r / 2.
void blur(Observation& seen, double resolution) {
    if (resolution <= 0 || !seen.failed || seen.interval) return;
    seen.interval = true;
    seen.lower = std::max({seen.checked, 0.0, seen.upper - resolution / 2});
    seen.upper = std::max(seen.upper, 0.0) + resolution / 2;
}

bool positive_length(const Observation& seen) {
    return seen.failed || seen.upper > seen.checked;
}

class Reader {
  public:
    Reader(const FitTask& task, RecordTable& table, const Known& known)
        : task_(task), table_(table), known_(known) {
        columns_ = read_columns(task, table, result_.covariates);
    }

    Lifetimes read() {
        if (table_.failed()) return std::move(result_);
        result_.dated = !columns_.at.empty() || !columns_.begin.empty();
        records_end_ = known_.as_of;
        if (std::isinf(records_end_) && !columns_.begin.empty()) {
            records_end_ = -infinity;
            for (const auto* times : {&columns_.begin, &columns_.end})
                for (const double time : *times)
                    if (!std::isinf(time)) records_end_ = std::max(records_end_, time);
        }
        for (std::size_t row = 0; row < table_.size(); ++row) read_row(row);
        return std::move(result_);
    }

  private:
    void read_row(std::size_t row) {
        Lifetime life;
        life.at = columns_.at.empty() ? infinity : columns_.at[row];
        life.seen.failed = columns_.failed[row];
        if (!columns_.count.empty()) life.seen.weight = columns_.count[row];
        const bool good = !columns_.begin.empty()  ? read_clock(row, life)
                          : !columns_.from.empty() ? read_interval(row, life)
                                                   : read_time(row, life);
        if (!good || life.seen.weight == 0) return;
        if (result_.dated && columns_.begin.empty() &&
            (life.at > known_.as_of || life.at < known_.from))
            return;
        blur(life.seen, task_.resolution);
        if (life.seen.failed && !life.seen.interval && life.seen.upper <= life.seen.checked) {
            table_.refuse(row, columns_.time.empty() ? "end" : "time",
                          "a failure at its very beginning has no exact law",
                          "give the `resolution` of the records, as in resolution: 1 min");
            return;
        }
        if (!positive_length(life.seen)) return;
        if (!columns_.group.empty()) life.group = columns_.group[row];
        if (!columns_.covariates.empty()) life.covariates = columns_.covariates[row];
        result_.rows.push_back(std::move(life));
    }

    bool read_time(std::size_t row, Lifetime& life) {
        const double time = columns_.time[row];
        life.seen.checked = columns_.entry.empty() ? 0 : columns_.entry[row];
        life.seen.lower = life.seen.upper = time;
        if (time >= 0 && life.seen.checked >= 0 && life.seen.checked <= time) return true;
        table_.refuse(row, "time",
                      time < 0 ? "a time below 0" : "it ended before it came under observation",
                      time < 0 ? "times are ages: from 0 up" : "entry must lie below the time");
        return false;
    }

    bool read_interval(std::size_t row, Lifetime& life) {
        const double from = std::isinf(columns_.from[row]) ? 0 : columns_.from[row];
        const double to = columns_.to[row];
        life.seen.checked = columns_.entry.empty() ? 0 : columns_.entry[row];
        if (!(from >= 0) || to < from || life.seen.checked > from) {
            table_.refuse(row, "to", "the interval ends before it begins",
                          "from must lie below to, and entry below from");
            return false;
        }
        life.seen.failed = !std::isinf(to);
        life.seen.lower = from;
        life.seen.upper = life.seen.failed ? to : from;
        life.seen.interval = life.seen.failed && to > from;
        return true;
    }

    bool read_clock(std::size_t row, Lifetime& life) {
        const double begin = columns_.begin[row];
        double end = columns_.end[row];
        if (end < begin) {
            table_.refuse(row, "end", "it ends before it begins", "swap begin and end");
            return false;
        }
        if (begin >= known_.as_of || end < known_.from) return false;
        if (end > records_end_) {
            life.seen.failed = false;
            end = records_end_;
        }
        if (std::isinf(begin)) return false;
        life.at = end;
        life.seen.lower = life.seen.upper = (end - begin) / task_.in_seconds;
        if (begin < known_.from) life.seen.checked = (known_.from - begin) / task_.in_seconds;
        return life.seen.upper >= life.seen.checked;
    }

    const FitTask& task_;
    RecordTable& table_;
    const Known& known_;
    Columns columns_;
    double records_end_ = infinity;
    Lifetimes result_;
};

Lifetime life_of(double lower, double upper, bool failed, double weight) {
    Lifetime life;
    life.at = infinity;
    life.seen = {0, lower, upper, failed, weight, failed};
    return life;
}

/// Each unit was looked at once: what had failed did so before, the rest runs on.
Lifetimes read_inspected(RecordTable& table) {
    Lifetimes lives;
    const auto age = table.numbers("age");
    const auto inspected = table.counts("inspected"), failed = table.counts("failed");
    if (table.failed()) return lives;
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (failed[row] > inspected[row] || !(age[row] > 0)) {
            table.refuse(row, failed[row] > inspected[row] ? "failed" : "age",
                         "more failed than were inspected, or no age above 0",
                         "ages are above 0, and failed at most inspected");
            continue;
        }
        if (failed[row] > 0) lives.rows.push_back(life_of(0, age[row], true, failed[row]));
        const double good = inspected[row] - failed[row];
        if (good > 0) lives.rows.push_back(life_of(age[row], age[row], false, good));
    }
    return lives;
}

/// The same units again and again: what was new failed since the inspection before.
Lifetimes read_found(const FitTask& task, RecordTable& table) {
    Lifetimes lives;
    const auto age = table.numbers("age");
    const auto found = table.counts("found");
    if (table.failed()) return lives;
    double before = 0, left = task.units;
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (!(age[row] > before)) {
            table.refuse(row, "age", "inspections must follow one another",
                         "sort the rows by age, each above the one before");
            return lives;
        }
        if (found[row] > 0) lives.rows.push_back(life_of(before, age[row], true, found[row]));
        before = age[row];
        left -= found[row];
    }
    if (left < 0)
        table.refuse(table.size() - 1, "found", "more were found than there are units",
                     "see `units`, the number that were looked at");
    else if (left > 0)
        lives.rows.push_back(life_of(before, before, false, left));
    return lives;
}

Lifetimes read_wear(const FitTask& task, RecordTable& table) {
    std::vector<WearReading> readings;
    const auto unit = table.texts("unit");
    const auto age = table.numbers("age"), value = table.numbers("value");
    for (std::size_t row = 0; row < table.size(); ++row)
        readings.push_back({unit[row], age[row], value[row]});
    Lifetimes lives;
    for (const WornUnit& own : lives_of_wear(readings, task.path, task.threshold)) {
        Lifetime life;
        life.at = infinity;
        life.seen = {0, own.age, own.age, own.crosses, 1, false};
        if (own.age > 0) lives.rows.push_back(std::move(life));
        if (!own.remark.empty()) lives.remarks.push_back(own.unit + ": " + own.remark);
    }
    return lives;
}

}  // namespace

Lifetimes read_lifetimes(const FitTask& task, RecordTable& table, const Known& known) {
    switch (task.kind) {
        case FitKind::inspected:
            return read_inspected(table);
        case FitKind::found:
            return read_found(task, table);
        case FitKind::degradation:
            return read_wear(task, table);
        default:
            return Reader(task, table, known).read();
    }
}

std::vector<Observation> observations_of(const Lifetimes& lives) {
    std::vector<Observation> list;
    list.reserve(lives.rows.size());
    for (const Lifetime& life : lives.rows) list.push_back(life.seen);
    return list;
}

}  // namespace foretwin::calibration
