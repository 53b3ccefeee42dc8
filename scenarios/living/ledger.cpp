#include "scenarios/living/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/core/error.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/scores.hpp"
#include "engine/telemetry/instant.hpp"

namespace foretwin::living {
namespace {

using Json = nlohmann::ordered_json;

std::string key_of(Instant issued, const std::string& horizon, const std::string& figure) {
    return std::to_string(issued) + '\n' + horizon + '\n' + figure;
}

Json spread_json(const Spread& spread) {
    return {{"mean", spread.mean},
            {"low", spread.low},
            {"quarter", spread.quarter},
            {"median", spread.median},
            {"three_quarters", spread.three_quarters},
            {"high", spread.high}};
}

Spread read_spread(const Json& json) {
    return {json.at("mean"),           json.at("low"), json.at("quarter"), json.at("median"),
            json.at("three_quarters"), json.at("high")};
}

Json item_json(const Issue::Item& item, double level) {
    Json json{{"alternative", item.alternative},
              {"figure", item.figure},
              {"horizon", item.horizon},
              {"end", telemetry::instant_text(item.end)}};
    if (item.is_chance) {
        json["chance"] = item.chance;
    } else {
        json["unit"] = item.unit;
        json["level"] = level;
        json.update(spread_json(item.spread));
        if (item.difference) json["difference"] = spread_json(*item.difference);
    }
    json["doubt"] = item.doubt;
    return json;
}

/// To six digits, the same everywhere.
double rounded(double value) {
    constexpr int digits = 6;
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::general, digits);
    double result = value;
    std::from_chars(text.data(), end.ptr, result);
    return result;
}

Json optional_json(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

std::optional<double> read_optional(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(json.get<double>());
}

Instant read_instant(const Json& json) {
    static telemetry::ClockReader clock("UTC");
    const auto reading = clock.read(json.get<std::string>());
    if (reading.outcome != telemetry::ClockReader::Outcome::good)
        throw std::runtime_error("no instant: " + json.dump());
    return reading.at;
}

Issue read_issue(const Json& json) {
    Issue issue;
    issue.at = read_instant(json.at("issued"));
    issue.warnings = json.at("warnings").get<std::vector<std::string>>();
    for (const Json& one : json.at("forecasts")) {
        Issue::Item item;
        item.alternative = one.at("alternative");
        item.figure = one.at("figure");
        item.horizon = one.at("horizon");
        item.end = read_instant(one.at("end"));
        item.doubt = one.at("doubt");
        item.is_chance = one.contains("chance");
        if (item.is_chance) {
            item.chance = one.at("chance");
        } else {
            item.unit = one.at("unit");
            item.spread = read_spread(one);
            if (one.contains("difference")) item.difference = read_spread(one.at("difference"));
            if (one.contains("members"))
                item.members = one.at("members").get<std::vector<double>>();
        }
        issue.items.push_back(std::move(item));
    }
    return issue;
}

Ledger::Entry read_score(const Json& json) {
    Ledger::Entry entry{json.at("horizon"), json.at("figure"), {}};
    entry.score.issued = read_instant(json.at("issued"));
    entry.score.end = read_instant(json.at("end"));
    entry.score.truth = json.at("truth");
    entry.score.mean = json.at("mean");
    entry.score.score = json.at("score");
    entry.score.pit = json.at("pit");
    entry.score.persistence = read_optional(json.at("persistence"));
    entry.score.seasonal = read_optional(json.at("seasonal_naive"));
    return entry;
}

}  // namespace

Spread spread_of(std::vector<double> members, double level) {
    std::sort(members.begin(), members.end());
    const auto at = [&](double p) { return statistics::sorted_quantile(members, p); };
    return {statistics::mean_of(members), at((1 - level) / 2), at(0.25), at(0.5), at(0.75),
            at((1 + level) / 2)};
}

Issue::Item item_of(const present::Forecast& forecast, const present::Figure& figure, double level,
                    const present::Forecast* baseline) {
    Issue::Item item;
    item.figure = figure.name;
    item.unit = figure.unit;
    item.is_chance = figure.chance;
    const std::vector<double>& members = forecast.members;
    const auto above =
        std::count_if(members.begin(), members.end(), [](double value) { return value > 0; });
    item.chance = static_cast<double>(above) / static_cast<double>(members.size());
    if (figure.chance) return item;
    for (const double member : members) item.members.push_back(rounded(member));
    item.spread = spread_of(item.members, level);
    if (baseline == nullptr) return item;
    for (std::size_t i = 0; i < members.size(); ++i)
        item.members[i] = rounded(members[i] - baseline->members[i]);
    item.difference = spread_of(std::move(item.members), level);
    item.members.clear();
    return item;
}

const Issue::Item* Issue::find(const std::string& alternative, const std::string& figure,
                               const std::string& horizon) const {
    for (const Item& item : items)
        if (item.alternative == alternative && item.figure == figure && item.horizon == horizon)
            return &item;
    return nullptr;
}

std::string message_of(const Issue& issue, const Issue::Item& item, double level) {
    Json json{{"issued", telemetry::instant_text(issue.at)}};
    json.update(item_json(item, level));
    json["warnings"] = issue.warnings;
    return json.dump();
}

Ledger::Ledger(std::filesystem::path path, double level) : path_(std::move(path)), level_(level) {
    if (std::filesystem::exists(path_)) read();
}

void Ledger::read() {
    std::ifstream stream(path_, std::ios::binary);
    std::stringstream bytes;
    bytes << stream.rdbuf();
    if (!stream) throw EnvironmentError("cannot read " + path_.string());
    const std::string text = std::move(bytes).str();
    std::size_t begin = 0;
    int line = 1;
    for (; begin < text.size(); ++line) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) break;
        try {
            const Json json = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                          text.begin() + static_cast<std::ptrdiff_t>(end));
            if (json.contains("forecasts")) {
                Issue issue = read_issue(json);
                issues_.insert_or_assign(issue.at, std::move(issue));
            } else {
                for (const Json& one : json.at("scores")) {
                    const Entry entry = read_score(one);
                    scored_[key_of(entry.score.issued, entry.horizon, entry.figure)] = true;
                    scores_.push_back(entry);
                }
            }
        } catch (const std::exception& error) {
            throw InputError({path_.string(), line, 1},
                             std::string("no record of a living twin: ") + error.what(),
                             "is it another file? name another folder, or move this one away");
        }
        begin = end + 1;
    }
    if (begin == text.size()) return;
    // What a kill left behind the last whole line was told to nobody.
    const std::string_view rest = std::string_view(text).substr(begin);
    constexpr std::string_view begins[] = {"{\"issued\":", "{\"scores\":"};
    const bool ours =
        std::any_of(std::begin(begins), std::end(begins), [&](std::string_view known) {
            const std::size_t both = std::min(known.size(), rest.size());
            return known.substr(0, both) == rest.substr(0, both);
        });
    if (!ours || Json::accept(rest))
        throw InputError({path_.string(), line, 1}, "no record of a living twin ends this file",
                         "is it another file, or was it edited? a record ends with a new line");
    std::error_code error;
    std::filesystem::resize_file(path_, begin, error);
    if (error) throw EnvironmentError("cannot write " + path_.string() + ": " + error.message());
}

