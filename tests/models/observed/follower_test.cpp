#include "models/observed/follower.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::observed;
using Kind = Observation::Kind;

namespace {

constexpr StateIndex busy = index_of(MachineState::busy);
constexpr StateIndex starved = index_of(MachineState::starved);
constexpr StateIndex repair = index_of(MachineState::repair);
constexpr Instant start = 1'475'841'600 * second;

Test is(std::string text, Test::Compare compare = Test::Compare::equal) {
    Test test;
    test.compare = compare;
    test.text = std::move(text);
    double number = 0;
    if (telemetry::read_number(test.text, number)) test.number = number;
    return test;
}

/// Items: 0 execution, 1 cond, 2 any condition, 3 load, 4 count, 5 kW, 6 note.
Profile mill() {
    DeviceProfile device;
    device.device = device.source = "Mill";
    device.items = {{"execution", false, true, true},   {"cond", true, true, false},
                    {any_condition, false, true, true}, {"load", false, true, true},
                    {"count", false, false, false},     {"kW", false, false, false},
                    {"note", false, true, false}};
    device.worst = 2;
    device.rules = {{repair, {{2, {is("FAULT")}}}},
                    {busy, {{0, {is("ACTIVE")}}, {3, {is("10", Test::Compare::above)}}}},
                    {starved, {{0, {is("READY"), is("ACTIVE")}}}}};
    device.causes = {{"7", "spindle"}};
    device.produced = CounterUse{4, 1000};
    device.power = 5;
    device.watt = 1000;
    Profile profile;
    profile.name = "test";
    profile.devices = {device};
    return profile;
}

/// Speaks as a log would: seconds after the start, item, value.
struct Desk {
    explicit Desk(Profile from = mill(), Instant begin = no_instant)
        : profile(std::move(from)), follower(profile, &sink, begin) {}

    void tell(double at, const std::string& item, const std::string& value,
              const std::string& detail = "") {
        Observation one;
        one.device = "Mill";
        one.item = item;
        one.at = start + from_seconds(at + 1000) - 1000 * second;
        telemetry::tell_value(value, one);
        one.detail = detail;
        follower.take(one);
    }
    DeviceFollower& mill_now() { return follower.device(0); }
    const Accounts& until(double at) {
        follower.advance_to(start + from_seconds(at));
        return mill_now().accounts();
    }
    Time in(StateIndex state) { return mill_now().accounts().in_state[state]; }

    struct Sink : HistorySink {
        std::vector<StateInterval> told;
        void interval(const DeviceProfile&, const StateInterval& one) override {
            told.push_back(one);
        }
    };
    Profile profile;
    Sink sink;
    Follower follower;
};

}  // namespace

TEST_CASE("the first rule that holds gives the state; the times sum to the calendar") {
    Desk desk;
    desk.tell(0, "load", "5");
    desk.tell(1, "execution", "active");
    desk.tell(3, "load", "10.5");
    desk.tell(6, "execution", "READY");
    const Accounts& accounts = desk.until(10);
    // 0-1 nothing told of execution, 1-3 active at low load, 3-6 busy, 6-10 ready.
    CHECK(accounts.in_state[unknown_state] == 1 * second);
    CHECK(accounts.in_state[starved] == (2 + 4) * second);
    CHECK(accounts.in_state[busy] == 3 * second);
    CHECK(accounts.calendar() == 10 * second);
    CHECK(desk.sink.told.size() == 3);
    CHECK((desk.sink.told[1].state == starved && desk.sink.told[1].to == start + 3 * second));
}

TEST_CASE("what is told at one instant counts together") {
    Desk desk;
    desk.tell(0, "execution", "ACTIVE");
    desk.tell(0, "load", "50");
    desk.tell(5, "cond", "FAULT", "7|||hot");
    desk.tell(5, "cond", "NORMAL");
    CHECK(desk.mill_now().state() == busy);
    CHECK(desk.until(9).causes.empty());
    CHECK(desk.in(busy) == 9 * second);
}

TEST_CASE("accounts begin with the first value, or where they are told to") {
    Desk first;
    first.tell(-50, "execution", "UNAVAILABLE");
    first.tell(2, "execution", "READY");
    first.until(5);
    CHECK(first.mill_now().begin() == start + 2 * second);
    CHECK(first.mill_now().order().initial == 1);
    CHECK(first.in(starved) == 3 * second);
    Desk given(mill(), start + 3 * second);
    given.tell(0, "execution", "READY");
    given.tell(10, "execution", "UNAVAILABLE");
    CHECK(given.in(starved) == 7 * second);
    Desk before(mill(), start);
    before.tell(4, "execution", "READY");
    before.until(5);
    CHECK(before.in(unknown_state) == 4 * second);
}

