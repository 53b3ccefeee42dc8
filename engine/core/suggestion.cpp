#include "engine/core/suggestion.hpp"

#include <algorithm>
#include <vector>

namespace foretwin {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Longer words are no misspelling of anything and would only cost time.
constexpr std::size_t longest_word = 128;

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
    // Three rows of the table of Damerau's distance: two before, one before, current.
    std::vector<int> two_before(b.size() + 1);
    std::vector<int> before(b.size() + 1);
    std::vector<int> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) before[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            current[j] = std::min({before[j] + 1, current[j - 1] + 1, before[j - 1] + !same});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) current[j] = std::min(current[j], two_before[j - 2] + 1);
        }
        std::swap(two_before, before);
        std::swap(before, current);
    }
    return before[b.size()];
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    if (word.empty() || word.size() > longest_word) return "";
    const std::string* best = nullptr;
    int least = 0;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > longest_word) continue;
        const int distance = edit_distance(word, candidate);
        const int longer = static_cast<int>(std::max(word.size(), candidate.size()));
        // Of a one-letter word nothing would be left.
        const bool near = distance * 3 <= std::max(longer, 3) && distance < longer;
        if (near && (best == nullptr || distance < least)) {
            best = &candidate;
            least = distance;
        }
    }
    return best == nullptr ? "" : "did you mean '" + *best + "'?";
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    const std::string near = did_you_mean(word, candidates);
    if (!near.empty()) return near;
    if (candidates.empty()) return "there is none: describe it first";
    constexpr std::size_t shown_at_most = 8;
    std::string known = "known here: ";
    for (std::size_t i = 0; i < std::min(candidates.size(), shown_at_most); ++i)
        known += (i > 0 ? ", '" : "'") + candidates[i] + "'";
    if (candidates.size() > shown_at_most)
        known += " and " + std::to_string(candidates.size() - shown_at_most) + " more";
    return known;
}

}  // namespace foretwin
