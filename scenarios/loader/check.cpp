#include "scenarios/loader/check.hpp"

#include <algorithm>

#include "engine/core/suggestion.hpp"
#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/checker.hpp"

namespace foretwin::loader {
namespace {

constexpr std::size_t most_devices = 1'000'000;

const schema::KpiSpec* find_kpi(std::string_view name) {
    for (const schema::KpiSpec& spec : schema::kpis())
        if (spec.name == name) return &spec;
    return nullptr;
}

std::vector<std::string> kpi_names() {
    std::vector<std::string> names;
    for (const schema::KpiSpec& spec : schema::kpis()) names.emplace_back(spec.name);
    return names;
}

}  // namespace

std::string currency_of(const Value& tree) {
    const Value* economics = tree.find("economics");
    return economics == nullptr ? "EUR" : economics->text_of("currency", "EUR");
}

std::string name_problem(std::string_view name) {
    if (name.empty()) return "a name must not be empty";
    std::size_t characters = 0;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) ++characters;
        if (byte < 0x20 || byte == 0x7f) return "a name has only printable characters";
        if (std::string_view("/.:,#'\"`[]{}()<>").find(c) != std::string_view::npos)
            return "a name must not contain '" + std::string(1, c) + "'";
    }
    if (characters > 64) return "a name has at most 64 characters";
    if (name.front() == ' ' || name.back() == ' ') return "a name has no spaces at its edges";
    return "";
}

void check(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
           const std::filesystem::path& folder, Problems& problems) {
    Checker(tree, schema, resolver, folder, problems).run();
}

Checker::Checker(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
                 const std::filesystem::path& folder, Problems& problems)
    : tree_(tree),
      schema_(schema),
      reader_(resolver, currency_of(tree)),
      folder_(folder),
      problems_(problems) {}

void Checker::run() {
    if (!tree_.is_map())
        return complain(tree_.place(), "a scenario is a map of sections",
                        "it begins with `foretwin: 1`");
    section(tree_, schema::top_level());
    economics();
    time();
    calendars();
    devices();
    margins();
    kpis();
    assumptions();
    changes();
}

void Checker::devices() {
    const Value* section = tree_.find("devices");
    if (section == nullptr)
        return complain(tree_.place(), "the section `devices` is missing",
                        "describe the plant below it: `foretwin devices` lists the types");
    if (!section->is_map())
        return complain(section->place(), "devices is a map of names",
                        "as in devices: {Shipping: {type: sink}}");
    if (section->entries().empty())
        return complain(section->place(), "there is no device",
                        "`foretwin devices` lists the types");
    if (section->entries().size() > most_devices)
        return complain(section->place(), "more than a million devices",
                        "let one device stand for several with `machines`");
    for (const Value::Entry& entry : section->entries()) {
        device_types_[entry.key] = entry.value.text_of("type");
        device_names_.push_back(entry.key);
        if (const std::string fleet = entry.value.text_of("fleet"); !fleet.empty())
            fleets_.insert(fleet);
    }
    for (const Value::Entry& entry : section->entries())
        below(entry.key, [&] {
            if (const std::string wrong = name_problem(entry.key); !wrong.empty())
                complain(section->place_of_key(entry.key), wrong, name_rule);
            device(entry.key, entry.value);
        });
}

void Checker::device(const std::string& name, const Value& value) {
    if (!value.is_map())
        return complain(value.place(), "a device is a map", "as in " + name + ": {type: sink}");
    const Value* type = value.find("type");
    if (type == nullptr)
        return complain(value.place(), "the device has no `type`",
                        "`foretwin devices` lists the types");
    const DeviceSpec* spec = type->is_scalar() ? schema_.device(type->text()) : nullptr;
    if (spec == nullptr) {
        const std::string hint = did_you_mean(type->text(), schema_.device_types());
        return complain(type->place(), "unknown device type '" + type->text() + "'",
                        hint.empty() ? "`foretwin devices` lists the types" : hint);
    }
    section(value, spec->parameters, schema::common_keys());
}

