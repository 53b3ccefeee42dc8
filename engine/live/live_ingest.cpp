#include "engine/live/live_ingest.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::live {

using telemetry::Instant;

namespace {

constexpr std::chrono::milliseconds settle_every{200};
constexpr std::chrono::milliseconds try_again_after{500};
constexpr Time longest_sleep = 100 * millisecond;
constexpr std::size_t batch_samples = 100'000;  ///< so many are settled at once, at most
constexpr std::size_t messages_at_once = 100;   ///< between two looks at how many samples they had
constexpr std::size_t spare_records = 65'536;   ///< of the past, before a journal is written anew

}  // namespace

LiveIngest::LiveIngest(Parts parts, const std::filesystem::path& journal,
                       const std::string& source_name)
    : parts_(std::move(parts)),
      intake_(parts_.description, parts_.store, parts_.set_aside, parts_.other),
      journal_(journal) {
    parts_.store.from(source_name);
    const std::size_t taken = intake_.restore(journal_.left());
    if (taken > 0)
        parts_.tell("taken over from an earlier run: " + std::to_string(taken) +
                    " samples that waited");
}

Time LiveIngest::idle() const {
    return std::chrono::nanoseconds(Clock::now() - last_message_).count();
}

bool LiveIngest::due() const {
    if (batch_.empty() && unsettled_ == 0 && !dirty_) return false;
    if (stalled_) return Clock::now() >= next_try_;
    return unsettled_ >= std::max<std::size_t>(parts_.source.window() / 2, 1) ||
           batch_.size() >= batch_samples || Clock::now() - oldest_ >= settle_every;
}

void LiveIngest::answer() {
    if (parts_.publish)
        for (const Outgoing& message : outcome_.answers) parts_.publish(message);
    outcome_.answers.clear();
    if (!outcome_.observations.empty() && batch_.empty() && unsettled_ == 0) oldest_ = Clock::now();
    std::move(outcome_.observations.begin(), outcome_.observations.end(),
              std::back_inserter(batch_));
    outcome_.observations.clear();
}

void LiveIngest::connected(Instant now) {
    parts_.reader.connected(now, outcome_);
    answer();
}

void LiveIngest::turn(Instant now, Time wait) {
    const auto take = [&](const Message& message) {
        if (unsettled_++ == 0 && batch_.empty()) oldest_ = Clock::now();
        ++messages_;
        parts_.reader.read(message, now, outcome_);
        if (!outcome_.unreadable.empty()) {
            ++unreadable_;
            intake_.refuse(telemetry::RowDefect::malformed, outcome_.unreadable);
            outcome_.unreadable.clear();
        }
        answer();
    };
    const std::size_t half = std::max<std::size_t>(parts_.source.window() / 2, 1);
    const std::size_t room =
        stalled_ || unsettled_ >= half ? 0 : std::min(half - unsettled_, messages_at_once);
    if (room > 0) {
        // The time since the first unsettled message is part of the wait.
        const Time step = std::chrono::nanoseconds(settle_every).count() / 4;
        const bool pending = unsettled_ > 0 || !batch_.empty();
        if (parts_.source.read(take, room, pending ? std::min(wait, step) : wait) > 0)
            last_message_ = Clock::now();
    } else if (stalled_) {
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(wait, longest_sleep)));
    }
    parts_.reader.tick(now, outcome_);
    answer();
    if (due()) settle(now);
}

/// What must be on disk before anything is acknowledged.
void LiveIngest::keep() {
    parts_.store.commit();
    auto fresh = intake_.newly_held();
    std::move(fresh.begin(), fresh.end(), std::back_inserter(to_keep_));
    journal_.add(to_keep_);
    to_keep_.clear();
    if (journal_.records() == 0) return;
    const std::size_t held = intake_.held_count();
    if (held == 0 || journal_.records() > 2 * held + spare_records)
        journal_.replace(intake_.held());
}

void LiveIngest::settle(Instant now) {
    for (const telemetry::Observation& one : batch_) intake_.take(one, now);
    dirty_ = dirty_ || !batch_.empty() || unsettled_ > 0;
    batch_.clear();
    try {
        keep();
        dirty_ = false;
    } catch (const EnvironmentError& error) {
        if (parts_.store.broken()) throw;
        if (!stalled_)
            parts_.tell(std::string(error.what()) +
                        "; nothing more is read or acknowledged until that is over");
        stalled_ = true;
        next_try_ = Clock::now() + try_again_after;
        return;
    }
    if (std::exchange(stalled_, false)) parts_.tell("the store takes samples again");
    unsettled_ = 0;
    parts_.source.acknowledge();
}

void LiveIngest::finish(Instant now) {
    parts_.reader.leaving(now, outcome_);
    answer();
    settle(now);
    if (stalled_)
        throw EnvironmentError(
            "the store cannot be written to; what was not acknowledged stays "
            "with the broker (make room, and run the same command again)");
    parts_.source.close();
    intake_.finish();
    parts_.store.commit();
    journal_.replace({});
}

}  // namespace foretwin::live
