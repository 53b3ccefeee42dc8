#include "models/external/declaration.hpp"

#include <cmath>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/fingerprint.hpp"
#include "engine/core/quantity.hpp"
#include "models/external/device.hpp"
#include "models/flow/routing.hpp"

namespace foretwin::external {
namespace {

constexpr int most_of_a_kind = 1000;
constexpr int most_values = 1'000'000;
constexpr int most_slots = 65535;

std::string_view text_of(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

/// Checks one type and fills its declaration; tells all that is wrong at once.
class Maker {
  public:
    Maker(const foretwin_device_type& type, Declaration& made) : type_(type), made_(made) {}

    void run() {
        if (type_.abi != FORETWIN_DEVICE_ABI) {
            complain("the type was made for version " + std::to_string(type_.abi) +
                         " of the interface; this is version " +
                         std::to_string(FORETWIN_DEVICE_ABI),
                     "build it anew");
            throw InputError(problems_);
        }
        head();
        for (int i = 0; i < counted("parameters", type_.parameter_count); ++i)
            parameter(type_.parameters[i]);
        made_.declared = made_.parameters.size();
        if (made_.flow) flow_keys();
        for (int i = 0; i < counted("states", type_.state_count); ++i) state(type_.states[i]);
        for (int i = 0; i < counted("timers", type_.timer_count); ++i) timer(type_.timers[i]);
        for (int i = 0; i < counted("purposes", type_.purpose_count); ++i)
            purpose(type_.purposes[i]);
        for (int i = 0; i < counted("figures", type_.figure_count); ++i) figure(type_.figures[i]);
        if (!problems_.empty()) throw InputError(problems_);
        made_.spec.parameters = made_.parameters;
        made_.behaviour = behaviour_of(made_);
        made_.behaviour.type = made_.spec.type;
        made_.behaviour.revision = revision();
    }

  private:
    void complain(const std::string& what, std::string hint) {
        const std::string type(text_of(type_.type));
        problems_.push_back({{}, "device type '" + type + "': " + what, std::move(hint)});
    }

    int counted(const char* what, int count) {
        if (count >= 0 && count <= most_of_a_kind) return count;
        complain(std::string("it has ") + std::to_string(count) + " " + what, "at most 1000");
        return 0;
    }

    /// A name of the type's own: letters, digits, spaces and underscores.
    bool good_name(std::string_view kind, std::string_view name) {
        bool good = !name.empty() && name.size() <= 64 && name.front() != ' ' && name.back() != ' ';
        for (const char c : name) {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            good = good && (letter || (c >= '0' && c <= '9') || c == '_' || c == ' ');
        }
        if (good && used_.insert(std::string(kind) + "/" + std::string(name)).second) return true;
        complain("the " + std::string(kind) + " name '" + std::string(name) + "' is " +
                     (good ? "used twice" : "no name"),
                 good ? "rename one" : "1 to 64 letters, digits, spaces and underscores");
        return false;
    }

    void head() {
        static const std::set<std::string_view> yaml{"on", "off", "yes", "no", "y", "n"};
        const std::string_view name = text_of(type_.type);
        if (good_name("type", name) && yaml.count(name) > 0) {
            complain("YAML reads its name as true or false", "choose another one");
        }
        made_.spec.type = made_.keep(type_.type == nullptr ? "" : type_.type);
        made_.spec.summary = kept(type_.summary);
        made_.spec.limits = kept(type_.limits);
        if (made_.spec.summary.empty()) complain("it has no summary", "say what it is");
        made_.flow = type_.flow != 0;
        made_.highest_power_w = type_.highest_power_w;
        if (!(made_.highest_power_w >= 0 && made_.highest_power_w <= 1e12)) {
            complain("its highest power is out of range", "0 to 1e12 W");
        }
        if (made_.flow && type_.handlers.part == nullptr) {
            complain("parts flow through it, but no handler takes them",
                     "write the handler of parts");
        }
    }

    void flow_keys() {
        const std::string_view capacity = kept(type_.capacity);
        made_.parameters.push_back(
            {.name = "capacity",
             .kind = ParameterKind::count,
             .lowest = 1,
             .highest = 1e7,
             .required = capacity.empty(),
             .usual = capacity,
             .choices = "unlimited",
             .meaning = "parts it holds, those included that wait to leave"});
        made_.parameters.push_back(flow::next_key);
        made_.parameters.back().required = true;
        check_default(made_.parameters[made_.declared]);
    }

    std::string_view kept(const char* text) {
        return text == nullptr ? std::string_view() : made_.keep(text);
    }

    void parameter(const foretwin_parameter& given) {
        static const std::set<std::string_view> reserved{"type", "like",     "description", "fleet",
                                                         "next", "capacity", "on",          "off",
                                                         "yes",  "no",       "y",           "n"};
        static constexpr ParameterKind kinds[] = {
            ParameterKind::number, ParameterKind::fraction,     ParameterKind::quantity,
            ParameterKind::count,  ParameterKind::boolean,      ParameterKind::choice,
            ParameterKind::text,   ParameterKind::distribution, ParameterKind::calendar};
        const std::string name(text_of(given.name));
        if (!good_name("parameter", name)) return;
        if (reserved.count(name) > 0)
            return complain("'" + name + "' is a reserved key", "rename it");
        if (given.kind < 0 || given.kind >= static_cast<int>(std::size(kinds))) {
            return complain(name + ": there is no kind " + std::to_string(given.kind), "");
        }
        ParameterSpec spec;
        spec.name = made_.keep(name.c_str());
        spec.kind = kinds[given.kind];
        spec.required = given.required != 0;
        spec.unit = kept(given.unit);
        spec.usual = kept(given.usual);
        spec.choices = kept(given.choices);
        spec.meaning = kept(given.meaning);
        const bool ranged = given.lowest < given.highest;
        if (ranged) spec.lowest = given.lowest;
        if (ranged) spec.highest = given.highest;
        check_parameter(spec);
        made_.parameters.push_back(spec);
    }

    void check_parameter(ParameterSpec& spec) {
        const std::string name(spec.name);
        const bool measured =
            spec.kind == ParameterKind::quantity || spec.kind == ParameterKind::distribution;
        if (measured && (spec.unit.empty() || !parse_unit(spec.unit))) {
            complain(name + ": '" + std::string(spec.unit) + "' is no unit",
                     "a quantity has one, as in kW or 1/h");
        }
        if (spec.kind == ParameterKind::fraction && !std::isfinite(spec.lowest)) {
            spec.lowest = 0;
            spec.highest = 1;
        }
        if (spec.kind == ParameterKind::count) {
            spec.lowest = std::max(spec.lowest, 0.0);
            spec.highest = std::min(spec.highest, 1e8);
        }
        if (spec.kind == ParameterKind::choice && spec.choices.empty()) {
            complain(name + ": a choice has choices", "as in \"fast | slow\"");
        }
        if (spec.kind != ParameterKind::choice) spec.choices = "";
        if ((spec.kind == ParameterKind::calendar) != (name == "calendar")) {
            complain(name + ": a calendar is named 'calendar', and nothing else is", "rename it");
        }
        if (spec.meaning.empty()) complain(name + ": it has no meaning", "say what it means");
        if (spec.required && !spec.usual.empty()) {
            complain(name + ": what is required has no default", "leave one of the two out");
        }
        const bool needs_default = measured || spec.kind == ParameterKind::choice;
        if (needs_default && !spec.required && spec.usual.empty()) {
            complain(name + ": it is neither required nor has a default", "give one of the two");
        }
        check_default(spec);
    }

    /// A map is left to whoever reads scenarios.
    void check_default(const ParameterSpec& spec) {
        const std::string name(spec.name);
        const std::string_view usual = spec.usual;
        if (usual.empty() || usual.front() == '{' || usual == "unlimited") return;
        const std::string given = name + ": its default '" + std::string(usual) + "' ";
        if (spec.kind == ParameterKind::choice) {
            const std::string all = " " + std::string(spec.choices) + " ";
            if (all.find(" " + std::string(usual) + " ") == std::string::npos)
                complain(given + "is not among the choices", std::string(spec.choices));
        }
        if (spec.kind == ParameterKind::boolean && usual != "true" && usual != "false")
            complain(given + "is neither true nor false", "");
        if (spec.kind > ParameterKind::distribution || spec.kind < ParameterKind::count) return;
        const Parsed<Quantity> value = parse_quantity(usual);
        if (!value) return complain(given + "is no value: " + value.what, value.hint);
        const Parsed<Unit> unit = parse_unit(spec.unit);
        if (!unit) return;
        if (!(value->dimension == unit->dimension)) {
            return complain(given + "has the wrong unit", "as in 1 " + std::string(spec.unit));
        }
        const double number = value->value / unit->factor;
        if (number < spec.lowest || number > spec.highest) complain(given + "is out of range", "");
    }

    /// Of the parameter that gives a first value or a number of slots.
    bool good_parameter(const std::string& whose, int parameter) {
        if (parameter >= -1 && parameter < type_.parameter_count) return true;
        complain(whose + " begins with a parameter that is not there", "-1 for none");
        return false;
    }

    void state(const foretwin_state& given) {
        const std::string name(text_of(given.name));
        if (!good_name("state", name) || !good_parameter(name, given.parameter)) return;
        if (given.size < 1 || given.size > most_values) {
            return complain(name + ": a state is 1 to 1000000 values", "");
        }
        Declaration::State state;
        state.name = name;
        state.is_integer = given.kind == FORETWIN_INTEGER;
        state.size = static_cast<std::uint32_t>(given.size);
        state.parameter = given.parameter;
        state.initial = given.initial;
        state.initial_count = given.initial_count;
        std::uint32_t& next = state.is_integer ? made_.counts : made_.numbers;
        state.first = next;
        next += state.size;
        made_.states.push_back(std::move(state));
    }

    void timer(const foretwin_timer& given) {
        const std::string name(text_of(given.name));
        if (!good_name("timer", name) || !good_parameter(name, given.parameter)) return;
        if (given.timer_class < 0 || given.timer_class > FORETWIN_SAMPLING) {
            return complain(name + ": there is no timer class " + std::to_string(given.timer_class),
                            "");
        }
        if (given.parameter < 0 && (given.slots < 1 || given.slots > most_slots)) {
            return complain(name + ": a timer has 1 to 65535 slots", "");
        }
        made_.timers.push_back({name, static_cast<kernel::EventClass>(given.timer_class),
                                static_cast<std::uint32_t>(std::max(given.slots, 1)),
                                given.parameter});
    }

    void purpose(const char* given) {
        const std::string name(text_of(given));
        if (!good_name("purpose", name)) return;
        if (name == "routing") return complain("the purpose 'routing' is reserved", "rename it");
        made_.purposes.push_back(name);
    }

    void figure(const foretwin_figure& given) {
        const std::string name(text_of(given.name));
        if (!good_name("figure", name)) return;
        const std::string unit(text_of(given.unit));
        if (unit.empty() || !parse_unit(unit)) {
            complain(name + ": '" + unit + "' is no unit", "\"1\" for a plain number");
        }
        if (given.kind < FORETWIN_TOTAL || given.kind > FORETWIN_LAST) {
            return complain(name + ": there is no kind " + std::to_string(given.kind), "");
        }
        const double resolution = given.resolution == 0 ? 0x1p-30 : given.resolution;
        if (!(resolution > 0 && resolution < 1e30)) {
            return complain(name + ": its resolution is not above 0", "");
        }
        made_.figures.push_back(
            {name, unit, static_cast<foretwin_figure_kind>(given.kind), resolution});
    }

    /// Of the layout of the state: bytes of another layout are no state of this type.
    std::uint32_t revision() const {
        Fingerprint layout;
        for (const Declaration::State& state : made_.states) {
            layout.add(std::string_view(state.name));
            layout.add(state.is_integer ? 1 : 0);
            layout.add(std::uint64_t{state.size});
        }
        for (const Declaration::Timer& timer : made_.timers)
            layout.add(std::string_view(timer.name));
        for (const std::string& purpose : made_.purposes) layout.add(std::string_view(purpose));
        for (const Declaration::Figure& figure : made_.figures) {
            layout.add(std::string_view(figure.name));
            layout.add(static_cast<int>(figure.kind));
        }
        layout.add(made_.flow ? 1 : 0);
        return static_cast<std::uint32_t>(layout.value());
    }

    const foretwin_device_type& type_;
    Declaration& made_;
    std::set<std::string> used_;
    std::vector<Problem> problems_;
};

}  // namespace

std::unique_ptr<const Declaration> declare(const foretwin_device_type& type) {
    auto made = std::make_unique<Declaration>();
    Maker(type, *made).run();
    return made;
}

}  // namespace foretwin::external
