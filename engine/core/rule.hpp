#pragma once

#include <stdexcept>

namespace foretwin {

/// A rule of our own was broken: a defect of Foretwin, never of its input (exit code 4).
class RuleBroken : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] void report_broken_rule(const char* condition, const char* sentence, const char* file,
                                     int line);

}  // namespace foretwin

/// States a rule as condition and sentence. On in every build; keep it cheap in the event loop.
#define FORETWIN_RULE(condition, sentence) \
    (static_cast<bool>(condition)          \
         ? static_cast<void>(0)            \
         : ::foretwin::report_broken_rule(#condition, sentence, __FILE__, __LINE__))
