#pragma once

#include "engine/core/math_exponential.hpp"
#include "engine/core/math_special.hpp"

/// Portable mathematics (DESIGN, section 4): bit-identical on any x86-64 processor, compiler and
/// optimisation level, because only + - * / sqrt and integer operations are used and contraction
/// into fused multiply-add is off. The processor must round to nearest, its start-up state.
/// Everything in the event loop and the samplers uses `foretwin::math`, never libm.
