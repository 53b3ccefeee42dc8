#include "engine/calibration/life_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <tuple>

#include "engine/calibration/maximise.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_log_shape = 6;  // shape 400: a spread of a quarter of a per cent

std::size_t size_of(LifeFamily family) {
    return family == LifeFamily::exponential ? 1 : 2;
}

LifeLaw make_law(LifeFamily family, double shift, const std::vector<double>& theta) {
    LifeLaw law;
    law.family = family;
    law.shift = shift;
    law.theta = theta;
    return law;
}

/// Where theta may lie. Exact ages with a shift forbid shapes below 1 (pole of the likelihood).
Box box_of(const Sample& sample, LifeFamily family, bool shifted) {
    const double longest = std::log(1e4 * (sample.exposure + 1));
    const double shortest = std::log(1e-6 * (sample.oldest_failure + 1e-9));
    const bool no_pole = shifted && sample.treatment == Treatment::exact;
    switch (family) {
        case LifeFamily::exponential:
            return {{shortest}, {longest}};
        case LifeFamily::lognormal:
            return {{shortest, -largest_log_shape}, {longest, 3}};
        default:
            return {{no_pole ? 0.0 : -4.0, shortest}, {largest_log_shape, longest}};
    }
}

/// Starts around the crude mean, with early, constant and late failures.
std::vector<std::vector<double>> starts_of(const Sample& sample, LifeFamily family, double shift) {
    const double spent =
        std::max(sample.exposure - 0.7 * shift * sample.failures, 0.1 * sample.exposure);
    const double log_mean = std::log(spent / sample.failures);
    switch (family) {
        case LifeFamily::exponential:
            return {{log_mean}};
        case LifeFamily::lognormal:
            return {{log_mean - 0.3, -0.3}, {log_mean, 0.5}};
        default:
            return {{0.1, log_mean}, {1.0, log_mean - 0.3}};
    }
}

/// The sample must outlive the objective.
Objective objective_of(const Sample& sample, LifeFamily family, double shift) {
    return [&sample, family, shift](const std::vector<double>& theta) {
        return log_likelihood(make_law(family, shift, theta), sample);
    };
}

/// The likelihood as a function of the failure-free time, all else at its best. Climbs from the
/// neighbouring solution, because the likelihood is evaluated at many near shifts.
class Profile {
  public:
    Profile(const Sample& sample, LifeFamily family)
        : sample_(sample), family_(family), box_(box_of(sample, family, true)) {}

    Maximum at(double shift) {
        const Objective objective = objective_at(shift);
        if (!near_.empty()) {
            Maximum found = climb(objective, near_, box_);
            if (found.converged) return found;
        }
        Maximum found = maximise(objective, starts_of(sample_, family_, shift), box_);
        near_ = found.at;
        return found;
    }

    Objective objective_at(double shift) const { return objective_of(sample_, family_, shift); }

    void start_near(std::vector<double> theta) { near_ = std::move(theta); }

  private:
    const Sample& sample_;
    LifeFamily family_;
    Box box_;
    std::vector<double> near_;
};

/// Shifts at which the profile may have a kink (ages of inspections), and an even net between.
std::vector<double> shifts_to_try(const Sample& sample, double largest) {
    std::vector<double> shifts;
    constexpr int net = 12;
    for (int i = 0; i <= net; ++i) shifts.push_back(largest * i / net);
    if (sample.treatment == Treatment::inspected)
        for (const double age : sample.ages)
            if (age > 0 && age < largest &&
                (sample.period == 0 || std::fmod(age, sample.period) == 0))
                shifts.push_back(age);
    std::sort(shifts.begin(), shifts.end());
    shifts.erase(std::unique(shifts.begin(), shifts.end()), shifts.end());
    return shifts;
}

struct ShiftedMaximum {
    double shift = 0;
    Maximum rest;
};

/// Golden section between two neighbours of the best shift so far.
void refine(Profile& profile, double low, double high, ShiftedMaximum& best) {
    constexpr double ratio = 0.6180339887498949;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    Maximum at_a = profile.at(a), at_b = profile.at(b);
    const auto keep = [&](double shift, const Maximum& found) {
        if (found.value > best.rest.value) best = {shift, found};
    };
    for (int i = 0; i < 22; ++i) {
        keep(a, at_a), keep(b, at_b);
        if (at_a.value > at_b.value) {
            high = b, b = a, at_b = at_a;
            a = high - ratio * (high - low), at_a = profile.at(a);
        } else {
            low = a, a = b, at_a = at_b;
            b = low + ratio * (high - low), at_b = profile.at(b);
        }
    }
}

