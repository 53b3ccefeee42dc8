#include "scenarios/report/wording.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <sstream>
#include <utility>

#include "scenarios/report/headline.hpp"

namespace foretwin::report {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 28> labels{{
    {"downtime", "Downtime"},
    {"downtime_waiting", "Downtime: waiting"},
    {"downtime_repair", "Downtime: repair"},
    {"planned_maintenance", "Planned maintenance"},
    {"availability", "Availability"},
    {"oee", "OEE"},
    {"production", "Production"},
    {"throughput", "Throughput"},
    {"scrap", "Scrap"},
    {"lost_parts", "Lost parts"},
    {"lead_time", "Lead time"},
    {"work_in_process", "Work in process"},
    {"energy", "Energy"},
    {"energy_per_part", "Energy per part"},
    {"energy_cost", "Energy cost"},
    {"demand_charge", "Demand charge"},
    {"peak_demand", "Peak power"},
    {"load_factor", "Load factor"},
    {"carbon", "Carbon"},
    {"maintenance_cost", "Maintenance cost"},
    {"labour_cost", "Labour cost"},
    {"spare_cost", "Cost of spares"},
    {"margin", "Margin"},
    {"failures", "Failures"},
    {"repairs", "Repairs"},
    {"replacements", "Planned replacements"},
    {"alarms", "Alarms"},
    {"mean_down_time", "Mean down time"},
}};

std::string upper(const std::string& text) {
    std::string result = text;
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

void widen(double& magnitude, double value) {
    if (std::isfinite(value)) magnitude = std::max(magnitude, std::abs(value));
}

/// The smallest known half width, so that no interval is rounded away.
void narrow(double& smallest, double value) {
    if (std::isfinite(value) && value > 0)
        smallest = std::isfinite(smallest) ? std::min(smallest, value) : value;
}

/// Three digits; a whole number of 1000 and more keeps its places: 12508 -> 12500.
std::string with_three_digits(double value) {
    std::array<char, 40> text{};
    double step = 1;
    while (std::abs(value) >= step * 999.5 && step < 1e6) step *= 10;
    if (step > 1 && step < 1e6) {
        std::snprintf(text.data(), text.size(), "%.0f", std::round(value / step) * step);
    } else {
        std::snprintf(text.data(), text.size(), "%.3g", value);
    }
    return text.data();
}

enum class WholeNumbers { keep, shorten };

/// Every number that is no part of a name and has more than three digits.
std::string with_short_numbers(const std::string& text, WholeNumbers whole_numbers) {
    std::string result;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const bool in_name = !result.empty() && std::isalnum(static_cast<unsigned char>(at[-1]));
        double value = 0;
        const char* behind = at;
        if (!in_name && *at >= '0' && *at <= '9') behind = std::from_chars(at, end, value).ptr;
        const bool is_kept =
            whole_numbers == WholeNumbers::keep && std::find(at, behind, '.') == behind;
        if (behind - at > 3 && !is_kept) {
            result += with_three_digits(value);
            at = behind;
        } else {
            do result += *at++;
            while (at < behind);
        }
    }
    return result;
}

std::string without_trailing_zeros(double value, int decimals) {
    std::string text = number(value, Shown{1, "", false, decimals});
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

std::string label(const std::string& kpi) {
    const std::size_t slash = kpi.rfind('/');
    if (slash != std::string::npos)
        return kpi.substr(0, slash) + ": " + label(kpi.substr(slash + 1));
    if (kpi == "mtbf" || kpi == "mttr") return upper(kpi);
    for (const auto& [name, text] : labels)
        if (kpi == name) return text;
    std::string text = kpi;
    std::replace(text.begin(), text.end(), '_', ' ');
    if (!text.empty()) text[0] = upper(text.substr(0, 1))[0];
    return text;
}

bool is_leading(const experiments::StudyResult& study, const std::string& kpi) {
    static constexpr std::array leading{"downtime",        "downtime_waiting",
                                        "downtime_repair", "planned_maintenance",
                                        "availability",    "oee",
                                        "production",      "throughput",
                                        "energy",          "energy_per_part",
                                        "energy_cost",     "peak_demand",
                                        "carbon",          "maintenance_cost",
                                        "failures"};
    if (std::find(leading.begin(), leading.end(), kpi) != leading.end()) return true;
    if (kpi.find('/') != std::string::npos) return true;  // asked for on some devices
    return std::any_of(study.alternatives.begin(), study.alternatives.end(),
                       [&](const AlternativeResult& alternative) {
                           const KpiResult* found = find_kpi(alternative, kpi);
                           return found != nullptr && found->target;
                       });
}

std::vector<std::string> kpi_order(const experiments::StudyResult& study) {
    std::vector<std::string> present, ordered;
    for (const AlternativeResult& alternative : study.alternatives)
        for (const KpiResult& kpi : alternative.kpis)
            if (std::find(present.begin(), present.end(), kpi.value.name) == present.end())
                present.push_back(kpi.value.name);
    for (const auto& [name, text] : labels) {
        const auto found = std::find(present.begin(), present.end(), name);
        if (found == present.end()) continue;
        ordered.push_back(*found);
        present.erase(found);
    }
    ordered.insert(ordered.end(), present.begin(), present.end());
    return ordered;
}

double half_width(const experiments::FigureResult& figure) {
    return (figure.high - figure.low) / 2;
}

double half_width(const roi::Interval& interval) {
    if (!interval.low || !interval.high) return std::numeric_limits<double>::quiet_NaN();
    return (*interval.high - *interval.low) / 2;
}

Shown shown_kpi(const experiments::StudyResult& study, const std::string& kpi) {
    double magnitude = 0, width = std::numeric_limits<double>::quiet_NaN();
    std::string unit;
    for (const AlternativeResult& alternative : study.alternatives) {
        const KpiResult* found = find_kpi(alternative, kpi);
        if (found == nullptr) continue;
        unit = found->value.unit;
        widen(magnitude, found->value.mean);
        narrow(width, half_width(found->value));
    }
    return shown_as(kpi, unit, study.currency, magnitude, width);
}

Shown shown_difference(const experiments::StudyResult& study, const std::string& kpi) {
    const Shown whole = shown_kpi(study, kpi);
    double magnitude = 0, width = std::numeric_limits<double>::quiet_NaN();
    for (const AlternativeResult& alternative : study.alternatives) {
        const KpiResult* found = find_kpi(alternative, kpi);
        if (found == nullptr || !found->difference) continue;
        widen(magnitude, found->difference->mean);
        widen(magnitude, half_width(*found->difference));
        narrow(width, half_width(*found->difference));
    }
    Shown shown = shown_as("", "", "", magnitude * whole.factor, width * whole.factor);
    shown.factor = whole.factor;
    shown.leading = whole.leading;
    shown.unit = whole.unit == "%" ? "points" : whole.unit;
    // Never told more finely than one digit beyond the figure itself.
    shown.decimals = std::min(shown.decimals, whole.decimals + 1);
    return shown;
}

Shown shown_npv(const experiments::StudyResult& study) {
    double magnitude = 0, width = std::numeric_limits<double>::quiet_NaN();
    for (const AlternativeResult& alternative : study.alternatives) {
        if (!alternative.money) continue;
        widen(magnitude, alternative.money->npv.estimate);
        narrow(width, half_width(alternative.money->npv));
    }
    return shown_as("", "money", study.currency, magnitude, width);
}

Shown shown_alone(const experiments::FigureResult& figure, const std::string& currency) {
    return shown_as(figure.name, figure.unit, currency, std::abs(figure.mean), half_width(figure));
}

bool is_seen(const experiments::FigureResult& difference, const Shown& shown) {
    const bool measurable = difference.low > 0 || difference.high < 0;
    return measurable &&
           number(difference.mean, shown).find_first_of("123456789") != std::string::npos;
}

std::string fitted_words(const std::string& yaml) {
    std::istringstream lines(yaml);
    std::string words, line;
    bool begins_list = false;
    while (std::getline(lines, line)) {
        line.erase(0, line.find_first_not_of(' '));
        const bool is_item = line.starts_with("- ");
        if (is_item) line.erase(0, 2);
        if (!words.empty()) words += is_item && begins_list ? " " : ", ";
        begins_list = line.ends_with(':');
        if (begins_list) line.pop_back();
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) line.erase(colon, 1);
        words += line;
    }
    return with_short_numbers(words, WholeNumbers::shorten);
}

std::string record_words(const std::string& counts) {
    std::string words = with_short_numbers(counts, WholeNumbers::keep);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::string range(double low, double high, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return "unknown";
    return number(low, shown) + " to " + number(high, shown);
}

std::string signed_range(double low, double high, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return "unknown";
    return signed_number(low, shown) + " to " + signed_number(high, shown);
}

std::string years(double value) {
    const std::string text = without_trailing_zeros(value, 2);
    return text + (text == "1" ? " year" : " years");
}

std::string duration(double hours) {
    const double days = hours / 24;
    const auto whole = [](double value) { return std::abs(value - std::round(value)) < 1e-9; };
    if (whole(days / 7) && days >= 14 && days < 52 * 7)
        return without_trailing_zeros(days / 7, 0) + " weeks";
    if (whole(days) && days >= 2) return without_trailing_zeros(days, 0) + " days";
    if (days >= 30) return without_trailing_zeros(days, 1) + " days";
    return without_trailing_zeros(hours, 2) + " h";
}

std::string internal_rate(const roi::MoneyAnswer& money) {
    using economics::RateStatus;
    switch (money.irr.status) {
        case RateStatus::no_sign_change:
            return "none (no change of sign)";
        case RateStatus::no_real_root:
            return "none (no real root)";
        case RateStatus::unique:
        case RateStatus::multiple:
            break;
    }
    std::string text;
    for (const double rate : money.irr.rates)
        text += (text.empty() ? "" : " and ") + with_unit(rate, {100, "%", false, 1});
    if (money.irr.status == RateStatus::unique) return text + "/year";
    return text + "/year (not unique)";
}

std::string payback(const std::optional<economics::Payback>& payback, double study_years) {
    if (!payback) return "not within " + years(study_years);
    const std::string again = payback->falls_below_again ? " (falls below again)" : "";
    // A year's flow is taken as even, so days would say more than is known.
    if (payback->years < 1.0 / 12) return "under 1 month" + again;
    const double months = std::round(payback->years * 12);
    if (months < 12)
        return without_trailing_zeros(months, 0) + (months == 1 ? " month" : " months") + again;
    const std::string text = without_trailing_zeros(payback->years, 1);
    return text + (text == "1" ? " year" : " years") + again;
}

}  // namespace foretwin::report
