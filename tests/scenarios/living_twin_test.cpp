#include "scenarios/living/living_twin.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "scenarios/live_description.hpp"
#include "scenarios/living/imitation.hpp"
#include "scenarios/profile.hpp"
#include "tests/support/plant.hpp"

/// A plant that is imitated, a twin that follows it, forecasts that are scored.

using namespace foretwin;
using namespace foretwin::living;
using telemetry::Observation;

namespace {

const std::filesystem::path library =
    std::filesystem::path(FORETWIN_SOURCE_DIR) / "scenarios/library/living_line";

constexpr telemetry::Instant monday = 20'458 * day;  // 2026-01-05T00:00Z

}  // namespace

TEST_CASE("first look") {
    Description description = scenarios::read_live_description(library / "live.yaml");
    const loader::ScenarioFile scenario = test::read_file((library / "scenario.yaml").string());
    const loader::ScenarioFile plant = test::read_file((library / "plant.yaml").string());
    const scenarios::ProfileFile profile = scenarios::read_profile(library / "profile.yaml");
    Imitation::Plan plan;
    plan.from = monday;
    plan.length = 14 * day;
    Imitation telemetry(plant, plan);
    const std::filesystem::path file = "/tmp/ledger.jsonl";
    std::filesystem::remove(file);
    Ledger ledger(file, description.level);
    LivingTwin::Plan live{description, scenario, profile.profile};
    live.issue_from = monday + 6 * hour;
    LivingTwin twin(live, ledger, monday);
    Observation one;
    long count = 0;
    while (telemetry.next(one)) {
        twin.take(one);
        ++count;
    }
    twin.advance(monday + 14 * day);
    MESSAGE("observations " << count);
    for (const Standing& s : twin.scoreboard().standings()) {
        MESSAGE(twin.figures()[s.figure].name
                << " " << description.horizons[s.horizon].name << ": n " << s.forecasts
                << " score " << s.score << " bias " << s.bias << " truth " << s.truth << " inside "
                << s.coverage.inside << "/" << s.coverage.trials << " skill pers "
                << s.persistence.skill << " seasonal " << s.seasonal.forecasts);
    }
    const Agreement agreement = twin.agreement();
    for (const auto& [name, innovation] : agreement.counters)
        MESSAGE(name << " readings " << innovation.readings << " bias " << innovation.bias
                     << " spread " << innovation.spread << " outside " << innovation.outside
                     << " lost " << innovation.lost);
    MESSAGE("states " << agreement.states_read << " surprising " << agreement.states_surprising
                      << " unknown causes " << agreement.unknown_causes << " ess "
                      << agreement.effective_particles);
    for (const auto& [name, factor] : agreement.paces) MESSAGE(name << " pace " << factor);
    for (const PresentFigure& f : twin.present())
        MESSAGE(f.device << " " << f.figure << " " << f.mean << " " << f.low << " " << f.high);
}
