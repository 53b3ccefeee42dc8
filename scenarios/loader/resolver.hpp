#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader/value.hpp"

namespace foretwin::loader {

/// Turns the references {assumption: name} and {fitted: name} into plain values. One resolver
/// stands for one draw of the uncertain parameters; the values it returns live as long as it does.
class Resolver {
  public:
    virtual ~Resolver() = default;
    /// The value (a quantity, number or distribution as written in a scenario), or nullptr.
    virtual const Value* assumption(std::string_view name) const = 0;
    virtual const Value* fitted(std::string_view name) const = 0;
    /// All names, for suggestions.
    virtual std::vector<std::string> assumption_names() const = 0;
    virtual std::vector<std::string> fitted_names() const = 0;
};

/// What an entry of a fitted-parameter file says without its uncertainty, as a scenario would write
/// it: of kind `distribution` the best family {weibull: {...}}, of `chance_by_age` the shares
/// {chances: [{from, chance}]}, of every other kind its `value`. Null when it says nothing.
///
///   foretwin_parameters: 1
///   parameters:
///     life comp1 model3: {kind: distribution, best: {family: weibull, parameters: {...}}}
///     visit chance comp1 model3: {kind: chance_by_age, classes: [{from, to, replaced, visits}]}
///     age 17 comp1: {kind: value, value: 12.5 days}
Value central_fitted(const Value& entry);

/// The central values: of an assumption its `value`, of a fitted parameter central_fitted().
class CentralResolver final : public Resolver {
  public:
    /// The scenario must outlive the resolver. Of two parameter files with one name the later wins.
    CentralResolver(const Value& scenario, const std::vector<Value>& parameter_files);
    const Value* assumption(std::string_view name) const override;
    const Value* fitted(std::string_view name) const override;
    std::vector<std::string> assumption_names() const override;
    std::vector<std::string> fitted_names() const override;

  private:
    const Value* assumptions_;
    std::map<std::string, Value, std::less<>> fitted_;
};

/// {assumption: name}, {fitted: name}, both optionally with `times: factor`.
bool is_reference(const Value& value);

/// The plain value: the value itself, or what the reference stands for (times its factor).
/// Throws InputError at the reference when the name is unknown, with a suggestion.
Value resolve(const Value& value, const Resolver& resolver);

/// What a value stands for, without a copy where it is plain already; lives as long as both.
class Resolved {
  public:
    Resolved(const Value& given, const Resolver& resolver) : plain_(&given) {
        if (!is_reference(given)) return;
        own_ = resolve(given, resolver);
        plain_ = &own_;
    }
    Resolved(const Resolved&) = delete;
    Resolved& operator=(const Resolved&) = delete;
    const Value& operator*() const { return *plain_; }

  private:
    const Value* plain_;
    Value own_;
};

/// A quantity, number, fraction or distribution times a factor. Of a distribution the times are
/// multiplied, rates divided, shapes and probabilities kept; of a reference `times` is set.
/// Throws InputError when the value is none of these.
Value scaled(const Value& value, double factor);

}  // namespace foretwin::loader
