#include "scenarios/experiments/parameter_draws.hpp"

#include <algorithm>

#include "engine/core/math.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"
#include "scenarios/experiments/fitted_draw.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::experiments {
namespace {

using loader::Value;

random::Draws draws_of(std::uint32_t seed, std::size_t draw, const std::string& name) {
    return random::draws({seed, static_cast<std::uint32_t>(draw)}, name_hash("parameters/" + name),
                         0, 0);
}

/// Triangular on [low, high] with its mode at the central value (Law 2015, section 8.3.15).
double triangular(double low, double mode, double high, double level) {
    if (!(high > low)) return mode;
    const double split = (mode - low) / (high - low);
    if (level < split) return low + __builtin_sqrt(level * (high - low) * (mode - low));
    return high - __builtin_sqrt((1 - level) * (high - low) * (high - mode));
}

bool has_range(const Value& assumption) {
    return assumption.has("low") || assumption.has("high");
}

struct Range {
    double low, mode, high;
    std::string unit;
};

/// Low, central value and high in the unit of the central value. The words of an assumption are
/// "8 h": the number is what is drawn, the unit stays.
Range range_of(const Value& assumption) {
    const Value& value = *assumption.find("value");
    const Value* low = assumption.find("low");
    const Value* high = assumption.find("high");
    const ScalarText mode = split_number(value);
    const auto in_same_unit = [&](const Value* end) {
        return end == nullptr ? mode.number : in_unit_of(*end, value);
    };
    return {in_same_unit(low), mode.number, in_same_unit(high), mode.unit};
}

const Value* section(const Value& tree, std::string_view name) {
    const Value* found = tree.find(name);
    return found != nullptr && found->is_map() ? found : nullptr;
}

template <class Visit>
void each_fitted(const loader::ScenarioFile& file, Visit visit) {
    for (const Value& parameters : file.parameter_files) {
        const Value* entries = section(parameters, "parameters");
        if (entries == nullptr) continue;
        for (const Value::Entry& entry : entries->entries()) visit(entry.key, entry.value);
    }
}

std::vector<std::string> keys_of(const std::map<std::string, Value, std::less<>>& values) {
    std::vector<std::string> names;
    names.reserve(values.size());
    for (const auto& [name, value] : values) names.push_back(name);
    return names;
}

const Value* find_in(const std::map<std::string, Value, std::less<>>& values,
                     std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
}

}  // namespace

const Value* ParameterDraw::assumption(std::string_view name) const {
    return find_in(assumptions_, name);
}
const Value* ParameterDraw::fitted(std::string_view name) const {
    return find_in(fitted_, name);
}
std::vector<std::string> ParameterDraw::assumption_names() const {
    return keys_of(assumptions_);
}
std::vector<std::string> ParameterDraw::fitted_names() const {
    return keys_of(fitted_);
}

bool ParameterDraws::uncertain(const loader::ScenarioFile& file) {
    bool any = false;
    if (const Value* assumptions = section(file.tree, "assumptions")) {
        for (const Value::Entry& entry : assumptions->entries()) any |= has_range(entry.value);
    }
    each_fitted(file, [&](const std::string&, const Value& value) { any |= is_uncertain(value); });
    return any;
}

bool ParameterDraws::has_second_best(const loader::ScenarioFile& file) {
    bool any = false;
    each_fitted(file, [&](const std::string&, const Value& value) { any |= value.has("second"); });
    return any;
}

ParameterDraws::ParameterDraws(const loader::ScenarioFile& file, std::uint32_t seed,
                               std::size_t count, LifeModel life_model) {
    draws_.resize(std::max<std::size_t>(count, 1));
    if (const Value* assumptions = section(file.tree, "assumptions")) {
        for (const Value::Entry& entry : assumptions->entries()) {
            const Value* value = entry.value.find("value");
            if (value == nullptr) continue;
            central_.assumptions_[entry.key] = *value;
            for (ParameterDraw& draw : draws_) draw.assumptions_[entry.key] = *value;
            if (count == 0 || !has_range(entry.value)) continue;
            const Range range = range_of(entry.value);
            roi::DrawnInput input{entry.key, range.unit, true, range.low, range.high, {}};
            for (std::size_t draw = 0; draw < count; ++draw) {
                random::Draws stream = draws_of(seed, draw, "assumption/" + entry.key);
                const double number =
                    triangular(range.low, range.mode, range.high, stream.uniform());
                draws_[draw].assumptions_[entry.key] = scalar_of(number, range.unit, *value);
                input.values.push_back(number);
            }
            inputs_.push_back(std::move(input));
        }
    }
    LifeIndex lives(draws_.size());
    each_fitted(file, [&](const std::string& name, const Value& value) {
        central_.fitted_[name] = central_value(value, life_model);
        for (std::size_t draw = 0; draw < draws_.size(); ++draw) {
            if (count == 0) {
                draws_[draw].fitted_[name] = central_.fitted_[name];
                continue;
            }
            random::Draws stream = draws_of(seed, draw, "fitted/" + name);
            draws_[draw].fitted_[name] = drawn_value(value, life_model, stream);
            lives.add(draw, value, central_.fitted_[name], draws_[draw].fitted_[name]);
        }
    });
    if (count > 0 && lives.known()) inputs_.push_back(lives.input());
}

std::vector<roi::DrawnInput> ParameterDraws::inputs() const {
    return inputs_;
}

}  // namespace foretwin::experiments
