#include <algorithm>
#include <cmath>
#include <map>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/picture.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000, row_height = 50, left = 190, right = 640, top = 30;
constexpr std::size_t most_causes = 12;

/// Hours of one branch in one alternative.
struct Hours {
    FigureResult waiting, repair;
    bool split = true;        ///< false: planned maintenance, all in `repair`
    FigureResult whole = {};  ///< where the sum is a figure of its own, with an interval
    double total() const { return split ? waiting.mean + repair.mean : repair.mean; }
};

struct Branch {
    std::string name;
    int level = 0;
    std::vector<Hours> hours;  ///< baseline, then the alternative when there is one
};

using Causes = std::map<std::string, Hours>;

/// "device: cause" -> hours; devices inside a fleet are left out, the fleet tells for them.
Causes causes_of(const AlternativeResult& alternative) {
    const std::string prefix = "downtime_by_cause/";
    Causes causes;
    for (const experiments::DeviceResult& device : alternative.devices) {
        if (!device.fleet.empty()) continue;
        for (const FigureResult& figure : device.figures) {
            if (!figure.name.starts_with(prefix)) continue;
            const std::size_t slash = figure.name.rfind('/');
            if (slash < prefix.size()) continue;
            const std::string cause = figure.name.substr(prefix.size(), slash - prefix.size());
            Hours& hours = causes[device.name + ": " + cause];
            if (figure.name.ends_with("/waiting")) hours.waiting = figure;
            if (figure.name.ends_with("/repair")) hours.repair = figure;
        }
    }
    return causes;
}

FigureResult figure_or_nothing(const AlternativeResult& alternative, const std::string& name) {
    const KpiResult* kpi = find_kpi(alternative, name);
    return kpi == nullptr ? FigureResult{} : kpi->value;
}

/// Where all causes belong to one device, its name says nothing.
void drop_common_device(std::vector<Branch>& branches) {
    if (branches.empty()) return;
    const std::string device = branches[0].name.substr(0, branches[0].name.find(": ") + 2);
    for (const Branch& branch : branches)
        if (!branch.name.starts_with(device)) return;
    for (Branch& branch : branches) branch.name.erase(0, device.size());
}

std::vector<Branch> cause_branches(const std::vector<const AlternativeResult*>& compared) {
    const Causes before = causes_of(*compared[0]);
    std::vector<Branch> branches;
    for (const auto& [name, hours] : before) {
        if (!(hours.total() > 0)) continue;
        Branch branch{name, 1, {hours}};
        for (std::size_t i = 1; i < compared.size(); ++i) {
            const Causes after = causes_of(*compared[i]);
            const auto found = after.find(name);
            branch.hours.push_back(found == after.end() ? Hours{} : found->second);
        }
        branches.push_back(std::move(branch));
    }
    drop_common_device(branches);
    std::stable_sort(branches.begin(), branches.end(), [](const Branch& a, const Branch& b) {
        return a.hours[0].total() > b.hours[0].total();
    });
    return branches;
}

/// What does not fit is told as one sum, which has no interval of its own.
void join_small(std::vector<Branch>& branches) {
    if (branches.size() <= most_causes) return;
    Branch rest = branches[most_causes - 1];
    rest.name = std::to_string(branches.size() - most_causes + 1) + " further causes";
    for (std::size_t i = most_causes; i < branches.size(); ++i)
        for (std::size_t a = 0; a < rest.hours.size(); ++a) {
            rest.hours[a].waiting.mean += branches[i].hours[a].waiting.mean;
            rest.hours[a].repair.mean += branches[i].hours[a].repair.mean;
        }
    for (Hours& hours : rest.hours) {
        hours.waiting.low = hours.waiting.high = NAN;
        hours.repair.low = hours.repair.high = NAN;
    }
    branches.resize(most_causes - 1);
    branches.push_back(std::move(rest));
}

