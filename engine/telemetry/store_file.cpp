#include "engine/telemetry/store_file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

namespace {

constexpr const char* layout_name = "foretwin telemetry";
// More than HDF5 needs for a store, and for a series, without samples.
constexpr std::uint64_t empty_store_bytes = std::uint64_t{1} << 16U;
constexpr std::uint64_t empty_series_bytes = std::uint64_t{1} << 15U;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
    throw EnvironmentError("cannot " + std::string(what) + " the store '" + path.string() +
                           "': " + std::generic_category().message(error) +
                           " (what was stored before is still there)");
}

/// The lock of a file: a byte far behind its end, held by one open descriptor. Unlike HDF5's own
/// mark inside the file, it goes with the process that held it.
bool lock(int descriptor) {
    struct flock where {};
    where.l_type = F_WRLCK;
    where.l_whence = SEEK_SET;
    where.l_start = off_t{1} << 62U;
    where.l_len = 1;
    return ::fcntl(descriptor, F_OFD_SETLK, &where) == 0;
}

bool is_same_file(int descriptor, const std::filesystem::path& path) {
    struct stat open {};
    struct stat named {};
    return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

/// Whether HDF5's mark of a writer is set: byte 11 of the superblock, bits 0 and 2.
bool was_left_open(int descriptor) {
    constexpr off_t flags_at = 11;
    unsigned char flags = 0;
    return ::pread(descriptor, &flags, 1, flags_at) == 1 && (flags & 5U) != 0;
}

Hdf5Handle access() {
    keep_hdf5_quiet();
    Hdf5Handle properties = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "prepare a file");
    check(H5Pset_libver_bounds(properties.id(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST),
          "choose a format");
    // HDF5's locks would keep a writer out while anyone reads; ours knows writers alone.
    check(H5Pset_file_locking(properties.id(), false, true), "prepare a file");
    return properties;
}

void copy_bytes(int from, int to, const std::filesystem::path& path) {
    std::vector<char> block(std::size_t{1} << 20U);
    while (true) {
        const ssize_t got = ::read(from, block.data(), block.size());
        if (got < 0) fail(path, "copy", errno);
        if (got == 0) return;
        for (ssize_t done = 0; done < got;) {
            const ssize_t put = ::write(to, block.data() + done, static_cast<size_t>(got - done));
            if (put < 0) fail(path, "copy", errno);
            done += put;
        }
    }
}

/// Place behind the end of a file, before HDF5 meets a full disk: it loses then what it had, and
/// says nothing.
void reserve_room(int file, std::uint64_t bytes, const std::filesystem::path& path) {
    struct stat now {};
    if (::fstat(file, &now) != 0) fail(path, "write to", errno);
    const auto size = static_cast<std::uint64_t>(now.st_size);
    struct rlimit limit {};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        size + bytes > limit.rlim_cur)
        fail(path, "write to", EFBIG);
    // Blocks behind the end, which the file's size does not show until they are used.
    if (::fallocate(file, FALLOC_FL_KEEP_SIZE, now.st_size, static_cast<off_t>(bytes)) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        fail(path, "write to", errno);
}

/// Takes back HDF5's mark of a writer, which a killed process leaves behind, and counts in what it
/// had written since the file's size was last noted.
void take_back_mark(const std::filesystem::path& draft) {
    const Hdf5Handle properties = access();
    const hbool_t yes = 1;
    check(H5Pset(properties.id(), "clear_status_flags", &yes), "prepare a repair");
    check(H5Pset(properties.id(), "skip_eof_check", &yes), "prepare a repair");
    const Hdf5Handle file =
        owned(H5Fopen(draft.c_str(), H5F_ACC_RDWR, properties.id()), H5Fclose, "repair a store");
    check(H5Fincrement_filesize(file.id(), 0), "repair a store");
    check(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), "repair a store");
}

void create_empty(const std::filesystem::path& draft) {
    const Hdf5Handle properties = access();
    const Hdf5Handle timeless = owned(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "prepare a file");
    const Hdf5Handle plain = owned(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "prepare a group");
    for (const Hdf5Handle* one : {&timeless, &plain})
        check(H5Pset_obj_track_times(one->id(), false), "leave out times");
    const Hdf5Handle file =
        owned(H5Fcreate(draft.c_str(), H5F_ACC_TRUNC, timeless.id(), properties.id()), H5Fclose,
              "create a store");
    const Hdf5Handle root = owned(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose, "open a group");
    put_attribute(root.id(), "layout", std::string(layout_name));
    put_attribute(root.id(), "schema_version", store_version);
    owned(H5Gcreate2(file.id(), "devices", H5P_DEFAULT, plain.id(), H5P_DEFAULT), H5Gclose,
          "create a group");
    check(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), "create a store");
}

