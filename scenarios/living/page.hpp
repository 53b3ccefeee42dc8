#pragma once

#include <string>

#include "scenarios/living/living_twin.hpp"

namespace foretwin::living {

/// The latest forecast, what-ifs beside it, and how good past ones were: a self-contained page.
/// `title` is the scenario's name.
std::string live_page(const std::string& title, LivingTwin& twin, const Ledger& ledger);

/// The latest forecast in a few lines for a terminal.
std::string issue_text(const Issue& issue);
/// The scores so far as a table of so many columns' width.
std::string standing_text(const LivingTwin& twin, int columns);

}  // namespace foretwin::living
