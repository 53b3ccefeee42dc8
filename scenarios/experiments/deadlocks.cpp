#include "scenarios/experiments/deadlocks.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

namespace foretwin::experiments {
namespace {

constexpr std::size_t most_names = 12;

/// "A waits for B, B for C, C for A"; the middle of a long circle is left out.
std::string circle_text(const std::vector<std::string>& devices) {
    const std::size_t count = devices.size();
    if (count == 1) return devices.front() + " waits for itself";
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        if (i + 1 < count && i >= most_names) continue;
        text += (i == 0 ? "" : ", ") + devices[i] + (i == 0 ? " waits for " : " for ") +
                devices[(i + 1) % count];
        if (i + 1 == most_names && count > most_names + 1) text += ", ...";
    }
    return text;
}

/// The warning stands beside an answer that may travel: the file by its name alone.
std::string loop_text(Problem problem) {
    problem.place.file = std::filesystem::path(problem.place.file).filename().string();
    return to_text(problem);
}

std::vector<DeadlockResult> by_circle(const Replications& replications) {
    std::vector<DeadlockResult> results;
    for (const DeadlockFound& found : replications.deadlocks) {
        auto own = std::find_if(results.begin(), results.end(),
                                [&](const auto& one) { return one.devices == found.devices; });
        if (own == results.end()) {
            results.push_back({found.devices, 0, found.replication, found.since, 0});
            own = results.end() - 1;
        }
        ++own->replications;
        own->standstill_h += found.standstill_h;
    }
    for (DeadlockResult& own : results) own.standstill_h /= static_cast<double>(own.replications);
    return results;
}

std::string deadlock_text(const std::string& alternative, const DeadlockResult& deadlock,
                          std::size_t replications, double horizon_h) {
    char standstill[100];
    std::snprintf(standstill, sizeof standstill, "%.3g of the %.6g h measured",
                  deadlock.standstill_h, horizon_h);
    return alternative + ": deadlock in " + std::to_string(deadlock.replications) + " of " +
           std::to_string(replications) + " futures: " + circle_text(deadlock.devices) +
           ", and nothing moves there any more (the first is future " +
           std::to_string(deadlock.first_replication) + ", since " + deadlock.since +
           "; these futures stand still for " + standstill +
           " in the mean, which is in the figures). Make one buffer of the loop unlimited, or "
           "keep fewer parts in it than it has places";
}

}  // namespace

void add_deadlocks(const std::vector<PreparedAlternative>& prepared,
                   const std::vector<Replications>& replications, StudyResult& result) {
    std::vector<std::string> warnings;  // what happened first, then what may happen
    std::set<std::string> told;
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        AlternativeResult& alternative = result.alternatives[i];
        alternative.deadlocks = by_circle(replications[i]);
        for (const DeadlockResult& deadlock : alternative.deadlocks) {
            warnings.push_back(deadlock_text(
                alternative.name, deadlock, replications[i].fingerprints.size(), result.horizon_h));
        }
    }
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        for (const Problem& problem : prepared[i].loops) {
            const std::string text = loop_text(problem);
            if (!told.insert(text).second) continue;
            warnings.push_back(i == 0 ? text : result.alternatives[i].name + ": " + text);
        }
    }
    result.warnings.insert(result.warnings.begin(), warnings.begin(), warnings.end());
}

}  // namespace foretwin::experiments
