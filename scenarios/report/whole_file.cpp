#include "scenarios/report/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::report {

namespace {

std::string way_out(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "free some space, or write to another folder";
        case EACCES:
        case EPERM:
        case EROFS:
            return "choose a folder that you may write to";
        case ENOENT:
        case ENOTDIR:
            return "create the folder first, or name another";
        case EISDIR:
            return "name a file, not a folder";
        case EFBIG:
            return "the limit on file sizes (ulimit -f) is too low";
        default:
            return "write to another place";
    }
}

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
    throw EnvironmentError("cannot write " + path.string() + ": " +
                           std::generic_category().message(error) + " (" + way_out(error) +
                           "); it was not written, and nothing that belongs to it");
}

/// An open file that is closed, and whose temporary name is removed, unless all went well.
class Draft {
  public:
    Draft(int descriptor, std::filesystem::path name)
        : descriptor_(descriptor), name_(std::move(name)) {}
    ~Draft() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!name_.empty()) ::unlink(name_.c_str());
    }
    Draft(Draft&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {
        other.name_.clear();
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    int descriptor() const { return descriptor_; }
    const std::filesystem::path& name() const { return name_; }
    void is_named(const std::filesystem::path& name) { name_ = name; }
    void is_renamed() { name_.clear(); }
    /// 0, or the error that only closing reveals (quota, network file systems).
    int close() {
        const int result = ::close(descriptor_);
        descriptor_ = -1;
        return result == 0 ? 0 : errno;
    }

  private:
    int descriptor_;
    std::filesystem::path name_;
};

/// 0, or the error.
int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

void write_directly(const std::filesystem::path& path, std::string_view bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path, errno);
    Draft draft(descriptor, {});
    const int error = write_all(descriptor, bytes);
    if (error != 0) fail(path, error);
}

std::filesystem::path draft_name(const std::filesystem::path& path) {
    return path.parent_path() /
           ("." + path.filename().string() + "." + std::to_string(::getpid()) + ".partial");
}

/// A nameless file, or a named one where the file system knows no nameless ones.
Draft open_draft(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    constexpr int rights = 0666;
    int descriptor = -1;
#ifdef O_TMPFILE
    // A name for a nameless file is made through /proc.
    if (::access("/proc/self/fd", X_OK) == 0)
        descriptor = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, rights);
    if (descriptor >= 0) return Draft(descriptor, {});
#endif
    const std::filesystem::path name = draft_name(path);
    descriptor = ::open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, rights);
    if (descriptor < 0) fail(path, errno);
    return Draft(descriptor, name);
}

/// The draft becomes a file under a name of its own, complete on disk.
void complete(Draft& draft, const std::filesystem::path& path) {
    if (draft.name().empty()) {
        const std::string open_file = "/proc/self/fd/" + std::to_string(draft.descriptor());
        const std::filesystem::path name = draft_name(path);
        ::unlink(name.c_str());  // of a killed process that had our number
        if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
            fail(path, errno);
        draft.is_named(name);
    }
    const int error = draft.close();
    if (error != 0) fail(path, error);
}

/// A terminal, a pipe: what exists and is no regular file has no draft.
bool is_written_directly(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status)) fail(path, EISDIR);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/// A file that is complete on disk, but not yet under its name.
struct Ready {
    Draft draft;
    std::filesystem::path target;
};

std::unique_ptr<Ready> made_ready(const std::filesystem::path& path, std::string_view bytes) {
    // A link keeps pointing where it did; what it points at is replaced.
    std::error_code ignored;
    std::filesystem::path target = std::filesystem::is_symlink(path, ignored)
                                       ? std::filesystem::canonical(path, ignored)
                                       : path;
    if (target.empty()) fail(path, ENOENT);
    Draft open = open_draft(target);
    auto ready = std::make_unique<Ready>(Ready{std::move(open), std::move(target)});
    Draft& draft = ready->draft;
    int error = write_all(draft.descriptor(), bytes);
    if (error == 0 && ::fsync(draft.descriptor()) != 0) error = errno;
    if (error != 0) fail(path, error);
    complete(draft, ready->target);
    return ready;
}

/// The new name outlives a loss of power, too. Where a file system cannot promise that, so be it.
void keep_name(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

/// Between the first and the last change of a name nobody may stop the process.
class WithoutInterruption {
  public:
    WithoutInterruption()
        : on_interrupt_(std::signal(SIGINT, SIG_IGN)),
          on_termination_(std::signal(SIGTERM, SIG_IGN)) {}
    ~WithoutInterruption() {
        std::signal(SIGINT, on_interrupt_);
        std::signal(SIGTERM, on_termination_);
    }
    WithoutInterruption(const WithoutInterruption&) = delete;
    WithoutInterruption& operator=(const WithoutInterruption&) = delete;

  private:
    void (*on_interrupt_)(int);
    void (*on_termination_)(int);
};

}  // namespace

void write_whole_file(const std::filesystem::path& path, std::string_view bytes) {
    if (is_written_directly(path)) return write_directly(path, bytes);
    const std::unique_ptr<Ready> ready = made_ready(path, bytes);
    if (::rename(ready->draft.name().c_str(), ready->target.c_str()) != 0) fail(path, errno);
    ready->draft.is_renamed();
    keep_name(ready->target);
}

void write_whole_files(const std::vector<WholeFile>& files,
                       const std::function<void()>& last_chance) {
    std::vector<std::unique_ptr<Ready>> all;
    for (const WholeFile& file : files)
        if (!is_written_directly(file.path)) all.push_back(made_ready(file.path, file.bytes));
    const WithoutInterruption undisturbed;
    if (last_chance) last_chance();
    for (const WholeFile& file : files)
        if (is_written_directly(file.path)) write_directly(file.path, file.bytes);
    for (const std::unique_ptr<Ready>& ready : all) ::unlink(ready->target.c_str());
    for (const std::unique_ptr<Ready>& ready : all) {
        if (::rename(ready->draft.name().c_str(), ready->target.c_str()) != 0)
            fail(ready->target, errno);
        ready->draft.is_renamed();
    }
    for (const std::unique_ptr<Ready>& ready : all) keep_name(ready->target);
}

}  // namespace foretwin::report
