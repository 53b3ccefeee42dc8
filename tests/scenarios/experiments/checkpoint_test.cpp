#include "scenarios/experiments/checkpoint.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "engine/statistics/variance_components.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "tests/scenarios/experiments/one_station.hpp"
#include "tests/support/reseal.hpp"

using namespace foretwin;
using namespace foretwin::test;
using namespace foretwin::experiments;
using snapshot::Bytes;

namespace {

/// Long enough for several pauses in each future, short enough for a test.
StudyPlan plan_of(std::int64_t replications, int horizon_h = 300) {
    StudyPlan plan = test::plan_of(
        one_station(200, horizon_h, "  faster: {scale: {A/cycle: 0.5}}\n"), replications);
    plan.trace = true;
    return plan;
}

std::vector<Replications> run(const StudyPlan& plan) {
    const ParameterDraws draws(plan.file, plan.seed, 0, plan.life_model);
    return replicate(plan, prepare(plan, draws));
}

void expect_equal(const std::vector<Replications>& a, const std::vector<Replications>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].fingerprints == b[i].fingerprints);
        CHECK(a[i].traces == b[i].traces);
        CHECK(a[i].kpis == b[i].kpis);
        CHECK(a[i].part_counts == b[i].part_counts);
        CHECK(a[i].events == b[i].events);
        for (std::size_t figure = 0; figure < a[i].devices.size(); ++figure) {
            CHECK(a[i].devices[figure].front().mean == b[i].devices[figure].front().mean);
            CHECK(a[i].devices[figure].front().squares == b[i].devices[figure].front().squares);
        }
    }
}

constexpr bool at_full_length = FORETWIN_ORACLE_LENGTH >= 1;
constexpr double every_s = at_full_length ? 0.001 : 0.005;

/// States that were saved, evenly over the study; the last among them.
struct Diary {
    static constexpr std::size_t most = 64;
    std::vector<Bytes> saved;
    std::vector<std::string> complaints;

    std::shared_ptr<Checkpoint> checkpoint(const StudyPlan& plan) {
        return std::make_shared<Checkpoint>(
            plan, every_s, [this](const Bytes& bytes) { keep(bytes); },
            [this](const std::string& what) { complaints.push_back(what); });
    }
    void keep(const Bytes& bytes) {
        if (saved.size() == most) {
            for (std::size_t i = 1; 2 * i < most; ++i) saved[i] = std::move(saved[2 * i]);
            saved.resize(most / 2);
        }
        saved.push_back(bytes);
    }
};

/// Some of them, the first and the last included.
std::vector<Bytes> some_of(const std::vector<Bytes>& states, std::size_t wanted) {
    std::vector<Bytes> some;
    for (std::size_t i = 0; i < wanted; ++i) {
        some.push_back(states[i * (states.size() - 1) / (wanted - 1)]);
    }
    return some;
}

/// The study as a process ends it that finds this state.
std::vector<Replications> run_from(const Bytes& state, StudyPlan plan) {
    Diary diary;
    plan.checkpoint = diary.checkpoint(plan);
    plan.checkpoint->resume(state);
    return run(plan);
}

/// The states that a study of this plan saves on its way.
std::vector<Bytes> states_of(StudyPlan plan) {
    Diary diary;
    plan.checkpoint = diary.checkpoint(plan);
    run(plan);
    return diary.saved;
}

