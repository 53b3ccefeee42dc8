#pragma once

#include "scenarios/backtest_plan.hpp"
#include "scenarios/section.hpp"

namespace foretwin::scenarios {

/// Sections that every backtest file has, whatever it foretells.

/// One of the words, as its index; else a problem, and 0.
std::size_t choice(Section& section, const std::string& key, const std::vector<std::string>& words,
                   bool required);

/// `foretwin_backtest`, `name`, `level`.
void read_head(Section& top, BacktestFile& file);
void read_horizons(Section& top, BacktestFile& file);
/// `from` and `over_the_last` of the section `origins`.
void read_begin(Section& origins, BacktestFile& file);
/// The key `horizon` of a demand, as an index into the horizons of the file.
std::size_t horizon_of(Section& demand, const BacktestFile& file);

/// A file with `target: energy`.
void read_energy_backtest(const loader::Value& tree, BacktestFile& file,
                          loader::Problems& problems);

}  // namespace foretwin::scenarios
