#include "scenarios/report/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::report {
namespace {

/// What every lock file of ours begins with.
constexpr std::string_view mark = "foretwin, ";

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

std::string this_process() {
    std::array<char, 256> computer{};
    if (::gethostname(computer.data(), computer.size() - 1) != 0) computer[0] = '\0';
    return std::string(mark) + "process " + std::to_string(::getpid()) + " on " + computer.data();
}

/// The first line of a lock file.
std::string line_of(int descriptor) {
    std::array<char, 400> bytes{};
    const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    const std::string text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return text.substr(0, text.find('\n'));
}

/// Whether it may be written over: a full disk may have cut what another process wrote.
bool is_ours(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return false;
    const std::string line = line_of(descriptor);
    return line.starts_with(mark) || mark.starts_with(line);
}

/// Whoever held it before may have removed it since it was opened here; then a new one counts.
bool is_still_there(int descriptor, const std::filesystem::path& path) {
    struct stat held {};
    struct stat named {};
    return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

[[noreturn]] void refuse_held(const std::filesystem::path& file, int descriptor,
                              const std::string& option) {
    const std::string line = line_of(descriptor);
    const std::string holder =
        line.starts_with(mark) ? line.substr(mark.size()) : "another process";
    throw InputError(Place{file.string(), 0, 0}, "another study works on this file: " + holder,
                     "name another file with " + option + ", or wait until that study has ended");
}

[[noreturn]] void fail(const std::filesystem::path& path, int error, const std::string& option) {
    throw EnvironmentError("cannot lock " + path.string() + ": " +
                           std::generic_category().message(error) +
                           " (name a file in a folder that knows locks with " + option + ")");
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& file, const std::string& option) {
    // Two names of one file have one lock.
    std::error_code ignored;
    path_ = std::filesystem::weakly_canonical(file, ignored);
    if (path_.empty()) path_ = file;
    path_ += ".lock";
    constexpr int rights = 0666;
    while (true) {
        Descriptor lock(
            ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, rights));
        if (lock.number() < 0) fail(path_, errno, option);
        if (!is_ours(lock.number())) {
            throw InputError(Place{path_.string(), 0, 0},
                             "this file is in the way of a lock on '" + file.string() + "'",
                             "name another file with " + option);
        }
        if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EINTR) continue;
            if (errno == EWOULDBLOCK) refuse_held(file, lock.number(), option);
            fail(path_, errno, option);
        }
        if (!is_still_there(lock.number(), path_)) continue;
        // Only for whoever is refused: on a full disk they hear of no number.
        const std::string line = this_process() + "\n";
        if (::ftruncate(lock.number(), 0) == 0) {
            static_cast<void>(::pwrite(lock.number(), line.data(), line.size(), 0) > 0);
        }
        descriptor_ = lock.release();
        return;
    }
}

FileLock::~FileLock() {
    // While it is held: afterwards it might be somebody else's.
    ::unlink(path_.c_str());
    ::close(descriptor_);
}

}  // namespace foretwin::report
