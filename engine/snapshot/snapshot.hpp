#pragma once

#include <cstddef>
#include <vector>

#include "engine/kernel/simulation.hpp"

namespace foretwin::snapshot {

/// The whole state of a running twin as plain bytes: versioned, checksummed, bound to its model by
/// a hash of device names and layout. Taken between events only. A fork within one process needs no
/// bytes: copy the Simulation.
using Bytes = std::vector<std::byte>;

Bytes capture(const kernel::Simulation& simulation);

/// Continues bit for bit where the snapshot was taken. The model must be the one that was captured
/// (same devices and layout; parameters may differ, which is how a change is tried from a state).
/// Throws InputError for damaged bytes, a foreign model or an unknown version, with the reason.
kernel::Simulation restore(const kernel::Model& model, const Bytes& bytes);

}  // namespace foretwin::snapshot