void require_ours(hid_t file, const std::filesystem::path& path) {
    const Hdf5Handle root = owned(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "open a group");
    if (text_attribute(root.id(), "layout") != layout_name)
        throw InputError(Place{path.string(), 0, 0}, "is HDF5, but no store of telemetry",
                         "name another file: nothing is added to foreign ones");
    const std::int64_t version = number_attribute(root.id(), "schema_version");
    if (version > store_version)
        throw InputError(Place{path.string(), 0, 0},
                         "has schema version " + std::to_string(version) + "; this program knows " +
                             std::to_string(store_version),
                         "use a newer Foretwin");
}

/// What was a store of an earlier version has the present one's series from now on.
void raise_version(hid_t file) {
    const Hdf5Handle root = owned(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "open a group");
    if (number_attribute(root.id(), "schema_version") == store_version) return;
    check(H5Adelete(root.id(), "schema_version"), "change a version");
    put_attribute(root.id(), "schema_version", store_version);
}

/// What was renamed stays so when the power fails.
void keep_names(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

}  // namespace

/// The copy; its name goes with it, unless it took the file's place.
struct StoreFile::Draft {
    std::filesystem::path name;
    int descriptor = -1;
    bool done = false;

    explicit Draft(std::filesystem::path path) : name(std::move(path)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (descriptor >= 0) ::close(descriptor);
        if (!done) ::unlink(name.c_str());
    }
};

StoreFile::StoreFile(std::filesystem::path path) : path_(std::move(path)) {
    keep_hdf5_quiet();
    std::error_code ignored;
    if (!std::filesystem::exists(path_, ignored)) {
        begin_draft(0);
        publish();
        return;
    }
    while (true) {
        lock_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
        if (lock_ < 0) fail(path_, "open", errno);
        if (!lock(lock_)) {
            ::close(std::exchange(lock_, -1));
            throw EnvironmentError("another process writes to the store '" + path_.string() +
                                   "' (wait for it, or stop it)");
        }
        if (is_same_file(lock_, path_)) break;
        ::close(std::exchange(lock_, -1));  // replaced meanwhile: try the new one
    }
    try {
        if (H5Fis_hdf5(path_.c_str()) <= 0)
            throw InputError(Place{path_.string(), 0, 0}, "is no HDF5 file",
                             "name another file: nothing is written over");
        if (was_left_open(lock_)) {
            begin_draft(0);
            publish();
        } else {
            open();
        }
    } catch (...) {
        ::close(std::exchange(lock_, -1));
        throw;
    }
}

StoreFile::~StoreFile() {
    file_.reset();
    if (lock_ >= 0) ::close(lock_);
}

void StoreFile::open() {
    const Hdf5Handle properties = access();
    {
        const Hdf5Handle look = owned(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, properties.id()),
                                      H5Fclose, "open a store");
        require_ours(look.id(), path_);
    }
    file_ = owned(H5Fopen(path_.c_str(), H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE, properties.id()),
                  H5Fclose, "open a store to write");
}

/// A whole copy of the file, or an empty store when there is none, with room for more.
void StoreFile::begin_draft(std::uint64_t more_bytes) {
    auto draft =
        std::make_unique<Draft>(path_.string() + "." + std::to_string(::getpid()) + ".partial");
    const int descriptor =
        ::open(draft->name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) fail(path_, "write", errno);
    draft->descriptor = descriptor;
    if (lock_ >= 0) {
        remove_left_behind(path_, false);
        if (::lseek(lock_, 0, SEEK_SET) < 0) fail(path_, "read", errno);
        copy_bytes(lock_, descriptor, path_);
        reserve_room(descriptor, empty_store_bytes + more_bytes, path_);
        if (was_left_open(descriptor)) take_back_mark(draft->name);
    } else {
        reserve_room(descriptor, empty_store_bytes + more_bytes, path_);
        create_empty(draft->name);
    }
    const Hdf5Handle properties = access();
    file_ = owned(H5Fopen(draft->name.c_str(), H5F_ACC_RDWR, properties.id()), H5Fclose,
                  "change a store");
    require_ours(file_.id(), path_);
    draft_ = std::move(draft);
}

/// What was there is there still.
void StoreFile::abandon_draft() {
    file_.reset();
    draft_.reset();
    open();
}

void StoreFile::add(const std::vector<SeriesInfo>& series) {
    const std::uint64_t needed = series.size() * empty_series_bytes;
    const bool fresh = draft_ == nullptr;
    if (!fresh) reserve_room(draft_->descriptor, needed, path_);
    try {
        if (fresh) {
            file_.reset();
            begin_draft(needed);
        }
        raise_version(file_.id());
        for (const SeriesInfo& info : series) SeriesColumns::create(file_.id(), info);
        check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "change a store");
    } catch (...) {
        if (fresh)
            abandon_draft();
        else
            file_.reset();  // what the copy had, and was not acknowledged, is lost
        throw;
    }
}

