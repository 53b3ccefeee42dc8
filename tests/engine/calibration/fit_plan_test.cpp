// From files of records to laws, as of an instant: what is read, what is refused, and whether the
// answers hold what simulations put in.
#include "engine/calibration/fit_plan.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/calibration/lifetimes.hpp"
#include "engine/calibration/wear_paths.hpp"
#include "engine/core/math.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/random/distribution.hpp"
#include "engine/random/stream.hpp"

using namespace foretwin;
using namespace foretwin::calibration;

namespace {

random::Draws stream(const std::string& name, std::uint32_t draw = 0) {
    return random::draws({11, 0}, name_hash("fit_plan_test/" + name), draw);
}

double normal(random::Draws& draws) {
    return math::normal_quantile(draws.uniform());
}

/// A folder for one test's files, gone after it.
class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("fit_plan_test_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

FitPlan plan_of(const Folder& folder, FitTask task) {
    FitPlan plan;
    plan.folder = folder.path();
    plan.tasks.push_back(std::move(task));
    return plan;
}

FitTask task_of(FitKind kind, std::map<std::string, std::string> columns) {
    FitTask task;
    task.name = "it";
    task.kind = kind;
    task.records.file = "records.csv";
    task.records.columns = std::move(columns);
    task.unit = "h";
    task.in_seconds = 3600;
    return task;
}

std::string complaints(const FitPlan& plan) {
    try {
        run_fit_plan(plan);
    } catch (const InputError& error) {
        std::string all;
        for (const Problem& problem : error.problems()) all += to_text(problem) + "\n";
        return all;
    }
    return "none";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// "2026-01-01T00:00" and so many seconds later.
std::string moment(double seconds) {
    constexpr telemetry::LocalSeconds begin = 1767225600;
    return telemetry::to_text(begin + static_cast<telemetry::LocalSeconds>(seconds));
}

double mean_of(const LawChoice& law) {
    const Candidate& best = law.candidates[law.best];
    return random::mean(to_distribution(best.fit.law)) / 86400;
}

}  // namespace

TEST_CASE("95 % intervals of Weibull parameters hold the truth at that rate, with censoring") {
    // 150 samples: Binomial(150, 0.95) lies within 134 to 149 with 99 %.
    const auto law = random::weibull(1.7, 50);
    int shape_held = 0, scale_held = 0;
    for (std::uint32_t k = 0; k < 150; ++k) {
        auto draws = stream("coverage", k);
        std::vector<Observation> seen;
        for (int i = 0; i < 60; ++i) {
            const double life = random::sample(law, draws), end = 30 + 60 * draws.uniform();
            seen.push_back({0, std::min(life, end), std::min(life, end), life <= end, 1});
        }
        const auto list = natural_parameters(
            fit_life(make_sample(seen, Treatment::exact, 0), LifeFamily::weibull, false));
        shape_held += list[0].low <= 1.7 && 1.7 <= list[0].high ? 1 : 0;
        scale_held += list[1].low <= 50 && 50 <= list[1].high ? 1 : 0;
    }
    CHECK(shape_held >= 134);
    CHECK(shape_held <= 149);
    CHECK(scale_held >= 134);
    CHECK(scale_held <= 149);
}

TEST_CASE("repairs told by clock times: running ones count, and nothing later than asked for") {
    const Folder folder;
    // Ends at 2 h, 5 h and 30 h; the fourth still runs. As of 6 h the third runs since 4 h.
    folder.write("records.csv", "device,from,to\nA," + moment(0) + "," + moment(7200) + "\nA," +
                                    moment(3600) + "," + moment(18000) + "\nA," + moment(7200) +
                                    "," + moment(108000) + "\nB," + moment(10800) + ",\n");
    FitTask task = task_of(FitKind::lifetimes, {{"begin", "from"}, {"end", "to"}});
    FitPlan plan = plan_of(folder, task);
    LawChoice law = run_fit_plan(plan).tasks[0].law.value();
    CHECK(law.failures == 3);
    CHECK(law.exposure == doctest::Approx(2 + 4 + 28 + 27));  // B ran from 3 h to the last record
    plan.as_of = 1767225600 + 6 * 3600;
    law = run_fit_plan(plan).tasks[0].law.value();
    CHECK(law.failures == 2);
    CHECK(law.censored == 2);
    CHECK(law.exposure == doctest::Approx(2 + 4 + 4 + 3));
    // A window of 3 h: the first ended before it; the rest enter late, at the window's begin.
    plan.window_s = 3 * 3600;
    law = run_fit_plan(plan).tasks[0].law.value();
    CHECK(law.failures == 1);
    CHECK(law.late == 2);  // the second and the third began before 3 h, B at it
    CHECK(law.exposure == doctest::Approx(2 + 3 + 3));
    plan.tasks[0].records.where = {{"device", "B"}};
    plan.window_s = 0;
    law = run_fit_plan(plan).tasks[0].law.value();
    CHECK(law.observations == 1);
    CHECK(contains(law.warnings.at(0), "nothing failed"));
}

TEST_CASE("a schedule of refits: between two of them nothing is learnt") {
    const Folder folder;
    folder.write("records.csv", "t,at\n1," + moment(86400) + "\n2," + moment(2 * 86400) + "\n3," +
                                    moment(3 * 86400) + "\n");
    FitPlan plan = plan_of(folder, task_of(FitKind::lifetimes, {{"time", "t"}, {"at", "at"}}));
    plan.as_of = 1767225600 + 3 * 86400 + 3600;
    CHECK(run_fit_plan(plan).tasks[0].law->failures == 3);
    // 2026-01-01 is day 20454 since 1970: every second day falls on the 1st, the 3rd, the 5th.
    plan.refit_every_s = 2 * 86400.0;
    const FitPlanResult result = run_fit_plan(plan);
    CHECK(result.known_until.value() == 1767225600 + 2 * 86400);
    CHECK(result.tasks[0].law->failures == 2);
    CHECK(contains(to_text(result), "with what was known at 2026-01-03T00:00"));
}

TEST_CASE("rounded durations are intervals: the law is found, zeros included") {
    const Folder folder;
    auto draws = stream("rounding");
    std::string csv = "minutes\n";
    for (int i = 0; i < 400; ++i)
        csv += std::to_string(
                   static_cast<int>(std::round(random::sample(random::exponential(2), draws)))) +
               "\n";
    folder.write("records.csv", csv);
    FitTask task = task_of(FitKind::lifetimes, {{"time", "minutes"}});
    CHECK(contains(complaints(plan_of(folder, task)), "give the `resolution`"));
    task.resolution = 1;
    const LawChoice law = run_fit_plan(plan_of(folder, task)).tasks[0].law.value();
    CHECK(law.intervals == 400);
    CHECK(std::abs(mean_of(law) - 2) < 3 * 2 / std::sqrt(400.0));
}

TEST_CASE("a change of level is found where it was, and none where there was none") {
    const auto durations = [](const std::string& name, double after) {
        std::vector<Dated> list;
        auto draws = stream(name);
        for (int i = 0; i < 120; ++i) {
            const double scale = i < 70 ? 10 : after;
            list.push_back({i * 3600.0, scale * std::exp(0.4 * normal(draws)), true, 0});
        }
        return list;
    };
    ChangeRules rules;
    rules.name = "it", rules.orders = 199;
    const auto changes = find_changes(durations("drift", 16), rules);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].index >= 65);
    CHECK(changes[0].index <= 75);
    CHECK(changes[0].after / changes[0].before == doctest::Approx(1.6).epsilon(0.15));
    // At 1 % each, 40 quiet records show more than three changes with chance 1e-3 only.
    int false_changes = 0;
    for (int k = 0; k < 40; ++k)
        false_changes +=
            find_changes(durations("quiet " + std::to_string(k), 10), rules).empty() ? 0 : 1;
    CHECK(false_changes <= 3);
}