/// Leaves out the ages that no term names any more: the likelihood visits each.
void keep_ages_of_terms(Sample& sample) {
    std::vector<std::size_t> place(sample.ages.size(), 0);
    for (const Sample::Term& term : sample.terms)
        place[term.checked] = place[term.lower] = place[term.upper] = 1;
    std::vector<double> ages;
    for (std::size_t i = 0; i < place.size(); ++i) {
        if (place[i] == 0) continue;
        place[i] = ages.size();
        ages.push_back(sample.ages[i]);
    }
    for (Sample::Term& term : sample.terms)
        term = {place[term.checked], place[term.lower], place[term.upper],
                term.failed,         term.interval,     term.weight};
    sample.ages = std::move(ages);
}

/// Thousands of ages say where to look as well as all of them; the last climb then sees all.
constexpr std::size_t looked_at = 1000;

/// Every group of neighbouring ages of one kind as one age in its middle, with the weight of all.
/// The first of a kind stays as it is: it bounds the shift.
Sample thinned(const Sample& sample) {
    Sample result = sample;
    result.terms.clear();
    std::vector<Sample::Term> terms = sample.terms;
    const auto kind = [](const Sample::Term& term) { return std::tie(term.failed, term.interval); };
    std::stable_sort(terms.begin(), terms.end(), [&](const auto& a, const auto& b) {
        return kind(a) != kind(b) ? kind(a) < kind(b) : a.upper < b.upper;
    });
    const std::size_t size = std::max<std::size_t>(1, terms.size() / looked_at);
    for (std::size_t i = 0; i < terms.size();) {
        const bool first = i == 0 || kind(terms[i]) != kind(terms[i - 1]);
        std::size_t end = i + 1;
        double weight = terms[i].weight;
        for (;
             !first && end < std::min(i + size, terms.size()) && kind(terms[end]) == kind(terms[i]);
             ++end)
            weight += terms[end].weight;
        result.terms.push_back(terms[i + (end - i) / 2]);
        result.terms.back().weight = weight;
        i = end;
    }
    keep_ages_of_terms(result);
    return result;
}

bool is_large(const Sample& sample) {
    return sample.terms.size() > 2 * looked_at;
}

ShiftedMaximum best_shift(const Sample& sample, LifeFamily family) {
    Profile profile(sample, family);
    const auto shifts = shifts_to_try(sample, largest_shift(sample, family));
    ShiftedMaximum best;
    best.rest.value = -infinity;
    std::size_t where = 0;
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        const Maximum found = profile.at(shifts[i]);
        if (found.value > best.rest.value) best = {shifts[i], found}, where = i;
    }
    profile.start_near(best.rest.at);
    if (where > 0) refine(profile, shifts[where - 1], shifts[where], best);
    if (where + 1 < shifts.size()) refine(profile, shifts[where], shifts[where + 1], best);
    return best;
}

/// Four digits of a failure-free time that was found between inspections: more are noise, and would
/// differ between processors. Exact ages are kept: the youngest failure is the limit.
double rounded(double shift, const Sample& sample) {
    if (sample.treatment == Treatment::exact) return shift;
    const double quantum = std::pow(10.0, std::floor(std::log10(sample.youngest_failure)) - 3);
    const double nearest = std::round(shift / quantum) * quantum;
    return nearest < largest_shift(sample, LifeFamily::exponential) ? nearest : shift;
}

std::vector<LifeFit> fit_each(const Sample& sample, bool with_shifts) {
    std::vector<LifeFit> fits;
    for (const LifeFamily family :
         {LifeFamily::exponential, LifeFamily::weibull, LifeFamily::lognormal, LifeFamily::gamma}) {
        fits.push_back(fit_life(sample, family, false));
        if (with_shifts) fits.push_back(fit_life(sample, family, true));
    }
    return fits;
}

void rank(std::vector<LifeFit>& fits) {
    std::stable_sort(fits.begin(), fits.end(),
                     [](const LifeFit& a, const LifeFit& b) { return a.aic < b.aic; });
}

}  // namespace

double largest_shift(const Sample& sample, LifeFamily family) {
    // Inspected: beyond this the youngest failure would have no room to happen.
    if (sample.treatment == Treatment::inspected) return sample.youngest_failure * (1 - 1e-6);
    // A lognormal law with a shift just below the youngest failure has unbounded likelihood.
    return family == LifeFamily::lognormal ? 0.98 * sample.youngest_failure
                                           : sample.youngest_failure;
}

