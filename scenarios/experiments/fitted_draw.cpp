#include "scenarios/experiments/fitted_draw.hpp"

#include <algorithm>
#include <charconv>

#include "engine/core/math.hpp"
#include "engine/core/quantity.hpp"
#include "engine/random/distribution.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::experiments {
namespace {

using loader::Value;
using Matrix = std::vector<std::vector<double>>;

/// Central values only: what references inside fitted entries would need, which have none.
class NoReferences final : public loader::Resolver {
  public:
    const Value* assumption(std::string_view) const override { return nullptr; }
    const Value* fitted(std::string_view) const override { return nullptr; }
    std::vector<std::string> assumption_names() const override { return {}; }
    std::vector<std::string> fitted_names() const override { return {}; }
};

/// Lower triangle L with L L' = covariance (Cholesky); written out, because its bits are part of
/// the answer. A covariance that is not positive definite loses what is negative.
Matrix cholesky(const Matrix& covariance) {
    const std::size_t size = covariance.size();
    Matrix lower(size, std::vector<double>(size, 0.0));
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = covariance[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
            if (i == j) {
                lower[i][j] = sum > 0 ? __builtin_sqrt(sum) : 0;
            } else {
                lower[i][j] = lower[j][j] > 0 ? sum / lower[j][j] : 0;
            }
        }
    }
    return lower;
}

Matrix read_matrix(const Value* value) {
    Matrix matrix;
    if (value == nullptr) return matrix;
    for (const Value& row : value->items()) {
        matrix.emplace_back();
        for (const Value& cell : row.items()) matrix.back().push_back(split_number(cell).number);
    }
    return matrix;
}

/// The scalars of a fit's parameters in order, those of `rates` one by one.
std::vector<Value*> scalars_of(Value& parameters) {
    std::vector<Value*> scalars;
    for (Value::Entry& entry : parameters.entries()) {
        if (entry.value.is_list()) {
            for (Value& item : entry.value.items()) scalars.push_back(&item);
        } else {
            scalars.push_back(&entry.value);
        }
    }
    return scalars;
}

std::vector<bool> is_free(const Value* transform, const Value& parameters) {
    std::vector<bool> free;
    for (const Value::Entry& entry : parameters.entries()) {
        const Value* own = transform == nullptr ? nullptr : transform->find(entry.key);
        if (!entry.value.is_list()) {
            free.push_back(own != nullptr && own->text() == "log");
            continue;
        }
        for (std::size_t i = 0; i < entry.value.items().size(); ++i) {
            const bool listed = own != nullptr && own->is_list() && i < own->items().size();
            free.push_back(listed && own->items()[i].text() == "log");
        }
    }
    return free;
}

/// The fitted law as a scenario writes it; with draws, its free parameters moved on the log scale.
Value law_of(const Value& fit, random::Draws* draws) {
    Value parameters = *fit.find("parameters");
    if (draws != nullptr) {
        const Matrix lower = cholesky(read_matrix(fit.find("covariance")));
        const std::vector<bool> free = is_free(fit.find("transform"), parameters);
        std::vector<double> normals(lower.size());
        for (double& normal : normals) normal = math::normal_quantile(draws->uniform());
        std::size_t row = 0;
        const std::vector<Value*> scalars = scalars_of(parameters);
        for (std::size_t i = 0; i < scalars.size() && row < lower.size(); ++i) {
            if (!free[i]) continue;
            double step = 0;
            for (std::size_t k = 0; k <= row; ++k) step += lower[row][k] * normals[k];
            const ScalarText old = split_number(*scalars[i]);
            *scalars[i] = scalar_of(old.number * math::exp(step), old.unit, *scalars[i]);
            ++row;
        }
    }
    Value law = Value::map();
    law.put_as(fit);
    law.set(fit.text_of("family"), std::move(parameters));
    return law;
}

/// Beta(a, b) as a ratio of gammas (Johnson, Kotz and Balakrishnan 1995); 0 or 1 at the borders.
double beta(double a, double b, random::Draws& draws) {
    if (!(a > 0)) return 0;
    if (!(b > 0)) return 1;
    const double x = random::sample(random::gamma(a, a), draws);
    const double y = random::sample(random::gamma(b, b), draws);
    return x / (x + y);
}

/// A share of k in n with Jeffreys' prior: none seen is not never.
double share(double count, double of, random::Draws* draws) {
    if (draws == nullptr) return of > 0 ? count / of : 0;
    return beta(count + 0.5, of - count + 0.5, *draws);
}

/// One of many chances by age class: Haldane's prior, whose mean is the observed share, so that
/// the sum over many small classes stays what was recorded.
double chance(double count, double of, random::Draws* draws) {
    if (draws == nullptr || of <= 0) return of > 0 ? count / of : 0;
    return beta(count, of - count, *draws);
}

/// A rate of `count` events per exposure; its mean is the observed one, and none seen is not never
/// (Jeffreys' prior then).
double rate(double count, double exposure, random::Draws* draws) {
    if (exposure <= 0) return 0;
    if (draws == nullptr) return count / exposure;
    const double events = count > 0 ? count : 0.5;
    return random::sample(random::gamma(events, events), *draws) / exposure;
}

/// A mean with its standard error: normal, or lognormal with that mean and deviation where it is
/// above 0, so that no draw of a power or a time constant is below.
Value estimate(const Value& entry, random::Draws* draws) {
    const Value* value = entry.find("value");
    const Value* error = entry.find("standard_error");
    if (value == nullptr || error == nullptr)
        throw InputError(entry.place(), "an estimate needs value and standard_error",
                         "write the file anew with foretwin fit");
    if (draws == nullptr) return *value;
    const ScalarText mean = split_number(*value);
    const double deviation = in_unit_of(*error, *value);
    const double normal = math::normal_quantile(draws->uniform());
    if (mean.number <= 0) return scalar_of(mean.number + deviation * normal, mean.unit, *value);
    const double ratio = deviation / mean.number;
    const double variance = math::log1p(ratio * ratio);
    const double step = __builtin_sqrt(variance) * normal - variance / 2;
    return scalar_of(mean.number * math::exp(step), mean.unit, *value);
}

