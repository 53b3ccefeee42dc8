#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace foretwin::telemetry {

/// How hard columns are deflated, as HDF5's filter is told.
inline constexpr int deflate_level = 1;

/// What HDF5's filters shuffle and deflate make of a chunk: byte 0 of every element, then byte 1,
/// and so on; then zlib. Done here, so that a chunk goes to disk by a single write, and that
/// several are packed side by side: HDF5 does one thing at a time.
///
/// Of `noisy` elements (measured values) only runs of equal bytes are looked for: their lowest
/// bytes are noise, where zlib searches long and finds nothing. Any reader of HDF5 unpacks both.
std::string packed_chunk(const void* elements, std::size_t count, std::size_t element_bytes,
                         bool noisy);

/// The way back, into room for `count` elements. False when the chunk is damaged.
bool unpack_chunk(const char* packed, std::size_t packed_bytes, std::size_t count,
                  std::size_t element_bytes, void* into);
/// Bytes that no packed chunk exceeds.
std::size_t packed_bytes_at_most(std::size_t count, std::size_t element_bytes);

/// Processors that a process may use for packing: what the machine has, at most 8.
unsigned usable_threads();
/// Does `work(i)` for every i below `count`, on so many threads; returns when all is done. What
/// one of them throws is thrown here, after all have ended. The order is not defined.
void side_by_side(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t)>& work);

}  // namespace foretwin::telemetry