TEST_CASE("a small step back is taken in the order of the log, at the clock") {
    Desk desk;
    desk.tell(0, "execution", "READY");
    desk.tell(10, "execution", "UNAVAILABLE");
    desk.tell(9.5, "execution", "READY");  // the connection made anew, stamped before its loss
    desk.until(20);
    CHECK(desk.in(starved) == 20 * second);
    CHECK(desk.mill_now().order().stepped_back == 1);
    CHECK(desk.mill_now().order().longest_step_back == second / 2);
}

TEST_CASE("far behind the clock: repeated, told late, or left out") {
    Desk desk;
    desk.tell(0, "execution", "READY");
    desk.tell(100, "load", "50");
    desk.tell(50, "execution", "READY");          // says what holds
    desk.tell(60, "execution", "ACTIVE");         // nothing as new was told of it: from now on
    desk.tell(30, "execution", "READY");          // older than what is known
    desk.tell(40, "cond", "WARNING", "9|||low");  // first of its item
    const OrderCounts& order = desk.mill_now().order();
    CHECK((order.repeated == 1 && order.told_late == 2 && order.late == 1));
    CHECK(order.taken == 4);
    desk.until(110);
    CHECK(desk.in(starved) == 100 * second);
    CHECK(desk.in(busy) == 10 * second);
}

TEST_CASE("a stamp centuries ahead is left out, so that no account overflows") {
    Desk desk;
    desk.tell(0, "execution", "READY");
    Observation far;
    far.device = "Mill";
    far.item = "execution";
    far.at = std::numeric_limits<Instant>::max() - 1;
    desk.follower.take(far);
    CHECK(desk.mill_now().order().late == 1);
    CHECK(desk.until(5).in_state[starved] == 5 * second);
}

TEST_CASE("a failure lasts through a loss of connection, and has the worst alarm's cause") {
    Desk desk;
    desk.tell(0, "execution", "READY");
    desk.tell(1, "cond", "WARNING", "3|||near");
    desk.tell(2, "cond", "FAULT", "7|||hot");
    desk.tell(4, "cond", "UNAVAILABLE");
    desk.tell(4, "execution", "UNAVAILABLE");
    desk.tell(6, "cond", "FAULT", "7|||hot");
    desk.tell(7, "cond", "NORMAL", "7|||");
    desk.tell(7, "execution", "READY");
    const Accounts& accounts = desk.until(10);
    REQUIRE(accounts.causes.size() == 1);
    CHECK(accounts.causes[0] == CauseAccount{"spindle", 1, 1, 0, 3 * second});
    REQUIRE(accounts.alarms.size() == 2);
    CHECK(accounts.alarms[0] == AlarmAccount{"cond", "WARNING", "3", "near", 1, 3 * second});
    CHECK(accounts.alarms[1] == AlarmAccount{"cond", "FAULT", "7", "hot", 2, 3 * second});
    CHECK(desk.mill_now().alarms().empty());
}

TEST_CASE("of several alarms of one item each is cleared by its code, all by a plain normal") {
    Desk desk;
    desk.tell(0, "cond", "WARNING", "1|||a");
    desk.tell(1, "cond", "FAULT", "2|||b");
    desk.tell(2, "cond", "NORMAL", "2|||");
    desk.tell(4, "cond", "WARNING", "5|||c");
    desk.tell(5, "cond", "FAULT", "1|||a");  // the same code, worse: another alarm
    desk.tell(7, "cond", "NORMAL");
    const Accounts& accounts = desk.until(9);
    std::vector<Time> times;
    for (const AlarmAccount& one : accounts.alarms) times.push_back(one.time / second);
    CHECK(times == std::vector<Time>{5, 1, 3, 2});  // W1, F2, W5, F1
    std::vector<std::pair<std::string, Time>> levels;
    for (const ValueAccount& one : accounts.values[1])
        levels.emplace_back(one.value, one.time / second);
    CHECK(levels == std::vector<std::pair<std::string, Time>>{
                        {"UNAVAILABLE", 0}, {"WARNING", 4}, {"FAULT", 3}, {"NORMAL", 2}});
}

TEST_CASE("counters rise, wrap, are set back, and lose nothing while they are not told") {
    Desk desk;
    for (const char* value : {"980", "990", "UNAVAILABLE", "995", "5", "7", "3"})
        desk.tell(0, "count", value);
    // 10 + 5, over the end 1000 - 995 + 5 = 10, 2, then set back: 3.
    CHECK(desk.until(1).produced == 10 + 5 + 10 + 2 + 3);
}

