#include "engine/calibration/parameter_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace foretwin::calibration {

namespace {

std::string to_text(const std::vector<std::vector<double>>& matrix) {
    std::string text = "[";
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        text += i > 0 ? ", [" : "[";
        for (std::size_t j = 0; j < matrix[i].size(); ++j)
            text += (j > 0 ? ", " : "") + rough(matrix[i][j]);
        text += "]";
    }
    return text + "]";
}

/// " days" -> " /day", " h" -> " /h".
std::string rate_unit(const std::string& unit) {
    return unit == " days" ? " /day" : unit.empty() ? "" : " /" + unit.substr(1);
}

/// Lognormal: J C J' with J the derivatives of (log mean, log cv) by (mu, log sigma).
std::vector<std::vector<double>> lognormal_covariance(const LifeFit& fit) {
    const auto& c = fit.covariance;
    const double variance = std::exp(2 * fit.law.theta[1]);
    const double jacobian[2][2] = {{1, variance}, {0, variance / -std::expm1(-variance)}};
    std::vector<std::vector<double>> result(2, std::vector<double>(2, 0.0));
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            for (std::size_t a = 0; a < 2; ++a)
                for (std::size_t b = 0; b < 2; ++b)
                    result[i][j] += jacobian[i][a] * c[a][b] * jacobian[j][b];
    return result;
}

void add_piecewise(const LifeLaw& law, WrittenLaw& written) {
    for (std::size_t i = 0; i < law.edges.size(); ++i) {
        if (i > 0) written.edges.push_back(law.edges[i]);
        const int free = law.free[i];
        const double rate = free < 0 ? 0 : std::exp(law.theta[static_cast<std::size_t>(free)]);
        written.parameters.push_back(
            {"rates/" + std::to_string(i), rate, rate_unit(written.unit), free >= 0});
    }
}

std::string joined(const WrittenLaw& law, bool values) {
    std::string scalars, rates;
    for (const LawParameter& parameter : law.parameters) {
        const std::string shown = values ? rough(parameter.value) + parameter.unit
                                         : std::string(parameter.uncertain ? "log" : "fixed");
        const bool rate = parameter.name.starts_with("rates/");
        std::string& list = rate ? rates : scalars;
        if (!list.empty()) list += ", ";
        list += rate ? shown : parameter.name + ": " + shown;
    }
    if (rates.empty()) return "{" + scalars + "}";
    std::string edges;
    for (const double edge : law.edges)
        edges += (edges.empty() ? "" : ", ") + number(edge) + law.unit;
    return "{edges: " + (values ? "[" + edges + "]" : "fixed") + ", rates: [" + rates + "]}";
}

}  // namespace

/// Shortest decimal text with at most ten significant digits; never in powers of ten for what a
/// reader of quantities must read back.
std::string number(double value) {
    if (value == 0) return "0";
    const double magnitude = std::floor(std::log10(std::abs(value)));
    const int decimals = static_cast<int>(std::clamp(9 - magnitude, 0.0, 17.0));
    char buffer[400];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
    std::string text(buffer, end.ptr);
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// Six digits are plenty for what came from hundreds of records.
std::string rough(double value) {
    if (value == 0) return "0";
    const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
    return number(std::round(value * scale) / scale);
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

WrittenLaw written_law(const LifeFit& fit, const std::string& unit) {
    WrittenLaw written;
    written.unit = unit;
    written.family = fit.law.family;
    const auto& theta = fit.law.theta;
    const auto add = [&](const char* name, double value, const std::string& own_unit,
                         std::size_t i) {
        written.parameters.push_back(
            {name, value, own_unit, !fit.held[i] && !fit.covariance.empty()});
    };
    switch (fit.law.family) {
        case LifeFamily::exponential:
            add("mean", std::exp(theta[0]), unit, 0);
            break;
        case LifeFamily::weibull:
            add("shape", std::exp(theta[0]), "", 0);
            add("scale", std::exp(theta[1]), unit, 1);
            break;
        case LifeFamily::gamma:
            add("shape", std::exp(theta[0]), "", 0);
            add("mean", std::exp(theta[1]), unit, 1);
            break;
        case LifeFamily::lognormal: {
            const MeanAndDeviation moments = lognormal_moments(theta[0], theta[1]);
            add("mean", moments.mean, unit, 0);
            add("cv", moments.deviation / moments.mean, "", 1);
            break;
        }
        case LifeFamily::piecewise:
            add_piecewise(fit.law, written);
            break;
    }
    if (fit.shifted) written.parameters.push_back({"shift", fit.law.shift, unit, false});
    if (fit.covariance.empty()) return written;
    const bool lognormal = fit.law.family == LifeFamily::lognormal && !fit.held[0] && !fit.held[1];
    const auto all = lognormal ? lognormal_covariance(fit) : fit.covariance;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (fit.held[i]) continue;
        written.covariance.emplace_back();
        for (std::size_t j = 0; j < all.size(); ++j)
            if (!fit.held[j]) written.covariance.back().push_back(all[i][j]);
    }
    return written;
}

std::string to_scenario_text(const WrittenLaw& law) {
    return "{" + std::string(name(law.family)) + ": " + joined(law, true) + "}";
}

std::string fit_text(const LifeFit& fit, const std::string& unit) {
    const WrittenLaw law = written_law(fit, unit);
    std::string text =
        "{family: " + std::string(name(fit.law.family)) +
        ", treatment: " + (fit.treatment == Treatment::inspected ? "inspected" : "exact") +
        ", parameters: " + joined(law, true) + ", transform: " + joined(law, false) +
        ", covariance: " + to_text(law.covariance) + ", loglik: " + rough(fit.log_likelihood) +
        ", aic: " + rough(fit.aic);
    if (fit.shift_interval)
        text += ", shift_interval: [" + rough(fit.shift_interval->first) + unit + ", " +
                rough(fit.shift_interval->second) + unit + "]";
    if (fit.rate_at_most) text += ", rate_at_most: " + rough(*fit.rate_at_most) + rate_unit(unit);
    if (!fit.note.empty()) text += ", note: " + quoted(fit.note);
    return text + "}";
}

std::string candidate_text(const LifeFit& fit, const std::string& unit) {
    return "{family: " + std::string(name(fit.law.family)) +
           ", shifted: " + (fit.shifted ? "true" : "false") +
           ", parameters: " + joined(written_law(fit, unit), true) +
           ", loglik: " + rough(fit.log_likelihood) + ", aic: " + rough(fit.aic) + "}";
}

}  // namespace foretwin::calibration
