#include "models/flow/routing.hpp"

namespace foretwin::flow {

void Routes::declare(kernel::ModelBuilder& builder, const std::string& device,
                     const Sources& sources) {
    if (routes.size() < 2) return;
    for (const SourceEntry& source : *sources) {
        streams.push_back(builder.stream(device + "/" + source.name + "/routing"));
    }
}

const Routes::Route& Routes::draw(const Context& context, const Part& part) const {
    random::Draws draws = context.draws(streams[part.source], part.number, position_of(part));
    const double level = draws.uniform();
    for (const Route& route : routes) {
        if (level < route.up_to) return route;
    }
    return routes.back();
}

}  // namespace foretwin::flow
