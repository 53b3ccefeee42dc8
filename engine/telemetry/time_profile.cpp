#include "engine/telemetry/time_profile.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

namespace {

/// Rounded down, also before 1970.
std::int64_t quotient(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

void TimeProfile::add(Instant at, Fate fate) {
    // Mostly the stretch of the sample before: a division is saved.
    if (at < latest_from_ || at >= latest_to_) find(at);
    Stretch& stretch = stretches_[latest_];
    ++(fate == Fate::good ? stretch.good : fate == Fate::bad ? stretch.bad : stretch.doubtful);
}

void TimeProfile::find(Instant at) {
    std::int64_t place = quotient(at, width_);
    if (stretches_.empty()) {
        first_ = place;
        stretches_.emplace_back();
    }
    const auto span = [&] {
        const std::int64_t last = first_ + static_cast<std::int64_t>(stretches_.size()) - 1;
        return static_cast<std::size_t>(std::max(last, place) - std::min(first_, place) + 1);
    };
    while (span() > most) {
        double_width();
        place = quotient(at, width_);
    }
    if (place < first_) {
        stretches_.insert(stretches_.begin(), static_cast<std::size_t>(first_ - place), Stretch{});
        first_ = place;
    }
    const auto index = static_cast<std::size_t>(place - first_);
    if (index >= stretches_.size()) stretches_.resize(index + 1);
    latest_ = index;
    latest_from_ = begin_of(place);
    latest_to_ = begin_of(place + 1);
    // At the ends of the clock the borders are cut: never taken for known.
    const std::uint64_t length =
        static_cast<std::uint64_t>(latest_to_) - static_cast<std::uint64_t>(latest_from_);
    if (length != static_cast<std::uint64_t>(width_)) latest_to_ = latest_from_;
}

Instant TimeProfile::begin_of(std::int64_t number) const {
    constexpr Instant last = std::numeric_limits<Instant>::max();
    if (number > last / width_) return last;
    if (number < std::numeric_limits<Instant>::min() / width_)
        return std::numeric_limits<Instant>::min();
    return number * width_;
}

void TimeProfile::widen(Time width) {
    FORETWIN_RULE(width >= width_ && width % width_ == 0, "stretches are only doubled");
    while (width_ < width) double_width();
}

void TimeProfile::double_width() {
    const std::int64_t first = quotient(first_, 2);
    std::vector<Stretch> wider;
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
        const auto place =
            static_cast<std::size_t>(quotient(first_ + static_cast<std::int64_t>(i), 2) - first);
        if (place >= wider.size()) wider.resize(place + 1);
        wider[place].good += stretches_[i].good;
        wider[place].doubtful += stretches_[i].doubtful;
        wider[place].bad += stretches_[i].bad;
    }
    width_ *= 2;
    first_ = first;
    stretches_ = std::move(wider);
    latest_from_ = latest_to_ = 0;
}

}  // namespace foretwin::telemetry
