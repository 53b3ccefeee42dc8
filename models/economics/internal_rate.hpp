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

/// All internal rates of return. The flows are taken as exact binary numbers; the roots of the
/// polynomial in x = 1 / (1 + rate) are isolated on x > 0 by Sturm's theorem (1829) in exact
/// integers after a square-free factorisation (Yun 1976), so none is missed and none invented, and
/// then refined by bisection with 100 digits. At most 200 flows; more are an InputError.
InternalRate irr(Flows flows);

}  // namespace foretwin::economics
