#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "scenarios/loader/tree_builder.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::loader {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// "6:00", "06:00-22:00": digits, colon, two digits at the start, and nothing but clock signs.
bool looks_like_clock(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon > 2 || text.find_first_not_of("0123456789:-, ") != std::string::npos)
        return false;
    return is_digit(text[0]);
}

struct Complaint {
    std::string what;
    std::string hint;
};

/// What YAML readers understand differently, or nobody means, in a scalar without quotes.
Complaint plain_complaint(const std::string& text) {
    const std::string small = lower(text);
    if (small == "yes" || small == "no" || small == "on" || small == "off")
        return {"'" + text + "' is a truth value to some YAML readers and a text to others",
                "write true or false, or put a text in quotes"};
    const std::string unsigned_text =
        !small.empty() && (small[0] == '-' || small[0] == '+') ? small.substr(1) : small;
    if (unsigned_text == ".inf" || unsigned_text == ".nan" || unsigned_text == "nan" ||
        unsigned_text == "inf" || unsigned_text == "infinity")
        return {"'" + text + "' is not a finite number", "leave the key out, or write a number"};
    if (unsigned_text.size() > 1 && unsigned_text[0] == '0' &&
        unsigned_text.find_first_not_of("0123456789_xob") == std::string::npos &&
        unsigned_text.find('.') == std::string::npos)
        return {"'" + text + "' begins with a zero: octal to some YAML readers, decimal to others",
                "leave out the leading zero, or put a text in quotes"};
    if (unsigned_text.starts_with("0x"))
        return {"'" + text + "' is a hexadecimal number", "write it in decimal"};
    if (looks_like_clock(text))
        return {"clock time '" + text + "' without quotes is a number to some YAML readers",
                "write \"" + text + "\""};
    return {};
}

Complaint key_complaint(const std::string& key) {
    const std::string small = lower(key);
    if (key == "<<") return {"merge keys are not supported", "use `like: Sibling`"};
    for (const char* word : {"on", "off", "yes", "no", "y", "n", "true", "false"})
        if (small == word)
            return {"key '" + key + "' is a truth value to some YAML readers",
                    "choose another name"};
    return {};
}

class Handler final : public YAML::EventHandler {
  public:
    explicit Handler(TreeBuilder& builder) : builder_(builder) {}

    void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_decoration(mark, "", anchor);
        if (builder_.wants_key()) stop(mark, "a key is missing", "write a name before the colon");
        builder_.leaf(Value{}, mark.line + 1, mark.column + 1);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        complain(mark, "aliases (*name) are not supported", "use `like: Sibling`");
        if (builder_.wants_key()) throw StopReading{};
        builder_.leaf(Value{}, mark.line + 1, mark.column + 1);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        const bool quoted = tag == "!";
        refuse_decoration(mark, quoted ? "" : tag, anchor);
        const int line = mark.line + 1;
        const int column = mark.column + 1;
        const bool is_key = builder_.wants_key();
        const Complaint complaint = quoted   ? Complaint{}
                                    : is_key ? key_complaint(text)
                                             : plain_complaint(text);
        if (!complaint.what.empty()) complain(mark, complaint.what, complaint.hint);
        if (is_key) return builder_.key(text, line, column);
        const bool boolean = !quoted && (text == "true" || text == "false");
        builder_.leaf(boolean ? Value::boolean(text == "true") : Value::scalar(text, quoted), line,
                      column);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Value::Kind::list);
    }
    void OnSequenceEnd() override { builder_.close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Value::Kind::map);
    }
    void OnMapEnd() override { builder_.close(); }

    const YAML::Mark& start() const { return start_; }

  private:
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              Value::Kind kind) {
        refuse_decoration(mark, tag, anchor);
        if (builder_.wants_key())
            stop(mark, "a key must be a name, not a list or map",
                 "put a name with brackets in quotes");
        builder_.open(kind, mark.line + 1, mark.column + 1);
    }

    void refuse_decoration(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor)
            complain(mark, "anchors (&name) are not supported", "use `like: Sibling`");
        if (!tag.empty() && tag != "?" && tag != "!")
            complain(mark, "tag '" + tag + "' is not supported", "leave it out");
    }

    void complain(const YAML::Mark& mark, std::string what, std::string hint) {
        builder_.complain(mark.line + 1, mark.column + 1, std::move(what), std::move(hint));
    }

    [[noreturn]] void stop(const YAML::Mark& mark, std::string what, std::string hint) {
        complain(mark, std::move(what), std::move(hint));
        throw StopReading{};
    }

    TreeBuilder& builder_;
    YAML::Mark start_;
};

/// Bytes that a valid UTF-8 sequence starting here has; 0 when it is none (RFC 3629).
std::size_t utf8_length(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned first = byte(at);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                               : first >= 0xe0 && first < 0xf0 ? 3
                               : first >= 0xf0 && first < 0xf5 ? 4
                                                               : 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xc0) != 0x80) return 0;
    if (first == 0xe0 && byte(at + 1) < 0xa0) return 0;
    if (first == 0xed && byte(at + 1) >= 0xa0) return 0;
    if (first == 0xf0 && byte(at + 1) < 0x90) return 0;
    if (first == 0xf4 && byte(at + 1) >= 0x90) return 0;
    return length;
}

/// What must be seen in the raw text, because the parser hides it: tabs that indent, control
/// characters, bytes that are no UTF-8. False when parsing makes no sense.
bool check_raw_text(const std::string& text, TreeBuilder& builder) {
    int line = 1;
    int column = 1;
    bool indenting = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        const auto c = static_cast<unsigned char>(text[at]);
        if (length == 0) {
            builder.complain(line, column, "not UTF-8 text", "save the file as UTF-8");
            return false;
        }
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            builder.complain(line, column, "control character in the text", "remove it");
            return false;
        }
        if (c == '\t' && indenting)
            builder.complain(line, column, "tab used to indent", "indent with spaces");
        if (c != ' ') indenting = false;
        ++column;
        at += length;
        if (c == '\n') ++line, column = 1, indenting = true;
    }
    return true;
}

}  // namespace

Value read_yaml(const std::string& text, const std::string& file, Problems& problems,
                const Limits& limits) {
    TreeBuilder builder(file, limits, problems);
    if (text.size() > limits.bytes) {
        builder.complain(1, 1, "larger than " + std::to_string(limits.bytes >> 20) + " MiB",
                         "let a fleet make devices that are alike");
        return {};
    }
    const std::size_t before = problems.size();
    if (!check_raw_text(text, builder)) return {};
    // Tabs confuse the parser's idea of depth: its messages would only mislead.
    if (problems.size() > before) return {};
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        Handler handler(builder);
        if (!parser.HandleNextDocument(handler)) {
            builder.complain(1, 1, "the file is empty",
                             "`foretwin new` writes a scenario to begin with");
            return {};
        }
        TreeBuilder ignored_builder(file, limits, problems);
        Handler ignored(ignored_builder);
        if (parser.HandleNextDocument(ignored))
            builder.complain(ignored.start().line + 1, ignored.start().column + 1,
                             "more than one document in the file",
                             "one file holds one scenario: take out `---` and what follows");
    } catch (const StopReading&) {
        return {};
    } catch (const YAML::Exception& error) {
        builder.complain(error.mark.line + 1, error.mark.column + 1, "not YAML: " + error.msg,
                         "check indentation, brackets and quotes here and just before");
        return {};
    }
    return builder.take();
}

}  // namespace foretwin::loader
