#include "models/flow/routing.hpp"

namespace foretwin::flow {

void Routes::declare(kernel::ModelBuilder& builder, const std::string& device,
                     const Sources& sources) {
    if (routes.size() < 2) return;
    for (const SourceEntry& source : *sources) {
        series.push_back(builder.series(device + "/" + source.name + "/routing"));
    }
}

const Routes::Route& Routes::draw(Context& context, const Part& part) const {
    const double level = draw_level(context, series[part.source], part);
    for (const Route& route : routes) {
        if (level < route.up_to) return route;
    }
    return routes.back();
}

double draw_level(Context& context, const random::Series& series, const Part& part) {
    static const random::Distribution standard = random::uniform(0, 1);
    return context.sample(standard, series, part.number, position_of(part));
}

}  // namespace foretwin::flow
