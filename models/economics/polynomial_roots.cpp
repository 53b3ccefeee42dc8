#include <algorithm>

#include "models/economics/polynomial.hpp"

namespace foretwin::economics {
namespace {

/// Sturm's chain: p, p', then negated remainders.
std::vector<Polynomial> sturm_chain(const Polynomial& polynomial) {
    std::vector<Polynomial> chain{polynomial};
    Polynomial next = primitive(derivative(polynomial));
    while (!next.empty()) {
        chain.push_back(std::move(next));
        next = signed_remainder(chain[chain.size() - 2], chain.back());
        for (Integer& coefficient : next) coefficient = -coefficient;
    }
    return chain;
}

/// Changes of sign in a sequence, zeros left out.
template <class Sequence, class SignOf>
int sign_changes(const Sequence& sequence, SignOf sign_of) {
    int count = 0;
    int last = 0;
    for (const auto& member : sequence) {
        const int sign = sign_of(member);
        if (sign == 0) continue;
        if (last != 0 && sign != last) ++count;
        last = sign;
    }
    return count;
}

int variations_at(const std::vector<Polynomial>& chain, const Dyadic& point) {
    return sign_changes(chain, [&](const Polynomial& p) { return sign_at(p, point); });
}

int variations_at_infinity(const std::vector<Polynomial>& chain) {
    return sign_changes(chain, [](const Polynomial& p) { return p.back().sign(); });
}

/// 2^bits is beyond every root (Cauchy 1829).
unsigned root_bound_bits(const Polynomial& polynomial) {
    Integer largest = 0;
    for (const Integer& coefficient : polynomial)
        largest = std::max(largest, Integer(abs(coefficient)));
    const Integer ratio = largest / abs(polynomial.back()) + 2;
    return static_cast<unsigned>(msb(ratio)) + 1;
}

Dyadic middle(const Dyadic& a, const Dyadic& b) {
    const unsigned shift = std::max(a.shift, b.shift);
    return {(a.numerator << (shift - a.shift)) + (b.numerator << (shift - b.shift)), shift + 1};
}

/// p(x + 1), by repeated synthetic division.
void shift_by_one(Polynomial& polynomial) {
    for (std::size_t i = 1; i < polynomial.size(); ++i)
        for (std::size_t k = polynomial.size() - 1; k >= i; --k) polynomial[k - 1] += polynomial[k];
}

/// Upper bound of the number of roots in (0, 1), multiplicities counted; exact when it is 0 or 1:
/// Descartes' rule for (x + 1)^n p(1 / (x + 1)).
int roots_in_unit(const Polynomial& polynomial) {
    Polynomial mapped(polynomial.rbegin(), polynomial.rend());
    shift_by_one(mapped);
    return sign_changes(mapped, [](const Integer& c) { return c.sign(); });
}

/// The part of the search between two neighbouring dyadic points, mapped onto (0, 1).
struct Cell {
    Polynomial mapped;
    Dyadic low, high;
    int depth = 0;
};

/// p(x / 2) times a power of two.
Polynomial left_half(const Polynomial& polynomial) {
    Polynomial result = polynomial;
    for (std::size_t power = 0; power < result.size(); ++power)
        result[power] <<= static_cast<unsigned>(result.size() - 1 - power);
    return result;
}

}  // namespace

int count_positive_roots(const Polynomial& polynomial) {
    if (polynomial.size() < 2) return 0;
    if (const auto simple = isolate_simple_positive_roots(polynomial))
        return static_cast<int>(simple->size());
    const std::vector<Polynomial> chain = sturm_chain(polynomial);
    return variations_at(chain, {}) - variations_at_infinity(chain);
}

std::optional<std::vector<RootInterval>> isolate_simple_positive_roots(
    const Polynomial& polynomial) {
    constexpr int deepest = 60;
    std::vector<RootInterval> isolated;
    if (polynomial.size() < 2) return isolated;
    const unsigned bound_bits = root_bound_bits(polynomial);
    Cell whole{polynomial, {}, {Integer(1) << bound_bits, 0}, 0};
    for (std::size_t power = 0; power < polynomial.size(); ++power)
        whole.mapped[power] <<= bound_bits * static_cast<unsigned>(power);

    std::vector<Cell> open{std::move(whole)};
    while (!open.empty()) {
        const Cell cell = std::move(open.back());
        open.pop_back();
        if (cell.low.shift == cell.high.shift && cell.low.numerator == cell.high.numerator) {
            isolated.push_back({cell.low, cell.high});
            continue;
        }
        const int roots = roots_in_unit(cell.mapped);
        if (roots == 1) isolated.push_back({cell.low, cell.high});
        if (roots <= 1) continue;
        if (cell.depth == deepest) return std::nullopt;
        const Dyadic half = middle(cell.low, cell.high);
        Polynomial left = left_half(cell.mapped);
        Polynomial right = left;
        shift_by_one(right);
        const bool root_at_half = right[0] == 0;
        if (root_at_half) {
            if (right[1] == 0) return std::nullopt;
            right.erase(right.begin());
        }
        open.push_back({std::move(right), half, cell.high, cell.depth + 1});
        if (root_at_half) open.push_back({{}, half, half, 0});
        open.push_back({std::move(left), cell.low, half, cell.depth + 1});
    }
    return isolated;
}

std::vector<RootInterval> isolate_by_sturm(const Polynomial& polynomial) {
    struct Search {
        Dyadic low, high;
        int variations_low = 0, variations_high = 0;
    };
    std::vector<RootInterval> isolated;
    if (polynomial.size() < 2) return isolated;
    const std::vector<Polynomial> chain = sturm_chain(polynomial);
    const Dyadic bound{Integer(1) << root_bound_bits(polynomial), 0};
    std::vector<Search> open{{{}, bound, variations_at(chain, {}), variations_at(chain, bound)}};
    while (!open.empty()) {
        const Search search = open.back();
        open.pop_back();
        // Sturm counts the roots in (low, high].
        const int roots = search.variations_low - search.variations_high;
        const bool at_high = roots == 1 && sign_at(polynomial, search.high) == 0;
        if (roots == 1) isolated.push_back({at_high ? search.high : search.low, search.high});
        if (roots <= 1) continue;
        const Dyadic half = middle(search.low, search.high);
        const int variations_half = variations_at(chain, half);
        open.push_back({half, search.high, variations_half, search.variations_high});
        open.push_back({search.low, half, search.variations_low, variations_half});
    }
    return isolated;
}

int sign_right_of(const Polynomial& polynomial, const Dyadic& point) {
    const int sign = sign_at(polynomial, point);
    return sign != 0 ? sign : sign_at(derivative(polynomial), point);
}

}  // namespace foretwin::economics
