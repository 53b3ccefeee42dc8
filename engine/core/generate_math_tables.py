#!/usr/bin/env python3
"""Writes math_tables.hpp and math_coefficients.hpp beside this file (needs mpmath).

Run it to check where the numbers come from; the committed headers are what is compiled.
"""
from pathlib import Path

import mpmath as mp

mp.mp.prec = 400
HERE = Path(__file__).resolve().parent


def to_bits(value, lowest_exponent):
    """value rounded to a multiple of 2^lowest_exponent."""
    return mp.nint(value * mp.mpf(2) ** -lowest_exponent) * mp.mpf(2) ** lowest_exponent


def hexadecimal(value):
    return float(value).hex()


def log_rows():
    for i in range(128):
        low = mp.mpf("0.6875") + mp.mpf(i) / 256 if i < 80 else 1 + mp.mpf(i - 80) / 128
        width = mp.mpf(1) / (256 if i < 80 else 128)
        inverse = mp.mpf(1) if i in (79, 80) else to_bits(1 / (low + width / 2), -11)
        log = -mp.log(inverse)
        high = to_bits(log, -42)
        yield f"{{{hexadecimal(inverse)}, {hexadecimal(high)}, {hexadecimal(log - high)}}}"


def exp_rows():
    for i in range(128):
        power = mp.mpf(2) ** (mp.mpf(i) / 128)
        head = mp.mpf(float(power))
        bits = int.from_bytes(__import__("struct").pack(">d", float(head)), "big") - (i << 45)
        yield f"{{{hexadecimal((power - head) / head)}, 0x{bits:016x}ULL}}"


def chebyshev(function, lowest, highest, tolerance=mp.mpf(2) ** -58):
    """Coefficients c with function(x) = c0 / 2 + sum ci Ti(t), t from -1 to 1 over the range."""
    n = 80
    middle, half = (mp.mpf(lowest) + highest) / 2, (mp.mpf(highest) - lowest) / 2
    nodes = [mp.cos(mp.pi * (k + mp.mpf(1) / 2) / n) for k in range(n)]
    values = [function(middle + half * t) for t in nodes]
    angles = [mp.pi * (k + mp.mpf(1) / 2) / n for k in range(n)]
    c = [2 * mp.fsum(v * mp.cos(j * a) for v, a in zip(values, angles)) / n for j in range(n)]
    while abs(c[-1]) < tolerance * abs(c[0]):
        c.pop()
    return c


def erf_ratio(s):
    return mp.erf(mp.sqrt(s)) / mp.sqrt(s) if s > 0 else 2 / mp.sqrt(mp.pi)


def scaled_erfc(t):
    if t >= 1:
        return 2 / mp.sqrt(mp.pi)
    x = mp.mpf("3.75") * (1 + t) / (1 - t)
    if x > 1e6:
        return (1 + 2 * x) / (x * mp.sqrt(mp.pi)) * (1 - 1 / (2 * x * x) + 3 / (4 * x**4))
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


def log_gamma_near(root):
    def ratio(d):
        return mp.loggamma(root + d) / d if d != 0 else mp.psi(0, root)
    return ratio


BANNER = ("#pragma once\n\n#include <cstdint>\n\n"
          "// Written by generate_math_tables.py; not by hand.\n")


def write_tables():
    text = BANNER.replace("#include <cstdint>", "#include <array>\n#include <cstdint>")
    text += "namespace foretwin::math::detail {\n\n"
    text += ("/// 1 / c to 12 bits, and log(c) = log_high + log_low, "
             "for 128 intervals of [0.6875, 1.375).\n")
    text += ("struct LogStep {\n    double inverse;\n    double log_high;\n"
             "    double log_low;\n};\n\n")
    text += "/// 2^(i / 128) = p (1 + tail); power_bits are those of p less i << 45.\n"
    text += "struct ExpStep {\n    double tail;\n    std::uint64_t power_bits;\n};\n\n"
    text += "inline constexpr std::array<LogStep, 128> log_table{{\n    "
    text += ",\n    ".join(log_rows()) + "}};\n\n"
    text += "inline constexpr std::array<ExpStep, 128> exp_table{{\n    "
    text += ",\n    ".join(exp_rows()) + "}};\n\n}  // namespace foretwin::math::detail\n"
    (HERE / "math_tables.hpp").write_text(text)


def write_coefficients():
    text = BANNER.replace("#include <cstdint>", "#include <array>")
    text += "namespace foretwin::math::detail {\n\n"
    series = [
        ("erf_series", "erf(x) / x over s = x^2 from 0 to 1", chebyshev(erf_ratio, 0, 1)),
        ("erfc_series", "(1 + 2 x) exp(x^2) erfc(x) over t = (x - 3.75) / (x + 3.75), x >= 0\n"
         "/// (Shepherd & Laframboise 1981)", chebyshev(scaled_erfc, -1, 1)),
        ("lgamma_one_series", "lgamma(1 + d) / d, d from -0.5 to 0.5",
         chebyshev(log_gamma_near(1), mp.mpf("-0.5"), mp.mpf("0.5"))),
        ("lgamma_two_series", "lgamma(2 + d) / d, d from -0.5 to 1",
         chebyshev(log_gamma_near(2), mp.mpf("-0.5"), 1)),
    ]
    for name, meaning, coefficients in series:
        text += f"/// {meaning}.\n"
        text += f"inline constexpr std::array<double, {len(coefficients)}> {name}{{\n    "
        text += ",\n    ".join(hexadecimal(c) for c in coefficients) + "};\n\n"
    text += "}  // namespace foretwin::math::detail\n"
    (HERE / "math_coefficients.hpp").write_text(text)


if __name__ == "__main__":
    write_tables()
    write_coefficients()