Value chances_of(const Value& entry, random::Draws* draws) {
    Value list = Value::list();
    for (const Value& own : entry.find("classes")->items()) {
        const double replaced = split_number(*own.find("replaced")).number;
        const double visits = split_number(*own.find("visits")).number;
        Value step = Value::map();
        step.put_as(own);
        step.set("from", *own.find("from"));
        step.set("chance", scalar_of(chance(replaced, visits, draws), "", own));
        list.items().push_back(std::move(step));
    }
    Value chances = Value::map();
    chances.put_as(entry);
    chances.set("chances", std::move(list));
    return chances;
}

/// The fit that the life model asks for; the best one where there is no such fit.
const Value& fit_of(const Value& entry, LifeModel life_model) {
    const Value& best = *entry.find("best");
    if (life_model == LifeModel::second && entry.has("second")) return *entry.find("second");
    const Value* candidates = entry.find("candidates");
    if (life_model != LifeModel::two_parameter_weibull || candidates == nullptr) return best;
    for (const Value& candidate : candidates->items()) {
        const Value* shift = candidate.find("shifted");
        const bool shifted = shift != nullptr && shift->is_true();
        if (candidate.text_of("family") == "weibull" && !shifted) return candidate;
    }
    return best;
}

Value value_of(const Value& entry, LifeModel life_model, random::Draws* draws) {
    const std::string kind = entry.text_of("kind");
    if (kind == "distribution") return law_of(fit_of(entry, life_model), draws);
    if (kind == "chance_by_age") return chances_of(entry, draws);
    if (kind == "estimate") return estimate(entry, draws);
    if (kind == "share") {
        return scalar_of(share(split_number(*entry.find("count")).number,
                               split_number(*entry.find("of")).number, draws),
                         "", entry);
    }
    if (kind == "rate") {
        const ScalarText exposure = split_number(*entry.find("exposure"));
        return scalar_of(rate(split_number(*entry.find("count")).number, exposure.number, draws),
                         "/year", entry);
    }
    const Value* value = entry.find("value");
    if (value == nullptr) {
        throw InputError(entry.place(), "a fitted parameter of kind '" + kind + "' has no value",
                         "write the file anew with foretwin fit");
    }
    return *value;
}

}  // namespace

ScalarText split_number(const Value& value) {
    const std::string& text = value.text();
    ScalarText scalar;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, scalar.number);
    if (!value.is_scalar() || result.ec != std::errc()) {
        throw InputError(value.place(), "'" + text + "' is no number with unit",
                         "write e.g. 12.5 h");
    }
    scalar.unit = std::string(result.ptr, end);
    scalar.unit.erase(0, scalar.unit.find_first_not_of(' ') == std::string::npos
                             ? scalar.unit.size()
                             : scalar.unit.find_first_not_of(' '));
    return scalar;
}

Value scalar_of(double number, const std::string& unit, const Value& like) {
    char buffer[64];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
    Value value = Value::scalar(std::string(buffer, result.ptr) + (unit.empty() ? "" : " " + unit));
    value.put_as(like);
    return value;
}

double in_unit_of(const Value& value, const Value& like) {
    const ScalarText own = split_number(value);
    const ScalarText other = split_number(like);
    if (own.unit == other.unit) return own.number;
    const auto in_si = [&](const std::string& unit) {
        const Parsed<Quantity> parsed = parse_quantity("1 " + unit);
        if (!parsed) throw InputError(value.place(), parsed.what, parsed.hint);
        return *parsed;
    };
    const Quantity from = in_si(own.unit);
    const Quantity to = in_si(other.unit);
    if (!(from.dimension == to.dimension)) {
        throw InputError(value.place(), "'" + value.text() + "' does not fit '" + like.text() + "'",
                         "give the whole range in one unit");
    }
    return own.number * from.value / to.value;
}

bool is_uncertain(const Value& entry) {
    const std::string kind = entry.text_of("kind");
    return kind == "distribution" || kind == "share" || kind == "rate" || kind == "estimate" ||
           kind == "chance_by_age";
}

Value central_value(const Value& entry, LifeModel life_model) {
    return value_of(entry, life_model, nullptr);
}

Value drawn_value(const Value& entry, LifeModel life_model, random::Draws& draws) {
    return value_of(entry, life_model, is_uncertain(entry) ? &draws : nullptr);
}

void LifeIndex::add(std::size_t draw, const Value& entry, const Value& central,
                    const Value& drawn) {
    if (entry.text_of("kind") != "distribution") return;
    const NoReferences none;
    const loader::Reader reader(none);
    const double usual = random::mean(reader.distribution(central));
    const double now = random::mean(reader.distribution(drawn));
    if (!(usual > 0) || !(now < 1e12)) return;
    sums_[draw] += now / usual;
    ++counts_[draw];
}

roi::DrawnInput LifeIndex::input() const {
    roi::DrawnInput input{"fitted laws, relative to the estimate", "", false, 1, 1, {}};
    for (std::size_t draw = 0; draw < sums_.size(); ++draw) {
        input.values.push_back(counts_[draw] > 0 ? sums_[draw] / counts_[draw] : 1);
    }
    input.low = *std::min_element(input.values.begin(), input.values.end());
    input.high = *std::max_element(input.values.begin(), input.values.end());
    return input;
}

}  // namespace foretwin::experiments