void StoreFile::publish() {
    check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "change a store");
    file_.reset();
    const int descriptor = draft_->descriptor;
    const bool present = lock_ >= 0;
    if (::fsync(descriptor) != 0) fail(path_, "write", errno);
    if (!lock(descriptor)) fail(path_, "lock", errno);
    const char* const draft = draft_->name.c_str();
    if (present ? ::rename(draft, path_.c_str()) != 0 : ::link(draft, path_.c_str()) != 0)
        fail(path_, "write", errno);
    draft_->done = present;
    draft_->descriptor = -1;
    draft_.reset();
    if (present) ::close(lock_);
    lock_ = descriptor;
    keep_names(path_);
    open();
}

void StoreFile::reserve(std::uint64_t bytes) {
    reserve_room(draft_ ? draft_->descriptor : lock_, bytes, path_);
}

void StoreFile::give_way_to(const std::filesystem::path& draft) {
    const int descriptor = ::open(draft.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) fail(path_, "read a copy of", errno);
    const bool whole = ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (!whole) fail(path_, "write", error);
    if (::rename(draft.c_str(), path_.c_str()) != 0) fail(path_, "write", errno);
    keep_names(path_);
}

void StoreFile::flush() {
    if (draft_) {
#ifdef SYNC_FILE_RANGE_WRITE
        // Without it the disk would stand still until the end, and then all would wait for it.
        ::sync_file_range(draft_->descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
        return;
    }
    check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "write to the store");
    if (::fdatasync(lock_) != 0) fail(path_, "write to", errno);
}

void remove_left_behind(const std::filesystem::path& store, bool all) {
    const std::string begin = store.filename().string() + ".";
    constexpr std::string_view end = ".partial";
    std::error_code ignored;
    const auto folder = store.has_parent_path() ? store.parent_path() : std::filesystem::path(".");
    for (const auto& one : std::filesystem::directory_iterator(folder, ignored)) {
        const std::string name = one.path().filename().string();
        if (!name.starts_with(begin) || !name.ends_with(end)) continue;
        // Between them the number of the process, or of several: a copy of a copy.
        const std::string_view middle = std::string_view(name).substr(begin.size());
        int process = 0;
        std::from_chars(middle.data(), middle.data() + middle.size(), process);
        if (process <= 0 || middle.find_first_not_of("0123456789.partil") != std::string_view::npos)
            continue;
        const bool dead = ::kill(process, 0) != 0 && errno == ESRCH;
        if (dead || all) std::filesystem::remove(one.path(), ignored);
    }
}

std::string log_text(hid_t file) {
    if (H5Lexists(file, "log", H5P_DEFAULT) <= 0) return "";
    const Hdf5Handle log = owned(H5Dopen2(file, "log", H5P_DEFAULT), H5Dclose, "open the log");
    const Hdf5Handle space = owned(H5Dget_space(log.id()), H5Sclose, "size the log");
    std::string text(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id())), '\0');
    check(H5Dread(log.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()),
          "read the log");
    return text;
}

void put_log(const std::filesystem::path& draft, const std::string& text) {
    const int descriptor = ::open(draft.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) fail(draft, "write to", errno);
    try {
        reserve_room(descriptor, empty_store_bytes + text.size(), draft);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
    const Hdf5Handle properties = access();
    const Hdf5Handle file = owned(H5Fopen(draft.c_str(), H5F_ACC_RDWR, properties.id()), H5Fclose,
                                  "open a store to write");
    const hsize_t size = text.size();
    const Hdf5Handle space = owned(H5Screate_simple(1, &size, nullptr), H5Sclose, "make a space");
    const Hdf5Handle log = owned(H5Dcreate2(file.id(), "log", H5T_STD_U8LE, space.id(), H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT),
                                 H5Dclose, "create a log");
    check(H5Dwrite(log.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()),
          "write the log");
    check(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), "write the log");
}

Hdf5Handle open_store_to_read(const std::filesystem::path& path) {
    const Hdf5Handle properties = access();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored))
        throw InputError(Place{path.string(), 0, 0}, "there is no such store",
                         "`foretwin ingest` makes one");
    if (H5Fis_hdf5(path.c_str()) == 0)
        throw InputError(Place{path.string(), 0, 0}, "is no HDF5 file", "name a store");
    // With the mark of a writer, alive or killed, the file is read in the mode for that; without
    // one it is read plainly.
    hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, properties.id());
    if (file < 0) file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, properties.id());
    Hdf5Handle opened = owned(file, H5Fclose, "open a store to read");
    require_ours(opened.id(), path);
    return opened;
}

}  // namespace foretwin::telemetry
