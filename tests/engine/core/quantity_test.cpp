#include "engine/core/quantity.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/core/suggestion.hpp"

using namespace foretwin;

namespace {

double si(std::string_view text) {
    const Parsed<Quantity> parsed = parse_quantity(text, "EUR");
    REQUIRE_MESSAGE(parsed, std::string(text) << ": " << parsed.what);
    return parsed->value;
}

bool same_dimension(std::string_view a, std::string_view b) {
    return parse_unit(a)->dimension == parse_unit(b)->dimension;
}

std::string complaint(std::string_view text) {
    const Parsed<Quantity> parsed = parse_quantity(text, "EUR");
    REQUIRE_MESSAGE(!parsed, std::string(text));
    return parsed.what + "|" + parsed.hint;
}

}  // namespace

TEST_CASE("quantities of the design chapter are read in SI") {
    CHECK(si("12 min") == 720);
    CHECK(si("22 kW") == 22'000);
    CHECK(si("0.08 EUR/part") == 0.08);
    CHECK(si("8 %/year") == doctest::Approx(0.08 / 31'536'000).epsilon(1e-15));
    CHECK(si("12 /year") == doctest::Approx(12.0 / 31'536'000).epsilon(1e-15));
    CHECK(si("0.35 kg/kWh") == doctest::Approx(0.35 / 3.6e6).epsilon(1e-15));
    CHECK(si("12 EUR/kW/month") == doctest::Approx(0.012).epsilon(1e-15));
    CHECK(si("1.5 part/h") == doctest::Approx(1.5 / 3600).epsilon(1e-15));
    CHECK(si("9800 part/day") == doctest::Approx(9800.0 / 86'400).epsilon(1e-15));
    CHECK(si("0.5 %") == 0.005);
    CHECK(si("5%") == 0.05);
    CHECK(si("-3e2 kJ") == -300'000);
    CHECK(si("2 m^3") == 2);
    CHECK(si("2 m3") == 2);
    CHECK(si("2 weeks") == 2 * 604'800);
}

TEST_CASE("units are algebra: watts are joules per second, volt times ampere is watt") {
    CHECK(same_dimension("W", "J/s"));
    CHECK(same_dimension("V*A", "W"));
    CHECK(same_dimension("Pa", "N/m2"));
    CHECK(same_dimension("EUR/MWh", "money/J"));
    CHECK(same_dimension("Hz", "/s"));
    CHECK_FALSE(same_dimension("part", "1"));
    CHECK_FALSE(same_dimension("month", "s"));
    CHECK_FALSE(same_dimension("cycle", "part"));
    CHECK(parse_unit("EUR/MWh")->factor == doctest::Approx(1 / 3.6e9).epsilon(1e-15));
}

TEST_CASE("what is no quantity is told with a way out") {
    CHECK(complaint("12 hr") == "unknown unit 'hr' in '12 hr'|did you mean 'h'?");
    CHECK(complaint("12 kwh") == "unknown unit 'kwh' in '12 kwh'|did you mean 'kWh'?");
    CHECK(complaint("12 wekes") == "unknown unit 'wekes' in '12 wekes'|did you mean 'weeks'?");
    CHECK(complaint("fast").find("does not begin with a number") != std::string::npos);
    CHECK(complaint("1,000 kg").find("separator") != std::string::npos);
    CHECK(complaint("1_000 kg").find("separator") != std::string::npos);
    CHECK(complaint("3 4 h").find("separator") != std::string::npos);
    CHECK(complaint("0x1f s").find("unknown unit") != std::string::npos);
    CHECK(complaint("012 s").find("is not a number") != std::string::npos);
    CHECK(complaint("1.2.3 s").find("is not a number") != std::string::npos);
    CHECK(complaint("1e999 s").find("is not a number") != std::string::npos);
    CHECK(complaint("1e308 GWh").find("too large") != std::string::npos);
    CHECK(complaint("inf s").find("does not begin with a number") != std::string::npos);
    CHECK(complaint("3 kW/").find("incomplete") != std::string::npos);
    CHECK(complaint("3 kW//h").find("incomplete") != std::string::npos);
    CHECK(complaint("3 m^").find("exponent") != std::string::npos);
    CHECK(complaint("").find("number") != std::string::npos);
}

TEST_CASE("a scenario has one currency") {
    CHECK(parse_quantity("3 USD/h", "USD"));
    CHECK(complaint("3 USD/h").find("not the scenario's currency EUR") != std::string::npos);
    CHECK(parse_quantity("3 SEK"));
    CHECK_FALSE(parse_quantity("3 XYZ"));
}

TEST_CASE("people read quantities in fitting units with four digits") {
    CHECK(format_quantity(34'200, "s") == "9.5 h");
    CHECK(format_quantity(60, "s") == "1 min");
    CHECK(format_quantity(0, "s") == "0 s");
    CHECK(format_quantity(22'000, "W") == "22 kW");
    CHECK(format_quantity(0.08, "money/part") == "0.08 EUR/part");
    CHECK(format_quantity(14'000, "money", "USD") == "14000 USD");
    CHECK(format_quantity(0.012, "money/W/month") == "12 EUR/kW/month");
    CHECK(format_quantity(1234.5678, "1") == "1235");
    CHECK(format_quantity(0.0, "1") == "0");
    CHECK(format_dimension(parse_unit("EUR/part")->dimension) == "EUR/part");
    CHECK(format_dimension(Dimension{}) == "a plain number");
}

TEST_CASE("the shortest text of a number reads back as the same number") {
    for (const double value : {0.1, 1.0 / 3, 1e-300, 123456789.0, -2.5e17})
        CHECK(*parse_number(shortest_text(value)) == value);
    CHECK_FALSE(parse_number("nan"));
    CHECK_FALSE(parse_number(" 1"));
    CHECK_FALSE(parse_number("+-1"));
    CHECK(parse_number("0.5"));
    CHECK(parse_number("0"));
}

TEST_CASE("a misspelt word finds its neighbour, a strange one finds none") {
    const std::vector<std::string> types{"source", "station", "sink", "crew"};
    CHECK(edit_distance("abcd", "acbd") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(did_you_mean("staton", types) == "did you mean 'station'?");
    CHECK(did_you_mean("Sink", types) == "did you mean 'sink'?");
    CHECK(did_you_mean("helicopter", types).empty());
    CHECK(did_you_mean("", types).empty());
}

TEST_CASE("where no name is near, the suggestion lists what there is") {
    const std::vector<std::string> some{"source", "sink"};
    CHECK(suggestion("sinc", some) == "did you mean 'sink'?");
    CHECK(suggestion("helicopter", some) == "known here: 'source', 'sink'");
    CHECK(suggestion("helicopter", std::vector<std::string>{}) ==
          "there is none: describe it first");
    const std::vector<std::string> many{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    CHECK(suggestion("helicopter", many) ==
          "known here: 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more");
}