std::string refusal(const StudyPlan& plan, const Bytes& bytes) {
    Diary diary;
    try {
        diary.checkpoint(plan)->resume(bytes);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a study goes on from any state it has saved, on any executor, to the same end") {
    StudyPlan plan = plan_of(70);  // more than one wave of 64
    const std::vector<Replications> whole = run(plan);
    Diary diary;
    plan.checkpoint = diary.checkpoint(plan);
    expect_equal(run(plan), whole);
    REQUIRE(diary.saved.size() > 3);
    CHECK(diary.complaints.empty());
    const std::vector<Bytes> states = some_of(diary.saved, at_full_length ? 6 : 2);
    for (std::size_t i = 0; i < states.size(); ++i) {
        INFO("state ", i, " of ", states.size());
        StudyPlan rest = plan;
        rest.threads = 1 + static_cast<int>(i % 3);
        rest.executor = i % 2 == 0 ? Executor::parallel : Executor::sequential;
        std::int64_t first_told = -1;
        rest.progress = [&](std::int64_t done, std::int64_t) {
            if (first_told < 0) first_told = done;
        };
        expect_equal(run_from(states[i], rest), whole);
        // The first that is told is one more than those that were there; none when all were.
        if (i + 1 == states.size()) CHECK(first_told != 1);
    }
}

TEST_CASE("futures are taken up half-way, in their warm-up and after it") {
    StudyPlan plan = plan_of(2, at_full_length ? 5'000 : 500);
    plan.threads = 1;
    plan.alternatives.resize(1);
    const std::vector<Replications> whole = run(plan);
    Diary diary;
    plan.checkpoint = diary.checkpoint(plan);
    expect_equal(run(plan), whole);
    // Two times 5,200 h of some hundred events each: many times the millisecond between two states.
    REQUIRE(diary.saved.size() > 4);
    for (const Bytes& state : some_of(diary.saved, 6)) expect_equal(run_from(state, plan), whole);
}

TEST_CASE("a study that stops at a precision stops at the same future when it goes on") {
    StudyPlan plan = plan_of(400, 40);
    plan.precision = 0.01;
    const std::vector<Replications> whole = run(plan);
    REQUIRE(whole.front().fingerprints.size() < 400);
    for (const Bytes& state : some_of(states_of(plan), 3)) {
        expect_equal(run_from(state, plan), whole);
    }
}

TEST_CASE("what was stopped from outside is saved to the last moment") {
    StudyPlan plan = plan_of(40);
    const std::vector<Replications> whole = run(plan);
    std::atomic<bool> stop{false};
    Diary diary;
    plan.checkpoint = diary.checkpoint(plan);
    plan.cancelled = &stop;
    plan.progress = [&](std::int64_t done, std::int64_t) { stop = done >= 10; };
    CHECK_THROWS_AS(run(plan), Cancelled);
    CHECK(plan.checkpoint->save());
    stop = false;
    plan.progress = nullptr;
    expect_equal(run_from(diary.saved.back(), plan), whole);
}

TEST_CASE("a checkpoint of another study is refused, and what differs is named") {
    const StudyPlan plan = plan_of(4);
    const Bytes state = states_of(plan).front();
    REQUIRE(refusal(plan, state) == "accepted");
    StudyPlan other = plan;
    other.seed = 2;
    CHECK(mentions(refusal(other, state), "there it is `seed 1`, here `seed 2`"));
    other = plan;
    other.replications = 5;
    CHECK(mentions(refusal(other, state), "`replications 4`, here `replications 5`"));
    other = plan;
    other.trace = false;
    CHECK(mentions(refusal(other, state), "`trace on`, here `trace off`"));
    other = plan;
    other.alternatives.pop_back();
    CHECK(mentions(refusal(other, state), "`alternative faster`, here `nothing`"));
    CHECK(mentions(refusal(plan_of(4, 1001), state), "there it is `scenario "));
    // Threads and executor are nobody's business.
    other = plan;
    other.threads = 1;
    other.executor = Executor::reference;
    CHECK(refusal(other, state) == "accepted");
}

TEST_CASE("a damaged checkpoint is refused, wherever the damage is") {
    const StudyPlan plan = plan_of(2);
    const Bytes good = states_of(plan).front();
    for (std::size_t i = 0; i < good.size(); i += 1 + good.size() / 500) {
        Bytes bad = good;
        bad[i] ^= std::byte{4};
        INFO("byte ", i);
        CHECK(refusal(plan, bad) != "accepted");
        CHECK(refusal(plan, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i))) !=
              "accepted");
    }
    CHECK(mentions(refusal(plan, Bytes(100)), "does not begin as a checkpoint"));
}

TEST_CASE("damage under a right checksum is refused, or does no harm") {
    const StudyPlan plan = plan_of(2);
    const Bytes good = states_of(plan).front();
    for (std::size_t i = sealed_header; i < good.size(); i += 1 + good.size() / 300) {
        Bytes bad = good;
        bad[i] ^= std::byte{0xff};
        INFO("byte ", i);
        CHECK_NOTHROW(static_cast<void>(refusal(plan, reseal(bad))));
    }
}

TEST_CASE("a snapshot of another future is refused, though both checksums are right") {
    const StudyPlan plan = plan_of(2);
    Bytes bytes = states_of(plan).front();
    constexpr std::string_view magic = "FTWNSHOT";
    const auto inner = std::search(bytes.begin(), bytes.end(), magic.begin(), magic.end(),
                                   [](std::byte a, char b) { return static_cast<char>(a) == b; });
    REQUIRE(inner != bytes.end());
    std::uint64_t length = 0;  // of what follows the header, told in its fourth part of 8 bytes
    std::memcpy(&length, &*inner + 24, sizeof(length));
    const auto end = inner + static_cast<std::ptrdiff_t>(sealed_header + length);
    inner[sealed_header] ^= std::byte{1};  // the seed
    const Bytes resealed = reseal(Bytes(inner, end));
    std::copy(resealed.begin(), resealed.end(), inner);
    Diary diary;
    StudyPlan resumed = plan;
    resumed.checkpoint = diary.checkpoint(plan);
    resumed.checkpoint->resume(reseal(bytes));
    std::string said = "accepted";
    try {
        run(resumed);
    } catch (const InputError& error) {
        said = error.what();
    }
    CHECK(mentions(said, "a snapshot of another future"));
}

TEST_CASE("a study that cannot be saved says so and goes on") {
    StudyPlan plan = plan_of(70);
    const std::vector<Replications> whole = run(plan);
    Diary diary;
    plan.checkpoint = std::make_shared<Checkpoint>(
        plan, every_s, [](const Bytes&) { throw EnvironmentError("the disk is full"); },
        [&](const std::string& what) { diary.complaints.push_back(what); });
    expect_equal(run(plan), whole);
    REQUIRE(!diary.complaints.empty());
    CHECK(diary.complaints.front() == "the disk is full");
    CHECK(!plan.checkpoint->is_saved());
    CHECK(!plan.checkpoint->save());
}
