#include "models/observed/profile.hpp"

namespace foretwin::observed {

std::string_view state_name(StateIndex state) {
    return state < machine_state_count ? machine_state_names[state] : "unknown";
}

bool passes(const Test& test, bool unavailable, bool is_number, double number,
            const std::string& text) {
    if (test.compare == Test::Compare::unavailable) return unavailable;
    if (unavailable) return false;
    if (test.compare == Test::Compare::equal)
        return is_number ? test.number && *test.number == number : test.text == text;
    if (!is_number) return false;
    switch (test.compare) {
        case Test::Compare::below:
            return number < *test.number;
        case Test::Compare::at_most:
            return number <= *test.number;
        case Test::Compare::above:
            return number > *test.number;
        default:
            return number >= *test.number;
    }
}

}  // namespace foretwin::observed
