#include "engine/telemetry/intake.hpp"

#include <algorithm>

#include "engine/core/quantity.hpp"
#include "engine/telemetry/text_rules.hpp"

namespace foretwin::telemetry {

namespace {

bool holds_back(const IngestDescription& description) {
    const auto looks_for_runs = [](const SignalDescription& signal) {
        return signal.stuck_at_least > 1 || !signal.wrong_units.empty();
    };
    return description.late_after > 0 ||
           std::any_of(description.signals.begin(), description.signals.end(), looks_for_runs);
}

}  // namespace

Intake::Intake(const IngestDescription& description, SampleSink& sink, SetAsideSink set_aside,
               OtherSink other)
    : description_(description),
      sink_(sink),
      set_aside_(std::move(set_aside)),
      other_(std::move(other)),
      holds_back_(holds_back(description)) {
    for (std::size_t i = 0; i < description.signals.size(); ++i)
        signals_.emplace(description.signals[i].column, i);
}

Intake::~Intake() = default;

SampleRules& Intake::rules(std::uint32_t device, std::size_t signal) {
    const std::size_t signals = description_.signals.size();
    if (series_.size() < (device + std::size_t{1}) * signals)
        series_.resize((device + std::size_t{1}) * signals);
    auto& rules = series_[device * signals + signal];
    if (!rules)
        rules = make_rules(description_, description_.signals[signal], devices_.name(device), sink_,
                           set_aside_);
    return *rules;
}

void Intake::refuse(RowDefect why, std::string_view text) {
    ++rows_.rows_received;
    ++rows_.rows_rejected[static_cast<std::size_t>(why)];
    if (set_aside_) set_aside_({0, 0, {}, {}, no_instant, text, to_text(why)});
}

void Intake::give_up(const Observation& one, RowDefect why) {
    ++rows_.rows_received;
    ++rows_.rows_rejected[static_cast<std::size_t>(why)];
    if (!set_aside_) return;
    const bool number = one.kind == Observation::Kind::number;
    const std::string text = number ? shortest_text(one.number) : one.text;
    set_aside_({0, 0, one.device, one.item, one.at, text, to_text(why)});
}

/// A number of a signal of texts is a text, and the other way round where the text is a number.
std::optional<Defect> Intake::offer(std::uint32_t device, std::size_t signal,
                                    const Observation& one) {
    SampleRules& series = rules(device, signal);
    const bool texts = description_.signals[signal].texts;
    const bool number = one.kind == Observation::Kind::number;
    std::string written;
    if (number && (texts || set_aside_)) written = shortest_text(one.number);
    Cell cell = read_cell(signal, number ? std::string_view(written) : one.text, 0, texts);
    if (number && !texts) {
        cell.form = Cell::Form::number;
        cell.value = one.number;
    }
    cell.detail = one.detail;
    if (one.kind == Observation::Kind::unavailable) cell.quality = unavailable;
    const std::optional<Defect> defect = series.offer(one.at, cell, 0);
    if (!defect && holds_back_ && series.held_count() > 0) {
        HeldRow row{one.at, cell.value, texts ? std::string(cell.text) : std::string(), one.detail,
                    cell.quality};
        if (!texts) row.detail.clear();
        fresh_.emplace_back(device * description_.signals.size() + signal, std::move(row));
    }
    return defect;
}

void Intake::take(const Observation& one, Instant now) {
    const auto signal = signals_.find(one.item);
    if (signal == signals_.end() && one.kind != Observation::Kind::number) {
        ++others_;
        if (other_) other_(one);
        return;
    }
    if (signal == signals_.end()) return give_up(one, RowDefect::unknown_signal);
    const auto known = devices_.find(one.device);
    if (!known && !is_series_name(one.device)) return give_up(one, RowDefect::bad_device);
    if (one.at == no_instant) return give_up(one, RowDefect::impossible_date);
    if (one.at > now && time_between(now, one.at) > description_.ahead_at_most)
        return give_up(one, RowDefect::ahead);
    ++rows_.rows_received;
    ++rows_.rows_read;
    const std::uint32_t device = known ? *known : devices_.index_of(one.device);
    const std::optional<Defect> defect = offer(device, signal->second, one);
    rows_.rows_late += defect == Defect::late;
    rows_.rows_conflicting += defect == Defect::conflicting_duplicate;
    rows_.rows_repeated += defect == Defect::exact_duplicate;
}

std::size_t Intake::held_count() const {
    std::size_t count = 0;
    for (const auto& rules : series_)
        if (rules) count += rules->held_count();
    return count;
}

std::vector<HeldSample> Intake::held() const {
    std::vector<HeldSample> all;
    for (const auto& rules : series_) {
        if (!rules) continue;
        for (HeldRow& row : rules->held())
            all.push_back({rules->counts().device, rules->counts().signal, std::move(row)});
    }
    return all;
}

std::vector<HeldSample> Intake::newly_held() {
    std::vector<HeldSample> all;
    for (auto& [series, row] : fresh_) {
        const SampleRules& rules = *series_[series];
        if (row.at <= rules.accepted_until()) continue;  // the sink has it by now
        all.push_back({rules.counts().device, rules.counts().signal, std::move(row)});
    }
    fresh_.clear();
    return all;
}

std::size_t Intake::restore(const std::vector<HeldSample>& held) {
    std::size_t taken = 0;
    const auto& signals = description_.signals;
    for (const auto& [device, name, row] : held) {
        const auto signal =
            std::find_if(signals.begin(), signals.end(),
                         [name = &name](const auto& any) { return any.name == *name; });
        if (signal == signals.end()) continue;
        const auto number = static_cast<std::size_t>(signal - signals.begin());
        SampleRules& series = rules(devices_.index_of(device), number);
        if (row.at <= series.accepted_until()) continue;
        ++rows_.rows_received;
        ++rows_.rows_read;
        Cell cell = read_cell(number, row.text, 0, signal->texts);
        if (!signal->texts) cell.form = Cell::Form::number;
        cell.value = row.value;
        cell.detail = row.detail;
        cell.quality = row.quality;
        series.offer(row.at, cell, 0);
        ++taken;
    }
    return taken;
}

void Intake::finish() {
    for (const auto& rules : series_)
        if (rules) rules->finish();
    fresh_.clear();
}

QualityReport Intake::report() const {
    QualityReport report = rows_;
    for (const auto& rules : series_) {
        if (!rules) continue;
        report.series.push_back(rules->counts());
        report.series.back().waiting = static_cast<std::int64_t>(rules->held_count());
    }
    report.check_accounts();
    return report;
}

}  // namespace foretwin::telemetry
