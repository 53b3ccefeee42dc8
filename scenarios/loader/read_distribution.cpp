#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "engine/core/math.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/loader/read.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::loader {
namespace {

constexpr std::size_t longest_list = 1'000'000;
constexpr double smallest_value = 1e-15;  ///< above 0: a millionth of the clock's nanosecond
constexpr double largest_value = 1e12;    ///< in the canonical unit: 31,700 years in seconds

[[noreturn]] void refuse(const Value& at, const std::string& what, const std::string& hint) {
    throw InputError(at.place(), what, hint);
}

/// The parameters of one family, {shape: 1.4, scale: 9.5 h}, read in the unit of the values.
class Parameters {
  public:
    Parameters(const Reader& reader, std::string_view unit, const Value& body, std::string family)
        : reader_(reader), unit_(unit), body_(body), family_(std::move(family)) {
        if (!body.is_map()) refuse(body, family_ + " needs its parameters as a map", spellings());
    }

    /// Refuses unless the keys are exactly one of the sets; returns the index of the set.
    std::size_t one_of(std::initializer_list<std::vector<std::string>> sets) const {
        std::size_t index = 0;
        for (const std::vector<std::string>& set : sets) {
            const bool all = std::all_of(set.begin(), set.end(),
                                         [&](const std::string& key) { return body_.has(key); });
            if (all && body_.entries().size() == set.size()) return index;
            ++index;
        }
        for (const Value::Entry& entry : body_.entries()) {
            std::vector<std::string> known;
            for (const auto& set : sets) known.insert(known.end(), set.begin(), set.end());
            if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
            const std::string guess = did_you_mean(entry.key, known);
            throw InputError(body_.place_of_key(entry.key),
                             family_ + " has no parameter '" + entry.key + "'",
                             guess.empty() ? spellings() : guess);
        }
        refuse(body_, "parameters of " + family_ + " are incomplete or contradict", spellings());
    }

    const Value& at(std::string_view key) const { return *body_.find(key); }
    bool has(std::string_view key) const { return body_.has(key); }

    double positive(std::string_view key) const { return checked(at(key), unit_, true); }
    double not_negative(std::string_view key) const { return checked(at(key), unit_, false); }
    double rate(std::string_view key) const { return checked(at(key), per_unit(), true); }

    /// A pure number above 0: shapes, coefficients of variation.
    double shape(std::string_view key) const {
        const double value = reader_.number(at(key));
        if (!(value >= 0.001 && value <= 1e6))
            refuse(at(key), "'" + at(key).text() + "' is not between 0.001 and 1000000",
                   "it is the " + std::string(key) + " of a " + family_ + " distribution");
        return value;
    }

    std::vector<double> list(const Value& values, std::string_view unit) const {
        if (!values.is_list() || values.items().empty())
            refuse(values, family_ + " needs a list with at least one value here", spellings());
        if (values.items().size() > longest_list)
            refuse(values, "list is too long",
                   "at most a million values; fit a distribution to them");
        std::vector<double> result;
        result.reserve(values.items().size());
        for (const Value& item : values.items()) result.push_back(checked(item, unit, false));
        return result;
    }

    std::string per_unit() const { return unit_ == "1" ? "1" : "1/" + unit_; }
    const std::string& unit() const { return unit_; }
    const Value& body() const { return body_; }

    std::string spellings() const {
        for (const schema::DistributionSpec& known : schema::distributions())
            if (known.family == family_) return "write " + std::string(known.spellings);
        return "";
    }

  private:
    double checked(const Value& value, std::string_view unit, bool above_zero) const {
        const double number = reader_.quantity(value, unit);
        if (number < 0 || (above_zero && number == 0))
            refuse(value,
                   "'" + value.text() + "' must be " + (above_zero ? "above 0" : "0 or more"),
                   "durations and shapes are not negative");
        if (number > largest_value)
            refuse(value, "'" + value.text() + "' is absurdly large",
                   "at most 1e12 in the unit of the value (31,700 years)");
        if (above_zero && number < smallest_value)
            refuse(value, "'" + value.text() + "' is absurdly small", "check its unit");
        return number;
    }

