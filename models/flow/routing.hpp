#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/kernel/model_builder.hpp"
#include "engine/random/distribution.hpp"
#include "models/contract/parameter.hpp"
#include "models/contract/ports.hpp"

namespace foretwin::flow {

/// The sources of a plant, in name order. Draws "by part and visit" are named after the part's
/// source, and a closed loop wants to know when a part has left.
struct SourceEntry {
    std::string name;
    std::string part;  ///< type of its parts
    DeviceIndex device = no_device;
    bool closed_loop = false;  ///< conwip: a part that leaves is replaced at once
};
using Sources = std::shared_ptr<const std::vector<SourceEntry>>;

/// Where parts go next, each destination with its share.
struct Routes {
    struct Route {
        DeviceIndex to = no_device;
        double up_to = 1;         ///< cumulated share
        bool leads_back = false;  ///< to a device that the part may have seen before
    };
    std::vector<Route> routes;
    std::vector<random::Series> series;  ///< per source

    /// Declares one stream "device/source/routing" per source.
    void declare(kernel::ModelBuilder& builder, const std::string& device, const Sources& sources);
    /// Draws the destination of a part, once per visit.
    const Route& choose(Context& context, const Part& part) const {
        return routes.size() == 1 ? routes.front() : draw(context, part);
    }

  private:
    const Route& draw(Context& context, const Part& part) const;
};

inline constexpr ParameterSpec next_key{
    .name = "next", .kind = ParameterKind::shares, .meaning = "where parts go"};

/// Position of a draw within the part's stream: visit x 2^16 (DESIGN, section 4).
inline std::uint32_t position_of(const Part& part) {
    return part.visits << 16;
}

/// Uniform on (0, 1), by part and visit.
double draw_level(Context& context, const random::Series& series, const Part& part);

/// The part as it is when it has just entered a device.
inline Part arriving(const Context& context, Part part) {
    part.arrived = context.now();
    return part;
}

/// The part has left the plant (good or scrap).
inline void part_gone(Context& context, const Sources& sources, const Part& part) {
    const SourceEntry& source = (*sources)[part.source];
    if (source.closed_loop) call(context, source.device, Call::part_gone);
}

}  // namespace foretwin::flow
