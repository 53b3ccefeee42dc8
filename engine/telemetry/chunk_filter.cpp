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

/// zlib's state for one stream after the other.
class Deflater {
  public:
    explicit Deflater(int strategy) {
        constexpr int window_bits = 15;
        constexpr int memory_level = 8;
        const int code =
            deflateInit2(&stream_, deflate_level, Z_DEFLATED, window_bits, memory_level, strategy);
        FORETWIN_RULE(code == Z_OK, "zlib begins a stream when there is memory");
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::size_t bound(std::size_t bytes) { return deflateBound(&stream_, bytes); }
    std::size_t pack(std::string& from, std::string& into) {
        deflateReset(&stream_);
        stream_.next_in = reinterpret_cast<Bytef*>(from.data());
        stream_.avail_in = static_cast<uInt>(from.size());
        stream_.next_out = reinterpret_cast<Bytef*>(into.data());
        stream_.avail_out = static_cast<uInt>(into.size());
        const int code = deflate(&stream_, Z_FINISH);
        FORETWIN_RULE(code == Z_STREAM_END, "a buffer of the bound's size takes every result");
        return stream_.total_out;
    }

  private:
    z_stream stream_{};
};

}  // namespace

std::string packed_chunk(const void* elements, std::size_t count, std::size_t element_bytes,
                         bool noisy) {
    const auto* bytes = static_cast<const char*>(elements);
    // One room per thread: asking the system for fresh memory costs as much as filling it.
    thread_local std::string shuffled;
    thread_local std::string result;
    thread_local Deflater of_all(Z_DEFAULT_STRATEGY);
    thread_local Deflater of_noise(Z_RLE);
    shuffled.resize(count * element_bytes);
    if (element_bytes == 8)
        shuffle<8>(bytes, count, shuffled.data());
    else if (element_bytes == 4)
        shuffle<4>(bytes, count, shuffled.data());
    else
        shuffle<1>(bytes, count, shuffled.data());
    Deflater& deflater = noisy ? of_noise : of_all;
    const std::size_t bound = deflater.bound(shuffled.size());
    if (result.size() < bound) result.resize(bound);
    const std::size_t size = deflater.pack(shuffled, result);
    return result.substr(0, size);
}

bool unpack_chunk(const char* packed, std::size_t packed_bytes, std::size_t count,
                  std::size_t element_bytes, void* into) {
    thread_local std::string shuffled;
    shuffled.resize(count * element_bytes);
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
    // More than deflateBound of any strategy, and one byte behind it.
    return compressBound(count * element_bytes) + (count * element_bytes) / 8 + 65;
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