double LifeFit::standard_error(std::size_t i) const {
    if (covariance.empty() || held[i]) return std::numeric_limits<double>::quiet_NaN();
    return std::sqrt(covariance[i][i]);
}

LifeFit fit_life(const Sample& sample, LifeFamily family, bool shifted) {
    FORETWIN_RULE(sample.failures > 0, "a law is fitted only where something failed");
    FORETWIN_RULE(family != LifeFamily::piecewise, "piecewise hazards have a fit of their own");
    LifeFit fit;
    fit.shifted = shifted;
    fit.treatment = sample.treatment;
    ShiftedMaximum best;
    const Box box = box_of(sample, family, shifted);
    const auto objective_at = [&](double shift) { return objective_of(sample, family, shift); };
    const bool large = is_large(sample);
    const Sample few = large ? thinned(sample) : Sample{};
    const Sample& search = large ? few : sample;
    if (shifted) {
        best = best_shift(search, family);
        best.shift = std::min(rounded(best.shift, sample), largest_shift(sample, family));
        best.rest = climb(objective_at(best.shift), best.rest.at, box);
    } else {
        best.rest = maximise(objective_of(search, family, 0), starts_of(search, family, 0), box);
        if (large) best.rest = climb(objective_at(0), best.rest.at, box);
    }
    fit.law = make_law(family, best.shift, best.rest.at);
    fit.log_likelihood = best.rest.value;
    fit.converged = best.rest.converged;
    fit.parameters = static_cast<int>(size_of(family)) + (shifted ? 1 : 0);
    fit.aic = 2 * fit.parameters - 2 * fit.log_likelihood;
    Covariance covariance = covariance_at(objective_at(best.shift), fit.law.theta, box);
    fit.covariance = std::move(covariance.matrix);
    fit.held = std::move(covariance.held);
    return fit;
}

void add_shift_interval(LifeFit& fit, const Sample& sample) {
    if (!fit.shifted) return;
    const bool large = is_large(sample);
    const Sample few = large ? thinned(sample) : Sample{};
    Profile profile(large ? few : sample, fit.law.family);
    profile.start_near(fit.law.theta);
    const double highest = large ? profile.at(fit.law.shift).value : fit.log_likelihood;
    constexpr double fall = 3.841458820694124 / 2;  // 95 % of chi-square with one degree
    const auto compatible = [&](double shift) { return profile.at(shift).value >= highest - fall; };
    const auto edge = [&](double inside, double outside) {
        if (compatible(outside)) return outside;
        for (int i = 0; i < 20; ++i) {
            const double middle = (inside + outside) / 2;
            (compatible(middle) ? inside : outside) = middle;
        }
        return inside;
    };
    const double shift = fit.law.shift;
    fit.shift_interval = {edge(shift, 0), edge(shift, largest_shift(sample, fit.law.family))};
}

std::vector<LifeFit> fit_families(const Sample& sample, bool with_shifts) {
    std::vector<LifeFit> fits = fit_each(sample, with_shifts);
    rank(fits);
    return fits;
}

std::vector<LifeFit> fit_candidates(const Sample& sample) {
    if (sample.failures == 0) return {fit_without_failures(sample)};
    std::vector<LifeFit> fits = fit_each(sample, true);
    fits.push_back(fit_piecewise(sample));
    rank(fits);
    return fits;
}

bool nested(const LifeFit& a, const LifeFit& b) {
    if (a.law.family == b.law.family) return true;
    // The exponential law is the Weibull and the gamma law of shape 1, with the same shift or none,
    // and the piecewise hazard of one class.
    const auto contains = [](const LifeFit& wide, const LifeFit& narrow) {
        const bool has_shape = wide.law.family == LifeFamily::weibull ||
                               wide.law.family == LifeFamily::gamma ||
                               wide.law.family == LifeFamily::piecewise;
        const bool any_shift = wide.shifted || wide.law.family == LifeFamily::piecewise;
        return narrow.law.family == LifeFamily::exponential && has_shape &&
               (any_shift || !narrow.shifted);
    };
    return contains(a, b) || contains(b, a);
}

std::string describe(const LifeFit& fit, const std::string& unit) {
    std::string text{name(fit.law.family)};
    if (fit.shifted) {
        char shift[40];
        std::snprintf(shift, sizeof shift, " after %.1f", fit.law.shift);
        text += shift + unit;
    }
    return text;
}

}  // namespace foretwin::calibration
