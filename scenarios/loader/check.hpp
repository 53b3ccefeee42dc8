#pragma once

#include <filesystem>

#include "scenarios/loader/resolver.hpp"
#include "scenarios/loader/value.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::loader {

/// Compares an expanded tree with the schema and appends everything that is wrong: unknown and
/// missing keys, kinds, units, ranges, choices, names, shares that do not sum to 1, devices and
/// calendars that do not exist or have the wrong type, unknown assumptions and fitted parameters,
/// files that are missing, absurd sizes. `folder` is where relative files are looked for.
void check(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
           const std::filesystem::path& folder, Problems& problems);

/// On a tree that check() passed: stations from which no part can ever leave, and crews or other
/// devices whose calendar never opens during the run.
void check_flow(const Value& tree, const schema::Schema& schema, Problems& problems);
void check_calendars(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
                     Problems& problems);

/// Warnings, not errors, on a tree that the checks above passed: loops of stations and buffers with
/// finite places, in which parts may wait for one another for ever (deadlock). Told at the `next`
/// that closes the loop; not told when conwip sources keep fewer parts than the loop has places.
/// Empty: no run of this plant can ever lock.
Problems loop_warnings(const Value& tree);
/// Devices that a part can reach in one step with positive probability, from a value of `next`.
std::vector<std::string> successors(const Value& next);

/// Why a text is no name (1 to 64 printable characters without / . : , # quotes, brackets or edge
/// spaces); empty when it is one.
std::string name_problem(std::string_view name);

/// The scenario's currency, "EUR" when it gives none.
std::string currency_of(const Value& tree);

}  // namespace foretwin::loader
