#pragma once

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

/// The central values: of an assumption its `value`; of a fitted parameter the `value` below its
/// name in the section `parameters` of a parameter file:
///
///   foretwin_parameters: 1
///   parameters:
///     life comp1 model3: {value: {weibull: {shape: 2.9, scale: 74 days, shift: 40 days}}, ...}
///
/// Whatever else stands beside `value` (uncertainty, records) is the calibration's business.
class CentralResolver final : public Resolver {
  public:
    /// Both must outlive the resolver. Of two parameter files with one name the later wins.
    CentralResolver(const Value& scenario, const std::vector<Value>& parameter_files);
    const Value* assumption(std::string_view name) const override;
    const Value* fitted(std::string_view name) const override;
    std::vector<std::string> assumption_names() const override;
    std::vector<std::string> fitted_names() const override;

  private:
    const Value* assumptions_;
    std::vector<const Value*> parameters_;
};

/// {assumption: name}, {fitted: name}, both optionally with `times: factor`.
bool is_reference(const Value& value);

/// The plain value: the value itself, or what the reference stands for (times its factor).
/// Throws InputError at the reference when the name is unknown, with a suggestion.
Value resolve(const Value& value, const Resolver& resolver);

/// A quantity, number, fraction or distribution times a factor. Of a distribution the times are
/// multiplied, rates divided, shapes and probabilities kept; of a reference `times` is set.
/// Throws InputError when the value is none of these.
Value scaled(const Value& value, double factor);

}  // namespace foretwin::loader
