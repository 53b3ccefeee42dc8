#include "engine/live/sparkplug.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>

#include "engine/live/sparkplug_host.hpp"

using namespace foretwin;
using namespace foretwin::live;
using telemetry::Instant;
using telemetry::Observation;

namespace {

using Bytes = std::string;

constexpr Instant noon = 1'700'000'000 * second;
constexpr std::uint64_t noon_ms = 1'700'000'000'000;

SparkplugMetric metric(const std::string& name, SparkplugValue value, SparkplugType type,
                       std::optional<std::uint64_t> alias = std::nullopt) {
    SparkplugMetric made;
    made.name = name;
    made.alias = alias;
    made.datatype = static_cast<std::uint32_t>(type);
    made.value = std::move(value);
    return made;
}

SparkplugMetric by_alias(std::uint64_t alias, SparkplugValue value) {
    SparkplugMetric made;
    made.alias = alias;
    made.value = std::move(value);
    return made;
}

/// A host, what it answers, and what it observes.
struct Plant {
    SparkplugHost host{{"twin", {}, 5 * second, false}};
    Instant now = noon;
    PayloadReader::Outcome outcome{};

    void send(const std::string& topic, std::optional<std::uint64_t> seq,
              std::vector<SparkplugMetric> metrics) {
        const Bytes bytes = encode_sparkplug(
            {static_cast<std::uint64_t>(now / millisecond), seq, std::move(metrics)});
        host.read({"spBv1.0/P/" + topic, bytes}, now, outcome);
    }
    void node_birth(std::uint64_t bd_seq = 0) {
        send("NBIRTH/edge", 0,
             {metric("bdSeq", bd_seq, SparkplugType::int64),
              metric("load", 0.5, SparkplugType::float64, 1)});
    }
    void device_birth(std::uint64_t seq) {
        send("DBIRTH/edge/press", seq,
             {metric("power", 1.5F, SparkplugType::float32, 2),
              metric("state", "idle", SparkplugType::string, 3)});
    }
    void power(std::uint64_t seq, float value) {
        send("DDATA/edge/press", seq, {by_alias(2, value)});
    }
    /// "device/item=value" of all observations since the last call.
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const Observation& one : outcome.observations) {
            const std::string value = one.kind == Observation::Kind::number
                                          ? std::to_string(static_cast<int>(one.number * 10))
                                      : one.kind == Observation::Kind::text ? one.text
                                                                            : "?" + one.detail;
            all.push_back(one.device + "/" + one.item + "=" + value);
        }
        outcome.observations.clear();
        return all;
    }
    /// Topics of what is to be published since the last call.
    std::vector<std::string> asked() {
        std::vector<std::string> all;
        for (const Outgoing& one : outcome.answers) all.push_back(one.topic);
        outcome.answers.clear();
        return all;
    }
};

using Texts = std::vector<std::string>;
const Texts rebirth{"spBv1.0/P/NCMD/edge"};

}  // namespace

TEST_CASE("a payload of Sparkplug B is these bytes, and they are read back") {
    // Tag = field << 3 | kind: timestamp 1 -> 08 01; metric 2 -> 12, length 9; in it name "p" ->
    // 0a 01 70, alias 300 -> 10 ac 02, int_value 10 -> 50 05; seq 3 -> 18 07.
    SparkplugMetric one = metric("p", std::uint64_t{5}, SparkplugType::unknown, 300);
    const SparkplugPayload payload{1, 7, {one}};
    const Bytes bytes{"\x08\x01\x12\x08\x0a\x01\x70\x10\xac\x02\x50\x05\x18\x07", 14};
    CHECK(encode_sparkplug(payload) == bytes);
    CHECK(decode_sparkplug(bytes) == payload);
    // 1.5 as float is 3fc00000, as double 3ff8000000000000, both from the low byte on.
    one = metric("", 1.5F, SparkplugType::unknown);
    CHECK(encode_sparkplug({{}, {}, {one}}) == Bytes("\x12\x05\x65\x00\x00\xc0\x3f", 7));
    one.value = 1.5;
    CHECK(encode_sparkplug({{}, {}, {one}}) ==
          Bytes("\x12\x09\x69\x00\x00\x00\x00\x00\x00\xf8\x3f", 11));
}

TEST_CASE("every kind of value comes back as it was") {
    SparkplugPayload payload{noon_ms, 255, {}};
    payload.metrics = {metric("a", std::uint64_t{1} << 63U, SparkplugType::uint64),
                       metric("b", std::numeric_limits<double>::infinity(), SparkplugType::float64),
                       metric("c", true, SparkplugType::boolean, 0),
                       metric("d", std::string("\0x", 2), SparkplugType::string),
                       metric("e", std::monostate{}, SparkplugType::int8)};
    payload.metrics[1].historical = payload.metrics[2].transient = payload.metrics[4].null = true;
    payload.metrics[3].timestamp_ms = 12;
    CHECK(decode_sparkplug(encode_sparkplug(payload)) == payload);
    CHECK(decode_sparkplug("") == SparkplugPayload{});
}

