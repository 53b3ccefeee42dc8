#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scenarios/living/scoreboard.hpp"
#include "scenarios/present/issue.hpp"

namespace foretwin::living {

/// All forecasts that were issued at one instant.
struct Issue {
    Instant at = 0;
    struct Item {
        std::string alternative, horizon, figure, unit;
        Instant end = 0;  ///< of the horizon
        bool chance = false;
        std::vector<double> members;
        std::string doubt;  ///< empty: none
    };
    std::vector<Item> items;
    std::vector<std::string> warnings;  ///< of the twin itself
};

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
    std::vector<Entry> scores_;
    std::map<std::string, bool> scored_;
};

}  // namespace foretwin::living