TEST_CASE("a fleet that runs on when its records end shows no drift for that") {
    // 30 machines of Weibull lives, renewed at failure for 400 h; the last life of each runs on. At
    // 1 % each, 20 fleets show more than two changes with chance 1e-3 only.
    const Folder folder;
    FitTask task = task_of(FitKind::lifetimes, {{"begin", "from"}, {"end", "to"}});
    int false_changes = 0;
    for (std::uint32_t k = 0; k < 20; ++k) {
        auto draws = stream("fleet", k);
        std::string csv = "from,to\n";
        for (int machine = 0; machine < 30; ++machine)
            for (double at = 0; at < 400;) {
                const double end = at + random::sample(random::weibull(2.5, 150), draws);
                csv += moment(at * 3600) + "," + (end < 400 ? moment(end * 3600) : "") + "\n";
                at = end;
            }
        folder.write("records.csv", csv);
        false_changes += run_fit_plan(plan_of(folder, task)).tasks[0].changes.empty() ? 0 : 1;
    }
    CHECK(false_changes <= 2);
}

TEST_CASE("the window follows the drift when asked to") {
    const Folder folder;
    auto draws = stream("window");
    std::string csv = "minutes,at\n";
    for (int i = 0; i < 100; ++i)
        csv += std::to_string((i < 60 ? 10 : 20) * std::exp(0.3 * normal(draws))) + "," +
               moment(i * 86400.0) + "\n";
    folder.write("records.csv", csv);
    FitPlan plan =
        plan_of(folder, task_of(FitKind::lifetimes, {{"time", "minutes"}, {"at", "at"}}));
    const TaskResult mixed = run_fit_plan(plan).tasks[0];
    CHECK(mixed.law->observations == 100);
    CHECK(contains(mixed.warnings.at(0), "the level changed"));
    plan.window_by_drift = true;
    const TaskResult recent = run_fit_plan(plan).tasks[0];
    CHECK(recent.law->observations >= 38);
    CHECK(recent.law->observations <= 42);
    CHECK(mean_of(*recent.law) == doctest::Approx(20 * std::exp(0.045)).epsilon(0.15));
    CHECK(contains(to_text(run_fit_plan(plan)), "only what ended since 2026-0"));
}