    const Reader& reader_;
    std::string unit_;
    const Value& body_;
    std::string family_;
};

random::Distribution read_exponential(const Parameters& p) {
    if (p.one_of({{"mean"}, {"rate"}}) == 0) return random::exponential(p.positive("mean"));
    return random::exponential(1 / p.rate("rate"));
}

random::Distribution read_weibull(const Parameters& p) {
    const bool by_scale = p.one_of({{"shape", "scale"}, {"shape", "mean"}}) == 0;
    const double shape = p.shape("shape");
    if (by_scale) return random::weibull(shape, p.positive("scale"));
    const double scale = p.positive("mean") / math::exp(math::lgamma(1 + 1 / shape));
    if (!(scale > 0) || !std::isfinite(scale))
        refuse(p.body(), "no weibull distribution has this mean and shape", "give shape and scale");
    return random::weibull(shape, scale);
}

random::Distribution read_lognormal(const Parameters& p) {
    const bool by_sd = p.one_of({{"mean", "sd"}, {"mean", "cv"}}) == 0;
    const double mean = p.positive("mean");
    return random::lognormal(mean, by_sd ? p.positive("sd") : p.shape("cv") * mean);
}

random::Distribution read_gamma(const Parameters& p) {
    const std::size_t form =
        p.one_of({{"shape", "mean"}, {"shape", "scale"}, {"mean", "sd"}, {"mean", "cv"}});
    if (form == 0) return random::gamma(p.shape("shape"), p.positive("mean"));
    if (form == 1) return random::gamma(p.shape("shape"), p.shape("shape") * p.positive("scale"));
    const double mean = p.positive("mean");
    const double cv = form == 2 ? p.positive("sd") / mean : p.shape("cv");
    return random::gamma(1 / (cv * cv), mean);
}

random::Distribution read_erlang(const Parameters& p) {
    const bool by_k = p.one_of({{"k", "mean"}, {"phases", "mean"}}) == 0;
    const double phases = p.shape(by_k ? "k" : "phases");
    if (phases != std::floor(phases))
        refuse(p.at(by_k ? "k" : "phases"), "the phases of an erlang distribution are whole",
               "use gamma for a shape between");
    return random::erlang(static_cast<int>(phases), p.positive("mean"));
}

random::Distribution read_uniform(const Parameters& p) {
    const std::size_t form = p.one_of({{"low", "high"}, {"a", "b"}, {"from", "to"}});
    static constexpr const char* keys[3][2] = {{"low", "high"}, {"a", "b"}, {"from", "to"}};
    const double low = p.not_negative(keys[form][0]);
    const double high = p.not_negative(keys[form][1]);
    if (low > high) refuse(p.body(), "the lower bound is above the upper one", "swap them");
    return random::uniform(low, high);
}

random::Distribution read_hyperexponential(const Parameters& p, const Reader& reader) {
    if (p.one_of({{"probabilities", "means"}, {"p", "rate1", "rate2"}}) == 1) {
        const double first = reader.fraction(p.at("p"));
        const double probabilities[] = {first, 1 - first};
        const double means[] = {1 / p.rate("rate1"), 1 / p.rate("rate2")};
        return random::hyperexponential(probabilities, means);
    }
    const std::vector<double> means = p.list(p.at("means"), p.unit());
    const std::vector<double> probabilities = p.list(p.at("probabilities"), "1");
    if (means.size() != probabilities.size())
        refuse(p.body(),
               std::to_string(probabilities.size()) + " probabilities but " +
                   std::to_string(means.size()) + " means",
               "give one mean per probability");
    if (std::any_of(means.begin(), means.end(), [](double mean) { return mean <= 0; }))
        refuse(p.at("means"), "means must be above 0", "leave out what takes no time");
    double sum = 0;
    for (const double probability : probabilities) sum += probability;
    if (!(std::fabs(sum - 1) <= 1e-9))
        refuse(p.at("probabilities"), "probabilities sum to " + shortest_text(sum),
               "they must sum to 1");
    return random::hyperexponential(probabilities, means);
}

random::Distribution read_empirical(const Parameters& p, const Reader& reader) {
    std::vector<std::string> keys{"values"};
    if (p.has("weights")) keys.emplace_back("weights");
    if (p.has("interpolated")) keys.emplace_back("interpolated");
    p.one_of({keys, {"values", "weights", "interpolated"}});
    const std::vector<double> values = p.list(p.at("values"), p.unit());
    std::vector<double> weights;
    if (p.has("weights")) weights = p.list(p.at("weights"), "1");
    double sum = 0;
    for (const double weight : weights) sum += weight;
    if (p.has("weights") && (weights.size() != values.size() || !(sum > 0)))
        refuse(p.at("weights"), "weights must be one per value, with one above 0",
               "as in {values: [3 h, 4 h], weights: [1, 2]}");
    const bool interpolated = p.has("interpolated") && reader.boolean(p.at("interpolated"));
    return random::empirical(values, weights, interpolated);
}

random::Distribution read_piecewise(const Parameters& p) {
    p.one_of({{"edges", "rates"}});
    const Value& edges_given = p.at("edges");
    const bool no_edges = edges_given.is_list() && edges_given.items().empty();
    const std::vector<double> edges =
        no_edges ? std::vector<double>{} : p.list(edges_given, p.unit());
    const std::vector<double> rates = p.list(p.at("rates"), p.per_unit());
    if (rates.size() != edges.size() + 1)
        refuse(p.body(),
               std::to_string(edges.size()) + " edges need " + std::to_string(edges.size() + 1) +
                   " rates, not " + std::to_string(rates.size()),
               "the last rate holds for ever");
    for (std::size_t i = 0; i < edges.size(); ++i)
        if (!(edges[i] > (i == 0 ? 0 : edges[i - 1])))
            refuse(edges_given.items()[i], "edges must be above 0 and ascend",
                   "as in [30 days, 60 days]");
    if (std::none_of(rates.begin(), rates.end(), [](double rate) { return rate > 0; }))
        refuse(p.at("rates"), "one rate must be above 0",
               "without any, nothing ever happens: leave the cause out");
    return random::piecewise(edges, rates);
}

random::Distribution read_deterministic(const Value& value, const Reader& reader,
                                        std::string_view unit) {
    const double number = reader.quantity(value, unit);
    if (number < 0) refuse(value, "'" + value.text() + "' is negative", "it must be 0 or more");
    if (number > largest_value)
        refuse(value, "'" + value.text() + "' is absurdly large",
               "at most 1e12 in the unit of the value (31,700 years)");
    return random::deterministic(number);
}

random::Distribution read_family(const std::string& family, const Value& body, const Reader& reader,
                                 std::string_view unit) {
    if (family == "deterministic" && !(body.is_map() && body.has("value")))
        return read_deterministic(body, reader, unit);
    Value named = body;
    if (family == "empirical" && body.is_list()) {  // the short form without `values`
        named = Value::map();
        named.put_as(body);
        named.set("values", body);
    }
    const Parameters p(reader, unit, named, family);
    if (family == "exponential") return read_exponential(p);
    if (family == "weibull") return read_weibull(p);
    if (family == "lognormal") return read_lognormal(p);
    if (family == "gamma") return read_gamma(p);
    if (family == "erlang") return read_erlang(p);
    if (family == "uniform") return read_uniform(p);
    if (family == "hyperexponential") return read_hyperexponential(p, reader);
    if (family == "empirical") return read_empirical(p, reader);
    if (family == "piecewise") return read_piecewise(p);
    p.one_of({{"value"}});
    return read_deterministic(p.at("value"), reader, unit);
}

std::string known_family(const Value& map, const std::string& name) {
    if (name == "hyperexp2") return "hyperexponential";
    std::vector<std::string> known;
    for (const schema::DistributionSpec& family : schema::distributions()) {
        if (family.family == name) return name;
        known.emplace_back(family.family);
    }
    throw InputError(map.place_of_key(name), "unknown distribution '" + name + "'",
                     suggestion(name, known));
}

}  // namespace

