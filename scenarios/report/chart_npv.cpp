#include <algorithm>
#include <cmath>

#include "scenarios/report/charts.hpp"
#include "scenarios/report/picture.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr double width = 1000, row_height = 46, left = 258, right = 690, top = 34;

struct Row {
    std::string name;
    const roi::MoneyAnswer* money;
    const roi::MoneyAnswer* second;  ///< under the second-best life model; null when unknown
};

std::vector<Row> rows_of(const StudyResult& study) {
    std::vector<Row> rows;
    for (const AlternativeResult& alternative : study.alternatives) {
        if (!alternative.money) continue;
        Row row{alternative.name, &*alternative.money, nullptr};
        for (const StudyResult& other : study.under_second_best) {
            const AlternativeResult* same = find_alternative(other, alternative.name);
            if (same != nullptr && same->money) row.second = &*same->money;
        }
        rows.push_back(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return a.money->npv.estimate > b.money->npv.estimate;
    });
    return rows;
}

Axis axis_of(const std::vector<Row>& rows) {
    double low = 0, high = 0;
    const auto include = [&](double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const Row& row : rows) {
        include(row.money->npv_futures.q05);
        include(row.money->npv_futures.q95);
        include(row.money->npv.low.value_or(NAN));
        include(row.money->npv.high.value_or(NAN));
        include(row.money->npv.estimate);
        if (row.second != nullptr) include(row.second->npv.estimate);
    }
    const double margin = high > low ? (high - low) * 0.05 : 1;
    return {low - margin, high + margin, left, right};
}

void draw_row(Picture& picture, const StudyResult& study, const Axis& axis, const Row& row,
              double y) {
    const roi::MoneyAnswer& money = *row.money;
    const std::string tone = money.npv.estimate > 0 ? "better" : "worse";
    picture.label(left - 16, y, row.name, 27, "end strong");
    picture.line(axis.at(money.npv_futures.q05), y, axis.at(money.npv_futures.q95), y,
                 "thin " + tone);
    if (money.npv.low && money.npv.high)
        picture.rectangle(axis.at(*money.npv.low), y - 6,
                          axis.at(*money.npv.high) - axis.at(*money.npv.low), 12, "pale " + tone);
    picture.circle(axis.at(money.npv.estimate), y, 5.5, "dot " + tone);
    if (row.second != nullptr) picture.diamond(axis.at(row.second->npv.estimate), y, 5.5, "hollow");
    const Shown shown = shown_npv(study);
    const std::string sign = money.npv.estimate > 0 ? "▲ " : "▼ ";
    picture.text(right + 20, y - 3, sign + with_unit(money.npv.estimate, shown), "strong " + tone);
    const double low = money.npv.low.value_or(NAN), high = money.npv.high.value_or(NAN);
    picture.text(right + 36, y + 13, range(low, high, shown), "small");
    picture.text(width - 8, y - 3, percent(money.positive.estimate), "end strong");
    picture.text(width - 8, y + 13,
                 number(money.positive.low * 100, Shown{}) + " to " + percent(money.positive.high),
                 "end small");
}

}  // namespace

std::string npv_chart(const StudyResult& study) {
    const std::vector<Row> rows = rows_of(study);
    if (rows.empty()) return "";
    const double bottom = top + row_height * static_cast<double>(rows.size());
    Picture picture(width, bottom + 26, "Net present value of each alternative");
    const Axis axis = axis_of(rows);
    const std::vector<double> marks = ticks(axis.low, axis.high, 5);
    const Shown npv = shown_npv(study);
    const Shown tick{npv.factor, npv.unit, npv.leading, tick_decimals(marks, npv.factor)};
    for (const double mark : marks) {
        picture.line(axis.at(mark), top, axis.at(mark), bottom, "grid");
        picture.text(axis.at(mark), bottom + 18, number(mark, tick), "middle small");
    }
    picture.line(axis.at(0), top - 8, axis.at(0), bottom, "zero");
    picture.text(axis.at(0) - 8, top - 10, "loses", "end small");
    picture.text(axis.at(0) + 8, top - 10, "pays", "small");
    picture.text(right + 20, top - 10, "NPV, " + npv.unit, "small");
    picture.text(width - 8, top - 10, "P(NPV > 0)", "end small");
    double y = top + row_height / 2;
    for (const Row& row : rows) {
        draw_row(picture, study, axis, row, y);
        y += row_height;
    }
    return picture.markup();
}

}  // namespace foretwin::report