void Checker::calendars() {
    const Value* section = tree_.find("calendars");
    if (section == nullptr) return;
    if (!section->is_map())
        return complain(section->place(), "calendars is a map of names",
                        "as in calendars: {two shifts: {weekdays: \"06:00-22:00\"}}");
    for (const Value::Entry& entry : section->entries())
        below("calendars/" + entry.key, [&] {
            if (const std::string wrong = name_problem(entry.key); !wrong.empty())
                complain(section->place_of_key(entry.key), wrong, name_rule);
            for (const Problem& problem : calendar_problems(entry.value, reader_))
                complain(problem.place, problem.what, problem.hint);
        });
}

void Checker::time() {
    const Value* section = tree_.find("time");
    if (section == nullptr || !section->is_map()) return;
    // Values that are wrong by themselves were told by their kind; the clock would repeat them.
    const std::size_t before = problems_.size();
    Problems own;
    try {
        const Clock clock(*section, reader_);
        if (section->has("horizon") && clock.horizon() == 0)
            own.push_back({section->find("horizon")->place(), "the horizon is 0",
                           "measure some time, as in 8 weeks"});
        refuse_short_horizon(clock, own);
    } catch (const InputError& error) {
        own = error.problems();
    }
    for (const Problem& problem : own) {
        const bool told =
            std::any_of(problems_.begin(), problems_.begin() + static_cast<long>(before),
                        [&](const Problem& other) {
                            return other.place.line == problem.place.line &&
                                   other.place.column == problem.place.column;
                        });
        if (!told) complain(problem.place, "time: " + problem.what, problem.hint);
    }
}

/// Money strings stretches of the horizon together until the life of the study is full.
void Checker::refuse_short_horizon(const Clock& clock, Problems& problems) {
    constexpr Time most_stretches = 100'000;
    const Value* economics = tree_.find("economics");
    if (economics == nullptr || !economics->is_map() || clock.horizon() == 0) return;
    const Time life = reader_.duration_of(*economics, "life", 5 * 365 * day);
    if (life / most_stretches <= clock.horizon()) return;
    problems.push_back({tree_.find("time")->find("horizon")->place(),
                        "the horizon is too short to tell the life of the study from it",
                        "measure at least an hour per decade; better a year"});
}

void Checker::economics() {
    const Value* section = tree_.find("economics");
    const Value* currency = section == nullptr ? nullptr : section->find("currency");
    if (currency == nullptr) return;
    const Parsed<Unit> unit = parse_unit(currency->text());
    if (!unit || !(unit->dimension == parse_unit("money")->dimension) ||
        currency->text().size() != 3)
        complain(currency->place(), "economics: '" + currency->text() + "' is not a currency code",
                 "as in EUR or USD (ISO 4217)");
}

/// A margin of a part that nobody makes would silently earn nothing.
void Checker::margins() {
    const Value* economics = tree_.find("economics");
    const Value* margin = economics == nullptr ? nullptr : economics->find("margin");
    const Value* devices = tree_.find("devices");
    if (margin == nullptr || devices == nullptr) return;
    std::set<std::string> parts;
    for (const Value::Entry& entry : devices->entries()) {
        const std::string type = entry.value.text_of("type");
        if (type == "source" || type == "machine")
            parts.insert(entry.value.text_of("part", "part"));
    }
    const std::vector<std::string> known(parts.begin(), parts.end());
    for (const Value::Entry& entry : margin->entries()) {
        if (parts.count(entry.key) > 0) continue;
        const std::string near = did_you_mean(entry.key, known);
        complain(margin->place_of_key(entry.key),
                 "economics/margin: no source or machine makes '" + entry.key + "'",
                 near.empty() ? "parts are named by the key `part` of a source or machine" : near);
    }
}

