#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace foretwin {

/// Where in somebody's input a problem sits. Line and column count from 1; 0 means unknown.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

/// One thing that is wrong with an input, told so that its author can mend it.
struct Problem {
    Place place;
    std::string what;  ///< what was found and what was expected
    std::string hint;  ///< a way out; may be empty
};

/// "file:line:column: what (hint)", leaving out what is unknown.
std::string to_text(const Problem& problem);

/// Wrong input (exit code 2). Carries every problem that was found, not only the first.
class InputError : public std::runtime_error {
  public:
    explicit InputError(std::vector<Problem> problems);
    InputError(Place place, std::string what, std::string hint);
    const std::vector<Problem>& problems() const { return problems_; }

  private:
    std::vector<Problem> problems_;
};

/// The surroundings failed: a file, the network, memory (exit code 3).
class EnvironmentError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace foretwin