TEST_CASE("whole numbers below zero are told by their type") {
    CHECK(number_of(std::uint64_t{0xff}, 1) == -1);
    CHECK(number_of(std::uint64_t{0xfffffffe}, 3) == -2);  // int32 in a field of 32 bits
    CHECK(number_of(~std::uint64_t{0}, 3) == -1);          // or stretched to 64
    CHECK(number_of(~std::uint64_t{0}, 4) == -1);
    CHECK(number_of(std::uint64_t{0xff}, 5) == 255);
    CHECK(number_of(std::uint64_t{7}, 11) == 1);  // a boolean in a field of numbers
    CHECK(number_of(true, 11) == 1);
    CHECK(!number_of(std::string("1"), 12));
    CHECK(!number_of(std::monostate{}, 10));
}

TEST_CASE("the property Quality is found among others, and unknown fields are passed over") {
    // properties 9: {keys: "x", "Quality"; values: {int 3: 9}, {int 3: 500}}
    const Bytes properties("\x0a\x01x\x0a\x07Quality\x12\x02\x18\x09\x12\x03\x18\xf4\x03", 21);
    const Bytes inside = Bytes("\x4a") + static_cast<char>(properties.size()) + properties +
                         Bytes("\x50\x05\xfa\x01\x01z", 6);  // int_value 5; field 31: "z"
    const Bytes bytes = Bytes("\x12") + static_cast<char>(inside.size()) + inside;
    const auto read = decode_sparkplug(bytes);
    REQUIRE(read);
    CHECK(read->metrics.at(0).quality == 500);
    CHECK(read->metrics.at(0).value == SparkplugValue(std::uint64_t{5}));
}

TEST_CASE("broken bytes are no payload, wherever they break") {
    const Bytes good = encode_sparkplug(
        {1, 2, {metric("power", 2.5, SparkplugType::float64, 9), by_alias(1, std::string("x"))}});
    std::size_t readable = 0;
    for (std::size_t length = 0; length < good.size(); ++length)
        readable += decode_sparkplug(good.substr(0, length)).has_value();
    CHECK(readable == 4);  // cut between fields: nothing, timestamp, and behind each metric
    CHECK(!decode_sparkplug("\x12\x7fshort"));
    CHECK(!decode_sparkplug(Bytes("\x12\xff\xff\xff\xff\x0f", 6)));  // a length of 4 GiB
    CHECK(!decode_sparkplug(Bytes("\x00", 1)));                      // field 0
    CHECK(!decode_sparkplug("{\"json\": 1}"));
}

TEST_CASE("topics are those of the specification and no others") {
    using Kind = SparkplugTopic::Kind;
    const auto data = parse_sparkplug_topic("spBv1.0/Plant 1/DDATA/edge/press 7");
    REQUIRE(data);
    CHECK(data->kind == Kind::ddata);
    CHECK(data->group == "Plant 1");
    CHECK(data->node == "edge");
    CHECK(data->device == "press 7");
    CHECK(parse_sparkplug_topic("spBv1.0/STATE/scada")->kind == Kind::state);
    CHECK(parse_sparkplug_topic("spBv1.0/P/NCMD/edge")->kind == Kind::command);
    for (const char* wrong :
         {"", "spBv1.0", "spBv1.0/P/NDATA", "spBv1.0/P/NDATA/e/d", "spBv1.0/P/DDATA/e",
          "spAv1.0/P/NDATA/e", "spBv1.0//NDATA/e", "spBv1.0/P/XDATA/e", "spBv1.0/STATE/"})
        CHECK_MESSAGE(!parse_sparkplug_topic(wrong), wrong);
}

TEST_CASE("births give names to aliases, and values with them") {
    Plant plant;
    plant.node_birth();
    CHECK(plant.told() == Texts{"edge/load=5"});
    plant.device_birth(1);
    CHECK(plant.told() == Texts{"press/power=15", "press/state=idle"});
    plant.power(2, 2.5F);
    plant.send("NDATA/edge", 3, {by_alias(1, 0.7)});
    CHECK(plant.told() == Texts{"press/power=25", "edge/load=7"});
    CHECK(plant.asked().empty());
    CHECK(plant.host.is_online("P", "edge"));
    CHECK(plant.host.counts().births == 2);
}

