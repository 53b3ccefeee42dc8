#include "engine/live/held_journal.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::live {

using telemetry::HeldSample;

namespace {

constexpr std::string_view head = "foretwin held 1\n";
constexpr std::size_t frame_bytes = 8;     ///< length and checksum of a record
constexpr std::size_t texts = 4;           ///< device, signal, text, detail
constexpr std::size_t numbers_bytes = 33;  ///< time, value, quality, lengths of the texts
constexpr std::uint32_t longest_record = std::uint32_t{1} << 24U;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
    throw EnvironmentError("cannot " + std::string(what) + " '" + path.string() +
                           "': " + std::generic_category().message(errno));
}

std::uint32_t checksum(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

template <class T>
void put(std::string& text, const T& value) {
    text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view text, std::size_t at) {
    T value{};
    std::memcpy(&value, text.data() + at, sizeof value);
    return value;
}

std::string packed(const std::vector<HeldSample>& samples) {
    std::string text;
    std::string record;
    for (const HeldSample& one : samples) {
        record.clear();
        put(record, one.row.at);
        put(record, one.row.value);
        put(record, one.row.quality);
        for (const std::string* part : {&one.device, &one.signal, &one.row.text, &one.row.detail})
            put(record, static_cast<std::uint32_t>(part->size()));
        for (const std::string* part : {&one.device, &one.signal, &one.row.text, &one.row.detail})
            record += *part;
        put(text, static_cast<std::uint32_t>(record.size()));
        put(text, checksum(record));
        text += record;
    }
    return text;
}

/// One record of a file; false when there is no whole one.
bool unpack(std::string_view text, std::size_t& at, HeldSample& sample) {
    if (text.size() - at < frame_bytes) return false;
    const auto length = get<std::uint32_t>(text, at);
    if (length < numbers_bytes || length > longest_record ||
        text.size() - at - frame_bytes < length)
        return false;
    const std::string_view record = text.substr(at + frame_bytes, length);
    if (get<std::uint32_t>(text, at + 4) != checksum(record)) return false;
    sample.row.at = get<telemetry::Instant>(record, 0);
    sample.row.value = get<double>(record, 8);
    sample.row.quality = get<std::uint8_t>(record, 16);
    const std::array<std::string*, texts> parts{&sample.device, &sample.signal, &sample.row.text,
                                                &sample.row.detail};
    std::size_t begin = numbers_bytes;
    for (std::size_t i = 0; i < texts; ++i) {
        const std::size_t size = get<std::uint32_t>(record, 17 + 4 * i);
        if (size > length - begin) return false;
        *parts[i] = record.substr(begin, size);
        begin += size;
    }
    at += frame_bytes + length;
    return true;
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fdatasync(file) == 0;
}

void sync_folder(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

}  // namespace

HeldJournal::HeldJournal(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code ignored;
    if (std::filesystem::exists(path_, ignored)) read();
}

HeldJournal::~HeldJournal() {
    if (file_ >= 0) ::close(file_);
}

void HeldJournal::read() {
    std::ifstream stream(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) fail(path_, "read");
    const std::string_view begin = std::string_view(text).substr(0, head.size());
    if (begin != head.substr(0, begin.size()))
        throw InputError({path_.string(), 0, 0}, "holds no samples that wait for a store",
                         "move it elsewhere: this name is taken for them");
    if (begin.size() < head.size()) return;  // killed before anything was acknowledged
    std::size_t at = head.size();
    for (HeldSample sample; unpack(text, at, sample);) left_.push_back(sample);
    bytes_ = at;
    records_ = left_.size();
}

void HeldJournal::open() {
    if (file_ >= 0) return;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) fail(path_, "write");
    if (bytes_ == 0) {
        if (!write_all(file_, head)) {
            ::close(std::exchange(file_, -1));
            fail(path_, "write");
        }
        bytes_ = head.size();
        sync_folder(path_);
    }
}

void HeldJournal::add(const std::vector<HeldSample>& samples) {
    if (samples.empty()) return;
    open();
    const std::string text = packed(samples);
    const auto end = static_cast<off_t>(bytes_);
    if (::ftruncate(file_, end) != 0 || ::lseek(file_, end, SEEK_SET) != end ||
        !write_all(file_, text))
        fail(path_, "write");
    bytes_ += text.size();
    records_ += samples.size();
}

void HeldJournal::replace(const std::vector<HeldSample>& samples) {
    std::error_code ignored;
    if (samples.empty()) {
        if (file_ >= 0) ::close(std::exchange(file_, -1));
        std::filesystem::remove(path_, ignored);
        bytes_ = 0;
        records_ = 0;
        return;
    }
    const std::filesystem::path draft = path_.string() + ".partial";
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) fail(draft, "write");
    const std::string text = std::string(head) + packed(samples);
    if (!write_all(file, text) || ::rename(draft.c_str(), path_.c_str()) != 0) {
        const int error = errno;
        ::close(file);
        ::unlink(draft.c_str());
        errno = error;
        fail(draft, "write");
    }
    sync_folder(path_);
    if (file_ >= 0) ::close(file_);
    file_ = file;
    bytes_ = text.size();
    records_ = samples.size();
}

}  // namespace foretwin::live
