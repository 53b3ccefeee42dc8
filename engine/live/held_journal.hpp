#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/telemetry/intake.hpp"

namespace foretwin::live {

/// Samples that were acknowledged and are not in the store yet, because late ones may still come
/// before them or a run of equal values may still grow. A file beside the store keeps them, so that
/// a killed process loses none.
///
/// Records with a checksum each are appended; half a record at the end is of a write that was never
/// acknowledged. When most of the file is of the past, what still waits is written anew under the
/// same name. One process at a time: the store's lock is held by whoever uses this.
class HeldJournal {
  public:
    /// Reads what is there; EnvironmentError when it cannot, InputError when it is no such file.
    explicit HeldJournal(std::filesystem::path path);
    ~HeldJournal();
    HeldJournal(const HeldJournal&) = delete;
    HeldJournal& operator=(const HeldJournal&) = delete;

    /// What an earlier process left behind, in the order in which it came.
    const std::vector<telemetry::HeldSample>& left() const { return left_; }

    /// The samples are on disk when this returns. EnvironmentError when they cannot be written (a
    /// full disk); the file then has what it had before, and this may be tried again.
    void add(const std::vector<telemetry::HeldSample>& samples);
    /// Records in the file.
    std::size_t records() const { return records_; }
    /// The file holds these and nothing else; none: there is no file.
    void replace(const std::vector<telemetry::HeldSample>& samples);

  private:
    void read();
    void open();
    std::filesystem::path path_;
    int file_ = -1;
    std::uint64_t bytes_ = 0;  ///< that are whole records
    std::size_t records_ = 0;
    std::vector<telemetry::HeldSample> left_;
};

}  // namespace foretwin::live
