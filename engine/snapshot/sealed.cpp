#include "engine/snapshot/sealed.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/fingerprint.hpp"

namespace foretwin::snapshot {
namespace {

static_assert(std::endian::native == std::endian::little, "sealed bytes are little-endian");

/// Stands first, followed by `body_bytes` bytes.
struct Header {
    std::uint64_t magic = 0;
    std::uint32_t version = 0;
    std::uint32_t header_bytes = 0;
    std::uint64_t owner = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t checksum = 0;  ///< of everything before it, and of the body
};

std::uint64_t magic_of(const Kind& kind) {
    std::uint64_t magic = 0;
    std::memcpy(&magic, kind.magic, sizeof(magic));
    return magic;
}

std::uint64_t word_at(const std::byte* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

/// Eight fingerprints side by side, since each one waits for its own last step. No lane forgets a
/// difference it has seen, and neither does what they are folded into.
std::uint64_t checksum_of(const Header& header, const std::byte* body) {
    constexpr std::size_t lanes = 8;
    constexpr std::size_t stride = lanes * sizeof(std::uint64_t);
    std::array<Fingerprint, lanes> lane;
    std::size_t done = 0;
    for (; done + stride <= header.body_bytes; done += stride) {
        for (std::size_t i = 0; i < lanes; ++i) {
            lane[i].add(word_at(body + done + i * sizeof(std::uint64_t)));
        }
    }
    Fingerprint sum;
    for (const Fingerprint& own : lane) sum.add(own.value());
    std::array<std::byte, stride> rest{};
    std::memcpy(rest.data(), body + done, header.body_bytes - done);
    for (std::size_t i = 0; i < stride; i += sizeof(std::uint64_t)) sum.add(word_at(&rest[i]));
    sum.add(header.magic);
    sum.add(header.version);
    sum.add(header.header_bytes);
    sum.add(header.owner);
    sum.add(header.body_bytes);
    return sum.value();
}

}  // namespace

Writer::Writer(const Kind& kind, std::uint64_t owner, std::size_t expected) {
    Header header;
    header.magic = magic_of(kind);
    header.version = kind.version;
    header.header_bytes = sizeof(header);
    header.owner = owner;
    bytes_.reserve(sizeof(header) + expected);
    bytes_.resize(sizeof(header));
    std::memcpy(bytes_.data(), &header, sizeof(header));
}

void Writer::raw(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
}

Bytes Writer::seal() && {
    Header header;
    std::memcpy(&header, bytes_.data(), sizeof(header));
    header.body_bytes = bytes_.size() - sizeof(header);
    header.checksum = checksum_of(header, bytes_.data() + sizeof(header));
    std::memcpy(bytes_.data(), &header, sizeof(header));
    return std::move(bytes_);
}

Reader::Reader(const Kind& kind, const std::byte* bytes, std::size_t size)
    : kind_(&kind), at_(bytes), left_(size) {
    Header header;
    if (size < sizeof(header)) {
        refuse("is too short: " + std::to_string(size) + " bytes", std::string(kind.remedy));
    }
    raw(&header, sizeof(header));
    if (header.magic != magic_of(kind)) {
        refuse("does not begin as a " + std::string(kind.noun) + " of Foretwin does",
               "was another file given?");
    }
    if (header.version != kind.version || header.header_bytes != sizeof(header)) {
        refuse("has the unknown format version " + std::to_string(header.version),
               "this build reads version " + std::to_string(kind.version));
    }
    if (header.body_bytes != left_) {
        refuse_damaged("it says " + std::to_string(header.body_bytes) + " bytes and holds " +
                       std::to_string(left_));
    }
    if (header.checksum != checksum_of(header, at_)) {
        refuse_damaged("its checksum does not match");
    }
    owner_ = header.owner;
}

std::size_t Reader::count(std::size_t least_bytes) {
    const std::uint64_t count = number();
    if (count > left_ / least_bytes) expect_at_least(left_ + 1);
    return count;
}

void Reader::raw(void* target, std::size_t size) {
    expect_at_least(size);
    if (size > 0) std::memcpy(target, at_, size);
    at_ += size;
    left_ -= size;
}

std::string Reader::text() {
    std::string text(count(1), '\0');
    raw(text.data(), text.size());
    return text;
}

void Reader::expect_at_least(std::size_t bytes) const {
    if (bytes > left_) refuse_damaged("its parts do not add up to its length");
}

void Reader::expect_end() const {
    if (left_ != 0) refuse_damaged("its parts do not add up to its length");
}

void Reader::refuse(const std::string& what, const std::string& hint) const {
    throw InputError(Place{}, "the " + std::string(kind_->noun) + " " + what, hint);
}

void Reader::refuse_damaged(const std::string& what) const {
    refuse("is damaged: " + what, std::string(kind_->remedy));
}

}  // namespace foretwin::snapshot
