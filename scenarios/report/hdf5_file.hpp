#pragma once

#include <string>
#include <vector>

#include "engine/telemetry/hdf5_handle.hpp"

namespace foretwin::report {

using telemetry::Hdf5Handle;

/// A file in memory: nothing reaches the disk until its bytes are written whole. Every member
/// throws EnvironmentError when HDF5 refuses. Paths are absolute; groups on the way are created.
/// No modification times are kept, so equal contents give equal bytes.
class Hdf5File {
  public:
    Hdf5File();
    void put_group(const std::string& path);
    void put_attribute(const std::string& path, const std::string& name, const std::string& text);
    void put_attribute(const std::string& path, const std::string& name, double value);
    void put_attribute(const std::string& path, const std::string& name, std::int64_t value);
    void put_text(const std::string& path, const std::string& text);
    void put_texts(const std::string& path, const std::vector<std::string>& texts);
    void put_numbers(const std::string& path, const std::vector<std::int64_t>& values);
    /// Rows of equal length, `columns` each, one after the other.
    void put_table(const std::string& path, const std::vector<double>& values, std::size_t columns);
    std::string bytes() const;

  private:
    void put_dataset(const std::string& path, hid_t type, hid_t space, const void* data);
    void put_attribute(const std::string& path, const std::string& name, hid_t type,
                       const void* data);
    Hdf5Handle file_;
};

}  // namespace foretwin::report
