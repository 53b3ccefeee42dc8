#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/living/scoreboard.hpp"
#include "scenarios/present/issue.hpp"

namespace foretwin::living {

/// Where the futures of a forecast lie.
struct Spread {
    double mean = 0, low = 0, quarter = 0, median = 0, three_quarters = 0, high = 0;
};
/// low and high: ends of the central interval of that level. At least one member.
Spread spread_of(std::vector<double> members, double level);

/// All forecasts that were issued at one instant.
struct Issue {
    Instant at = 0;
    struct Item {
        std::string alternative, horizon, figure, unit;
        Instant end = 0;         ///< of the horizon
        bool is_chance = false;  ///< told as `chance` alone
        double chance = 0;       ///< that the figure is more than nothing
        Spread spread;
        /// Of a what-if: differences to the baseline, future by future.
        std::optional<Spread> difference;
        /// Of the baseline until it is scored, to six digits; else empty.
        std::vector<double> members;
        std::string doubt;  ///< why not to trust it; empty: nothing speaks against it
    };
    std::vector<Item> items;
    std::vector<std::string> warnings;  ///< of the twin itself

    const Item* find(const std::string& alternative, const std::string& figure,
                     const std::string& horizon) const;
};

/// What is kept of a forecast: one of the plant as it is (`baseline` null), or of a what-if.
Issue::Item item_of(const present::Forecast& forecast, const present::Figure& figure, double level,
                    const present::Forecast* baseline);

/// One forecast as a line of JSON for whoever subscribes: figure, interval, issue time, end;
/// without its members.
std::string message_of(const Issue& issue, const Issue::Item& item, double level);

/// The forecasts that were issued and the scores that they got, in a file of JSON lines that only
/// grows. A line is on disk before anybody hears of it; a half line at the end (a kill) is cut off
/// when the file is opened again.
class Ledger {
  public:
    /// EnvironmentError when the file cannot be read or written, InputError for a line that is no
    /// record of this version, with its number.
    Ledger(std::filesystem::path path, double level);

    bool has_issue(Instant at) const { return issues_.contains(at); }
    /// Of those that were issued; nullptr when there is none.
    const Issue* issue(Instant at) const;
    const Issue* latest() const;
    void add(const Issue& issue);

    struct Entry {
        std::string horizon, figure;
        Score score;
    };
    /// Members of older forecasts are read by nobody any more: they leave memory, not the file.
    void forget_members_before(Instant at);
    bool has_score(Instant issued, const std::string& horizon, const std::string& figure) const;
    void add(const std::vector<Entry>& scores);
    /// In the order in which they were added.
    const std::vector<Entry>& scores() const { return scores_; }
    const std::map<Instant, Issue>& issues() const { return issues_; }

  private:
    void read();
    void append(const std::string& lines);
    std::filesystem::path path_;
    double level_;
    std::map<Instant, Issue> issues_;
    Instant forgotten_ = std::numeric_limits<Instant>::min();
    std::vector<Entry> scores_;
    std::map<std::string, bool> scored_;
};

}  // namespace foretwin::living
