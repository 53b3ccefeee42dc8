#pragma once

#include <filesystem>
#include <string>

namespace foretwin::report {

/// A file that one process at a time works on. Its lock lies beside it, as FILE.lock, and is held
/// by this process as long as this lives; it goes with the process, whatever kills it, and what a
/// killed one leaves behind is in nobody's way.
class FileLock {
  public:
    /// The folder of `file` must be there. InputError when another process holds it, told by number
    /// and computer, or when FILE.lock is no lock of ours; EnvironmentError when there can be none.
    /// `option` is the one that names the file.
    FileLock(const std::filesystem::path& file, const std::string& option);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

}  // namespace foretwin::report