TEST_CASE("power is integrated exactly, and what is not told counts as none and is told") {
    Desk desk;
    desk.tell(0, "kW", "1.5");
    desk.tell(10, "kW", "UNAVAILABLE");
    desk.tell(12, "kW", "2");
    const Accounts& accounts = desk.until(13);
    // 1.5 kW x 10 s + 2 kW x 1 s = 17 kJ.
    CHECK(to_double(accounts.energy) * 1e-12 == 17'000);
    CHECK(accounts.energy_unknown == 2 * second);
}

TEST_CASE("after a silence nothing is known until something is told") {
    Profile quiet = mill();
    quiet.silent_after = 5 * second;
    Desk desk(quiet);
    desk.tell(0, "execution", "READY");
    desk.tell(3, "temperature", "20");  // means nothing, but is heard
    desk.until(20);
    CHECK(desk.in(starved) == 8 * second);
    CHECK(desk.in(unknown_state) == 12 * second);
    desk.tell(30, "temperature", "21");
    desk.until(31);
    CHECK(desk.in(starved) == 9 * second);
    CHECK(desk.mill_now().accounts().values[0].at(1).time == 9 * second);
}

TEST_CASE("what cannot be mapped is listed: items, values, combinations, devices") {
    Desk desk;
    desk.tell(0, "execution", "JAMMED");
    desk.tell(0, "load", "5");
    desk.tell(0, "cond", "NORMAL");
    desk.tell(2, "oil", "low");
    desk.tell(5, "execution", "READY");
    Observation other;
    other.device = "Lathe";
    CHECK(desk.follower.take(other) == nullptr);
    const Accounts& accounts = desk.until(6);
    REQUIRE(accounts.unmapped.size() == 1);
    CHECK(accounts.unmapped[0] ==
          UnmappedAccount{"execution = JAMMED, any condition = NORMAL, load = 5", 1, 5 * second});
    CHECK(accounts.in_state[unknown_state] == 5 * second);
    CHECK_FALSE(accounts.values[0].at(1).mapped);
    CHECK(accounts.values[0].at(2).mapped);
    CHECK(desk.mill_now().seen().at(3) == DeviceState::Seen{"oil", -1, 1});
    CHECK(desk.follower.strangers().at("Lathe") == 1);
}

TEST_CASE("killed anywhere and resumed from its bytes, it goes on with the same bits") {
    const auto speak = [](Desk& desk, int i) {
        const char* levels[] = {"WARNING", "NORMAL", "FAULT", "UNAVAILABLE"};
        const char* executions[] = {"READY", "ACTIVE", "JAMMED", "UNAVAILABLE", "ACTIVE"};
        desk.tell(i + (i % 7 == 0 ? -1.25 : 0), "execution", executions[i * 7 % 5]);
        desk.tell(i, "load", std::to_string(i * 13 % 29));
        desk.tell(i, "cond", levels[i * 5 % 4], std::to_string(i % 3) + "|||m");
        desk.tell(i, "count", std::to_string(i * 37 % 1000));
        desk.tell(i, "kW", i % 11 == 0 ? "UNAVAILABLE" : std::to_string(i % 5));
        desk.tell(i, "extra " + std::to_string(i % 4), "x");
    };
    Desk whole;
    for (int i = 0; i < 60; ++i) speak(whole, i);
    const snapshot::Bytes end = whole.follower.capture();
    for (int cut = 0; cut < 60; cut += 7) {
        CAPTURE(cut);
        Desk first, second_half;
        for (int i = 0; i < cut; ++i) speak(first, i);
        second_half.follower.restore(first.follower.capture());
        for (int i = cut; i < 60; ++i) speak(second_half, i);
        CHECK(second_half.follower.capture() == end);
        CHECK(second_half.until(80) == whole.until(80));
    }
    Profile other = mill();
    other.devices[0].items.pop_back();
    Desk stranger(other);
    CHECK_THROWS_AS(stranger.follower.restore(end), InputError);
    snapshot::Bytes damaged = end;
    damaged[damaged.size() / 2] ^= std::byte{1};
    CHECK_THROWS_AS(whole.follower.restore(damaged), InputError);
}

TEST_CASE("the difference of two accounts is what was counted between them") {
    Desk desk;
    desk.tell(0, "execution", "READY");
    const Accounts before = desk.until(5);
    desk.tell(6, "cond", "FAULT", "7|||hot");
    const Accounts between = difference(desk.until(10), before);
    CHECK(between.in_state[starved] == 1 * second);
    CHECK(between.in_state[repair] == 4 * second);
    CHECK(between.causes.at(0).failures == 1);
    CHECK(between.calendar() == 5 * second);
    CHECK(between.values[0].at(1).time == 5 * second);
}
