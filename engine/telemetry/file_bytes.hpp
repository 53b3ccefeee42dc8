#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "engine/telemetry/csv_stream.hpp"

namespace foretwin::telemetry {

/// Told while a file is read: bytes of the file as it lies on disk. May throw to end the reading.
using BytesRead = std::function<void(std::int64_t done, std::int64_t all)>;

/// The bytes of a file from its beginning; what is packed with gzip is unpacked on the way, however
/// the file is called. EnvironmentError when it cannot be read; InputError, with `shown_name`, when
/// what is packed is damaged or ends too early.
ByteSource file_bytes(const std::filesystem::path& path, const std::string& shown_name,
                      BytesRead told = {});

}  // namespace foretwin::telemetry
