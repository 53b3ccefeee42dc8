#pragma once

#include <cstdint>
#include <string_view>

namespace foretwin {

/// 64-bit hash of a name (FNV-1a, then the finaliser of MurmurHash3, so that short names differ in
/// all bits). Part of the promise "same answer everywhere": it must never change.
constexpr std::uint64_t name_hash(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53ULL;
    hash ^= hash >> 33;
    return hash;
}

}  // namespace foretwin
