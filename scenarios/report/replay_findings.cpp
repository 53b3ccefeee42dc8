#include "scenarios/report/number.hpp"
#include "scenarios/report/replay.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

using experiments::ReplayResult;

namespace {

std::string whole(std::int64_t number) {
    return count(static_cast<double>(number));
}

/// "1 line", "12 lines".
std::string so_many(std::int64_t number, const std::string& one, const std::string& many) {
    return whole(number) + " " + (number == 1 ? one : many);
}

std::string named(const std::vector<ReplayResult::Count>& counts, std::size_t most, bool times) {
    std::string text;
    for (std::size_t i = 0; i < counts.size() && i < most; ++i) {
        text += (i == 0 ? "" : "; ") + counts[i].what;
        if (times) text += " (" + whole(counts[i].times) + " times";
        if (times && counts[i].time > 0) text += ", " + duration(to_hours(counts[i].time));
        if (times) text += ")";
    }
    if (counts.size() > most)
        text += "; " + whole(static_cast<std::int64_t>(counts.size() - most)) + " more";
    return text;
}

void add_defects(const ReplayResult& result, std::vector<std::string>& findings) {
    const auto& counts = result.counts;
    for (const auto& [reason, number] : counts.defects) {
        std::string text = so_many(number, "defect", "defects") + " of the logs: " + reason;
        for (const auto& example : counts.examples) {
            if (example.reason != reason) continue;
            text += ", first in line " + std::to_string(example.line) + " of " + example.file;
            break;
        }
        findings.push_back(text + ".");
    }
    if (!result.strangers.empty())
        findings.push_back("Devices of the logs that the profile does not have: " +
                           named(result.strangers, 6, true) + ".");
}

void add_order(const ReplayResult::Device& device, std::vector<std::string>& findings) {
    const auto& order = device.order;
    if (order.stepped_back > 0)
        findings.push_back(device.name + ": " +
                           so_many(order.stepped_back, "observation", "observations") +
                           " stamped before the one in front of it, by at most " +
                           number(static_cast<double>(order.longest_step_back) / 1e9) +
                           " s: taken in the order in which they were told.");
    if (order.told_late > 0)
        findings.push_back(device.name + ": " +
                           so_many(order.told_late, "observation", "observations") +
                           " told long after their stamps: taken from then on.");
    if (order.late > 0)
        findings.push_back(device.name + ": " + so_many(order.late, "observation", "observations") +
                           " too late, left out (the profile's steps_back).");
}

void add_not_mapped(const ReplayResult::Device& device, std::size_t most,
                    std::vector<std::string>& findings) {
    if (!device.combinations_not_mapped.empty())
        findings.push_back(device.name + ": no rule is for " +
                           named(device.combinations_not_mapped, most, true) +
                           "; the state is unknown there.");
    if (!device.values_not_mapped.empty())
        findings.push_back(device.name + ": values that no rule asks for: " +
                           named(device.values_not_mapped, most, true) + ".");
    if (!device.items_not_mapped.empty())
        findings.push_back(
            device.name + ": " +
            so_many(static_cast<std::int64_t>(device.items_not_mapped.size()), "item", "items") +
            " of the logs without a meaning here: " + named(device.items_not_mapped, most, false) +
            ".");
    if (!device.items_not_told.empty())
        findings.push_back(device.name + ": the profile names items that no log has: " +
                           named(device.items_not_told, most, false) + ".");
}

}  // namespace

std::vector<std::string> replay_findings(const ReplayResult& result, std::size_t most_names) {
    std::vector<std::string> findings;
    add_defects(result, findings);
    for (const auto& device : result.devices) {
        add_order(device, findings);
        add_not_mapped(device, most_names, findings);
    }
    for (const std::string& note : result.notes) findings.push_back(note);
    return findings;
}

}  // namespace foretwin::report
