#include "engine/telemetry/shdr.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace foretwin::telemetry {
namespace {

bool is_among(std::string_view name, const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Ends a field that began with a quote: the next quote before a bar or the end; npos without one.
std::size_t closing_quote(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i)
        if (text[i] == '"' && (i + 1 == text.size() || text[i + 1] == '|')) return i;
    return std::string_view::npos;
}

/// Only a quoted field that needs it is one: others may begin with a quote as well.
bool has_escaped_bar(std::string_view text) {
    return text.find("\\|") != std::string_view::npos;
}

}  // namespace

ShdrDecoder::ShdrDecoder(ShdrDescription description)
    : description_(std::move(description)), clock_(description_.zone) {}

void ShdrDecoder::begin_file(std::string shown_name) {
    file_ = std::move(shown_name);
    line_ = 0;
}

void ShdrDecoder::end_file() {
    if (!mark_.empty()) defect("an asset of several lines that does not end");
    mark_.clear();
}

void ShdrDecoder::refuse_line() {
    ++line_;
    ++counts_.lines;
    more_ = false;
    defect("a line of more than 1 MiB");
}

void ShdrDecoder::begin_line(std::string_view line) {
    ++line_;
    ++counts_.lines;
    more_ = false;
    if (!mark_.empty()) {
        ++counts_.assets;
        if (line.find(mark_) != std::string_view::npos) mark_.clear();
        return;
    }
    const std::string_view all = trimmed(line);
    if (all.empty()) {
        ++counts_.empty;
    } else if (all.front() == '*') {
        ++counts_.protocol;
    } else {
        rest_ = line;
        more_ = true;
        std::string_view time;
        take_field(time, value_scratch_);
        if (!more_)
            defect("no fields");
        else if (is_asset(rest_) || !take_time(trimmed(time)))
            more_ = false;
    }
}

bool ShdrDecoder::take_time(std::string_view field) {
    const std::size_t duration = field.find('@');
    duration_.clear();
    if (duration != std::string_view::npos) {
        duration_ = "duration " + std::string(trimmed(field.substr(duration + 1)));
        field = trimmed(field.substr(0, duration));
    }
    if (field.empty()) {
        at_ = newest_;
        if (at_ == no_instant) defect("no time, and none before it");
        return at_ != no_instant;
    }
    const Instant reached = newest_ == no_instant ? std::numeric_limits<Instant>::min() : newest_;
    const ClockReader::Reading reading = clock_.read(field, reached);
    if (reading.outcome == ClockReader::Outcome::impossible) defect("no time that there is");
    if (reading.outcome == ClockReader::Outcome::skipped) defect("an hour that the clock skips");
    if (reading.outcome != ClockReader::Outcome::good) return false;
    at_ = reading.at;
    newest_ = newest_ == no_instant ? at_ : std::max(newest_, at_);
    return true;
}

bool ShdrDecoder::is_asset(std::string_view field) {
    if (!field.starts_with('@')) return false;
    ++counts_.assets;
    constexpr std::string_view several = "--multiline--";
    const std::size_t begin = field.find(several);
    if (begin == std::string_view::npos) return true;
    const std::string_view mark = field.substr(begin);
    // The whole document may stand on this line, between two marks.
    if (mark.find(mark.substr(0, mark.find('|')), several.size()) == std::string_view::npos)
        mark_ = trimmed(mark);
    return true;
}

bool ShdrDecoder::take_field(std::string_view& field, std::string& unescaped) {
    if (!more_) return false;
    if (rest_.starts_with('"')) {
        const std::size_t end = closing_quote(rest_);
        if (end != std::string_view::npos && has_escaped_bar(rest_.substr(0, end))) {
            unescaped.clear();
            for (std::size_t i = 1; i < end; ++i) {
                if (rest_[i] == '\\' && rest_[i + 1] == '|') ++i;
                unescaped += rest_[i];
            }
            field = unescaped;
            more_ = end + 1 < rest_.size();
            if (more_) rest_.remove_prefix(end + 2);
            return true;
        }
    }
    const std::size_t bar = rest_.find('|');
    field = rest_.substr(0, bar);
    more_ = bar != std::string_view::npos;
    if (more_) rest_.remove_prefix(bar + 1);
    return true;
}

bool ShdrDecoder::next(Observation& into) {
    while (more_) {
        into.at = at_;
        if (!take_item(into)) continue;
        if (!more_) {
            defect("an item without a value");
            return false;
        }
        if (!take_value(into)) continue;
        if (!duration_.empty() && into.detail.empty()) into.detail = duration_;
        ++counts_.observations;
        return true;
    }
    return false;
}

bool ShdrDecoder::take_item(Observation& into) {
    std::string_view name;
    take_field(name, item_scratch_);
    name = trimmed(name);
    std::string_view device = description_.device;
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos) {
        device = trimmed(name.substr(0, colon));
        name = trimmed(name.substr(colon + 1));
    }
    if (name.empty() || device.empty()) {
        if (!name.empty())
            defect("an item of no device");
        else if (more_ || colon != std::string_view::npos)
            defect("a value without an item");
        else  // a bar at the end of the line
            defect("an empty field at the end");
        std::string_view value;
        take_field(value, value_scratch_);
        return false;
    }
    if (into.device != device) into.device.assign(device);
    into.item.assign(name);
    return true;
}

