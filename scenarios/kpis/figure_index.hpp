#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/kpis/formula.hpp"

/// Finding raw figures by device and name; shared inside this folder only.
namespace foretwin::kpis {

using Terms = std::vector<Formula::Term>;

/// The raw figures of a group of devices: one device, a fleet, or all.
class FigureIndex {
  public:
    FigureIndex(const std::vector<kernel::FigureSpec>& specs,
                const std::vector<std::size_t>& belonging) {
        for (const std::size_t i : belonging) by_name_[specs[i].name].push_back({i, 1});
    }
    FigureIndex(const std::vector<kernel::FigureSpec>& specs,
                const std::function<bool(const std::string& device)>& belongs) {
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (belongs(specs[i].device)) by_name_[specs[i].name].push_back({i, 1});
        }
    }

    /// All figures of that name, with a weight each.
    Terms named(std::string_view name, double weight = 1) const {
        const auto found = by_name_.find(std::string(name));
        if (found == by_name_.end()) return {};
        return weighted(found->second, weight);
    }
    /// All figures whose name begins and ends so, e.g. "failures/" ... "/repair".
    Terms between(std::string_view begin, std::string_view end, double weight = 1) const {
        Terms terms;
        for (const auto& [name, own] : by_name_) {
            if (name.starts_with(begin) && name.ends_with(end) &&
                name.size() >= begin.size() + end.size()) {
                const Terms some = weighted(own, weight);
                terms.insert(terms.end(), some.begin(), some.end());
            }
        }
        return terms;
    }
    /// The middle parts of names that begin and end so: the names of causes, plans, sensors.
    std::vector<std::string> middles(std::string_view begin, std::string_view end) const {
        std::vector<std::string> names;
        for (const auto& [name, own] : by_name_) {
            if (name.starts_with(begin) && name.ends_with(end) &&
                name.size() > begin.size() + end.size()) {
                names.push_back(name.substr(begin.size(), name.size() - begin.size() - end.size()));
            }
        }
        return names;
    }
    bool has(std::string_view name) const { return by_name_.count(std::string(name)) > 0; }

  private:
    static Terms weighted(Terms terms, double weight) {
        for (Formula::Term& term : terms) term.weight *= weight;
        return terms;
    }
    std::map<std::string, Terms> by_name_;
};

inline Terms operator+(Terms a, const Terms& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline constexpr double hours_per_second = 1.0 / 3600;
inline constexpr double kwh_per_joule = 1.0 / 3.6e6;

/// Machine-time in some states, in seconds times `weight`.
Terms time_in(const FigureIndex& figures, std::initializer_list<std::string_view> states,
              double weight = 1);
/// Planned busy time: on shift and not in planned maintenance. Down time off shift is none, though
/// the machine's state then is down (which comes before off_shift).
Terms planned_busy_time(const FigureIndex& figures);
/// Calendar time: all states.
Terms all_time(const FigureIndex& figures);

}  // namespace foretwin::kpis