TEST_CASE("pooled rates: the posterior in closed form, and nearer to the truth than either end") {
    std::vector<GroupCount> groups;
    std::vector<double> truth;
    auto draws = stream("rates");
    double count = 0, exposure = 0;
    for (int i = 0; i < 80; ++i) {
        truth.push_back(random::sample(random::gamma(2, 0.5), draws));
        GroupCount group{"m" + std::to_string(i), 0, 2 + 8 * draws.uniform()};
        double at = 0;
        while ((at += random::sample(random::exponential(1 / truth.back()), draws)) <
               group.exposure)
            group.count += 1;
        count += group.count, exposure += group.exposure;
        groups.push_back(group);
    }
    const RatePool pool = pool_rates(groups);
    CHECK(!pool.alike);
    CHECK(std::abs(std::log(pool.shape / 2)) < 0.8);  // its standard error is about 0.25
    double own = 0, shrunk = 0, all = 0;
    int held = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const Shrunk& one = pool.groups[i];
        CHECK(one.shrunk ==
              doctest::Approx((pool.shape + one.count) / (pool.shape / pool.mean + one.exposure)));
        own += std::pow(one.own - truth[i], 2);
        shrunk += std::pow(one.shrunk - truth[i], 2);
        all += std::pow(count / exposure - truth[i], 2);
        held += one.low <= truth[i] && truth[i] <= one.high ? 1 : 0;
    }
    CHECK(shrunk < own);
    CHECK(shrunk < all);
    CHECK(held >= 70);  // Binomial(80, 0.95) is below 70 with 0.3 %
    // Like machines: nobody stands out.
    std::vector<GroupCount> like;
    for (int i = 0; i < 10; ++i) like.push_back({"m" + std::to_string(i), 5, 10});
    const RatePool flat = pool_rates(like);
    CHECK(flat.alike);
    CHECK(flat.groups[0].own_weight < 0.01);
}

