#include "engine/kernel/event_ladder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::kernel {
namespace {

/// How many events a bucket near the front should hold: found by measurement.
constexpr double wanted_in_bucket = 8;
/// So many buckets per event at most: beyond, time stays on the top of the ladder.
constexpr std::size_t most_buckets_per_event = 1;
constexpr std::size_t most_by_rank = 24;

unsigned shift_for(double width) {
    if (width < 1) return 0;
    return static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(width))) - 1;
}

/// Where each event belongs is counted without a branch, since each comparison is a coin toss.
void sort_by_rank(Event* events, std::size_t count) {
    std::array<Event, most_by_rank> unsorted;
    std::array<std::size_t, most_by_rank> rank{};
    std::copy(events, events + count, unsorted.begin());
    for (std::size_t i = 1; i < count; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const std::size_t i_first = earlier(unsorted[i], unsorted[j]);
            rank[j] += i_first;
            rank[i] += 1 - i_first;
        }
    }
    for (std::size_t i = 0; i < count; ++i) events[rank[i]] = unsorted[i];
}

}  // namespace

Time EventLadder::Rung::start_of(std::size_t bucket) const {
    if (bucket >= buckets.size()) return end;
    return static_cast<Time>(static_cast<std::uint64_t>(base) + (std::uint64_t{bucket} << shift));
}

EventLadder::Place EventLadder::grow(const Event& event) {
    FORETWIN_RULE(events_.size() < vacant, "one queue holds fewer than 2^32 events");
    events_.push_back(event);
    next_.push_back(nowhere);
    return static_cast<Place>(events_.size() - 1);
}

void EventLadder::assign(std::vector<Event> events, Time from) {
    FORETWIN_RULE(events.size() < vacant, "one queue holds fewer than 2^32 events");
    events_ = std::move(events);
    next_.resize(events_.size());
    count_ = events_.size();
    rungs_used_ = 0;
    from_ = from;
    free_ = warm_ = nowhere;
    for (std::size_t i = 0; i < events_.size(); ++i) next_[i] = static_cast<Place>(i + 1);
    if (!next_.empty()) next_.back() = nowhere;
    top_ = count_ == 0 ? nowhere : 0;
}

std::vector<Event> EventLadder::release() {
    for (Place place = free_; place != nowhere;) {
        place = std::exchange(next_[place], vacant);
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < events_.size(); ++i) {
        if (next_[i] != vacant) events_[kept++] = events_[i];
    }
    events_.resize(kept);
    std::vector<Event> events = std::move(events_);
    assign({}, never);
    return events;
}

EventLadder::Extent EventLadder::measure(Place chain) const {
    Extent extent;
    Wide sum = 0;
    for (Place place = chain; place != nowhere; place = next_[place]) {
        const Time at = events_[place].at;
        ++extent.count;
        extent.first = std::min(extent.first, at);
        extent.last = std::max(extent.last, at);
        sum += at;
    }
    sum -= static_cast<Wide>(extent.first) * static_cast<Wide>(extent.count);
    extent.mean = static_cast<double>(sum) / static_cast<double>(extent.count);
    return extent;
}

/// Stretches so short that a bucket near the front holds few events, when their density falls with
/// time as it does in a running plant; if it does not, the next rung will be finer.
void EventLadder::spawn(Place chain, const Extent& extent, Time end) {
    const bool is_top = rungs_used_ == 0;
    const std::size_t most_buckets = extent.count * most_buckets_per_event;
    unsigned shift = shift_for(wanted_in_bucket * extent.mean / static_cast<double>(extent.count));
    const auto range = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(extent.first);
    std::uint64_t buckets = ((range - 1) >> shift) + 1;
    if (buckets > most_buckets && is_top) {
        buckets = most_buckets;
        end = static_cast<Time>(static_cast<std::uint64_t>(extent.first) + (buckets << shift));
    }
    while (buckets > most_buckets) buckets = ((range - 1) >> ++shift) + 1;

    if (rungs_.size() == rungs_used_) rungs_.emplace_back();
    Rung& rung = rungs_[rungs_used_++];
    rung.base = from_ = extent.first;
    rung.end = end;
    rung.shift = shift;
    rung.next = 0;
    rung.buckets.assign(buckets, nowhere);
    for (Place place = chain; place != nowhere;) {
        const Place following = next_[place];
        const Time at = events_[place].at;
        link(at < end ? rung.buckets[rung.bucket_of(at)] : top_, place);
        place = following;
    }
}

/// Sorts a chain into `sorted` and frees its places, unless it is too long: then returns 0.
std::size_t EventLadder::copy_out(Place chain, Event* sorted) {
    std::size_t count = 0;
    Place last = chain;
    for (Place place = chain; place != nowhere; place = next_[place]) {
        if (count == most_taken) return 0;
        sorted[count++] = events_[place];
        last = place;
    }
    next_[last] = std::exchange(free_, chain);
    count_ -= count;
    if (count <= most_by_rank) {
        sort_by_rank(sorted, count);
    } else {
        std::sort(sorted, sorted + count, earlier);
    }
    return count;
}

void EventLadder::move_to(std::vector<Event>& run, Place chain) {
    run.clear();
    Place last = chain;
    for (Place place = chain; place != nowhere; place = next_[place]) {
        run.push_back(events_[place]);
        last = place;
    }
    next_[last] = std::exchange(free_, chain);
    count_ -= run.size();
    // A chain runs backwards: what was put in by rank comes out sorted as it must be.
    const auto later = [](const Event& a, const Event& b) { return earlier(b, a); };
    if (!std::is_sorted(run.begin(), run.end(), later)) std::sort(run.begin(), run.end(), later);
}

void EventLadder::look_ahead() {
    const Rung& rung = rungs_[rungs_used_ - 1];
    warm_ = rung.next < rung.buckets.size() ? rung.buckets[rung.next] : nowhere;
}

std::size_t EventLadder::take(Event* sorted, std::vector<Event>& run) {
    while (count_ > 0) {
        if (rungs_used_ == 0) {
            if (count_ <= most_taken) {
                close();
                return copy_out(std::exchange(top_, nowhere), sorted);
            }
            const Place chain = std::exchange(top_, nowhere);
            const Extent extent = measure(chain);
            if (extent.first == extent.last) {
                from_ = later(extent.last, 1);
                move_to(run, chain);
                if (count_ == 0) close();
                return 0;
            }
            spawn(chain, extent, later(extent.last, 1));
        }
        Rung& rung = rungs_[rungs_used_ - 1];
        while (rung.next < rung.buckets.size() && rung.buckets[rung.next] == nowhere) ++rung.next;
        if (rung.next == rung.buckets.size()) {
            from_ = rung.end;
            --rungs_used_;
            continue;
        }
        const Place chain = std::exchange(rung.buckets[rung.next++], nowhere);
        const Time end = rung.start_of(rung.next);
        const std::size_t taken = copy_out(chain, sorted);
        if (taken == 0) {
            const Extent extent = measure(chain);
            if (extent.first < extent.last) {
                spawn(chain, extent, end);
                continue;
            }
            move_to(run, chain);
        }
        from_ = end;
        look_ahead();
        if (count_ == 0) close();
        return taken;
    }
    return 0;
}

void EventLadder::close() {
    from_ = never;
    rungs_used_ = 0;
    warm_ = nowhere;
}

}  // namespace foretwin::kernel
