#include "engine/executors/team.hpp"

namespace foretwin::executors {
namespace {

constexpr unsigned members_bits = 16;

std::uint64_t next_round(std::uint64_t round, std::uint64_t members) {
    return ((round >> members_bits) + 1) << members_bits | members;
}

unsigned members_of(std::uint64_t round) {
    return static_cast<unsigned>(round & ((1U << members_bits) - 1));
}

}  // namespace

Team::Team(unsigned threads, Share share, void* self) : share_(share), self_(self) {
    for (unsigned helper = 1; helper < threads; ++helper) {
        helpers_.run([this] { help(); });
    }
}

Team::~Team() {
    round_.store(next_round(round_.load(), 0));
    parking_.wake();
    helpers_.wait();
}

/// The others must not wait for a share that failed.
void Team::do_share(unsigned member, unsigned members) {
    try {
        share_(self_, member, members);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (thrown_ == nullptr) thrown_ = std::current_exception();
    }
}

void Team::round() {
    const std::uint32_t helpers = arrived_.load();
    if (helpers == 0) {
        share_(self_, 0, 1);
        return;
    }
    done_.store(0);
    round_.store(next_round(round_.load(), helpers + 1));
    parking_.wake();
    do_share(0, helpers + 1);
    parking_.wait_until([&] { return done_.load() == helpers; });
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
}

void Team::help() {
    // Read before this helper counts as arrived: a round that includes it is another one.
    std::uint64_t seen = round_.load();
    if (seen != 0 && members_of(seen) == 0) return;
    const unsigned member = 1 + arrived_.fetch_add(1);
    while (true) {
        parking_.wait_until([&] { return round_.load() != seen; });
        seen = round_.load();
        if (members_of(seen) == 0) return;
        if (member >= members_of(seen)) continue;
        do_share(member, members_of(seen));
        done_.fetch_add(1);
        parking_.wake();
    }
}

}  // namespace foretwin::executors