void Checker::kpis() {
    const Value* section = tree_.find("kpis");
    if (section == nullptr) return;
    for (const Value::Entry& entry : section->entries())
        below("kpis/" + entry.key, [&] {
            const schema::KpiSpec* spec = find_kpi(entry.key);
            if (spec == nullptr)
                complain(section->place_of_key(entry.key), "unknown KPI '" + entry.key + "'",
                         suggestion(entry.key, kpi_names()));
            if (const Value* target = entry.value.find("target"))
                attempt([&] {
                    const Dimension given = reader_.target(*target).bound.dimension;
                    if (spec != nullptr && !(given == parse_unit(spec->unit)->dimension))
                        complain(target->place(), "'" + target->text() + "' has the wrong unit",
                                 entry.key + " is told in " + std::string(spec->unit));
                });
            const Value* of = entry.value.find("of");
            if (of == nullptr) return;
            attempt([&] {
                const std::vector<std::string> given = reader_.names(*of);
                for (std::size_t i = 0; i < given.size(); ++i)
                    if (fleets_.count(given[i]) == 0)
                        reference(given[i], of->is_list() ? of->items()[i].place() : of->place(),
                                  {});
            });
        });
}

void Checker::assumptions() {
    const Value* section = tree_.find("assumptions");
    if (section == nullptr) return;
    for (const Value::Entry& entry : section->entries())
        below("assumptions/" + entry.key, [&] {
            const Value* value = entry.value.find("value");
            if (value == nullptr) return;  // told as a missing key
            if (value->is_map()) {
                // A whole distribution: its unit shows where it is used.
                if (is_reference(*value))
                    complain(value->place(), "an assumption is a value, not a reference",
                             "write the value itself, as in {value: 8 h, low: 4 h, high: 16 h}");
                return;
            }
            const Parsed<Quantity> middle = parse_quantity(value->text(), reader_.currency());
            if (!middle) return complain(value->place(), middle.what, middle.hint);
            for (const char* key : {"low", "high"}) {
                const Value* end = entry.value.find(key);
                if (end == nullptr) {
                    complain(value->place(), std::string("the range lacks `") + key + "`",
                             "every assumption has low, value and high");
                    continue;
                }
                const Parsed<Quantity> bound = parse_quantity(end->text(), reader_.currency());
                if (!bound) {
                    complain(end->place(), bound.what, bound.hint);
                    continue;
                }
                const bool is_low = key == std::string_view("low");
                if (!(bound->dimension == middle->dimension))
                    complain(
                        end->place(),
                        "'" + end->text() + "' is of another kind than '" + value->text() + "'",
                        "give low, value and high the same kind of unit");
                else if (is_low ? bound->value > middle->value : bound->value < middle->value)
                    complain(end->place(),
                             "'" + end->text() + "' is " + (is_low ? "above" : "below") +
                                 " the value '" + value->text() + "'",
                             "a range goes from low over value to high");
            }
        });
}

void Checker::changes() {
    const Value* section = tree_.find("changes");
    if (section == nullptr) return;
    for (const Value::Entry& entry : section->entries())
        below("changes/" + entry.key, [&] {
            for (const char* key : {"set", "add", "scale"}) {
                const Value* paths = entry.value.find(key);
                if (paths != nullptr && !paths->is_map())
                    complain(paths->place(), std::string(key) + " is a map of path -> value",
                             "as in " + std::string(key) + ": {Filler/buffer: 100}");
            }
            if (const Value* paths = entry.value.find("remove"))
                attempt([&] { static_cast<void>(reader_.names(*paths)); });
        });
}

void Checker::complain(const Place& place, const std::string& what, const std::string& hint) {
    problems_.push_back({place, path_.empty() ? what : path_ + ": " + what, hint});
}

void Checker::attempt(const std::function<void()>& read) {
    try {
        read();
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems())
            complain(problem.place, problem.what, problem.hint);
    }
}

void Checker::below(const std::string& name, const std::function<void()>& inside) {
    const std::size_t length = path_.size();
    path_ += path_.empty() ? name : "/" + name;
    inside();
    path_.resize(length);
}

}  // namespace foretwin::loader
