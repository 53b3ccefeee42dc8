#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/telemetry/csv_stream.hpp"
#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/observation_source.hpp"

namespace foretwin::telemetry {

/// What MTConnect agents answer to `current` and `sample` (MTConnectStreams, versions 1.2 to 2.x):
/// one document, or several one after the other, as a logger appends them.
///
/// - Samples, events and conditions of a document are told in the order of their sequence numbers,
///   whatever component they stand under. What an earlier document told already (a sequence number
///   of the same agent instance that is not above the item's newest) is repeated.
/// - An item is called by its `name`, or its `dataItemId` where it has none; a device by the name
/// of
///   its DeviceStream, or its uuid.
/// - Entries of data sets and tables become one text, `key=value` by `key=value`.
/// - What is no MTConnectStreams, or breaks off, is a defect with its line.
class MtconnectLog : public ObservationSource {
  public:
    /// Read at once; a larger file is an InputError.
    static constexpr std::size_t file_bytes_at_most = std::size_t{512} << 20;

    /// `only_device`: the name for a stream without name and uuid.
    MtconnectLog(const ByteSource& source, std::string shown_name, std::string only_device,
                 LogCounts& counts);
    bool next(Observation& into) override;

  private:
    struct Told {
        std::uint64_t sequence = 0;
        std::string key;  ///< agent instance, device and item
        Observation observation;
    };
    struct Reader;

    std::vector<Told> told_;
    std::size_t next_ = 0;
};

}  // namespace foretwin::telemetry
