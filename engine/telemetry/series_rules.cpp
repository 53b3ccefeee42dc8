#include "engine/telemetry/series_rules.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/quantity.hpp"

namespace foretwin::telemetry {

namespace {

constexpr std::size_t level_values = 15;  ///< the median of so many tells the level
constexpr std::size_t level_least = 5;    ///< fewer tell nothing

/// How many times the one is larger than the other, whichever is the larger one.
double distance(double a, double b) {
    return a > b ? a / b : b / a;
}

}  // namespace

SampleRules::SampleRules(const IngestDescription& description, const SignalDescription& signal,
                         std::string device, SampleSink& sink, const SetAsideSink& set_aside)
    : description_(description), signal_(signal), sink_(sink), set_aside_(set_aside) {
    series_ = sink.series(device, signal);
    counts_.device = std::move(device);
    counts_.signal = signal.name;
    counts_.unit = signal.unit;
}

SeriesRules::SeriesRules(const IngestDescription& description, const SignalDescription& signal,
                         std::string device, SampleSink& sink, const SetAsideSink& set_aside)
    : SampleRules(description, signal, std::move(device), sink, set_aside),
      looks_for_runs_(signal.stuck_at_least > 1 || !signal.wrong_units.empty()) {
    begin();
}

/// Goes on where the series ends: the rules know no border between two files.
void SeriesRules::begin() {
    const auto runs = static_cast<std::size_t>(std::max(signal_.stuck_at_least, 0));
    for (const Sample& sample : sink_.newest(series_, std::max(level_values, runs))) {
        newest_ = released_ = accepted_ = sample.at;
        if ((sample.quality & unavailable) != 0) {
            equal_in_a_row_ = 0;
            continue;
        }
        const bool same = equal_in_a_row_ > 0 && sample.value == last_value_;
        equal_in_a_row_ = same ? equal_in_a_row_ + 1 : 1;
        last_value_ = sample.value;
        if ((sample.quality & wrong_unit) == 0) levels_.push_back(sample.value);
        if (levels_.size() > level_values) levels_.pop_front();
    }
}

Defect SampleRules::reject(Instant at, const Cell& cell, int line, Defect why) {
    ++counts_.defects[static_cast<std::size_t>(why)];
    ++(why == Defect::late ? counts_.late : counts_.rejected);
    if (set_aside_)
        set_aside_(
            {line, cell.column, counts_.device, counts_.signal, at, cell.text, to_text(why)});
    if (why != Defect::exact_duplicate) counts_.profile.add(at, TimeProfile::Fate::bad);
    return why;
}

/// What is wrong with a sample by itself.
std::optional<Defect> SeriesRules::form_of(const Cell& cell) const {
    if ((cell.quality & unavailable) != 0) return std::nullopt;
    if (cell.form == Cell::Form::empty) return Defect::empty;
    if (cell.form == Cell::Form::text) return Defect::text;
    if (!std::isfinite(cell.value)) return Defect::not_finite;
    const auto& sentinels = signal_.sentinels;
    if (std::find(sentinels.begin(), sentinels.end(), cell.value) != sentinels.end())
        return Defect::sentinel;
    if (signal_.zero_is_nothing && cell.value == 0) return Defect::not_recorded;
    return std::nullopt;
}

std::optional<Defect> SeriesRules::offer(Instant at, const Cell& cell, int line) {
    ++counts_.received;
    if (const auto wrong = form_of(cell)) return reject(at, cell, line, *wrong);
    const bool gone = (cell.quality & unavailable) != 0;
    const double value = gone ? std::numeric_limits<double>::quiet_NaN() : cell.value;
    if (at <= newest_) {
        if (const auto there = known_value(at)) {
            const bool same = *there == value || (gone && std::isnan(*there));
            return reject(at, cell, line,
                          same ? Defect::exact_duplicate : Defect::conflicting_duplicate);
        }
        if (at <= released_ || at < earlier(newest_, description_.late_after))
            return reject(at, cell, line, Defect::late);
        ++counts_.out_of_order;
    }
    place({{at, value, cell.quality}, line, cell.column});
    return std::nullopt;
}

std::vector<HeldRow> SeriesRules::held() const {
    constexpr std::uint8_t found = after_gap | stuck | out_of_range | wrong_unit;
    std::vector<HeldRow> rows;
    rows.reserve(held_count());
    for (const std::deque<Held>* held : {&run_, &waiting_})
        for (const Held& one : *held) {
            const auto quality = static_cast<std::uint8_t>(one.sample.quality & ~found);
            rows.push_back({one.sample.at, one.sample.value, {}, {}, quality});
        }
    return rows;
}

std::optional<double> SeriesRules::known_value(Instant at) {
    const auto before = [](const Held& held, Instant instant) { return held.sample.at < instant; };
    for (const std::deque<Held>* held : {&waiting_, &run_}) {
        const auto found = std::lower_bound(held->begin(), held->end(), at, before);
        if (found != held->end() && found->sample.at == at) return found->sample.value;
    }
    return at <= accepted_ ? sink_.value_at(series_, at) : std::nullopt;
}

void SeriesRules::place(const Held& held) {
    if (description_.late_after == 0 && waiting_.empty()) {  // nothing may come before it
        newest_ = released_ = held.sample.at;
        return look_for_runs(held);
    }
    auto position = waiting_.end();
    while (position != waiting_.begin() && (position - 1)->sample.at > held.sample.at) --position;
    waiting_.insert(position, held);
    newest_ = std::max(newest_, held.sample.at);
    release_until(earlier(newest_, description_.late_after));
}

void SeriesRules::release_until(Instant watermark) {
    while (!waiting_.empty() && waiting_.front().sample.at <= watermark) {
        released_ = waiting_.front().sample.at;
        look_for_runs(waiting_.front());
        waiting_.pop_front();
    }
}

void SeriesRules::look_for_runs(const Held& held) {
    if (!looks_for_runs_ && run_.empty()) return settle(held);
    run_.push_back(held);
    if ((held.sample.quality & unavailable) != 0) {  // ends every run
        equal_in_a_row_ = off_in_a_row_ = 0;
        return settle(0);
    }
    if (signal_.stuck_at_least > 1) look_for_stuck();
    if (!signal_.wrong_units.empty()) look_for_wrong_unit();
    const int longest =
        std::max(signal_.stuck_at_least, signal_.wrong_units.empty() ? 0 : signal_.drift_at_least);
    settle(static_cast<std::size_t>(std::max(longest - 1, 0)));
}

void SeriesRules::look_for_stuck() {
    const double value = run_.back().sample.value;
    equal_in_a_row_ = equal_in_a_row_ > 0 && value == last_value_ ? equal_in_a_row_ + 1 : 1;
    last_value_ = value;
    if (equal_in_a_row_ < signal_.stuck_at_least) return;
    // Those of the run that were stored by an earlier file stay as they are.
    const auto marked = std::min(run_.size(), static_cast<std::size_t>(equal_in_a_row_));
    std::for_each(run_.end() - static_cast<std::ptrdiff_t>(marked), run_.end(),
                  [](Held& one) { one.sample.quality |= stuck; });
}

double SeriesRules::level() const {
    std::vector<double> sorted(levels_.begin(), levels_.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
}

/// A value is off by a unit when its ratio to the level is nearer to that unit's factor than to 1
/// and to every other factor, and no further away than the factor's square root.
void SeriesRules::look_for_wrong_unit() {
    const double value = run_.back().sample.value;
    const double ratio = levels_.size() < level_least ? 1 : value / level();
    std::size_t nearest = signal_.wrong_units.size();
    if (ratio > 0) {
        double best = distance(ratio, 1);
        for (std::size_t i = 0; i < signal_.wrong_units.size(); ++i) {
            const double factor = signal_.wrong_units[i].factor;
            const double away = distance(ratio, factor);
            if (away >= best || away * away > distance(factor, 1)) continue;
            best = away;
            nearest = i;
        }
    }
    if (nearest == signal_.wrong_units.size()) {
        off_in_a_row_ = 0;
        levels_.push_back(value);
        if (levels_.size() > level_values) levels_.pop_front();
        return;
    }
    off_in_a_row_ = off_in_a_row_ > 0 && nearest == off_unit_ ? off_in_a_row_ + 1 : 1;
    off_unit_ = nearest;
    if (off_in_a_row_ < signal_.drift_at_least) return;
    counts_.found_unit = signal_.wrong_units[nearest].name;
    const auto marked = std::min(run_.size(), static_cast<std::size_t>(off_in_a_row_));
    std::for_each(run_.end() - static_cast<std::ptrdiff_t>(marked), run_.end(),
                  [](Held& one) { one.sample.quality |= wrong_unit; });
}

void SeriesRules::settle(std::size_t keep) {
    while (run_.size() > keep) {
        settle(run_.front());
        run_.pop_front();
    }
}

void SeriesRules::give_up(const Held& held, Defect why) {
    const std::string text = shortest_text(held.sample.value);
    Cell cell;
    cell.text = text;
    cell.column = held.column;
    reject(held.sample.at, cell, held.line, why);
}

void SeriesRules::settle(const Held& held) {
    Sample sample = held.sample;
    const bool off = (sample.quality & wrong_unit) != 0;
    if (signal_.ranged && !off && (sample.quality & unavailable) == 0 &&
        (sample.value < signal_.lowest || sample.value > signal_.highest))
        sample.quality |= out_of_range;
    const Doubts& doubts = description_.doubts;
    if (off) note_wrong_unit(sample.at);
    if (off && doubts.reject_unit) return give_up(held, Defect::wrong_unit);
    if ((sample.quality & out_of_range) != 0 && doubts.reject_range)
        return give_up(held, Defect::out_of_range);
    if ((sample.quality & stuck) != 0 && doubts.reject_stuck) return give_up(held, Defect::stuck);
    look_for_gap(sample);
    count_accepted(sample.at, sample.quality);
    sink_.accept(series_, sample);
}

void SeriesRules::note_wrong_unit(Instant at) {
    if (counts_.unit_from == no_instant) counts_.unit_from = at;
    counts_.unit_to = at;
}

void SeriesRules::look_for_gap(Sample& sample) {
    const bool first = accepted_ == std::numeric_limits<Instant>::min();
    if (!first && count_gap(accepted_, sample.at)) sample.quality |= after_gap;
    accepted_ = sample.at;
}

bool SampleRules::count_gap(Instant from, Instant to) {
    const Time step = time_between(from, to);
    if (step <= signal_.hold) return false;
    ++counts_.gaps;
    counts_.gap_time = later(counts_.gap_time, step);
    counts_.longest_gap = std::max(counts_.longest_gap, step);
    // To the nearest: clocks of sources tremble.
    const Time every = signal_.every;
    if (every > 0) counts_.missing += step / every + (step % every >= every - every / 2) - 1;
    return true;
}

void SampleRules::count_accepted(Instant at, std::uint8_t quality) {
    const auto count = [&](Quality bit, Defect defect) {
        if ((quality & bit) != 0) ++counts_.defects[static_cast<std::size_t>(defect)];
        return (quality & bit) != 0;
    };
    bool doubtful = count(stuck, Defect::stuck);
    doubtful = count(out_of_range, Defect::out_of_range) || doubtful;
    doubtful = count(wrong_unit, Defect::wrong_unit) || doubtful;
    if (counts_.accepted == 0) counts_.first = at;
    counts_.last = at;
    ++counts_.accepted;
    if (doubtful) ++counts_.marked;
    counts_.profile.add(at, doubtful ? TimeProfile::Fate::doubtful : TimeProfile::Fate::good);
}

void SeriesRules::finish() {
    release_until(std::numeric_limits<Instant>::max());
    settle(0);
}

}  // namespace foretwin::telemetry