bool ShdrDecoder::looks_like_condition(std::string_view level) const {
    const bool known =
        is_word(level, "NORMAL") || is_word(level, "WARNING") || is_word(level, "FAULT");
    if (!known && !is_word(level, "UNAVAILABLE")) return false;
    if (!more_) return false;
    const auto bars = std::count(rest_.begin(), rest_.end(), '|');
    constexpr std::string_view four_empty = "|||";
    return known ? bars >= 3 : rest_ == four_empty || rest_.starts_with("||||");
}

bool ShdrDecoder::take_value(Observation& into) {
    std::string_view value;
    take_field(value, value_scratch_);
    value = trimmed(value);
    if (looks_like_condition(value) ||
        (!description_.conditions.empty() && is_among(into.item, description_.conditions)))
        return take_condition(value, into);
    if (!description_.messages.empty() && is_among(into.item, description_.messages))
        return take_more(1, into, value);
    if (!description_.time_series.empty() && is_among(into.item, description_.time_series))
        return take_more(2, into, value);
    tell_value(value, into);
    return true;
}

bool ShdrDecoder::take_condition(std::string_view level, Observation& into) {
    std::array<std::string, 4> scratch;
    std::array<std::string_view, 4> detail;
    for (std::size_t i = 0; i < detail.size() && more_; ++i) {
        take_field(detail[i], scratch[i]);
        detail[i] = trimmed(detail[i]);
    }
    tell_value(level, into);
    into.detail = condition_text(detail);
    if (into.kind == Observation::Kind::unavailable) return true;
    if (is_word(level, "NORMAL") || is_word(level, "WARNING") || is_word(level, "FAULT"))
        return true;
    defect("a condition of an unknown level");
    return false;
}

bool ShdrDecoder::take_more(std::size_t fields, Observation& into, std::string_view first) {
    std::string detail(first);
    std::string scratch;
    std::string_view last;
    for (std::size_t i = 0; i < fields; ++i) {
        if (!take_field(last, scratch)) {
            if (i == 0 && is_word(first, "UNAVAILABLE")) break;
            defect("too few fields of an item");
            return false;
        }
        if (i + 1 < fields) detail.append(" ").append(trimmed(last));
    }
    const bool gone = is_word(first, "UNAVAILABLE");
    tell_value(gone ? first : trimmed(last), into);
    // Values of a series stay a text, however many they are.
    if (fields > 1 && into.kind == Observation::Kind::number) {
        into.kind = Observation::Kind::text;
        into.text.assign(trimmed(last));
    }
    if (!gone) into.detail = detail;
    return true;
}

void ShdrDecoder::defect(const std::string& reason) {
    counts_.add_defect(file_, line_, reason);
}

ShdrLog::ShdrLog(ByteSource source, std::string shown_name, ShdrDecoder& decoder, std::size_t block)
    : source_(std::move(source)), decoder_(decoder), block_(block) {
    decoder_.begin_file(std::move(shown_name));
}

bool ShdrLog::next(Observation& into) {
    while (!decoder_.next(into))
        if (!next_line()) return false;
    return true;
}

bool ShdrLog::next_line() {
    std::size_t searched = begin_;
    for (;;) {
        const std::size_t end = window_.find('\n', searched);
        if (end != std::string::npos) {
            const std::size_t begin = std::exchange(begin_, end + 1);
            give(std::string_view(window_).substr(begin, end - begin));
            return true;
        }
        if (exhausted_) break;
        searched = window_.size() - begin_;  // refill() moves what is kept to the front
        if (!refill()) searched = begin_;
    }
    if (begin_ < window_.size() || too_long_) {
        const std::size_t begin = std::exchange(begin_, window_.size());
        give(std::string_view(window_).substr(begin));
        return true;
    }
    if (!std::exchange(ended_, true)) decoder_.end_file();
    return false;
}

void ShdrLog::give(std::string_view line) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (std::exchange(first_, false) && line.starts_with(byte_order_mark))
        line.remove_prefix(byte_order_mark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (std::exchange(too_long_, false) || line.size() > ShdrDecoder::line_bytes)
        decoder_.refuse_line();
    else
        decoder_.begin_line(line);
}

/// False when what was kept is dropped, being the beginning of a line that is too long.
bool ShdrLog::refill() {
    window_.erase(0, std::exchange(begin_, 0));
    bool kept_all = true;
    if (window_.size() > ShdrDecoder::line_bytes) {
        too_long_ = true;
        window_.clear();
        kept_all = false;
    }
    const std::size_t kept = window_.size();
    window_.resize(kept + std::max(block_, kept));
    const std::size_t got = source_(window_.data() + kept, window_.size() - kept);
    window_.resize(kept + got);
    exhausted_ = got == 0;
    return kept_all;
}

}  // namespace foretwin::telemetry