TEST_CASE("a value's time is its own, else that of its message") {
    Plant plant;
    plant.node_birth();
    SparkplugMetric own = by_alias(1, 1.0);
    own.timestamp_ms = noon_ms - 5;
    plant.told();
    plant.send("NDATA/edge", 1, {own, by_alias(1, 2.0)});
    CHECK(plant.outcome.observations.at(0).at == noon - 5 * millisecond);
    CHECK(plant.outcome.observations.at(1).at == noon);
    own.timestamp_ms = std::numeric_limits<std::uint64_t>::max();
    plant.send("NDATA/edge", 2, {own});
    CHECK(plant.outcome.observations.at(2).at == telemetry::no_instant);
}

TEST_CASE("who speaks without a birth is asked for one, not with every message") {
    Plant plant;
    plant.power(4, 1);
    CHECK(plant.told().empty());
    REQUIRE(plant.outcome.answers.size() == 1);
    const auto command = decode_sparkplug(plant.outcome.answers[0].payload);
    CHECK(plant.asked() == rebirth);
    CHECK(command->metrics.at(0).name == "Node Control/Rebirth");
    CHECK(command->metrics.at(0).value == SparkplugValue(true));
    plant.power(5, 1);
    CHECK(plant.asked().empty());
    plant.now += 5 * second;
    plant.power(6, 1);
    CHECK(plant.asked() == rebirth);
    plant.node_birth();
    plant.power(1, 1);  // the node is born, the device is not
    plant.now += 5 * second;
    plant.power(2, 1);
    CHECK(plant.asked() == rebirth);
    plant.send("NDATA/edge", 3, {by_alias(77, 1.0)});
    CHECK(plant.host.counts().unborn == 6);
    CHECK(plant.told() == Texts{"edge/load=5"});
}

TEST_CASE("messages that come too early wait for the missing one") {
    Plant plant;
    plant.node_birth();
    plant.device_birth(1);
    plant.told();
    plant.power(4, 4);
    plant.power(3, 3);
    CHECK(plant.told().empty());
    plant.now += 4 * second;
    plant.host.tick(plant.now, plant.outcome);
    plant.power(2, 2);
    CHECK(plant.told() == Texts{"press/power=20", "press/power=30", "press/power=40"});
    CHECK(plant.host.counts().reordered == 2);
    CHECK(plant.host.counts().gaps == 0);
    plant.power(5, 5);
    CHECK(plant.told() == Texts{"press/power=50"});
    CHECK(plant.asked().empty());
}

TEST_CASE("a message that does not come is a gap: the rest is taken and a rebirth asked for") {
    Plant plant;
    plant.node_birth();
    plant.device_birth(1);
    plant.told();
    plant.power(3, 3);
    plant.power(6, 6);
    plant.now += 5 * second;
    plant.host.tick(plant.now, plant.outcome);
    CHECK(plant.told() == Texts{"press/power=30", "press/power=60"});
    CHECK(plant.asked() == rebirth);
    CHECK(plant.host.counts().gaps == 1);
    plant.power(7, 7);
    plant.power(2, 2);  // late, and true all the same
    CHECK(plant.told() == Texts{"press/power=70", "press/power=20"});
    plant.power(8, 8);
    CHECK(plant.told() == Texts{"press/power=80"});
}

TEST_CASE("sequence numbers begin anew after 255") {
    Plant plant;
    plant.node_birth();
    plant.device_birth(1);
    plant.told();
    for (int i = 2; i < 600; ++i) plant.power(static_cast<std::uint64_t>(i % 256), 1);
    CHECK(plant.told().size() == 598);
    CHECK(plant.host.counts().reordered == 0);
    CHECK(plant.asked().empty());
    plant.send("DDATA/edge/press", 256, {by_alias(2, 1.0F)});
    CHECK(!plant.outcome.unreadable.empty());
}

TEST_CASE("the dead are stale, and an old death kills nobody") {
    Plant plant;
    plant.node_birth(3);
    plant.device_birth(1);
    plant.told();
    plant.send("NDEATH/edge", std::nullopt,
               {metric("bdSeq", std::uint64_t{2}, SparkplugType::int64)});
    CHECK(plant.host.is_online("P", "edge"));
    plant.send("DDEATH/edge/press", 2, {});
    CHECK(plant.told() == Texts{"press/power=?stale", "press/state=?stale"});
    plant.device_birth(3);
    plant.told();
    plant.send("NDEATH/edge", std::nullopt,
               {metric("bdSeq", std::uint64_t{3}, SparkplugType::int64)});
    CHECK(plant.told() == Texts{"edge/load=?stale", "press/power=?stale", "press/state=?stale"});
    CHECK(!plant.host.is_online("P", "edge"));
    CHECK(plant.host.counts().deaths == 2);
    CHECK(plant.host.counts().old_deaths == 1);
    plant.power(4, 1);
    CHECK(plant.asked() == rebirth);
}