TEST_CASE("pooled estimates: two groups by hand, and lives of groups of one shape") {
    // Means 0 and 4 with errors 1: the variance v between them solves 8 / (v + 1) = 1, v = 7, so
    // each keeps 7 / 8 of its own.
    const std::vector<GroupEstimate> two{{"a", 0, 1, 5}, {"b", 4, 1, 5}};
    const NormalPool pool = pool_estimates(two);
    CHECK(pool.between == doctest::Approx(std::sqrt(7.0)));
    CHECK(pool.groups[0].shrunk == doctest::Approx(0.25));
    CHECK(pool.groups[1].shrunk == doctest::Approx(3.75));
    CHECK(pool.groups[0].log_deviation == doctest::Approx(std::sqrt(7.0 / 8 + 4.0 / 64)));
    const std::vector<GroupEstimate> near{{"a", 1, 1, 5}, {"b", 1.5, 1, 5}};
    CHECK(pool_estimates(near).between == 0);
    std::vector<Lifetime> lives;
    auto draws = stream("pooled lives");
    for (int group = 0; group < 6; ++group)
        for (int i = 0; i < 40; ++i) {
            const double life = random::sample(random::weibull(2, group < 3 ? 100 : 200), draws);
            Lifetime own;
            own.group = std::to_string(group);
            own.seen = {0, std::min(life, 150.0), std::min(life, 150.0), life < 150, 1};
            lives.push_back(own);
        }
    const LifePool pooled = pool_lives(lives);
    CHECK(std::abs(std::log(pooled.shape / 2)) < 3 * pooled.log_shape_error);
    for (std::size_t i = 0; i < 6; ++i) {
        const double scale = i < 3 ? 100 : 200;
        CHECK(std::abs(std::log(pooled.scales[i] / scale)) < 3 * pooled.log_scale_deviation[i]);
    }
}

TEST_CASE("power by state: stays are what is independent, and rounding is no precision") {
    // 60 stays of busy with 30 samples; the level of a stay varies by 2 kW, a sample by 0.5 kW.
    std::vector<PowerSample> samples;
    std::vector<StateChange> changes;
    auto draws = stream("power");
    for (int stay = 0; stay < 120; ++stay) {
        const double begin = stay * 100.0;
        const bool busy = stay % 2 == 0;
        changes.push_back({begin, busy ? "busy" : "down"});
        const double level = busy ? 20 + 2 * normal(draws) : 0.6;
        for (int i = 0; i < 30; ++i) {
            const double power = level + (busy ? 0.5 * normal(draws) : 0);
            samples.push_back({begin + 3.0 * i, std::round(power)});
        }
    }
    const StatePowers powers = power_by_state(samples, changes, 1, 0);
    REQUIRE(powers.states.size() == 2);
    const StatePower& busy = powers.states[0];
    CHECK(busy.visits == 60);
    CHECK(busy.samples == 1800);
    CHECK(std::abs(busy.mean - 20) < 3 * busy.standard_error);
    // 2 / sqrt(60) = 0.26; samples taken as independent would claim 2.06 / sqrt(1800) = 0.05.
    CHECK(busy.standard_error == doctest::Approx(0.26).epsilon(0.25));
    CHECK(busy.deviation == doctest::Approx(std::sqrt(4.25)).epsilon(0.2));
    // 0.6 kW shows as 1 kW always: the error is the rounding's, 1 / sqrt(12).
    CHECK(powers.states[1].mean == 1);
    CHECK(powers.states[1].standard_error == doctest::Approx(1 / std::sqrt(12.0)));
    // The first 10 s of a stay hold four samples.
    CHECK(power_by_state(samples, changes, 1, 10).settling == 480);
}

