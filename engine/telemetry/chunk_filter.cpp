#include "engine/telemetry/chunk_filter.hpp"

#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

namespace {

template <std::size_t width>
void shuffle(const char* from, std::size_t count, char* into) {
    for (std::size_t byte = 0; byte < width; ++byte)
        for (std::size_t i = 0; i < count; ++i) into[byte * count + i] = from[i * width + byte];
}

/// In blocks that stay in the nearest memory, element by element.
template <std::size_t width>
void unshuffle(const char* from, std::size_t count, char* into) {
    constexpr std::size_t block = 512;
    for (std::size_t first = 0; first < count; first += block) {
        const std::size_t last = std::min(count, first + block);
        for (std::size_t byte = 0; byte < width; ++byte)
            for (std::size_t i = first; i < last; ++i)
                into[i * width + byte] = from[byte * count + i];
    }
}

}  // namespace

std::string packed_chunk(const void* elements, std::size_t count, std::size_t element_bytes) {
    const auto* bytes = static_cast<const char*>(elements);
    std::string shuffled(count * element_bytes, '\0');
    if (element_bytes == 8)
        shuffle<8>(bytes, count, shuffled.data());
    else if (element_bytes == 4)
        shuffle<4>(bytes, count, shuffled.data());
    else
        shuffle<1>(bytes, count, shuffled.data());
    uLongf size = compressBound(shuffled.size());
    std::string result(size, '\0');
    const int code =
        compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                  reinterpret_cast<const Bytef*>(shuffled.data()), shuffled.size(), deflate_level);
    FORETWIN_RULE(code == Z_OK, "a buffer of the bound's size takes every result");
    result.resize(size);
    return result;
}

bool unpack_chunk(const char* packed, std::size_t packed_bytes, std::size_t count,
                  std::size_t element_bytes, void* into) {
    std::string shuffled(count * element_bytes, '\0');
    uLongf size = shuffled.size();
    const int code = uncompress(reinterpret_cast<Bytef*>(shuffled.data()), &size,
                                reinterpret_cast<const Bytef*>(packed), packed_bytes);
    if (code != Z_OK || size != shuffled.size()) return false;
    auto* bytes = static_cast<char*>(into);
    if (element_bytes == 8)
        unshuffle<8>(shuffled.data(), count, bytes);
    else if (element_bytes == 4)
        unshuffle<4>(shuffled.data(), count, bytes);
    else
        std::copy(shuffled.begin(), shuffled.end(), bytes);
    return true;
}

std::size_t packed_bytes_at_most(std::size_t count, std::size_t element_bytes) {
    return compressBound(count * element_bytes) + 1;
}

unsigned usable_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
}

void side_by_side(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::exception_ptr failure;
    std::mutex failing;
    const auto take = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) work(i);
        } catch (...) {
            next = count;
            const std::lock_guard<std::mutex> guard(failing);
            if (!failure) failure = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i)
        others.emplace_back(take);
    take();
    for (std::thread& one : others) one.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace foretwin::telemetry
