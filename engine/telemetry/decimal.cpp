#include "engine/telemetry/decimal.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace foretwin::telemetry {

namespace {

/// Exact, as all powers of ten up to 10^22 are.
constexpr std::array<double, 8> tens{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
constexpr std::size_t word_bytes = sizeof(std::uint64_t);

constexpr std::uint64_t in_every_byte(unsigned char byte) {
    return 0x0101010101010101U * byte;
}

/// One to eight characters in the highest bytes of a word, the last one highest; zeros before them.
std::uint64_t aligned(std::string_view text) {
    const std::size_t size = text.size();
    std::uint64_t word = 0;
    if (size >= 4) {  // two halves that may overlap: the bytes are the same there
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::memcpy(&first, text.data(), 4);
        std::memcpy(&last, text.data() + size - 4, 4);
        word = first | std::uint64_t{last} << (8 * (size - 4));
    } else {
        for (std::size_t i = 0; i < size; ++i)
            word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    if (size == word_bytes) return word;
    return word << (8 * (word_bytes - size)) | in_every_byte('0') >> (8 * size);
}

/// What most numbers of a file are: up to eight digits, a sign, a point among them. Neither the
/// digits nor the power of ten below them is rounded, so one division gives the nearest double.
/// Eight characters are worked on at a time, the first in the lowest byte.
std::optional<double> short_decimal(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > word_bytes) return std::nullopt;
    std::uint64_t word = aligned(text);
    // The lowest byte that equals a point has its highest bit set here.
    const std::uint64_t other = word ^ in_every_byte('.');
    const std::uint64_t points = (other - in_every_byte(1)) & ~other & in_every_byte(0x80);
    std::size_t decimals = 0;
    if (points != 0) {  // the digits before it move up into its place
        if (text.size() == 1) return std::nullopt;
        const auto place = static_cast<std::size_t>(std::countr_zero(points)) / 8;
        const std::uint64_t before = (std::uint64_t{1} << (8 * place)) - 1;
        word = (word & before) << 8U | (word & ~(before << 8U | 0xffU)) | '0';
        decimals = word_bytes - 1 - place;
    }
    word ^= in_every_byte('0');
    // A byte above 9 reaches the highest bit, or has it.
    if (((word | (word + in_every_byte(0x80 - 10))) & in_every_byte(0x80)) != 0)
        return std::nullopt;
    // Two digits into one number, two of these, and two of those: 99 fits into a byte's place, 9999
    // into two, and so on, so nothing is carried over.
    word = (word * 10 + (word >> 8U)) & 0x00ff00ff00ff00ffU;
    word = (word * 100 + (word >> 16U)) & 0x0000ffff0000ffffU;
    word = (word * 10'000 + (word >> 32U)) & 0xffffffffU;
    const double value = static_cast<double>(word) / tens[decimals];
    return negative ? -value : value;
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if constexpr (std::endian::native == std::endian::little)
        if (const auto value = short_decimal(text)) return value;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return std::nullopt;
    if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
    if (error != std::errc{}) return std::nullopt;
    return value;
}

char* write_number(char* first, char* last, double number) {
    constexpr double exact = 9e15;  // below 2^53
    const bool whole = std::fabs(number) < exact && std::trunc(number) == number && number != 0;
    return whole ? std::to_chars(first, last, static_cast<std::int64_t>(number)).ptr
                 : std::to_chars(first, last, number).ptr;
}

}  // namespace foretwin::telemetry
