#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/telemetry/record_source.hpp"

namespace foretwin::telemetry {

namespace {

using Json = nlohmann::json;

/// Lines of any length up to a limit.
class LineStream {
  public:
    LineStream(ByteSource source, std::string name)
        : source_(std::move(source)), name_(std::move(name)) {}

    /// Without its end; false at the end of the file. Valid until the next call.
    bool next(std::string_view& line) {
        std::size_t end = window_.find('\n', begin_);
        while (end == std::string::npos && !exhausted_) {
            const std::size_t looked = window_.size() - begin_;
            refill();
            end = window_.find('\n', begin_ + looked);
        }
        if (end == std::string::npos && begin_ == window_.size()) return false;
        if (end == std::string::npos) end = window_.size();
        line = std::string_view(window_).substr(begin_, end - begin_);
        begin_ = std::min(end + 1, window_.size());
        ++number_;
        return true;
    }
    int number() const { return number_; }
    const std::string& name() const { return name_; }

  private:
    void refill() {
        window_.erase(0, begin_);
        begin_ = 0;
        if (window_.size() > CsvStream::record_bytes)
            throw InputError(
                {name_, number_ + 1, 1},
                "a line of more than " + std::to_string(CsvStream::record_bytes >> 20U) + " MiB",
                "JSON lines have one object per line, and a newline behind it");
        const std::size_t kept = window_.size();
        window_.resize(kept + std::max(CsvStream::block_bytes, kept));
        const std::size_t got = source_(window_.data() + kept, window_.size() - kept);
        window_.resize(kept + got);
        exhausted_ = got == 0;
    }
    ByteSource source_;
    std::string name_;
    std::string window_;
    std::size_t begin_ = 0;
    int number_ = 0;
    bool exhausted_ = false;
};

/// Takes the values at the wanted paths out of one text, and builds nothing else.
class Picker : public nlohmann::json_sax<Json> {
  public:
    Picker(const std::vector<std::string>& wanted, std::vector<std::string>& values,
           std::vector<char>& there)
        : wanted_(wanted), values_(values), there_(there) {}

    const char* wrong() const { return wrong_; }

    bool null() override { return put(""); }
    bool boolean(bool value) override { return put(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return put(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return put(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return put(text); }
    bool string(string_t& value) override { return put(value); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return enter(false); }
    bool start_array(std::size_t) override { return enter(true); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        path_.resize(levels_.back().path);
        if (!path_.empty()) path_ += '.';
        path_ += name;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        wrong_ = "no JSON";
        return false;
    }

  private:
    struct Level {
        bool array = false;
        std::size_t item = 0;
        std::size_t path = 0;  ///< its length without what is inside
    };
    bool refuse(const char* why) {
        wrong_ = why;
        return false;
    }
    /// The path of the next item of an array.
    void step() {
        if (levels_.empty() || !levels_.back().array) return;
        path_.resize(levels_.back().path);
        if (!path_.empty()) path_ += '.';
        path_ += std::to_string(levels_.back().item++);
    }
    bool put(std::string_view value) {
        step();
        if (levels_.empty()) return refuse("no JSON object");
        const auto found = std::find(wanted_.begin(), wanted_.end(), path_);
        if (found == wanted_.end()) return true;
        const auto index = static_cast<std::size_t>(found - wanted_.begin());
        if (there_[index] != 0) return refuse("a key that stands twice");
        there_[index] = 1;
        values_[index] = value;
        return true;
    }
    bool enter(bool array) {
        if (levels_.empty() && array) return refuse("no JSON object");
        step();
        constexpr std::size_t deepest = 64;
        if (levels_.size() >= deepest) return refuse("JSON that is nested too deeply");
        levels_.push_back({array, 0, path_.size()});
        return true;
    }
    bool leave() {
        path_.resize(levels_.back().path);
        levels_.pop_back();
        return true;
    }

    const std::vector<std::string>& wanted_;
    std::vector<std::string>& values_;
    std::vector<char>& there_;
    std::vector<Level> levels_;
    std::string path_;
    const char* wrong_ = nullptr;
};

class JsonRecords : public RecordSource {
  public:
    JsonRecords(ByteSource bytes, std::string name, std::vector<std::string> wanted)
        : lines_(std::move(bytes), std::move(name)),
          wanted_(std::move(wanted)),
          values_(wanted_.size()),
          there_(wanted_.size()) {}
    const std::vector<std::string>& header() const override { return wanted_; }
    const std::string& name() const override { return lines_.name(); }
    bool next(Record& record) override {
        std::string_view line;
        do {
            if (!lines_.next(line)) return false;
            if (lines_.number() == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
        } while (line.find_first_not_of(" \t\r") == std::string_view::npos);
        record.line = lines_.number();
        record.malformed = nullptr;
        record.malformed_column = 1;
        std::fill(there_.begin(), there_.end(), char{0});
        Picker picker(wanted_, values_, there_);
        if (!Json::sax_parse(line, &picker))
            record.malformed = picker.wrong() == nullptr ? "no JSON" : picker.wrong();
        record.fields.assign(wanted_.size(), std::string_view());
        record.columns.assign(wanted_.size(), 1);
        for (std::size_t i = 0; i < wanted_.size(); ++i)
            if (there_[i] != 0) record.fields[i] = values_[i];
        return true;
    }

  private:
    LineStream lines_;
    std::vector<std::string> wanted_;
    std::vector<std::string> values_;
    std::vector<char> there_;
};

}  // namespace

std::unique_ptr<RecordSource> json_records(ByteSource bytes, std::string shown_name,
                                           std::vector<std::string> wanted) {
    return std::make_unique<JsonRecords>(std::move(bytes), std::move(shown_name),
                                         std::move(wanted));
}

}  // namespace foretwin::telemetry
