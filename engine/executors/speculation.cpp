#include "engine/executors/speculation.hpp"

#include <algorithm>
#include <utility>

#include "engine/executors/event_loop.hpp"

namespace foretwin::executors {

using kernel::Event;

Speculation::Speculation(kernel::Simulation& simulation, std::span<const std::uint8_t> group_of,
                         std::uint8_t number, std::uint8_t groups, bool traced)
    : context_(simulation.context()),
      group_of_(group_of),
      number_(number),
      traced_(traced),
      fetch_early_(simulation.model().devices.size() > most_devices_at_hand),
      traces_(simulation.memory().at<std::uint64_t>(simulation.model().traces)),
      caused_(context_.outbox()) {
    context_.draw_ahead();
    for (auto& letters : sent_) letters.resize(groups);
}

void Speculation::give(std::vector<Event> pending) {
    std::erase_if(pending, [&](const Event& event) { return is_stale(event); });
    queue_.assign(std::move(pending));
    first_left_ = queue_.empty() ? EventKey{} : key_of(queue_.top());
}

std::vector<Event> Speculation::release() {
    std::vector<Event> events = queue_.release();
    std::erase_if(events, [&](const Event& event) { return is_stale(event); });
    return events;
}

void Speculation::settle(const EventKey& horizon) {
    std::size_t final_ones = waiting_.size();
    while (final_ones > 0 && key_of(waiting_[final_ones - 1].event) >= horizon) --final_ones;
    std::size_t caused = caused_.size();
    std::uint32_t handled = handled_here_;
    if (final_ones < waiting_.size()) {
        const Handled& first = waiting_[final_ones];
        undo_.put_back(first.undo);
        context_.restore_cancelled(first.stale, first.cancelled);
        caused = first.caused;
        handled = first.handled;
        for (std::size_t i = final_ones; i < waiting_.size(); ++i) {
            const Handled& undone = waiting_[i];
            if (undone.place == nowhere) {
                queue_.push(undone.event);
            } else if (undone.place < caused) {
                caused_[undone.place] = undone.event;
            }
        }
    }
    for (std::size_t i = 0; i < caused; ++i) {
        if (caused_[i].device != kernel::no_device) queue_.push(caused_[i]);
    }
    handled_ += handled;
    undone_ += handled_here_ - handled;
    undo_.forget();
    waiting_.clear();
    caused_.clear();
    caused_seen_ = 0;
    near_.clear();
    sweep(queue_, context_);
    written_ ^= 1;
    for (std::vector<Letter>& letters : sent_[written_]) letters.clear();
    least_sent_ = {};
    earliest_aside_ = never;
    handled_here_ = 0;
}

void Speculation::receive(Speculation& from, const EventKey& horizon) {
    // The sender may be writing the letters of the next round, into the other half.
    for (const Letter& letter : from.sent_[written_ ^ 1U][number_]) {
        if (letter.cause >= horizon) break;
        queue_.push(letter.event);
    }
}

void Speculation::run(RoundLimits& limits) {
    if (!queue_.empty() && queue_.top().at < limits.safe) {
        handle_safe(std::min(limits.safe - 1, limits.last), limits);
    }
    context_.keep_undo(&undo_);
    speculate(limits);
    context_.keep_undo(nullptr);
    first_left_ = {};
    if (near_comes_first()) {
        first_left_ = key_of(near_.front().event);
    } else if (!queue_.empty()) {
        first_left_ = key_of(queue_.top());
    }
}

void Speculation::handle_safe(Time safe, RoundLimits& limits) {
    const auto push = [&](const Event& caused) {
        const std::uint8_t to = group_of_[caused.device];
        if (to == number_) {
            queue_.push(caused);
            return true;
        }
        // Its cause is final; any key before the horizon tells that.
        send(to, caused, {std::numeric_limits<Time>::min(), 0, 0}, limits);
        return false;
    };
    std::uint64_t deepest = 0;
    constexpr auto all = std::numeric_limits<std::uint64_t>::max();
    handled_ += traced_ ? handle_events<true>(queue_, context_, safe, all, traces_, deepest, push)
                        : handle_events<false>(queue_, context_, safe, all, traces_, deepest, push);
}

void Speculation::speculate(RoundLimits& limits) {
    while (true) {
        const bool from_near = near_comes_first();
        if (!from_near && queue_.empty()) break;
        const Event& next = from_near ? near_.front().event : queue_.top();
        if (next.at > limits.last) break;
        if (next.at > limits.known_horizon.load(std::memory_order_relaxed)) break;
        if (std::max(waiting_.size(), caused_.size()) >= limits.most_waiting) {
            limits.lower_known_horizon(next.at);
            break;
        }
        Handled& entry = take(from_near);
        if (context_.is_stale(entry.event)) {
            context_.forget_stale(1);
            continue;
        }
        ++handled_here_;
        if (traced_) {
            handle<true>(entry);
        } else {
            handle<false>(entry);
        }
        sort_caused(key_of(entry.event), limits);
    }
}

/// The earliest event, into the list of those that wait.
Speculation::Handled& Speculation::take(bool from_near) {
    const std::uint32_t place = from_near ? near_.front().place : nowhere;
    const Event& event = from_near ? near_.front().event : queue_.top();
    waiting_.push_back({event, context_.stale_events(), context_.cancelled_events(),
                        static_cast<std::uint32_t>(undo_.end()),
                        static_cast<std::uint32_t>(caused_.size()), place, handled_here_});
    Handled& entry = waiting_.back();
    if (from_near) {
        caused_[place].device = kernel::no_device;
        std::pop_heap(near_.begin(), near_.end());
        near_.pop_back();
        return entry;
    }
    if (fetch_early_) {
        context_.fetch_entry(queue_.coming(entry_places).device);
        context_.fetch_state(queue_.coming(state_places).device);
    }
    queue_.pop();
    return entry;
}

template <bool traced>
void Speculation::handle(Handled& entry) {
    context_.save(entry.event);
    if constexpr (traced) {
        std::uint64_t& trace = traces_[entry.event.device];
        undo_.save(trace);
        trace = kernel::chain(trace, entry.event);
    }
    context_.dispatch(entry.event);
}

void Speculation::sort_caused(const EventKey& cause, RoundLimits& limits) {
    for (; caused_seen_ < caused_.size(); ++caused_seen_) {
        Event& event = caused_[caused_seen_];
        const std::uint8_t to = group_of_[event.device];
        if (to != number_) {
            send(to, event, cause, limits);
            event.device = kernel::no_device;
            continue;
        }
        const Time latest =
            std::min(limits.last, limits.known_horizon.load(std::memory_order_relaxed));
        if (event.at > latest) {
            earliest_aside_ = std::min(earliest_aside_, event.at);
            continue;
        }
        near_.push_back({event, static_cast<std::uint32_t>(caused_seen_)});
        std::push_heap(near_.begin(), near_.end());
    }
}

void Speculation::send(std::uint8_t to, const Event& event, const EventKey& cause,
                       RoundLimits& limits) {
    FORETWIN_RULE(!event.has_cargo(), "a device of plain state sends no cargo");
    sent_[written_][to].push_back({event, cause});
    least_sent_ = std::min(least_sent_, key_of(event));
    limits.lower_known_horizon(event.at);
}

}  // namespace foretwin::executors
