#pragma once

#include <string>
#include <vector>

#include "tests/support/plant.hpp"

/// What must hold for every plant. Each function returns sentences on what does not; none: it
/// holds.
namespace foretwin::test {

using Faults = std::vector<std::string>;
using PlantPointer = std::shared_ptr<const assembly::Plant>;

/// What a run leaves behind that must be equal, to the bit, between two ways to run it.
struct Trail {
    Figures figures;
    std::map<std::string, std::uint64_t> traces;  ///< per device
    std::uint64_t events = 0;
};
Trail trail_of(kernel::Simulation& simulation);
/// Where two trails differ, restricted to devices of the first that are not in `except`.
Faults differences(const Trail& expected, const Trail& got, const std::string& what,
                   const std::vector<std::string>& except = {});
/// The plant run to its end by the sequential executor.
Trail run_whole(const PlantPointer& plant, random::Key key = {1, 0});

/// The plain executor tells the same story as the fast one.
Faults executors_agree(const PlantPointer& plant, random::Key key = {1, 0});
/// run(0, T) = run(0, t), snapshot, restore, run(t, T), for several t; asking for figures in
/// between changes nothing.
Faults splitting_changes_nothing(const PlantPointer& plant, random::Key key = {1, 0});
/// What is measured before and after the end of a warm-up adds up to the whole.
Faults stretches_add_up(const PlantPointer& plant, random::Key key = {1, 0});
/// Parts, places, state times, downtime by cause, energy and parts x time are conserved.
Faults nothing_is_lost(const PlantPointer& plant, random::Key key = {1, 0});
/// Parts x time of stations and buffers is what lay in them, instant by instant, also when measured
/// from the middle on.
Faults presence_is_summed(const PlantPointer& plant, random::Key key = {1, 0});

/// What is called a deadlock never moves again; and it only happens in plants that are warned of.
Faults deadlocks_last(const PlantPointer& plant, bool warned, random::Key key = {1, 0});

/// Parts of the above, for one instant.
Faults places_are_kept(const assembly::Plant& plant, const kernel::Simulation& simulation);
Faults littles_law(const assembly::Plant& plant, const kernel::Simulation& simulation,
                   const Figures& figures);

}  // namespace foretwin::test
