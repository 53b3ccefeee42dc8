#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/telemetry/hdf5_handle.hpp"
#include "engine/telemetry/store_columns.hpp"

namespace foretwin::telemetry {

/// The file of a store on disk: one writer, crash-safe changes of its structure, HDF5 handles.
///
/// While samples are appended, the file is open in HDF5's single-writer mode, which others may read
/// at any time and which a killed process leaves readable. That mode allows no new series: from the
/// first of them on, a copy is written in their place, which takes the file's in one step when it
/// is published. The same happens after a crash.
class StoreFile {
  public:
    /// Opens the store for writing, or makes it when there is none. EnvironmentError when another
    /// process writes to it, when it is no store of ours, or of a later version.
    explicit StoreFile(std::filesystem::path path);
    ~StoreFile();
    StoreFile(const StoreFile&) = delete;
    StoreFile& operator=(const StoreFile&) = delete;

    hid_t id() const { return file_.id(); }
    /// Adds series to the copy, which is begun for it; every handle into the file must have been
    /// closed before, unless there is one already. When there is no place for it, all is as it was.
    void add(const std::vector<SeriesInfo>& series);
    /// Whether a copy is being written, which nobody else sees.
    bool drafting() const { return draft_ != nullptr; }
    /// Whether there is anything to write to: not after the copy was lost.
    bool usable() const { return file_.id() >= 0; }
    /// Puts the copy in the file's place, and all of it on the disk; every handle into it must have
    /// been closed before.
    void publish();
    /// Makes sure that so many bytes can be written, so that a full disk is met before anything
    /// is touched. EnvironmentError when they cannot.
    void reserve(std::uint64_t bytes);
    /// Puts a whole store that was made under another name in this one's place, in one step; this
    /// object then keeps the old one, which nobody else finds any longer.
    void give_way_to(const std::filesystem::path& draft);
    /// What HDF5 holds goes to the disk, and stays there when the power fails. A copy is only set
    /// going: publish() waits for it.
    void flush();

  private:
    struct Draft;
    void begin_draft(std::uint64_t more_bytes);
    void abandon_draft();
    void open();

    std::filesystem::path path_;
    int lock_ = -1;  ///< descriptor that holds the lock of the present file
    std::unique_ptr<Draft> draft_;
    Hdf5Handle file_;  ///< or its copy
};

/// Removes copies of the store that killed processes left behind; with `all` also those of
/// processes that seem to live. Whoever has the store's lock may do that: nobody else makes any
/// meanwhile.
void remove_left_behind(const std::filesystem::path& store, bool all);

/// What was done to a store, in lines; empty when nothing was.
std::string log_text(hid_t file);
/// Gives it to a store that nobody uses and that has none.
void put_log(const std::filesystem::path& draft, const std::string& text);

/// Opens a store for reading while another process may write. EnvironmentError when it cannot.
Hdf5Handle open_store_to_read(const std::filesystem::path& path);

}  // namespace foretwin::telemetry
