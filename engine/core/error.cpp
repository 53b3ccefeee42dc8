#include "engine/core/error.hpp"

#include <utility>

namespace foretwin {
namespace {

std::string join(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        if (!text.empty()) text += '\n';
        text += to_text(problem);
    }
    return text;
}

}  // namespace

std::string to_text(const Problem& problem) {
    std::string text = problem.place.file;
    if (problem.place.line > 0) {
        text += ':' + std::to_string(problem.place.line);
        if (problem.place.column > 0) text += ':' + std::to_string(problem.place.column);
    }
    if (!text.empty()) text += ": ";
    text += problem.what;
    if (!problem.hint.empty()) text += " (" + problem.hint + ")";
    return text;
}

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(join(problems)), problems_(std::move(problems)) {}

InputError::InputError(Place place, std::string what, std::string hint)
    : InputError(std::vector<Problem>{{std::move(place), std::move(what), std::move(hint)}}) {}

}  // namespace foretwin
