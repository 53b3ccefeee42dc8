#include "scenarios/changes/changes.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/changes/tree_path.hpp"
#include "scenarios/loader/resolver.hpp"

namespace foretwin::changes {
namespace {

using loader::Problems;
using loader::Value;

enum class Verb { remove, set, scale, add };

/// One edit that a change asks for.
struct Edit {
    std::string change;
    Verb verb = Verb::set;
    std::string path;
    std::vector<std::string> steps;
    Value value;  ///< of set, add and scale (the factor)
    Place place;  ///< of the path in the file
};

const Value* find_change(const Value& tree, std::string_view name) {
    const Value* changes = tree.find("changes");
    return changes == nullptr ? nullptr : changes->find(name);
}

bool does_something_itself(const Value& change) {
    for (const char* key : {"set", "add", "scale", "remove", "invest", "running_cost"})
        if (change.has(key)) return true;
    return false;
}

void collect(const std::string& name, Verb verb, const Value* section, std::vector<Edit>& edits,
             Problems& problems) {
    if (section == nullptr) return;
    const auto add = [&](const std::string& path, const Value& value, const Place& place) {
        try {
            edits.push_back({name, verb, path, steps_of(path, place), value, place});
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    };
    if (verb == Verb::remove) {
        if (section->is_scalar()) add(section->text(), *section, section->place());
        for (const Value& item : section->items()) add(item.text(), item, item.place());
        return;
    }
    for (const Value::Entry& entry : section->entries())
        add(entry.key, entry.value, section->place_of_key(entry.key));
}

std::vector<Edit> edits_of(const Value& tree, const std::vector<std::string>& behind,
                           Problems& problems) {
    std::vector<Edit> edits;
    for (const std::string& name : behind) {
        const Value& change = *find_change(tree, name);
        collect(name, Verb::remove, change.find("remove"), edits, problems);
        collect(name, Verb::set, change.find("set"), edits, problems);
        collect(name, Verb::scale, change.find("scale"), edits, problems);
        collect(name, Verb::add, change.find("add"), edits, problems);
    }
    return edits;
}

bool is_above(const std::vector<std::string>& above, const std::vector<std::string>& below) {
    return above.size() <= below.size() && std::equal(above.begin(), above.end(), below.begin());
}

/// Why two edits of different changes cannot both hold; empty when they can.
std::string contradiction(const Edit& a, const Edit& b) {
    const bool same_path = a.steps == b.steps;
    const bool touch = is_above(a.steps, b.steps) || is_above(b.steps, a.steps);
    if (!touch) return "";
    if (a.verb == Verb::remove && b.verb == Verb::remove) return "";
    if (a.verb == Verb::remove || b.verb == Verb::remove) {
        // Replacing a thing is remove and add of the same path within one change.
        const Edit& removal = a.verb == Verb::remove ? a : b;
        const Edit& other = a.verb == Verb::remove ? b : a;
        return is_above(removal.steps, other.steps) ? "one removes what the other writes" : "";
    }
    if (a.verb == Verb::scale && b.verb == Verb::scale) return "";  // factors multiply
    if (same_path && a.verb == b.verb && a.value == b.value) return "";
    if (same_path) return "they write it differently";
    const Edit& upper = a.steps.size() < b.steps.size() ? a : b;
    if (upper.verb == Verb::scale) return "";
    return "one replaces the whole that the other writes into";
}

void refuse_contradictions(const std::vector<Edit>& edits, Problems& problems) {
    for (std::size_t i = 0; i < edits.size(); ++i)
        for (std::size_t j = i + 1; j < edits.size(); ++j) {
            if (edits[i].change == edits[j].change) continue;
            const std::string why = contradiction(edits[i], edits[j]);
            if (!why.empty())
                problems.push_back({edits[j].place,
                                    "changes '" + edits[i].change + "' and '" + edits[j].change +
                                        "' contradict each other at '" + edits[j].path +
                                        "': " + why,
                                    "do not combine the two, or let one of them leave '" +
                                        edits[j].path + "' alone"});
        }
}

/// Makes the maps on the way to the last step, where the tree has none yet.
Value* parent_of(Value& tree, const std::vector<std::string>& steps, const Value& like_place,
                 bool make) {
    Value* at = &tree;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        const std::vector<std::string> one{steps[i]};
        Value* below = find(*at, one);
        if (below == nullptr) {
            if (!make || !at->is_map()) return nullptr;
            Value map = Value::map();
            map.put_as(like_place);
            below = &at->set(steps[i], std::move(map));
        }
        at = below;
    }
    return at->is_map() ? at : nullptr;
}

void write(Value& parent, const Edit& edit) {
    parent.erase(edit.steps.back());
    parent.entries().push_back({edit.steps.back(), edit.value, edit.place.line, edit.place.column});
}

void do_remove(Value& tree, const Edit& edit, Problems& problems) {
    if (find(tree, edit.steps) == nullptr) {
        problems.push_back(dead_end(tree, edit.steps, edit.place));
        return;
    }
    Value* parent = parent_of(tree, edit.steps, edit.value, false);
    if (parent != nullptr)
        parent->erase(edit.steps.back());
    else
        problems.push_back({edit.place, "elements of lists cannot be removed", "set the list"});
}

void do_set(Value& tree, const schema::Schema& schema, const Edit& edit, Problems& problems) {
    if (Value* present = find(tree, edit.steps)) {
        *present = edit.value;
        return;
    }
    Value* parent = schema_knows(tree, schema, edit.steps)
                        ? parent_of(tree, edit.steps, edit.value, true)
                        : nullptr;
    if (parent != nullptr)
        write(*parent, edit);
    else
        problems.push_back(dead_end(tree, edit.steps, edit.place));
}

void do_scale(Value& tree, const Edit& edit, Problems& problems) {
    Value* present = find(tree, edit.steps);
    if (present == nullptr) {
        problems.push_back(dead_end(tree, edit.steps, edit.place));
        return;
    }
    const Parsed<Quantity> number = parse_quantity(edit.value.text());
    if (!edit.value.is_scalar() || !number || !(number->dimension == Dimension{})) {
        problems.push_back({edit.value.place(), "'" + edit.value.text() + "' is not a factor",
                            "a number such as 0.8, or 80 %"});
        return;
    }
    try {
        *present = loader::scaled(*present, number->value);
    } catch (const InputError& error) {
        problems.push_back({edit.place,
                            "cannot scale '" + edit.path + "': " + error.problems().front().what,
                            error.problems().front().hint});
    }
}

void do_add(Value& tree, const Edit& edit, Problems& problems) {
    if (find(tree, edit.steps) != nullptr) {
        problems.push_back({edit.place, "'" + edit.path + "' is there already", "use `set`"});
        return;
    }
    // The device (or section) itself must exist; maps between may be new.
    const std::size_t anchor_size = std::min<std::size_t>(edit.steps.size() - 1, 2);
    const std::vector<std::string> anchor(edit.steps.begin(),
                                          edit.steps.begin() + static_cast<long>(anchor_size));
    if (anchor_size > 1 && find(tree, anchor) == nullptr) {
        problems.push_back(dead_end(tree, anchor, edit.place));
        return;
    }
    Value* parent = parent_of(tree, edit.steps, edit.value, true);
    if (parent != nullptr)
        write(*parent, edit);
    else
        problems.push_back({edit.place, "nothing can be added inside '" + edit.path + "'",
                            "add to a map, such as a device or its `failures`"});
}

/// `asked_from` is where the name was written; nullptr: outside the file.
void resolve_one(const Value& tree, const std::string& name, const Value* asked_from,
                 std::vector<std::string>& open, std::vector<std::string>& result,
                 Problems& problems) {
    const Value* change = find_change(tree, name);
    const Value* changes = tree.find("changes");
    if (change == nullptr) {
        const Value& near = asked_from != nullptr ? *asked_from
                            : changes != nullptr  ? *changes
                                                  : tree;
        problems.push_back({near.place(), "there is no change '" + name + "'",
                            changes == nullptr ? "the scenario has no section `changes`"
                                               : suggestion(name, changes->keys())});
        return;
    }
    if (std::find(open.begin(), open.end(), name) != open.end()) {
        problems.push_back({asked_from->place(), "change '" + name + "' combines itself",
                            "leave it out of its own `combine`"});
        return;
    }
    const auto add = [&](const std::string& one) {
        if (std::find(result.begin(), result.end(), one) == result.end()) result.push_back(one);
    };
    const Value* combined = change->find("combine");
    if (combined == nullptr) return add(name);
    open.push_back(name);
    if (combined->is_scalar())
        resolve_one(tree, combined->text(), combined, open, result, problems);
    for (const Value& part : combined->items())
        resolve_one(tree, part.text(), &part, open, result, problems);
    open.pop_back();
    if (does_something_itself(*change)) add(name);
}

}  // namespace

std::vector<std::string> names(const Value& tree) {
    const Value* changes = tree.find("changes");
    return changes == nullptr ? std::vector<std::string>{} : changes->keys();
}

std::vector<std::string> resolved(const Value& tree, const std::vector<std::string>& wanted,
                                  Problems& problems) {
    std::vector<std::string> result;
    std::vector<std::string> open;
    for (const std::string& name : wanted) resolve_one(tree, name, nullptr, open, result, problems);
    return result;
}

Value apply(const Value& tree, const std::vector<std::string>& wanted, const schema::Schema& schema,
            Problems& problems) {
    const std::vector<std::string> behind = resolved(tree, wanted, problems);
    const std::vector<Edit> edits = edits_of(tree, behind, problems);
    const std::size_t before = problems.size();
    refuse_contradictions(edits, problems);
    Value result = tree;
    if (problems.size() > before) return result;
    // Two changes may ask for the very same edit; it is done once. Factors are the exception.
    const auto repeated = [&](const Edit& edit) {
        return edit.verb != Verb::scale &&
               std::any_of(edits.data(), &edit, [&](const Edit& earlier) {
                   return earlier.verb == edit.verb && earlier.steps == edit.steps &&
                          (edit.verb == Verb::remove || earlier.value == edit.value);
               });
    };
    // By verb over all changes, so that the order of the changes cannot matter.
    for (const Verb verb : {Verb::remove, Verb::set, Verb::scale, Verb::add})
        for (const Edit& edit : edits) {
            if (edit.verb != verb || repeated(edit)) continue;
            if (verb == Verb::remove) do_remove(result, edit, problems);
            if (verb == Verb::set) do_set(result, schema, edit, problems);
            if (verb == Verb::scale) do_scale(result, edit, problems);
            if (verb == Verb::add) do_add(result, edit, problems);
        }
    return result;
}

std::vector<Costs> costs(const Value& tree, const std::vector<std::string>& wanted) {
    Problems problems;
    std::vector<Costs> result;
    for (const std::string& name : resolved(tree, wanted, problems)) {
        const Value& change = *find_change(tree, name);
        result.push_back(
            {name, change.find("invest"), change.find("running_cost"), change.find("life")});
    }
    loader::throw_if_any(std::move(problems));
    return result;
}

}  // namespace foretwin::changes