TEST_CASE("a new birth without a death makes devices stale until they are born again") {
    Plant plant;
    plant.node_birth(3);
    plant.device_birth(1);
    plant.told();
    plant.node_birth(4);
    CHECK(plant.told() == Texts{"press/power=?stale", "press/state=?stale", "edge/load=5"});
}

TEST_CASE("what is null, bad or stale is unavailable, and what is transient is left out") {
    Plant plant;
    plant.node_birth();
    plant.told();
    SparkplugMetric null = by_alias(1, std::monostate{});
    null.null = true;
    SparkplugMetric passing = by_alias(1, 1.0);
    passing.transient = true;
    plant.send("NDATA/edge", 1, {null, passing, by_alias(1, SparkplugOther{})});
    CHECK(plant.told() == Texts{"edge/load=?", "edge/load=?"});
    CHECK(plant.host.counts().transient == 1);
}

TEST_CASE("stale is from behind the node's last word on, so that what it kept is not late") {
    Plant plant;
    plant.now -= hour;
    plant.node_birth(3);
    plant.told();
    const Instant last_word = plant.now;
    plant.now += hour;
    plant.send("NDEATH/edge", std::nullopt,
               {metric("bdSeq", std::uint64_t{3}, SparkplugType::int64)});
    REQUIRE(plant.outcome.observations.size() == 1);
    CHECK(plant.outcome.observations[0].detail == "stale");
    CHECK(plant.outcome.observations[0].at == last_word + 1);
}

TEST_CASE("a birth without a value says nothing") {
    Plant plant;
    SparkplugMetric null;
    null.name = "load";
    null.datatype = 10;
    null.null = true;
    plant.send("NBIRTH/edge", 0, {null});
    CHECK(plant.told().empty());
}

TEST_CASE("the host tells its state: a will, a birth of the same time, and a farewell") {
    Plant plant;
    const Outgoing will = plant.host.will(noon);
    CHECK(will ==
          Outgoing{"spBv1.0/STATE/twin", R"({"online":false,"timestamp":1700000000000})", 1, true});
    plant.host.connected(noon + second, plant.outcome);
    REQUIRE(plant.outcome.answers.size() == 1);
    CHECK(plant.outcome.answers[0] ==
          Outgoing{"spBv1.0/STATE/twin", R"({"online":true,"timestamp":1700000000000})", 1, true});
    plant.outcome.answers.clear();
    plant.host.read({"spBv1.0/STATE/twin", R"({"online":true,"timestamp":1})"}, noon,
                    plant.outcome);
    plant.host.read({"spBv1.0/STATE/other", R"({"online":false,"timestamp":1})"}, noon,
                    plant.outcome);
    plant.host.read({"spBv1.0/STATE/twin", "nonsense"}, noon, plant.outcome);
    CHECK(plant.asked().empty());
    // The will of an earlier connection comes late: we contradict.
    plant.host.read({"spBv1.0/STATE/twin", will.payload}, noon, plant.outcome);
    REQUIRE(plant.outcome.answers.size() == 1);
    CHECK(plant.outcome.answers[0].payload == R"({"online":true,"timestamp":1700000000000})");
    plant.outcome.answers.clear();
    plant.host.leaving(noon + 2 * second, plant.outcome);
    CHECK(plant.outcome.answers.at(0).payload == R"({"online":false,"timestamp":1700000002000})");
}

TEST_CASE("after a new connection everybody must be born again") {
    Plant plant;
    plant.node_birth();
    plant.device_birth(1);
    plant.told();
    plant.host.connected(plant.now, plant.outcome);
    plant.asked();
    plant.power(2, 1);
    CHECK(plant.told().empty());
    CHECK(plant.asked() == rebirth);
}

TEST_CASE("full names tell equal devices of two nodes apart") {
    SparkplugHost host({"twin", {"P", "Q"}, second, true});
    CHECK(SparkplugOptions{"twin", {"P", "Q"}, second, true}.topics() ==
          Texts{"spBv1.0/P/#", "spBv1.0/Q/#", "spBv1.0/STATE/twin"});
    PayloadReader::Outcome outcome;
    const Bytes birth =
        encode_sparkplug({noon_ms, 0, {metric("load", 1.0, SparkplugType::float64)}});
    host.read({"spBv1.0/Q/NBIRTH/edge", birth}, noon, outcome);
    CHECK(outcome.observations.at(0).device == "Q edge");
    host.read({"spBv1.0/Q/NBIRTH/edge", "\x12\x7f"}, noon, outcome);
    CHECK(outcome.unreadable == "no payload of Sparkplug B");
}