random::Distribution Reader::distribution(const Value& given, std::string_view unit) const {
    const Resolved resolved(given, *resolver_);
    const Value& value = *resolved;
    if (!value.is_map()) return read_deterministic(value, *this, unit);
    std::string family;
    const Value* body = nullptr;
    for (const Value::Entry& entry : value.entries()) {
        if (entry.key == "shift") continue;
        const std::string name = known_family(value, entry.key);
        if (body != nullptr)
            throw InputError(value.place_of_key(entry.key), "two distributions in one place",
                             "keep one of them");
        family = name;
        body = &entry.value;
    }
    if (body == nullptr) refuse(value, "no distribution here", "as in {exponential: {mean: 3 s}}");
    // The parameters themselves may be references: {weibull: {shape: 2, mean: {assumption: life}}}.
    std::string shift_key = "shift";
    Value parameters = *body;
    const Value* shift = value.find(shift_key);
    if (parameters.is_map() && parameters.has(shift_key)) {
        if (shift != nullptr) refuse(value, "shift is given twice", "keep one of them");
        shift = body->find(shift_key);
        parameters.erase(shift_key);
    }
    const random::Distribution plain = read_family(family, parameters, *this, unit);
    if (shift == nullptr) return plain;
    const double by = quantity(*shift, unit);
    if (!(by >= 0 && by <= largest_value))
        refuse(*shift, "a shift must be 0 or more", "as in shift: 30 days");
    return random::shifted(plain, by);
}

Problems distribution_problems(const Value& value, const Reader& reader, std::string_view unit) {
    try {
        static_cast<void>(reader.distribution(value, unit));
        return {};
    } catch (const InputError& error) {
        return error.problems();
    }
}

}  // namespace foretwin::loader
