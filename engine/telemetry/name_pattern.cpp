#include "engine/telemetry/name_pattern.hpp"

namespace foretwin::telemetry {

bool matches(std::string_view name, std::string_view pattern) {
    // Back to the last star whenever it goes wrong behind it.
    std::size_t at = 0, star = std::string_view::npos, resume = 0, next = 0;
    while (at < name.size()) {
        if (next < pattern.size() && pattern[next] == '*') {
            star = next++;
            resume = at;
        } else if (next < pattern.size() && (pattern[next] == '?' || pattern[next] == name[at])) {
            ++next;
            ++at;
        } else if (star != std::string_view::npos) {
            next = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (next < pattern.size() && pattern[next] == '*') ++next;
    return next == pattern.size();
}

}  // namespace foretwin::telemetry
