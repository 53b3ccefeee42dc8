#pragma once

#include <chrono>
#include <filesystem>

#include "engine/live/held_journal.hpp"
#include "engine/live/message_source.hpp"
#include "engine/live/payload_reader.hpp"
#include "engine/telemetry/store.hpp"

namespace foretwin::live {

/// Feeds a store with the messages of a broker, and acknowledges nothing that is not on disk:
///
///   source.read -> payload reader -> intake (quality rules) -> store.commit, held journal
///               -> source.acknowledge
///
/// A batch is settled when half of the window is read, or after `settle_every`. When the disk is
/// full nothing more is read or acknowledged until there is room; then it goes on where it was.
class LiveIngest {
  public:
    struct Parts {
        const telemetry::IngestDescription& description;
        telemetry::Store& store;
        MessageSource& source;
        PayloadReader& reader;
        std::function<void(const Outgoing&)> publish;  ///< may be empty
        Tell tell;
        telemetry::SetAsideSink set_aside{};
        telemetry::OtherSink other{};
    };
    /// `journal`: the file for samples that wait. `source_name` is kept with new series.
    LiveIngest(Parts parts, const std::filesystem::path& journal, const std::string& source_name);

    /// One round: reads what there is, waiting up to so long, and settles when it is time. `now` is
    /// our clock. EnvironmentError when the store failed for good.
    void turn(telemetry::Instant now, Time wait);
    /// The connection stands: what the reader wants to say then.
    void connected(telemetry::Instant now);
    /// No more messages: settles, acknowledges, passes on what was held back, says goodbye. Waits
    /// for no room: EnvironmentError when the disk is full (nothing acknowledged is lost).
    void finish(telemetry::Instant now);

    std::int64_t messages() const { return messages_; }
    std::int64_t unreadable() const { return unreadable_; }
    /// Time since the last message, or since the beginning.
    Time idle() const;
    /// Whether it waits for room on the disk.
    bool stalled() const { return stalled_; }
    const telemetry::Intake& intake() const { return intake_; }

  private:
    using Clock = std::chrono::steady_clock;
    void settle(telemetry::Instant now);
    void keep();
    void answer();
    bool due() const;

    Parts parts_;
    telemetry::Intake intake_;
    HeldJournal journal_;
    PayloadReader::Outcome outcome_;
    std::vector<telemetry::Observation> batch_;
    std::vector<telemetry::HeldSample> to_keep_;  ///< not in the journal yet
    std::size_t unsettled_ = 0;                   ///< messages
    std::int64_t messages_ = 0;
    std::int64_t unreadable_ = 0;
    bool dirty_ = false;  ///< something was taken that is not kept yet
    bool stalled_ = false;
    Clock::time_point oldest_{};
    Clock::time_point last_message_ = Clock::now();
    Clock::time_point next_try_{};
};

}  // namespace foretwin::live
