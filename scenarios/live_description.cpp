#include "scenarios/live_description.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"
#include "scenarios/section.hpp"

namespace foretwin::scenarios {
namespace {

using living::CounterUse;
using living::Description;
using living::Horizon;
using loader::Problems;
using loader::Value;

constexpr double longest_h = 10 * 8766;

Time duration(Section& section, const std::string& key, Time otherwise, Time least) {
    const Value* found = section.find(key);
    if (found == nullptr) return otherwise;
    const auto hours = section.hours_of(*found);
    if (!hours) return otherwise;
    const Time time = from_seconds(*hours * 3600);
    if (*hours <= longest_h && time >= least) return time;
    const std::string from = least > 0 ? "from " + shortest_text(to_seconds(least)) + " s " : "";
    section.add(found->place(), "'" + found->text() + "' is no duration for '" + key + "'",
                from + "up to ten years, as in 1 h");
    return otherwise;
}

std::uint32_t whole(Section& section, const std::string& key, std::uint32_t least,
                    std::uint32_t most, std::uint32_t otherwise) {
    const Value* found = section.find(key);
    if (found == nullptr) return otherwise;
    const auto number = parse_number(found->text());
    if (number && *number == std::floor(*number) && *number >= least && *number <= most)
        return static_cast<std::uint32_t>(*number);
    section.add(found->place(),
                "'" + found->text() + "' is no whole number from " + std::to_string(least) +
                    " to " + std::to_string(most),
                "as in " + key + ": " + std::to_string(otherwise));
    return otherwise;
}

std::vector<std::string> names(Section& section, const Value* list, const std::string& what) {
    std::vector<std::string> all;
    if (list == nullptr) return all;
    if (!list->is_list()) {
        section.add(list->place(), "'" + what + "' must be a list of names",
                    "as in " + what + ": [Filler, Packer]");
        return all;
    }
    for (const Value& item : list->items()) all.push_back(section.text_of(item, what));
    for (std::size_t i = 0; i < all.size(); ++i)
        if (std::find(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), all[i]) !=
            all.begin() + static_cast<std::ptrdiff_t>(i))
            section.add(list->items()[i].place(), "'" + all[i] + "' stands here twice",
                        "leave one out");
    return all;
}

CounterUse read_counter(const std::string& device, const Value& value, Problems& problems) {
    Section section(value, "counters/" + device, {"figure", "counter", "machine", "error"},
                    problems);
    CounterUse use;
    use.device = device;
    use.figure = section.text("figure");
    use.machine = value.text_of("machine", device);
    const std::string counter = value.text_of("counter", "produced");
    if (counter == "good") use.counter = CounterUse::Counter::good;
    if (counter != "good" && counter != "produced")
        section.add(value.find("counter")->place(), "'" + counter + "' is no counter",
                    "produced or good, as in the profile");
    if (const Value* error = value.find("error")) {
        const auto parts = parse_quantity(error->text());
        const bool good = parts && parts->dimension == parse_unit("part")->dimension &&
                          parts->value > 0 && parts->value < 1e9;
        if (good) use.error = parts->value;
        if (!good)
            section.add(error->place(), "'" + error->text() + "' is no number of parts above 0",
                        "as in error: 2 part");
    }
    return use;
}

std::vector<Horizon> read_horizons(Section& section, Time every, Problems& problems) {
    std::vector<Horizon> all;
    const Value* map = section.need("horizons");
    if (map == nullptr) return all;
    if (!map->is_map() || map->entries().empty()) {
        section.add(map->place(), "'horizons' must name at least one",
                    "as in horizons: {shift: 8 h, day: 24 h}");
        return all;
    }
    std::vector<std::string> known = map->keys();
    Section own(*map, "horizons", known, problems);
    for (const auto& entry : map->entries()) {
        const Time length = duration(own, entry.key, day, second);
        if (length % every != 0)
            own.add(entry.value.place(),
                    "horizon '" + entry.key + "' is no whole multiple of 'every'",
                    "then every forecast ends when another one is issued, and can be scored");
        all.push_back({entry.key, length});
    }
    std::sort(all.begin(), all.end(),
              [](const Horizon& a, const Horizon& b) { return a.length < b.length; });
    for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i].length == all[i - 1].length)
            section.add(
                map->place(),
                "horizons '" + all[i - 1].name + "' and '" + all[i].name + "' are equally long",
                "leave one out");
    return all;
}

}  // namespace

