#include "scenarios/loader/resolver.hpp"

#include <algorithm>
#include <array>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"

namespace foretwin::loader {
namespace {

/// Shares of visits that replaced the component, per age class.
Value chances_of(const Value& entry, const Value& classes) {
    Value list = Value::list();
    for (const Value& own : classes.items()) {
        const double replaced = parse_number(own.text_of("replaced")).value_or(0);
        const double visits = parse_number(own.text_of("visits")).value_or(0);
        Value chance = Value::scalar(shortest_text(visits > 0 ? replaced / visits : 0));
        chance.put_as(own);
        Value step = Value::map();
        step.put_as(own);
        if (const Value* from = own.find("from")) step.set("from", *from);
        step.set("chance", std::move(chance));
        list.items().push_back(std::move(step));
    }
    Value result = Value::map();
    result.put_as(entry);
    result.set("chances", std::move(list));
    return result;
}

/// Parameters of distributions that carry no time and so do not change with it.
bool is_shape(std::string_view key) {
    static constexpr std::array shapes{"shape",         "k",       "phases",      "cv", "p",
                                       "probabilities", "weights", "interpolated"};
    return std::find(shapes.begin(), shapes.end(), key) != shapes.end();
}

bool is_rate(std::string_view key) {
    return key == "rate" || key == "rate1" || key == "rate2" || key == "rates";
}

Value scaled_scalar(const Value& value, double factor) {
    const NumberAndUnit split = split_number(value.text());
    const std::optional<double> number = parse_number(split.number);
    if (!number)
        throw InputError(value.place(), "'" + value.text() + "' is not a number to scale",
                         "use `set`");
    std::string text = shortest_text(*number * factor);
    if (!split.unit.empty()) text += " " + std::string(split.unit);
    Value result = Value::scalar(std::move(text), value.quoted());
    result.put_as(value);
    return result;
}

Value scaled_reference(const Value& value, double factor) {
    Value result = value;
    const std::string before = value.text_of("times", "1");
    Value times = Value::scalar(shortest_text(parse_number(before).value_or(1) * factor));
    times.put_as(value);
    result.set("times", std::move(times));
    return result;
}

Value scaled_inside(const Value& value, double factor);

Value scaled_map(const Value& map, double factor) {
    Value result = map;
    for (Value::Entry& entry : result.entries()) {
        if (is_shape(entry.key)) continue;
        entry.value = scaled_inside(entry.value, is_rate(entry.key) ? 1 / factor : factor);
    }
    return result;
}

Value scaled_inside(const Value& value, double factor) {
    if (is_reference(value)) return scaled_reference(value, factor);
    if (value.is_scalar()) return scaled_scalar(value, factor);
    if (value.is_map()) return scaled_map(value, factor);
    if (!value.is_list()) throw InputError(value.place(), "this cannot be scaled", "use `set`");
    Value result = value;
    for (Value& item : result.items()) item = scaled_inside(item, factor);
    return result;
}

[[noreturn]] void unknown(const Value& reference, const std::string& kind, const std::string& name,
                          const std::vector<std::string>& known) {
    std::string hint = did_you_mean(name, known);
    if (hint.empty() && known.empty())
        hint = kind == "assumption" ? "there is no section `assumptions`"
                                    : "no parameter file is named under `parameters`";
    if (hint.empty()) hint = suggestion(name, known);
    throw InputError(
        reference.place(),
        (kind == "assumption" ? "there is no assumption '" : "there is no fitted parameter '") +
            name + "'",
        hint);
}

}  // namespace

Value central_fitted(const Value& entry) {
    if (const Value* best = entry.find("best")) {
        const Value* parameters = best->find("parameters");
        if (parameters == nullptr) return {};
        Value result = Value::map();
        result.put_as(*best);
        result.set(best->text_of("family"), *parameters);
        return result;
    }
    if (const Value* classes = entry.find("classes")) return chances_of(entry, *classes);
    const Value* value = entry.find("value");
    return value == nullptr ? Value{} : *value;
}

CentralResolver::CentralResolver(const Value& scenario, const std::vector<Value>& parameter_files)
    : assumptions_(scenario.find("assumptions")) {
    for (const Value& file : parameter_files)
        if (const Value* section = file.find("parameters"))
            for (const Value::Entry& entry : section->entries())
                fitted_.insert_or_assign(entry.key, central_fitted(entry.value));
}

const Value* CentralResolver::assumption(std::string_view name) const {
    const Value* entry = assumptions_ == nullptr ? nullptr : assumptions_->find(name);
    return entry == nullptr ? nullptr : entry->find("value");
}

const Value* CentralResolver::fitted(std::string_view name) const {
    const auto found = fitted_.find(name);
    return found == fitted_.end() || found->second.is_null() ? nullptr : &found->second;
}

std::vector<std::string> CentralResolver::assumption_names() const {
    return assumptions_ == nullptr ? std::vector<std::string>{} : assumptions_->keys();
}

std::vector<std::string> CentralResolver::fitted_names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : fitted_) names.push_back(name);
    return names;
}

bool is_reference(const Value& value) {
    return value.is_map() && (value.has("assumption") || value.has("fitted"));
}

namespace {
std::string shape_of_reference(const std::string& kind) {
    return "a reference is {" + kind + ": name} or {" + kind + ": name, times: factor}";
}
}  // namespace

Value resolve(const Value& value, const Resolver& resolver) {
    if (!is_reference(value)) return value;
    const bool assumed = value.has("assumption");
    const std::string kind = assumed ? "assumption" : "fitted";
    for (const Value::Entry& entry : value.entries()) {
        if (entry.key == kind || entry.key == "times") continue;
        throw InputError(value.place_of_key(entry.key), "unknown key '" + entry.key + "'",
                         shape_of_reference(kind));
    }
    if (!value.find(kind)->is_scalar())
        throw InputError(value.place(), "'" + kind + "' needs a name",
                         "as in {" + kind + ": name}");
    const std::string& name = value.find(kind)->text();
    const Value* found = assumed ? resolver.assumption(name) : resolver.fitted(name);
    if (found == nullptr)
        unknown(value, kind, name, assumed ? resolver.assumption_names() : resolver.fitted_names());
    // A chain of references would hide what a figure rests on; one step is all there is.
    if (is_reference(*found))
        throw InputError(value.place(), kind + " '" + name + "' is itself a reference",
                         "write its value");
    Value result = *found;
    if (const Value* times = value.find("times")) {
        const std::optional<double> factor = parse_number(times->text());
        if (!factor)
            throw InputError(times->place(), "'" + times->text() + "' is not a factor",
                             "a number such as 0.8");
        result = scaled(result, *factor);
    }
    result.put_as(value);
    return result;
}

Value scaled(const Value& value, double factor) {
    const bool distribution =
        value.is_map() && !value.entries().empty() &&
        std::all_of(value.entries().begin(), value.entries().end(), [](const Value::Entry& entry) {
            static constexpr std::array known{
                "deterministic", "exponential", "weibull",   "lognormal",
                "gamma",         "erlang",      "uniform",   "hyperexponential",
                "hyperexp2",     "empirical",   "piecewise", "shift"};
            return std::find(known.begin(), known.end(), entry.key) != known.end();
        });
    if (!value.is_scalar() && !is_reference(value) && !distribution)
        throw InputError(value.place(), "only quantities, numbers and distributions can be scaled",
                         "use `set`");
    if (distribution && !(factor > 0))
        throw InputError(value.place(), "a distribution is scaled by a factor above 0",
                         "as in 0.8");
    return scaled_inside(value, factor);
}

}  // namespace foretwin::loader
