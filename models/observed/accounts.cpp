#include "models/observed/accounts.hpp"

#include <numeric>

namespace foretwin::observed {
namespace {

template <class Account, class Subtract>
void subtract_each(std::vector<Account>& now, const std::vector<Account>& before,
                   Subtract subtract) {
    for (std::size_t i = 0; i < before.size(); ++i) subtract(now[i], before[i]);
}

}  // namespace

Time Accounts::calendar() const {
    return std::accumulate(in_state.begin(), in_state.end(), Time{0});
}

Accounts difference(const Accounts& now, const Accounts& before) {
    Accounts left = now;
    for (std::size_t i = 0; i < state_count; ++i) left.in_state[i] -= before.in_state[i];
    for (std::size_t i = 0; i < before.values.size(); ++i)
        subtract_each(left.values[i], before.values[i], [](auto& a, const auto& b) {
            a.time -= b.time;
            a.times -= b.times;
        });
    subtract_each(left.causes, before.causes, [](auto& a, const auto& b) {
        a.failures -= b.failures;
        a.repairs -= b.repairs;
        a.waiting -= b.waiting;
        a.repair -= b.repair;
    });
    const auto timed = [](auto& a, const auto& b) {
        a.times -= b.times;
        a.time -= b.time;
    };
    subtract_each(left.alarms, before.alarms, timed);
    subtract_each(left.unmapped, before.unmapped, timed);
    left.energy -= before.energy;
    left.energy_unknown -= before.energy_unknown;
    left.produced -= before.produced;
    left.good -= before.good;
    left.scrapped -= before.scrapped;
    return left;
}

}  // namespace foretwin::observed
