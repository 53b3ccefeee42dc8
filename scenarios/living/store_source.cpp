#include "scenarios/living/store_source.hpp"

#include <algorithm>
#include <iterator>

namespace foretwin::living {

using telemetry::Observation;

namespace {

/// What is read at once.
constexpr Time stretch = 2 * hour;
/// A value older than this says nothing of the beginning.
constexpr Time longest_hold = 31 * day;
constexpr std::uint8_t wrong = telemetry::out_of_range | telemetry::wrong_unit;

}  // namespace

StoreSource::StoreSource(const telemetry::StoreReader& store, const observed::Profile& profile)
    : store_(store), profile_(profile) {
    look_again();
}

std::vector<StoreSource::Series> StoreSource::find_series() const {
    std::vector<Series> all;
    for (const telemetry::SeriesInfo& info : store_.series()) {
        const auto wanted =
            std::any_of(profile_.devices.begin(), profile_.devices.end(), [&](const auto& device) {
                return device.source == info.device &&
                       std::any_of(device.items.begin(), device.items.end(),
                                   [&](const auto& item) { return item.name == info.signal; });
            });
        if (!wanted || info.samples == 0) continue;
        all.push_back({info.device, info.signal, info.kind == telemetry::SeriesKind::texts,
                       info.first, info.last});
    }
    std::sort(all.begin(), all.end(), [](const Series& a, const Series& b) {
        return std::tie(a.device, a.signal) < std::tie(b.device, b.signal);
    });
    return all;
}

bool StoreSource::look_again() {
    std::vector<Series> now = find_series();
    bool in_order = now.size() == series_.size();
    for (std::size_t i = 0; in_order && i < now.size(); ++i) {
        if (now[i].last == series_[i].last || series_[i].last >= reached_) continue;
        const std::size_t before = told_.size();
        read(now[i], series_[i].last + 1, reached_);
        in_order = told_.size() == before;
        told_.resize(before);
    }
    series_ = std::move(now);
    for (const Series& series : series_) {
        first_ = std::min(first_, series.first);
        last_ = last_ == telemetry::no_instant ? series.last : std::max(last_, series.last);
    }
    return in_order;
}

void StoreSource::read(const Series& series, Instant from, Instant to) {
    if (series.texts) {
        for (telemetry::TextSample& sample :
             store_.read_texts(series.device, series.signal, from, to).samples) {
            Observation one;
            one.device = series.device;
            one.item = series.signal;
            one.at = sample.at;
            one.kind =
                sample.text.empty() ? Observation::Kind::unavailable : Observation::Kind::text;
            one.text = std::move(sample.text);
            one.detail = std::move(sample.detail);
            told_.push_back(std::move(one));
        }
        return;
    }
    for (const telemetry::Sample& sample :
         store_.read(series.device, series.signal, from, to).samples) {
        if ((sample.quality & wrong) != 0) continue;
        Observation one;
        one.device = series.device;
        one.item = series.signal;
        one.at = sample.at;
        one.kind = Observation::Kind::number;
        one.number = sample.value;
        told_.push_back(std::move(one));
    }
}

/// Only the last one of them.
void StoreSource::read_before(const Series& series, Instant at) {
    const std::size_t before = told_.size();
    for (Time back = day; told_.size() == before && back <= longest_hold; back *= 2)
        read(series, telemetry::earlier(at, back), at);
    if (told_.size() == before) return;
    Observation last = std::move(told_.back());
    told_.resize(before);
    told_.push_back(std::move(last));
}

void StoreSource::start(Instant from) {
    told_.clear();
    for (const Series& series : series_) read_before(series, from);
    std::stable_sort(told_.begin(), told_.end(),
                     [](const Observation& a, const Observation& b) { return a.at < b.at; });
    reached_ = from;
}

bool StoreSource::next(Observation& into) {
    while (told_.empty() && reached_ <= until_) {
        const Instant to = std::min(reached_ + stretch, until_ + 1);
        for (const Series& series : series_) read(series, reached_, to);
        std::stable_sort(told_.begin(), told_.end(),
                         [](const Observation& a, const Observation& b) { return a.at < b.at; });
        reached_ = to;
    }
    if (told_.empty()) return false;
    into = std::move(told_.front());
    told_.pop_front();
    return true;
}

}  // namespace foretwin::living
