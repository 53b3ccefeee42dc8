#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/experiments/replay_result.hpp"

namespace foretwin::report {

/// History for a terminal so many columns wide.
std::string replay_text(const experiments::ReplayResult& result, int columns);
nlohmann::ordered_json replay_json(const experiments::ReplayResult& result);
/// As text, with a newline at its end; bytes of names that are no UTF-8 are replaced.
std::string replay_json_text(const experiments::ReplayResult& result);
/// A self-contained page: what each machine did, day by day, and why.
std::string replay_page(const experiments::ReplayResult& result);

/// Time by time element of ISO 22400-2, by the one declared table (models/contract), of a machine
/// on shift; and "not known".
std::map<std::string, Time> time_elements(const observed::Accounts& accounts);
/// "2016-10-07 08:34:54" on a clock so far ahead of UTC.
std::string clock_text(telemetry::Instant at, Time utc_offset);
/// "4.2 h", "12 min", "3.4 s".
std::string duration_text(Time time);
/// A state for people: "working", "ready, no work".
std::string state_words(observed::StateIndex state);
/// A figure with its unit; a dash for none and for what is undefined.
std::string figure_text(const experiments::ReplayResult::Figure* figure);
/// Its formula, or why it is undefined.
std::string figure_note(const experiments::ReplayResult::Figure& figure);
/// "execution" and "ACTIVE 15042.270 s, ...": of the items that tell more than one value.
std::vector<std::pair<std::string, std::string>> told_values(
    const experiments::ReplayResult& result, std::size_t device);
/// The figure of that name, or null.
const experiments::ReplayResult::Figure* find_figure(
    const std::vector<experiments::ReplayResult::Figure>& figures, const std::string& name);
/// Sentences on what was in doubt or left out: order, defects, what is not mapped.
std::vector<std::string> replay_findings(const experiments::ReplayResult& result,
                                         std::size_t most_names);
/// The picture of one device: a bar per day, coloured by state.
std::string replay_gantt(const experiments::ReplayResult& result, std::size_t device);

}  // namespace foretwin::report
