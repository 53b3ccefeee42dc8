#include "engine/core/rule.hpp"

#include <string>

namespace foretwin {

void report_broken_rule(const char* condition, const char* sentence, const char* file, int line) {
    throw RuleBroken(std::string(file) + ":" + std::to_string(line) + ": rule broken: " + sentence +
                     " [" + condition + "]");
}

}  // namespace foretwin