std::vector<Branch> tree_of(const std::vector<const AlternativeResult*>& compared) {
    std::vector<Branch> tree;
    Branch total{"Downtime", 0, {}}, planned{"Planned maintenance", 0, {}};
    for (const AlternativeResult* alternative : compared) {
        total.hours.push_back({figure_or_nothing(*alternative, "downtime_waiting"),
                               figure_or_nothing(*alternative, "downtime_repair"), true,
                               figure_or_nothing(*alternative, "downtime")});
        planned.hours.push_back(
            {{}, figure_or_nothing(*alternative, "planned_maintenance"), false});
    }
    if (total.hours[0].total() > 0) tree.push_back(total);
    std::vector<Branch> causes = cause_branches(compared);
    join_small(causes);
    tree.insert(tree.end(), causes.begin(), causes.end());
    if (planned.hours[0].total() > 0 || planned.hours.back().total() > 0) tree.push_back(planned);
    return tree;
}

std::string told(const FigureResult& figure) {
    const Shown shown = shown_alone(figure, "");
    std::string text = number(figure.mean, shown);
    const double half = half_width(figure);
    if (std::isfinite(half) && half > 0) text += " ± " + number(half, shown);
    return text;
}

void draw_hours(Picture& picture, const Hours& hours, const Axis& axis, double y, bool baseline) {
    const std::string who = baseline ? "before" : "after";
    const double start = axis.at(0);
    const double middle = hours.split ? axis.at(hours.waiting.mean) : start;
    const double end = axis.at(hours.total());
    if (hours.split) picture.rectangle(start, y - 6, middle - start, 12, "waiting " + who);
    picture.rectangle(middle, y - 6, end - middle, 12, "repair " + who);
    const double column = (width - right) / 3;
    if (hours.split) picture.text(right + column, y + 4, told(hours.waiting), "end small");
    picture.text(right + 2 * column, y + 4, told(hours.repair), "end small");
    if (!hours.whole.name.empty()) {
        picture.text(width, y + 4, told(hours.whole), "end small strong");
    } else if (hours.split) {
        const Shown shown = shown_as("", "h", "", hours.total(), 0);
        picture.text(width, y + 4, number(hours.total(), shown), "end small strong");
    } else {
        picture.text(width, y + 4, told(hours.repair), "end small strong");
    }
}

void draw_head(Picture& picture, bool compares) {
    const double column = (width - right) / 3;
    picture.text(right + column, 14, "waiting, h", "end small");
    picture.text(right + 2 * column, 14, "repair or work, h", "end small");
    picture.text(width, 14, "total, h", "end small");
    picture.rectangle(left, 4, 12, 12, "waiting before");
    picture.text(left + 18, 14, "waiting", "small");
    picture.rectangle(left + 80, 4, 12, 12, "repair before");
    picture.text(left + 98, 14, compares ? "repair: baseline" : "repair", "small");
    if (!compares) return;
    picture.rectangle(left + 210, 4, 12, 12, "waiting after");
    picture.rectangle(left + 224, 4, 12, 12, "repair after");
    picture.text(left + 242, 14, "the alternative", "small");
}

}  // namespace

std::string loss_tree(const StudyResult& study, const AlternativeResult* alternative) {
    if (study.alternatives.empty()) return "";
    std::vector<const AlternativeResult*> compared{&study.alternatives[0]};
    if (alternative != nullptr) compared.push_back(alternative);
    const std::vector<Branch> tree = tree_of(compared);
    if (tree.empty()) return "";
    double most = 0;
    for (const Branch& branch : tree)
        for (const Hours& hours : branch.hours) most = std::max(most, hours.total());
    if (!(most > 0)) return "";
    const double height = compared.size() > 1 ? row_height : row_height * 0.6;
    Picture picture(width, top + height * static_cast<double>(tree.size()), "Where downtime goes");
    draw_head(picture, compared.size() > 1);
    const Axis axis{0, most, left, right - 20};
    double y = top + height / 2;
    for (const Branch& branch : tree) {
        const double indent = branch.level * 18.0;
        if (branch.level > 0) {
            picture.line(6, y - height / 2 - 4, 6, y, "grid");
            picture.line(6, y, 14, y, "grid");
        }
        picture.label(indent, y, branch.name, 22, branch.level == 0 ? "strong" : "");
        for (std::size_t i = 0; i < branch.hours.size(); ++i) {
            const double shift = branch.hours.size() > 1 ? (i == 0 ? -8 : 8) : 0;
            draw_hours(picture, branch.hours[i], axis, y + shift, i == 0);
        }
        y += height;
    }
    return picture.markup();
}

}  // namespace foretwin::report
