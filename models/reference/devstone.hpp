#pragma once

#include <cstdint>

#include "engine/kernel/model.hpp"
#include "engine/kernel/simulation.hpp"

/// DEVStone, the benchmark of nested models (Glinsky and Wainer, "DEVStone: a benchmarking
/// technique for studying performance of DEVS modeling and simulation environments", DS-RT 2005). A
/// coupled model of depth d holds width - 1 atomic models and a coupled model of depth d - 1; one
/// of depth 1 holds a single atomic model. An atomic model answers every input by one output, at
/// the same instant, after no work. Coupled models are devices here that pass inputs and outputs
/// on, as a simulator of DEVS does that keeps the hierarchy; all of it happens without delay, so
/// the whole benchmark is one logical process.
///
///     LI    the input of a coupled model goes to all that it holds, its output is that of the
///     inner
///           coupled model
///     HI    besides, each atomic model sends to the next one
///     HO    besides, each atomic model sends to a second output of its coupled model, and the
///           input to the atomic models comes over a second input
///
/// Not for: anything but measuring and testing the kernel.
namespace foretwin::reference {

enum class DevstoneKind : std::uint8_t { li, hi, ho };

struct Devstone {
    DevstoneKind kind = DevstoneKind::hi;
    std::uint32_t width = 100;     ///< 2 to 10^4
    std::uint32_t depth = 100;     ///< 1 to 10^4; width x depth at most 10^7
    std::uint32_t injections = 1;  ///< inputs from outside, one per second from 1 s on
};

/// Devices "c0000", the outermost, "c0001", ... with their atomic models "c0000 a0001", ..., and
/// "generator". Figures: external and internal transitions of an atomic model; outputs and second
/// outputs of a coupled one.
kernel::Model devstone(const Devstone& plan);

/// How many transitions of either kind happen: per injection (w - 1)(d - 1) + 1 in LI, and
/// (w^2 - w)/2 (d - 1) + 1 in HI and HO, since the k-th atomic model hears of its coupled model and
/// of all k - 1 before it.
std::uint64_t devstone_transitions(const Devstone& plan);

/// What happened in all.
struct DevstoneTotals {
    std::uint64_t external = 0, internal = 0;  ///< transitions of atomic models
    std::uint64_t outputs = 0;                 ///< of coupled models
    std::uint64_t second_outputs = 0;          ///< of coupled models, HO only
};
DevstoneTotals totals_of_devstone(kernel::Simulation& simulation);

}  // namespace foretwin::reference
