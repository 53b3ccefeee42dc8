#include "scenarios/loader/value.hpp"

#include <algorithm>
#include <fstream>
#include <tuple>

#include "engine/core/rule.hpp"

namespace foretwin::loader {

Value Value::boolean(bool value) {
    Value result;
    result.kind_ = Kind::boolean;
    result.text_ = value ? "true" : "false";
    return result;
}

Value Value::scalar(std::string text, bool quoted) {
    Value result;
    result.kind_ = Kind::scalar;
    result.text_ = std::move(text);
    result.quoted_ = quoted;
    return result;
}

Value Value::list() {
    Value result;
    result.kind_ = Kind::list;
    return result;
}

Value Value::map() {
    Value result;
    result.kind_ = Kind::map;
    return result;
}

const Value* Value::find(std::string_view key) const {
    for (const Entry& entry : entries_)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

Value* Value::find(std::string_view key) {
    return const_cast<Value*>(static_cast<const Value*>(this)->find(key));
}

Value& Value::set(std::string_view key, Value value) {
    FORETWIN_RULE(kind_ == Kind::map, "only maps have named values");
    for (Entry& entry : entries_)
        if (entry.key == key) return entry.value = std::move(value);
    const int line = value.line_;
    const int column = value.column_;
    entries_.push_back(Entry{std::string(key), std::move(value), line, column});
    return entries_.back().value;
}

bool Value::erase(std::string_view key) {
    return std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; }) > 0;
}

std::vector<std::string> Value::keys() const {
    std::vector<std::string> result;
    result.reserve(entries_.size());
    for (const Entry& entry : entries_) result.push_back(entry.key);
    return result;
}

std::string Value::text_of(std::string_view key, std::string_view otherwise) const {
    const Value* value = find(key);
    return value != nullptr && value->is_scalar() ? value->text_ : std::string(otherwise);
}

Place Value::place() const {
    return {file_ ? *file_ : std::string(), line_, column_};
}

Place Value::place_of_key(std::string_view key) const {
    for (const Entry& entry : entries_)
        if (entry.key == key) {
            // Keys that an expansion wrote have no place of their own: the value's will do.
            Place place = entry.value.place();
            if (entry.line > 0) place.line = entry.line, place.column = entry.column;
            return place;
        }
    return place();
}

void Value::put(std::shared_ptr<const std::string> file, int line, int column) {
    file_ = std::move(file);
    line_ = line;
    column_ = column;
}

void Value::put_as(const Value& other) {
    file_ = other.file_;
    line_ = other.line_;
    column_ = other.column_;
}

std::size_t Value::size() const {
    std::size_t nodes = 1;
    for (const Value& item : items_) nodes += item.size();
    for (const Entry& entry : entries_) nodes += entry.value.size();
    return nodes;
}

bool operator==(const Value& a, const Value& b) {
    if (a.kind_ != b.kind_ || a.text_ != b.text_ || a.quoted_ != b.quoted_) return false;
    if (a.items_ != b.items_ || a.entries_.size() != b.entries_.size()) return false;
    for (std::size_t i = 0; i < a.entries_.size(); ++i)
        if (a.entries_[i].key != b.entries_[i].key || !(a.entries_[i].value == b.entries_[i].value))
            return false;
    return true;
}

std::string read_bytes(const std::filesystem::path& path, Problems& problems,
                       const Place& asked_from, std::size_t bytes_at_most) {
    const std::string shown = path.string();
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    const auto refuse = [&](const std::string& what, const std::string& hint) {
        problems.push_back({asked_from, what, hint});
        return std::string();
    };
    if (error || !std::filesystem::exists(status))
        return refuse("there is no file '" + shown + "'",
                      "paths are relative to the scenario's folder");
    if (std::filesystem::is_directory(status))
        return refuse("'" + shown + "' is a folder", "name a file in it");
    // Who opens a pipe waits for its writer, perhaps for ever.
    if (!std::filesystem::is_regular_file(status))
        return refuse("'" + shown + "' is no file but a pipe or a device",
                      "save its content to a file first");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return refuse("file '" + shown + "' cannot be opened", "check its permissions");
    std::string bytes;
    // Read in pieces instead of trusting a size: files below /proc have none.
    char piece[1 << 16];
    while (stream.read(piece, sizeof piece) || stream.gcount() > 0) {
        bytes.append(piece, static_cast<std::size_t>(stream.gcount()));
        if (bytes.size() > bytes_at_most)
            return refuse("file '" + shown + "' is larger than " +
                              std::to_string(bytes_at_most >> 20) + " MiB",
                          "is this the right file? let a fleet make devices that are alike");
    }
    return bytes;
}

Value read_file(const std::filesystem::path& path, Problems& problems, const Place& asked_from,
                const Limits& limits) {
    const std::size_t before = problems.size();
    const std::string text = read_bytes(path, problems, asked_from, limits.bytes);
    if (problems.size() > before) return {};
    if (path.extension() == ".json") return read_json(text, path.string(), problems, limits);
    return read_yaml(text, path.string(), problems, limits);
}

namespace {

/// A text of a mebibyte helps nobody find the mistake; its beginning does. Cut between characters.
void shorten(std::string& text) {
    constexpr std::size_t longest = 400;
    if (text.size() <= longest) return;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end) + "...";
}

}  // namespace

void throw_if_any(Problems problems) {
    if (problems.empty()) return;
    for (Problem& problem : problems) shorten(problem.what), shorten(problem.hint);
    const auto position = [](const Problem& problem) {
        return std::tie(problem.place.file, problem.place.line, problem.place.column);
    };
    std::stable_sort(problems.begin(), problems.end(),
                     [&](const Problem& a, const Problem& b) { return position(a) < position(b); });
    // A template of a fleet repeats its mistakes once per device: three show the pattern.
    constexpr int shown_per_place = 3;
    Problems kept;
    int here = 0;
    for (Problem& problem : problems) {
        const bool same_place =
            !kept.empty() && problem.place.line > 0 && position(kept.back()) == position(problem);
        here = same_place ? here + 1 : 1;
        const bool repeated = std::any_of(kept.begin(), kept.end(), [&](const Problem& other) {
            return position(other) == position(problem) && other.what == problem.what;
        });
        if (here <= shown_per_place && !repeated) kept.push_back(std::move(problem));
    }
    throw InputError(std::move(kept));
}

}  // namespace foretwin::loader