void Ledger::append(const std::string& lines) {
    const auto refuse = [&] {
        throw EnvironmentError("cannot write " + path_.string() + ": " + std::strerror(errno) +
                               " (free some space; the same command goes on)");
    };
    const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) refuse();
    const off_t before = lseek(file, 0, SEEK_END);
    std::size_t done = 0;
    while (done < lines.size()) {
        const ssize_t written = write(file, lines.data() + done, lines.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        done += static_cast<std::size_t>(written);
    }
    const bool good = done == lines.size() && fsync(file) == 0;
    // Nothing half stays behind.
    if (!good && ftruncate(file, before) != 0) done = 0;
    close(file);
    if (!good) refuse();
}

const Issue* Ledger::issue(Instant at) const {
    const auto found = issues_.find(at);
    return found == issues_.end() ? nullptr : &found->second;
}

const Issue* Ledger::latest() const {
    return issues_.empty() ? nullptr : &issues_.rbegin()->second;
}

void Ledger::add(const Issue& issue) {
    Json json{{"issued", telemetry::instant_text(issue.at)}, {"warnings", issue.warnings}};
    Json items = Json::array();
    for (const Issue::Item& item : issue.items) {
        Json one = item_json(item, level_);
        if (!item.members.empty()) one["members"] = item.members;
        items.push_back(std::move(one));
    }
    json["forecasts"] = std::move(items);
    append(json.dump() + '\n');
    issues_.insert_or_assign(issue.at, issue);
}

void Ledger::forget_members_before(Instant at) {
    for (auto issue = issues_.lower_bound(forgotten_); issue != issues_.end(); ++issue) {
        if (issue->first >= at) return;
        for (Issue::Item& item : issue->second.items) std::vector<double>().swap(item.members);
        forgotten_ = issue->first + 1;
    }
}

bool Ledger::has_score(Instant issued, const std::string& horizon,
                       const std::string& figure) const {
    return scored_.contains(key_of(issued, horizon, figure));
}

void Ledger::add(const std::vector<Entry>& scores) {
    if (scores.empty()) return;
    Json list = Json::array();
    for (const Entry& entry : scores) {
        list.push_back({{"issued", telemetry::instant_text(entry.score.issued)},
                        {"end", telemetry::instant_text(entry.score.end)},
                        {"horizon", entry.horizon},
                        {"figure", entry.figure},
                        {"truth", entry.score.truth},
                        {"mean", entry.score.mean},
                        {"score", entry.score.score},
                        {"pit", entry.score.pit},
                        {"persistence", optional_json(entry.score.persistence)},
                        {"seasonal_naive", optional_json(entry.score.seasonal)}});
    }
    append(Json{{"scores", std::move(list)}}.dump() + '\n');
    for (const Entry& entry : scores) {
        scored_[key_of(entry.score.issued, entry.horizon, entry.figure)] = true;
        scores_.push_back(entry);
    }
}

}  // namespace foretwin::living
