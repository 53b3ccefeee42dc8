#include "scenarios/backtest_sections.hpp"

#include <algorithm>

#include "engine/core/suggestion.hpp"

namespace foretwin::scenarios {

using loader::Value;

std::size_t choice(Section& section, const std::string& key, const std::vector<std::string>& words,
                   bool required) {
    const Value* found = required ? section.need(key) : section.find(key);
    if (found == nullptr) return 0;
    const auto at = std::find(words.begin(), words.end(), found->text());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    section.add(found->place(), "unknown " + key + " '" + found->text() + "'",
                suggestion(found->text(), words));
    return 0;
}

void read_head(Section& top, BacktestFile& file) {
    const Value* version = top.need("foretwin_backtest");
    if (version != nullptr && version->text() != "1")
        top.add(version->place(), "version '" + version->text() + "' of backtests is unknown",
                "this program reads `foretwin_backtest: 1`");
    file.name = top.text("name");
    file.level = top.number("level").value_or(file.level);
    if (!(file.level > 0 && file.level < 1))
        top.add(top.find("level")->place(), "a level lies between 0 and 1", "as in 80 %");
}

void read_horizons(Section& top, BacktestFile& file) {
    const Value* value = top.need("horizons");
    if (value == nullptr) return;
    for (const Value& item : value->items()) {
        const double hours = top.hours_of(item).value_or(1);
        if (hours * 3600 < 1) top.add(item.place(), "a horizon of no length", "as in 24 h");
        file.horizons.push_back({item.text(), hours});
    }
    if (file.horizons.empty())
        top.add(value->place(), "horizons must be a list", "as in horizons: [24 h, 7 days]");
}

void read_begin(Section& origins, BacktestFile& file) {
    if (const Value* from = origins.find("from")) file.from = origins.moment(*from);
    file.over_the_last = origins.number("over_the_last").value_or(file.over_the_last);
    if (!(file.over_the_last > 0 && file.over_the_last < 1))
        origins.add(origins.place(), "the share of the records that is scored lies between 0 and 1",
                    "as in over_the_last: 20 %");
}

std::size_t horizon_of(Section& demand, const BacktestFile& file) {
    const Value* horizon = demand.need("horizon");
    if (horizon == nullptr) return 0;
    const auto hours = demand.hours_of(*horizon);
    const auto same = std::find_if(file.horizons.begin(), file.horizons.end(),
                                   [&](const auto& own) { return hours == own.hours; });
    if (hours && same == file.horizons.end())
        demand.add(horizon->place(), "no forecast has the horizon " + horizon->text(),
                   "add it to `horizons`");
    return static_cast<std::size_t>(same - file.horizons.begin());
}

}  // namespace foretwin::scenarios
