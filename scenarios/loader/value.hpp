#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"

namespace foretwin::loader {

using Problems = std::vector<Problem>;

/// Refuses what no honest scenario needs, before memory is spent on it.
struct Limits {
    std::size_t bytes = std::size_t{16} << 20;
    int depth = 64;
    std::size_t nodes = 2'000'000;
};

/// A node of a scenario tree: nothing, true/false, a scalar (its original text), a list, or an
/// ordered map of named values. Knows where in which file it stands. Copies are deep.
class Value {
  public:
    enum class Kind { null, boolean, scalar, list, map };
    struct Entry;  ///< {std::string key; Value value; Position key_position}

    Value() = default;
    static Value boolean(bool value);
    static Value scalar(std::string text, bool quoted = false);
    static Value list();
    static Value map();

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_boolean() const { return kind_ == Kind::boolean; }
    bool is_scalar() const { return kind_ == Kind::scalar; }
    bool is_list() const { return kind_ == Kind::list; }
    bool is_map() const { return kind_ == Kind::map; }

    /// Original text of a scalar; "true" or "false" of a boolean; empty for the others.
    const std::string& text() const { return text_; }
    void set_text(std::string text) { text_ = std::move(text); }
    bool quoted() const { return quoted_; }  ///< written in quotes: a text, never a number
    bool is_true() const { return kind_ == Kind::boolean && text_ == "true"; }

    /// Elements of a list; empty for every other kind.
    const std::vector<Value>& items() const { return items_; }
    std::vector<Value>& items() { return items_; }

    /// Named values of a map in file order; empty for every other kind.
    const std::vector<Entry>& entries() const { return entries_; }
    std::vector<Entry>& entries() { return entries_; }

    /// The value of that name, or nullptr when there is none or this is no map.
    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    bool has(std::string_view key) const { return find(key) != nullptr; }
    /// Replaces the value of that name, or appends it. Only for maps.
    Value& set(std::string_view key, Value value);
    bool erase(std::string_view key);
    std::vector<std::string> keys() const;
    /// The text of a scalar below `key`, or `otherwise`.
    std::string text_of(std::string_view key, std::string_view otherwise = "") const;

    Place place() const;
    /// Where the key of that name stands; the place of the map when there is no such key.
    Place place_of_key(std::string_view key) const;
    void put(std::shared_ptr<const std::string> file, int line, int column);
    void put_as(const Value& other);  ///< takes over the place of another value

    /// Nodes below and including this one.
    std::size_t size() const;
    /// Same kind, texts, keys and order; places do not count.
    friend bool operator==(const Value& a, const Value& b);

  private:
    Kind kind_ = Kind::null;
    bool quoted_ = false;
    int line_ = 0;
    int column_ = 0;
    std::shared_ptr<const std::string> file_;
    std::string text_;
    std::vector<Value> items_;
    std::vector<Entry> entries_;
};

struct Value::Entry {
    std::string key;
    Value value;
    int line = 0;  ///< of the key
    int column = 0;
};

/// Reads YAML text strictly: duplicate keys, tabs, anchors, aliases, tags, several documents,
/// `.inf`, `.nan`, `012`, `0x1f`, bare yes/no/on/off, keys that YAML 1.1 reads as true or false,
/// unquoted clock times, and whatever passes `limits` are problems. `file` names it in places.
Value read_yaml(const std::string& text, const std::string& file, Problems& problems,
                const Limits& limits = {});

/// Reads JSON text as the same tree, as strictly.
Value read_json(const std::string& text, const std::string& file, Problems& problems,
                const Limits& limits = {});

/// Reads a file by its ending: `.json` as JSON, everything else as YAML. A file that is missing, a
/// folder, or too large is a problem at `asked_from` (the place that named it).
Value read_file(const std::filesystem::path& path, Problems& problems, const Place& asked_from = {},
                const Limits& limits = {});

/// The bytes of a file, or nothing and a problem at `asked_from`.
std::string read_bytes(const std::filesystem::path& path, Problems& problems,
                       const Place& asked_from, std::size_t bytes_at_most);

/// The same tree as JSON: unquoted numbers become numbers, other scalars strings.
nlohmann::ordered_json to_json(const Value& value);

/// The same tree as YAML that read_yaml() reads back to an equal tree.
std::string to_yaml(const Value& value);

/// Throws InputError with all problems, unless there are none. Sorts by file, line, column and
/// leaves out repetitions; of many problems at one place the first three stay.
void throw_if_any(Problems problems);

}  // namespace foretwin::loader
