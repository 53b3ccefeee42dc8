#pragma once

#include <array>

// Written by generate_math_tables.py; not by hand.
namespace foretwin::math::detail {

/// erf(x) / x over s = x^2 from 0 to 1.
inline constexpr std::array<double, 13> erf_series{
    0x1.f371b6a14d252p+0,  -0x1.2359d7bb47ad4p-3,  0x1.48d890a562437p-7,  -0x1.2e730c943d0bcp-11,
    0x1.cc07b53e9ea30p-16, -0x1.28701fcdfc82dp-20, 0x1.4a9dab1235699p-25, -0x1.44978328e455dp-30,
    0x1.1c6a2e6156874p-35, -0x1.c1daad3671359p-41, 0x1.44179351f6decp-46, -0x1.acbabf57ef501p-52,
    0x1.0613987edce0dp-57};

/// (1 + 2 x) exp(x^2) erfc(x) over t = (x - 3.75) / (x + 3.75), x >= 0
/// (Shepherd & Laframboise 1981).
inline constexpr std::array<double, 25> erfc_series{
    0x1.2d75d0246cee8p+1,   -0x1.2cd0564f8c1b7p-8,  -0x1.59159e8868995p-4,  0x1.e50c3e7c7dccep-5,
    -0x1.b4c68f4569326p-6,  0x1.295e991a7d82dp-7,   -0x1.3c4c54f8d419dp-9,  0x1.014ed1572209ap-11,
    -0x1.221e6f70130b5p-14, 0x1.15c3f597f0492p-18,  0x1.9f8f03ca86fc1p-21,  -0x1.d601c320c8f9cp-23,
    0x1.71e1efca86cf9p-27,  0x1.36bf2885524c9p-28,  -0x1.aa4d7b1cdf20ap-31, -0x1.15df59ca6082bp-34,
    0x1.f8af0a9aa6d31p-36,  0x1.b61b723941781p-43,  -0x1.0fc16c00b50f2p-40, 0x1.24f6a772cbc36p-45,
    0x1.2d8b49ab5f72bp-45,  -0x1.0cb63a80de2c5p-49, -0x1.6884628ace07ap-50, 0x1.561b105822235p-54,
    0x1.d3744857e262bp-55};

/// lgamma(1 + d) / d, d from -0.5 to 0.5.
inline constexpr std::array<double, 29> lgamma_one_series{
    -0x1.441a12dbb0ef0p+0,  0x1.c324244c034adp-2,  -0x1.d9f7c82d659fdp-5,  0x1.58859a934a4a8p-7,
    -0x1.1ba36cc245422p-9,  0x1.f17c949d3d9bap-12, -0x1.c4f84cd6134bcp-14, 0x1.a6ce234904543p-16,
    -0x1.91b6f22dafdecp-18, 0x1.82d50015f9863p-20, -0x1.787617a87e779p-22, 0x1.718808d529537p-24,
    -0x1.6d54f061f1cc1p-26, 0x1.6b5f93713cc31p-28, -0x1.6b4f530f31304p-30, 0x1.6ce44084da5afp-32,
    -0x1.6fefb070831d2p-34, 0x1.744f6b97ac87bp-36, -0x1.79ea770f1180bp-38, 0x1.80aeddc5c8fd7p-40,
    -0x1.8890222bce4c3p-42, 0x1.918620d81152fp-44, -0x1.9b8c41127544dp-46, 0x1.a6a0dc43dc25cp-48,
    -0x1.b2c4ccdfae8e7p-50, 0x1.bffb1a35b1464p-52, -0x1.ce48b9cc7bc73p-54, 0x1.ddb4610a0baafp-56,
    -0x1.ee466367fb73ep-58};

/// lgamma(2 + d) / d, d from -0.5 to 1.
inline constexpr std::array<double, 22> lgamma_two_series{
    0x1.ef3c154a872d5p-1,   0x1.caec4c0c3702cp-3,  -0x1.072747e215701p-6,  0x1.b84e674de75b7p-10,
    -0x1.b07295a0bc7fep-13, 0x1.cf60c6422206ep-16, -0x1.05e345b9c31f1p-18, 0x1.32b1613d5705fp-21,
    -0x1.702db427309b6p-24, 0x1.c2117021c8edep-27, -0x1.16e1390543b23p-29, 0x1.5d5125727cceep-32,
    -0x1.b94a5322e5177p-35, 0x1.18afe681375bbp-37, -0x1.6724985d50078p-40, 0x1.cdc9b92f34f70p-43,
    -0x1.2a235d71be1d7p-45, 0x1.82610cd473110p-48, -0x1.f65a4047025fcp-51, 0x1.4780b84c29600p-53,
    -0x1.ac1de005896ffp-56, 0x1.1877460658bcdp-58};

}  // namespace foretwin::math::detail
