#include "scenarios/living/moved_scenario.hpp"

namespace foretwin::living {

loader::ScenarioFile moved_scenario(loader::ScenarioFile file, telemetry::Instant from,
                                    Time length) {
    const loader::Value* time = file.tree.find("time");
    loader::Value own = time == nullptr ? loader::Value::map() : *time;
    own.erase("warm_up");
    own.set("start", loader::Value::scalar(telemetry::instant_text(from), true));
    own.set("horizon", loader::Value::scalar(std::to_string(length / second) + " s"));
    file.tree.set("time", std::move(own));
    return file;
}

}  // namespace foretwin::living
