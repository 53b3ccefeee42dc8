#pragma once

#include <filesystem>

#include "scenarios/loader/value.hpp"

namespace foretwin::loader {

/// Replaces every `like: Sibling` below `devices` by the sibling's keys. Own keys win as a whole:
/// a `power:` of its own replaces the sibling's `power`, it is not merged into it; `key: null` is
/// an error, not a removal. Chains are followed; a cycle and an unknown sibling are problems.
void expand_like(Value& tree, Problems& problems);

/// Replaces the section `fleets` by one device per row of its table:
///
///   Park: {for_each: {file: machines.csv}, name: "Machine {machineID}", device: {type: machine}}
///
/// The header row of the CSV gives the placeholders, which are replaced in every key and scalar of
/// the template. `for_each: {count: 12}` gives {number} 1 to 12 instead. Files are relative to
/// `folder`. Every device gets the key `fleet: Park`. Missing columns and empty or NaN cells that
/// a placeholder asks for, repeated names, unknown placeholders are problems at file:line.
void expand_fleets(Value& tree, const std::filesystem::path& folder, Problems& problems);

/// Replaces `flow: [A, B, C]` at the top by `next: B` of A and `next: C` of B. A device that has
/// `next` already is a problem.
void expand_flow(Value& tree, Problems& problems);

/// A table of texts with a header row (RFC 4180 quotes, comma or semicolon).
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::vector<int> lines;  ///< line of each row in the file
};
Table read_table(const std::filesystem::path& path, const Place& asked_from, Problems& problems);

}  // namespace foretwin::loader
