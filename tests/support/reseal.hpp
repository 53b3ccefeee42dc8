#pragma once

#include <cstring>

#include "engine/snapshot/sealed.hpp"

namespace foretwin::test {

inline constexpr std::size_t sealed_header = 40;  ///< bytes in front of what is sealed

/// Changed bytes under a checksum that is right again: what only a look at the contents can refuse.
inline snapshot::Bytes reseal(const snapshot::Bytes& changed) {
    snapshot::Kind kind{};
    std::memcpy(kind.magic, changed.data(), 8);
    std::memcpy(&kind.version, changed.data() + 8, sizeof(kind.version));
    std::uint64_t owner = 0;
    std::memcpy(&owner, changed.data() + 16, sizeof(owner));
    snapshot::Writer writer(kind, owner, changed.size());
    writer.raw(changed.data() + sealed_header, changed.size() - sealed_header);
    return std::move(writer).seal();
}

}  // namespace foretwin::test
