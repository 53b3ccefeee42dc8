#include "scenarios/loader/tree_builder.hpp"

#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::loader {

TreeBuilder::TreeBuilder(const std::string& file, const Limits& limits, Problems& problems)
    : file_(std::make_shared<const std::string>(file)), limits_(limits), problems_(&problems) {}

void TreeBuilder::complain(int line, int column, std::string what, std::string hint) {
    problems_->push_back({Place{*file_, line, column}, std::move(what), std::move(hint)});
}

bool TreeBuilder::wants_key() const {
    return !open_.empty() && open_.back().value.is_map() && !open_.back().has_key;
}

void TreeBuilder::key(const std::string& name, int line, int column) {
    FORETWIN_RULE(wants_key(), "a key stands only before a value of a map");
    count(line, column);
    Frame& frame = open_.back();
    frame.key = name;
    frame.key_line = line;
    frame.key_column = column;
    frame.has_key = true;
    if (!frame.seen.insert(name).second)
        complain(line, column, "key '" + name + "' is given twice",
                 "it stands at line " + std::to_string(frame.value.place_of_key(name).line) +
                     " already: keep one of the two");
}

void TreeBuilder::count(int line, int column) {
    if (++nodes_ <= limits_.nodes) return;
    complain(line, column, "more than " + std::to_string(limits_.nodes) + " values in one file",
             "let a fleet make devices that are alike");
    throw StopReading{};
}

void TreeBuilder::leaf(Value value, int line, int column) {
    count(line, column);
    value.put(file_, line, column);
    attach(std::move(value));
}

void TreeBuilder::open(Value::Kind kind, int line, int column) {
    count(line, column);
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) {
        complain(line, column, "nested deeper than " + std::to_string(limits_.depth) + " levels",
                 "no scenario needs that many brackets");
        throw StopReading{};
    }
    Frame frame;
    frame.value = kind == Value::Kind::map ? Value::map() : Value::list();
    frame.value.put(file_, line, column);
    open_.push_back(std::move(frame));
}

void TreeBuilder::close() {
    FORETWIN_RULE(!open_.empty(), "only what was opened is closed");
    Value value = std::move(open_.back().value);
    open_.pop_back();
    attach(std::move(value));
}

void TreeBuilder::attach(Value value) {
    if (open_.empty()) {
        root_ = std::move(value);
        return;
    }
    Frame& frame = open_.back();
    if (!frame.value.is_map()) {
        frame.value.items().push_back(std::move(value));
        return;
    }
    // Of two values with one key the first stays; the second was reported with its key.
    const bool second = frame.seen.count(frame.key) > 0 && frame.value.has(frame.key);
    if (!second)
        frame.value.entries().push_back(
            {frame.key, std::move(value), frame.key_line, frame.key_column});
    frame.has_key = false;
}

}  // namespace foretwin::loader