Description read_live_description(const Value& tree, Problems& problems) {
    Section section(
        tree, "the description",
        {"foretwin_live", "scenario",  "profile", "store",    "machines",     "output", "paces",
         "silent_after",  "counters",  "every",   "readings", "horizons",     "memory", "wait",
         "futures",       "particles", "level",   "seed",     "alternatives", "publish"},
        problems);
    Description all;
    if (tree.text_of("foretwin_live") != "1")
        section.add(section.place(), "this is no description of a living twin",
                    "it begins with foretwin_live: 1");
    all.scenario = section.file("scenario");
    all.profile = section.file("profile");
    if (section.find("store") != nullptr) all.store = section.file("store");
    all.machines = names(section, section.need("machines"), "machines");
    all.paces = names(section, section.find("paces"), "paces");
    if (section.find("output") != nullptr) all.output_of = section.text("output");
    all.alternatives = names(section, section.find("alternatives"), "alternatives");
    if (const Value* counters = section.find("counters")) {
        if (!counters->is_map())
            section.add(counters->place(), "'counters' must be a map of devices",
                        "as in counters: {Filler: {figure: left}}");
        for (const auto& entry : counters->entries())
            all.counters.push_back(read_counter(entry.key, entry.value, problems));
    }
    all.every = duration(section, "every", all.every, minute);
    const Time usual = all.every % all.readings == 0 ? all.readings : all.every;
    all.readings = duration(section, "readings", usual, second);
    all.memory = duration(section, "memory", all.memory, all.every);
    all.wait = duration(section, "wait", all.wait, 0);
    all.silent_after = duration(section, "silent_after", 0, second);
    if (all.every % all.readings != 0)
        section.add(section.find("readings")->place(), "'every' is no whole multiple of 'readings'",
                    "as in every: 1 h, readings: 5 min");
    if (all.memory % all.every != 0)
        section.add(section.find(section.find("memory") != nullptr ? "memory" : "every")->place(),
                    "'memory' is no whole multiple of 'every'", "as in memory: 7 days, every: 1 h");
    all.horizons = read_horizons(section, all.every, problems);
    if (!all.horizons.empty() && all.horizons.back().length > all.memory)
        section.add(section.find("horizons")->place(),
                    "horizon '" + all.horizons.back().name + "' is longer than the memory",
                    "a forecast is scored by what the twin remembers: a longer memory");
    all.futures = whole(section, "futures", 2, 100'000, all.futures);
    all.particles = static_cast<std::size_t>(whole(section, "particles", 2, 100'000, 200));
    all.seed = whole(section, "seed", 0, 4'000'000'000U, all.seed);
    if (section.find("level") != nullptr)
        if (const auto level = section.number("level")) {
            all.level = *level;
            if (!(all.level > 0 && all.level < 1))
                section.add(section.find("level")->place(), "a level lies between 0 % and 100 %",
                            "as in level: 80 %");
        }
    return all;
}

LiveFile read_live_file(const std::filesystem::path& path) {
    Problems problems;
    const Value tree = loader::read_file(path, problems);
    LiveFile file;
    if (problems.empty()) {
        file.twin = read_live_description(tree, problems);
        if (const Value* publish = tree.find("publish"))
            file.publish = read_publishing(*publish, path.parent_path(), problems);
    }
    loader::throw_if_any(std::move(problems));
    file.twin.folder = path.parent_path();
    return file;
}

}  // namespace foretwin::scenarios
