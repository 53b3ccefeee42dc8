#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/telemetry/observation_source.hpp"
#include "engine/telemetry/store.hpp"
#include "models/observed/profile.hpp"

namespace foretwin::living {

using telemetry::Instant;

/// The observations of a profile's devices out of a store, in the order of time (of one instant: in
/// the order of devices and signals), a stretch at a time, so that memory does not grow with the
/// history. Values that are known to be wrong (out of range, in a wrong unit) are left out.
class StoreSource : public telemetry::ObservationSource {
  public:
    StoreSource(const telemetry::StoreReader& store, const observed::Profile& profile);

    /// First and last instant that the store has of these devices; no_instant when it has nothing.
    Instant first() const { return first_; }
    Instant last() const { return last_; }

    /// Looks at what was appended, after StoreReader::refresh. False when something came that lies
    /// before what was told already (a series that is new, or one whose samples were written after
    /// those of others): then all is to be told anew, with start().
    bool look_again();

    /// Tells from here on, each series' last value before it first.
    void start(Instant from);
    /// Tells up to and including this instant, and no further until told otherwise.
    void allow(Instant until) { until_ = until; }
    bool next(telemetry::Observation& into) override;

  private:
    struct Series {
        std::string device;  ///< as the profile's source
        std::string signal;
        bool texts = false;
        Instant first = 0;
        Instant last = 0;  ///< when it was looked at
    };
    std::vector<Series> find_series() const;
    void read(const Series& series, Instant from, Instant to);
    void read_before(const Series& series, Instant at);

    const telemetry::StoreReader& store_;
    const observed::Profile& profile_;
    std::vector<Series> series_;
    Instant first_ = telemetry::no_instant, last_ = telemetry::no_instant;
    Instant reached_ = 0;  ///< read up to here
    Instant until_ = 0;
    std::deque<telemetry::Observation> told_;
};

}  // namespace foretwin::living
