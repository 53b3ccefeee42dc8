#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/core/quantity.hpp"
#include "scenarios/loader/tree_builder.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::loader {
namespace {

/// Where the JSON lexer has read up to. The library reports no positions with its events, so its
/// input iterator counts; a token's position is where it ends.
struct Position {
    int line = 1;
    int column = 0;
    int line_before = 1;  ///< one character ago: the end of a number shows only behind it
    int column_before = 0;
};

class CountingIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, Position* position) : at_(at), position_(position) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        position_->line_before = position_->line;
        position_->column_before = position_->column;
        if (*at_ == '\n') ++position_->line, position_->column = 0;
        // Continuation bytes of UTF-8 are no columns of their own.
        else if ((static_cast<unsigned char>(*at_) & 0xc0) != 0x80)
            ++position_->column;
        ++at_;
        return *this;
    }
    CountingIterator operator++(int) {
        const CountingIterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
        return a.at_ == b.at_;
    }
    friend bool operator!=(const CountingIterator& a, const CountingIterator& b) {
        return !(a == b);
    }

  private:
    const char* at_;
    Position* position_;
};

/// Receives the events of the JSON parser; returning false stops it.
class Handler {
  public:
    Handler(TreeBuilder& builder, const Position& position)
        : builder_(builder), position_(position) {}

    bool null() { return leaf(Value{}); }
    bool boolean(bool value) { return leaf(Value::boolean(value)); }
    bool number_integer(std::int64_t value) { return number(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) { return number(std::to_string(value)); }
    bool number_float(double, const std::string& text) { return number(text); }
    bool string(std::string& text) { return leaf(Value::scalar(text, true)); }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(Value::Kind::map); }
    bool start_array(std::size_t) { return open(Value::Kind::list); }
    bool end_object() { return builder_.close(), true; }
    bool end_array() { return builder_.close(), true; }
    bool key(std::string& name) {
        builder_.key(name, position_.line, column_before(name.size() + 2));
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
        std::string what = error.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 5: " is for developers.
        const std::size_t colon = what.find(": ");
        if (colon != std::string::npos) what = what.substr(colon + 2);
        builder_.complain(position_.line, std::max(position_.column, 1), "not JSON: " + what,
                          "mend the text just before this place");
        return false;
    }

  private:
    int column_before(std::size_t length) const {
        const int column = position_.column - static_cast<int>(length) + 1;
        return column > 1 ? column : 1;
    }
    bool number(const std::string& text) {
        const int column = position_.column_before - static_cast<int>(text.size()) + 1;
        builder_.leaf(Value::scalar(text), position_.line_before, column > 1 ? column : 1);
        return true;
    }
    bool leaf(Value value) {
        const std::size_t length = value.text().size() + (value.quoted() ? 2 : 0);
        builder_.leaf(std::move(value), position_.line, column_before(length));
        return true;
    }
    bool open(Value::Kind kind) {
        builder_.open(kind, position_.line, column_before(1));
        return true;
    }

    TreeBuilder& builder_;
    const Position& position_;
};

}  // namespace

Value read_json(const std::string& text, const std::string& file, Problems& problems,
                const Limits& limits) {
    TreeBuilder builder(file, limits, problems);
    if (text.size() > limits.bytes) {
        builder.complain(1, 1, "larger than " + std::to_string(limits.bytes >> 20) + " MiB",
                         "let a fleet make devices that are alike");
        return {};
    }
    Position position;
    Handler handler(builder, position);
    try {
        const bool whole = nlohmann::json::sax_parse(
            CountingIterator(text.data(), &position),
            CountingIterator(text.data() + text.size(), &position), &handler);
        return whole ? builder.take() : Value{};
    } catch (const StopReading&) {
        return {};
    }
}

nlohmann::ordered_json to_json(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::null:
            return nullptr;
        case Value::Kind::boolean:
            return value.is_true();
        case Value::Kind::scalar: {
            const std::optional<double> number =
                value.quoted() ? std::nullopt : parse_number(value.text());
            if (!number) return value.text();
            // Whole numbers stay whole, so that counts read back as they were written.
            constexpr double exact = 9007199254740992.0;
            const bool whole = value.text().find_first_of(".eE") == std::string::npos;
            if (whole && *number <= exact && *number >= -exact)
                return static_cast<std::int64_t>(*number);
            return *number;
        }
        case Value::Kind::list: {
            auto list = nlohmann::ordered_json::array();
            for (const Value& item : value.items()) list.push_back(to_json(item));
            return list;
        }
        case Value::Kind::map: {
            auto map = nlohmann::ordered_json::object();
            for (const Value::Entry& entry : value.entries())
                map.push_back({entry.key, to_json(entry.value)});
            return map;
        }
    }
    return nullptr;
}

namespace {

/// Whether a block-style plain scalar of this text would be read back as something else.
bool needs_quotes(const std::string& text) {
    if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':')
        return true;
    if (std::string_view(":#{}[],&*!|>'\"%@`-?").find(text.front()) != std::string_view::npos &&
        !parse_number(split_number(text).number))
        return true;
    if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return true;
    if (text.find_first_of("\n\t\r\\") != std::string::npos) return true;
    return text == "~" || text == "null" || text == "Null" || text == "NULL" || text == "true" ||
           text == "false";
}

std::string yaml_scalar(const std::string& text, bool quoted) {
    // JSON strings are YAML double-quoted scalars.
    return quoted || needs_quotes(text) ? nlohmann::json(text).dump() : text;
}

/// Keys follow the rules of values, and those that readers take for truth values or marks are
/// quoted whatever their case is.
std::string yaml_key(const std::string& key) {
    std::string small = key;
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    bool quoted = small.starts_with("...") || small == "<<";
    for (const char* word : {"on", "off", "yes", "no", "y", "n", "true", "false"})
        quoted = quoted || small == word;
    return yaml_scalar(key, quoted);
}

std::string yaml_leaf(const Value& value) {
    if (value.is_null()) return "null";
    return value.is_boolean() ? value.text() : yaml_scalar(value.text(), value.quoted());
}

void write_yaml(const Value& value, int indent, std::string& out) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    const auto write_child = [&](const Value& child) {
        const bool empty = child.items().empty() && child.entries().empty();
        if (child.is_map() && empty)
            out += " {}\n";
        else if (child.is_list() && empty)
            out += " []\n";
        else if (child.is_map() || child.is_list())
            out += "\n", write_yaml(child, indent + 2, out);
        else
            out += " " + yaml_leaf(child) + "\n";
    };
    for (const Value::Entry& entry : value.entries()) {
        out += margin + yaml_key(entry.key) + ":";
        write_child(entry.value);
    }
    for (const Value& item : value.items()) {
        out += margin + "-";
        write_child(item);
    }
}

}  // namespace

std::string to_yaml(const Value& value) {
    std::string out;
    if (value.is_map() && value.entries().empty()) return "{}\n";
    if (value.is_list() && value.items().empty()) return "[]\n";
    if (value.is_map() || value.is_list())
        write_yaml(value, 0, out);
    else
        out = yaml_leaf(value) + "\n";
    return out;
}

}  // namespace foretwin::loader
