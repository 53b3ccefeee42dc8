#pragma once

#include <string_view>
#include <vector>

#include "models/economics/cash_flow.hpp"

namespace foretwin::economics {

enum class RateStatus {
    unique,          ///< exactly one rate above -1 makes the net present value zero
    multiple,        ///< several do: rank by net present value, or use the modified rate
    no_sign_change,  ///< only inflows or only outflows: no rate exists
    no_real_root,    ///< both signs, and yet the net present value is never zero
};

enum class FlowType {
    investing,  ///< net present value falls through zero as the rate rises: accept below the rate
    borrowing,  ///< it rises through zero: accept above the rate
    mixed,      ///< several rates, or one that it only touches
    none,       ///< no rate
};

std::string_view to_text(RateStatus status);
std::string_view to_text(FlowType type);

struct InternalRate {
    RateStatus status = RateStatus::no_sign_change;
    FlowType type = FlowType::none;
    std::vector<double> rates;        ///< all real roots above -1, ascending, without repetition
    std::vector<int> multiplicities;  ///< of each rate; 2 means that it only touches zero
};

/// All internal rates of return, certified: the flows are taken as exact binary numbers, the roots
/// of the polynomial in x = 1 / (1 + rate) are isolated on x > 0 in whole numbers by Descartes'
/// rule and bisection (Collins and Akritas 1976), or, where roots are multiple, by square-free
/// factors (Yun 1976) and Sturm's theorem (1829). So none is missed and none invented; then
/// bisection with 100 digits. At most 400 flows; more are an InputError.
InternalRate irr(Flows flows);

/// Only the status: counts the roots without finding them, fast enough for thousands of futures.
RateStatus irr_status(Flows flows);

}  // namespace foretwin::economics