TEST_CASE("demand: a Poisson process is not over-dispersed, bunches are; Erlang is told") {
    auto draws = stream("demand");
    std::vector<double> poisson, bunches;
    double at = 0, bunch = 0;
    while (at < 28 * 86400.0) {
        at += random::sample(random::exponential(600), draws);
        poisson.push_back(at);
        bunch += random::sample(random::exponential(3000), draws);
        for (int i = 0; i < 5; ++i) bunches.push_back(bunch + 20.0 * i);
    }
    std::sort(bunches.begin(), bunches.end());
    ChoiceRules rules;
    rules.shifts = false;
    const Arrivals quiet = fit_arrivals(poisson, 60, 0, rules);
    CHECK(std::abs(quiet.rate - 6) < 3 * std::sqrt(6 / quiet.hours));
    CHECK(quiet.constant.p_value > 0.01);
    CHECK(quiet.weekly.p_value > 0.01);
    CHECK(quiet.constant.index == doctest::Approx(1).epsilon(0.15));
    const Arrivals bunched = fit_arrivals(bunches, 60, 0, rules);
    CHECK(bunched.weekly.p_value < 1e-6);
    CHECK(contains(bunched.warnings.at(0), "bunches"));
    // 2026-01-05 06:00 was a Monday: hour 6 of the week.
    const double monday = 1767592800;
    const std::vector<double> few{monday - 7000, monday + 100, monday + 200, monday + 300,
                                  monday + 7300};
    CHECK(fit_arrivals(few, 60, 0, rules).by_hour[6] == 3);
    // Gaps of three stages.
    std::vector<double> staged{0};
    for (int i = 0; i < 500; ++i)
        staged.push_back(staged.back() + random::sample(random::erlang(3, 60), draws));
    const Candidate erlang = fit_arrivals(staged, 60, 0, rules).gaps.candidates.back();
    CHECK(erlang.fit.note == "Erlang, 3 stages");
    CHECK(erlang.fit.parameters == 2);
    CHECK(std::exp(erlang.fit.law.theta[1]) == doctest::Approx((staged.back()) / 500 / 60));
}

TEST_CASE("heat: time constant and gain are found again, at the nominal rate") {
    // 60 records of 200 readings: Binomial(60, 0.95) lies within 51 to 60 with 99 %.
    int held = 0;
    ThermalFit last;
    for (std::uint32_t k = 0; k < 60; ++k) {
        auto draws = stream("heat", k);
        std::vector<ThermalReading> readings;
        const double tau = 1800, gain = 2.5, a = std::exp(-60 / tau);
        double temperature = 20;
        for (int i = 0; i < 200; ++i) {
            const double power = (i / 25) % 2 == 0 ? 12 : 0;
            readings.push_back({60.0 * i, temperature, power, 20});
            temperature = a * temperature + (1 - a) * (20 + gain * power) + 0.05 * normal(draws);
        }
        last = fit_thermal(readings, true);
        held += std::abs(last.time_constant - tau) < 1.96 * last.time_constant_error ? 1 : 0;
        CHECK(std::abs(last.gain - gain) < 4.5 * last.gain_error);
    }
    CHECK(held >= 51);
    CHECK(last.noise == doctest::Approx(0.05).epsilon(0.25));
    std::vector<ThermalReading> still;
    for (int i = 0; i < 20; ++i) still.push_back({60.0 * i, 20, 5, 20});
    CHECK(contains(fit_thermal(still, false).warnings.at(0), "power must vary"));
}

TEST_CASE("wear: paths cross the threshold where a ruler says") {
    const std::vector<WearReading> readings{{"a", 0, 1},  {"a", 10, 2}, {"a", 20, 3}, {"b", 0, 1},
                                            {"b", 10, 1}, {"c", 0, 1},  {"c", 10, 0}};
    const auto lives = lives_of_wear(readings, WearPath::linear, 6);
    REQUIRE(lives.size() == 3);
    CHECK(lives[0].crosses);
    CHECK(lives[0].age == doctest::Approx(50));
    CHECK(!lives[1].crosses);
    CHECK(lives[1].age == 10);
    CHECK(!lives[2].crosses);
    // 1, 2, 4 at 0, 10, 20 doubles every 10: 64 at 60.
    const std::vector<WearReading> doubling{{"a", 0, 1}, {"a", 10, 2}, {"a", 20, 4}};
    CHECK(lives_of_wear(doubling, WearPath::exponential, 64)[0].age == doctest::Approx(60));
}

