#include <algorithm>

#include "engine/core/rounding.hpp"
#include "engine/forecast/day_forecast.hpp"
#include "scenarios/backtest_sections.hpp"

namespace foretwin::scenarios {

namespace {

using loader::Problems;
using loader::Value;
using telemetry::IntervalColumns;

constexpr telemetry::LocalSeconds day = 86400;

void read_step(Section& section, IntervalColumns& columns) {
    const Value* every = section.need("every");
    if (every == nullptr) return;
    const auto hours = section.hours_of(*every);
    if (!hours) return;
    columns.step = nearest_integer(*hours * 3600);
    if (columns.step < 1 || day % columns.step != 0)
        section.add(every->place(), "intervals of " + every->text() + " do not divide a day",
                    "as in every: 15 min");
}

void read_readings(Section& top, BacktestFile& file, Problems& problems) {
    EnergyReadings& readings = file.readings.emplace();
    const Value* value = top.need("readings");
    if (value == nullptr) return;
    Section section(*value, "readings",
                    {"file", "time", "energy", "unit", "every", "dates", "stamps", "midnight"},
                    problems);
    if (!value->is_map()) return;
    readings.file = section.file("file");
    readings.place = section.find("file") ? section.find("file")->place() : section.place();
    IntervalColumns& columns = readings.columns;
    columns.time = section.text("time");
    columns.value = section.text("energy");
    const double in_kwh[] = {0.001, 1, 1000};
    readings.unit_in_kwh = in_kwh[choice(section, "unit", {"Wh", "kWh", "MWh"}, true)];
    read_step(section, columns);
    columns.dates = static_cast<IntervalColumns::Dates>(
        choice(section, "dates", {"year-month-day", "day-month-year"}, false));
    columns.stamps =
        static_cast<IntervalColumns::Stamps>(choice(section, "stamps", {"start", "end"}, true));
    columns.midnight_closes_its_day =
        choice(section, "midnight", {"begins its day", "closes its day"}, false) == 1;
    if (columns.midnight_closes_its_day && columns.stamps == IntervalColumns::Stamps::start)
        section.add(section.find("midnight")->place(), "no interval starts at the end of its day",
                    "say stamps: end");
}

void read_holidays(Section& top, BacktestFile& file) {
    const Value* value = top.find("holidays");
    if (value == nullptr) return;
    if (!value->is_list())
        top.add(value->place(), "holidays must be a list", "as in holidays: [2018-01-01]");
    for (const Value& item : value->items()) {
        const auto at = top.moment(item);
        if (at % day != 0) top.add(item.place(), "a holiday is a whole day", "as in 2018-01-01");
        file.readings->holidays.push_back(at);
    }
}

void read_day_horizons(Section& top, BacktestFile& file) {
    read_horizons(top, file);
    const Value* value = top.find("horizons");
    for (std::size_t i = 0; i < file.horizons.size(); ++i) {
        const double days = file.horizons[i].hours / 24;
        if (days < 1 || days != static_cast<double>(nearest_integer(days)) || days > 1000)
            top.add(value->items()[i].place(),
                    "energy is foretold for 1 to 1000 whole days, not for " + file.horizons[i].text,
                    "as in horizons: [1 day, 7 days]");
    }
}

void read_bound(Section& section, const std::string& key, BacktestDemand::Rule rule,
                BacktestDemand& demand) {
    if (section.need(key) == nullptr) return;
    demand.rule = rule;
    demand.value = section.number(key).value_or(0);
}

void read_demand(const Value& value, BacktestFile& file, Problems& problems) {
    using Score = BacktestDemand::Score;
    using Rule = BacktestDemand::Rule;
    const Score scores[] = {Score::crps, Score::coverage, Score::beyond_maximum};
    Section head(value, "a demand",
                 {"score", "of", "horizon", "against", "at_most", "not_rejected_at", "at_least"},
                 problems);
    if (!value.is_map()) return;
    BacktestDemand demand;
    demand.score = scores[choice(head, "score", {"crps", "coverage", "beyond maximum"}, true)];
    demand.of = choice(head, "of", {"energy", "peak demand"}, true) == 0
                    ? BacktestDemand::Of::energy
                    : BacktestDemand::Of::peak_demand;
    demand.horizon = horizon_of(head, file);
    std::string used;
    if (demand.score == Score::crps) {
        const std::vector<std::string> others{forecast::climatology_name,
                                              forecast::seasonal_naive_name};
        demand.against = others[choice(head, "against", others, true)];
        read_bound(head, used = "at_most", Rule::at_most, demand);
    } else if (demand.score == Score::coverage) {
        read_bound(head, used = "not_rejected_at", Rule::not_rejected_at, demand);
    } else {
        read_bound(head, used = "at_least", Rule::at_least, demand);
        if (demand.of != BacktestDemand::Of::peak_demand)
            head.add(head.place(), "more than ever before is asked of the peak demand only",
                     "of: peak demand");
    }
    for (const char* key : {"at_most", "not_rejected_at", "at_least", "against"})
        if (value.has(key) && key != used &&
            (std::string(key) != "against" || demand.score != Score::crps))
            head.add(value.place_of_key(key), std::string("this score has no `") + key + "`",
                     "its bound is `" + used + "`");
    file.demands.push_back(demand);
}

}  // namespace

void read_energy_backtest(const Value& tree, BacktestFile& file, Problems& problems) {
    Section top(tree, "a backtest of energy",
                {"foretwin_backtest", "name", "target", "readings", "holidays", "origins",
                 "horizons", "level", "must"},
                problems);
    read_head(top, file);
    file.records_folder = file.path.parent_path();
    read_readings(top, file, problems);
    read_holidays(top, file);
    if (const Value* value = top.need("origins")) {
        Section origins(*value, "origins", {"over_the_last", "from"}, problems);
        read_begin(origins, file);
    }
    read_day_horizons(top, file);
    if (const Value* must = top.find("must"))
        for (const Value& demand : must->items()) read_demand(demand, file, problems);
}

}  // namespace foretwin::scenarios
