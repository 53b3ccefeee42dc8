#pragma once

#include "engine/kernel/simulation.hpp"
#include "engine/snapshot/sealed.hpp"

namespace foretwin::snapshot {

/// The whole state of a running twin as plain bytes: versioned, checksummed, bound to its model by
/// a hash of device names and layout. Taken between events only. What is not live stays out: blocks
/// that no ring uses and events whose timer has moved on. A fork within one process needs no bytes:
/// copy the Simulation, or make many of a Frozen one (frozen.hpp).
Bytes capture(const kernel::Simulation& simulation);

/// Continues bit for bit where the snapshot was taken. The model must be the one that was captured
/// (same devices and layout; parameters may differ, which is how a change is tried from a state).
/// Throws InputError for damaged bytes, a foreign model, an unknown version, or contents that no
/// running twin could have, with the reason.
kernel::Simulation restore(const kernel::Model& model, const Bytes& bytes);
kernel::Simulation restore(const kernel::Model& model, const std::byte* bytes, std::size_t size);

}  // namespace foretwin::snapshot