TEST_CASE("records that say nonsense are refused where they say it") {
    const Folder folder;
    const FitTask task = task_of(FitKind::lifetimes, {{"time", "t"}, {"status", "s"}});
    const auto refused = [&](const std::string& csv) {
        folder.write("records.csv", csv);
        return complaints(plan_of(folder, task));
    };
    CHECK(contains(refused("t,s\n1,1\nx,1\n3,2\n-4,1\n"), "records.csv:3:1: 'x' is no number"));
    CHECK(contains(refused("t,s\n1,1\n3,2\n"), "records.csv:3:3: '2' is neither 1 nor 0"));
    CHECK(contains(refused("t,s\n-4,1\n"), "a time below 0"));
    CHECK(contains(refused("time,s\n4,1\n"), "'t'"));
    CHECK(contains(refused("t,s\n"), "records.csv"));
    FitTask nobody = task;
    nobody.records.where = {{"s", "7"}};
    folder.write("records.csv", "t,s\n1,1\n");
    CHECK(contains(complaints(plan_of(folder, nobody)), "has no row that counts"));
    FitTask dated = task;
    dated.records.columns["at"] = "s";
    folder.write("records.csv", "t,s\n1,never\n");
    CHECK(contains(complaints(plan_of(folder, dated)), "'never' is no date and time"));
    FitPlan late = plan_of(folder, task);
    late.as_of = 0;
    CHECK(contains(complaints(late), "tells no dates to cut at"));
    FitTask found = task_of(FitKind::found, {{"age", "t"}, {"found", "s"}});
    found.units = 3;
    folder.write("records.csv", "t,s\n1,2\n2,2\n");
    CHECK(contains(complaints(plan_of(folder, found)), "more were found than there are units"));
    folder.write("records.csv", "t,s\n2,1\n1,1\n");
    CHECK(contains(complaints(plan_of(folder, found)), "inspections must follow one another"));
}

TEST_CASE("few failures, flat likelihoods and covariates that say the same are warned of") {
    const Folder folder;
    folder.write("records.csv", "t,s,a,b,g\n5,1,1,2,x\n7,0,2,4,y\n9,1,3,6,x\n4,1,1,2,y\n");
    FitTask task = task_of(FitKind::lifetimes, {{"time", "t"}, {"status", "s"}, {"group", "g"}});
    task.covariates = {"a", "b"};
    const TaskResult result = run_fit_plan(plan_of(folder, task)).tasks[0];
    std::string all;
    for (const std::string& warning : all_warnings(result)) all += warning + "\n";
    CHECK(contains(all, "only 3 failures"));
    CHECK(contains(all, "the information is singular"));
    CHECK(result.lives_pool.has_value());
    const auto json = to_json(run_fit_plan(plan_of(folder, task)));
    const auto& fit = json.at("fits").at(0);
    CHECK(fit.at("best").at("parameters").is_object());
    CHECK(fit.at("cox").at("effects").at(0).at("standard_error").is_null());
    CHECK(fit.at("groups").at("members").size() == 2);
    const std::string file = to_parameter_file(run_fit_plan(plan_of(folder, task)));
    CHECK(contains(file, "\"it x\":\n    kind: distribution\n    value: {weibull: {shape: "));
}

TEST_CASE("one age says nothing of a shape: the exponential law is chosen") {
    // All at one age: Weibull, gamma and lognormal shrink onto it without bound.
    const std::vector<Observation> same(6, Observation{0, 5, 5, true, 1});
    const LawChoice choice = choose_law(same, {});
    CHECK(choice.candidates[choice.best].fit.law.family == LifeFamily::exponential);
    CHECK(!choice.candidates[choice.best].fit.shifted);
    for (const Candidate& own : choice.candidates)
        if (own.fit.law.family == LifeFamily::lognormal && !own.fit.shifted)
            CHECK(contains(own.not_chosen, "the end of its range"));
}
