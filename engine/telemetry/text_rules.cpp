#include "engine/telemetry/text_rules.hpp"

#include <algorithm>

#include "engine/core/quantity.hpp"

namespace foretwin::telemetry {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool same_text(const TextSample& a, const TextSample& b) {
    return a.text == b.text && a.detail == b.detail &&
           (a.quality & unavailable) == (b.quality & unavailable);
}

}  // namespace

TextRules::TextRules(const IngestDescription& description, const SignalDescription& signal,
                     std::string device, SampleSink& sink, const SetAsideSink& set_aside)
    : SampleRules(description, signal, std::move(device), sink, set_aside) {
    for (const TextSample& sample : sink_.newest_texts(series_, 1))
        newest_ = released_ = told_until_ = sample.at;
}

/// What is wrong with a text by itself.
std::optional<Defect> TextRules::form_of(const TextSample& sample, const Cell& cell) const {
    if ((sample.quality & unavailable) != 0) return std::nullopt;
    // A file that tells marks tells by them what is not there.
    if (cell.form == Cell::Form::empty && description_.quality_column.empty()) return Defect::empty;
    const auto& nothing = signal_.text_sentinels;
    if (std::find(nothing.begin(), nothing.end(), sample.text) != nothing.end())
        return Defect::sentinel;
    return std::nullopt;
}

/// Against what is known of its instant.
std::optional<Defect> TextRules::compared(const TextSample& sample) {
    std::vector<TextSample> there;
    for (const Held& held : waiting_)
        if (held.sample.at == sample.at) there.push_back(held.sample);
    if (sample.at <= released_)
        for (TextSample& one : sink_.texts_at(series_, sample.at)) there.push_back(std::move(one));
    for (const TextSample& one : there)
        if (same_text(one, sample)) return Defect::exact_duplicate;
    const bool several =
        !description_.quality_column.empty() || !description_.detail_column.empty();
    for (const TextSample& one : there)
        if (!several && (one.quality & unavailable) == 0) return Defect::conflicting_duplicate;
    if (sample.at < released_ || sample.at < earlier(newest_, description_.late_after))
        return Defect::late;
    return std::nullopt;
}

std::optional<Defect> TextRules::offer(Instant at, const Cell& cell, int line) {
    ++counts_.received;
    TextSample sample{at, {}, std::string(cell.detail), cell.quality};
    const bool gone = (cell.quality & unavailable) != 0;
    // A file that tells marks was made from a store, where spaces may belong to a text.
    if (!gone) sample.text = description_.quality_column.empty() ? trimmed(cell.text) : cell.text;
    if (const auto wrong = form_of(sample, cell)) return reject(at, cell, line, *wrong);
    if (at <= newest_) {
        if (const auto wrong = compared(sample)) return reject(at, cell, line, *wrong);
        if (at < newest_) ++counts_.out_of_order;
    }
    auto position = waiting_.end();
    while (position != waiting_.begin() && (position - 1)->sample.at > at) --position;
    waiting_.insert(position, {std::move(sample), cell.until, line, cell.column});
    newest_ = std::max(newest_, at);
    release_until(earlier(newest_, description_.late_after));
    return std::nullopt;
}

void TextRules::release_until(Instant watermark) {
    while (!waiting_.empty() && waiting_.front().sample.at <= watermark) {
        Held next = std::move(waiting_.front());
        waiting_.pop_front();
        released_ = next.sample.at;
        settle(std::move(next));
    }
}

void TextRules::give_up(const Held& held, Defect why) {
    Cell cell;
    cell.text = held.sample.text;
    cell.column = held.column;
    reject(held.sample.at, cell, held.line, why);
}

/// From here on nobody knows.
void TextRules::end_interval() {
    if (open_) sink_.accept_text(series_, {told_until_, "", "", unavailable});
    open_ = false;
}

void TextRules::settle(Held held) {
    TextSample& sample = held.sample;
    const bool first = told_until_ == std::numeric_limits<Instant>::min();
    if (held.until != no_instant && !first && sample.at < told_until_)
        return give_up(held, Defect::overlap);
    const auto& words = signal_.words;
    if (!words.empty() && (sample.quality & unavailable) == 0 &&
        std::find(words.begin(), words.end(), sample.text) == words.end())
        sample.quality |= out_of_range;
    if ((sample.quality & out_of_range) != 0 && description_.doubts.reject_range)
        return give_up(held, Defect::out_of_range);
    if (open_ && sample.at > told_until_) end_interval();
    if (!first && count_gap(told_until_, sample.at)) sample.quality |= after_gap;
    open_ = held.until != no_instant;
    told_until_ = open_ ? held.until : sample.at;
    count_accepted(sample.at, sample.quality);
    sink_.accept_text(series_, sample);
}

void TextRules::finish() {
    release_until(std::numeric_limits<Instant>::max());
    end_interval();
}

std::vector<HeldRow> TextRules::held() const {
    std::vector<HeldRow> rows;
    for (const Held& one : waiting_)
        rows.push_back({one.sample.at, 0, one.sample.text, one.sample.detail, one.sample.quality});
    return rows;
}

std::unique_ptr<SampleRules> make_rules(const IngestDescription& description,
                                        const SignalDescription& signal, std::string device,
                                        SampleSink& sink, const SetAsideSink& set_aside) {
    if (signal.texts)
        return std::make_unique<TextRules>(description, signal, std::move(device), sink, set_aside);
    return std::make_unique<SeriesRules>(description, signal, std::move(device), sink, set_aside);
}

}  // namespace foretwin::telemetry
