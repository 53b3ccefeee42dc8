#include "tools/foretwin/starters.hpp"

#include <array>

namespace foretwin::tool {

std::span<const Starter> starters() {
    static const std::array all{minimal_starter, bottling_line_starter, machine_park_starter};
    return all;
}

}  // namespace foretwin::tool
