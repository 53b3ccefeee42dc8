#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/telemetry/quality.hpp"
#include "engine/telemetry/sample.hpp"

namespace foretwin::telemetry {

using SetAsideSink = std::function<void(const SetAside&)>;

/// A number or a text that waits to be accepted.
struct HeldRow {
    Instant at = 0;
    double value = 0;
    std::string text{};
    std::string detail{};
    std::uint8_t quality = good;  ///< as it came

    friend bool operator==(const HeldRow&, const HeldRow&) = default;
};

/// Holds the samples of one device and signal to their rules, in the order in which they arrive.
class SampleRules {
  public:
    virtual ~SampleRules() = default;
    /// What is wrong with the sample so far; nothing when it waits to be accepted.
    virtual std::optional<Defect> offer(Instant at, const Cell& cell, int line) = 0;
    /// No more samples: passes on what was held back.
    virtual void finish() = 0;
    const SeriesCounts& counts() const { return counts_; }

    /// What was taken and is neither accepted nor rejected yet, in time order.
    virtual std::vector<HeldRow> held() const = 0;
    virtual std::size_t held_count() const = 0;
    /// The last instant that went to the sink; the lowest one when there is none.
    virtual Instant accepted_until() const = 0;

  protected:
    SampleRules(const IngestDescription& description, const SignalDescription& signal,
                std::string device, SampleSink& sink, const SetAsideSink& set_aside);
    Defect reject(Instant at, const Cell& cell, int line, Defect why);
    /// Counts a step from the last accepted sample that is longer than a value holds.
    bool count_gap(Instant from, Instant to);
    void count_accepted(Instant at, std::uint8_t quality);

    const IngestDescription& description_;
    const SignalDescription& signal_;
    SampleSink& sink_;
    const SetAsideSink& set_aside_;
    std::size_t series_ = 0;
    SeriesCounts counts_;
};

/// Those of numbers:
///
///   offer -> form of the number -> duplicate, late -> put in time order -> runs of equal values
///   and of wrong units -> range -> gap -> sink
///
/// Memory is bounded by `late_after` and by the length of the runs that are looked for.
class SeriesRules : public SampleRules {
  public:
    SeriesRules(const IngestDescription& description, const SignalDescription& signal,
                std::string device, SampleSink& sink, const SetAsideSink& set_aside);

    std::optional<Defect> offer(Instant at, const Cell& cell, int line) override;
    void finish() override;
    std::vector<HeldRow> held() const override;
    std::size_t held_count() const override { return waiting_.size() + run_.size(); }
    Instant accepted_until() const override { return accepted_; }

  private:
    struct Held {
        Sample sample;
        int line = 0;
        int column = 0;
    };
    void begin();
    std::optional<Defect> form_of(const Cell& cell) const;
    void place(const Held& held);
    void release_until(Instant watermark);
    void look_for_runs(const Held& held);
    void look_for_stuck();
    void look_for_wrong_unit();
    double level() const;
    void settle(std::size_t keep);
    void settle(const Held& held);
    void look_for_gap(Sample& sample);
    void note_wrong_unit(Instant at);
    void give_up(const Held& held, Defect why);
    std::optional<double> known_value(Instant at);

    bool looks_for_runs_ = false;
    Instant newest_ = std::numeric_limits<Instant>::min();    ///< that was seen
    Instant released_ = std::numeric_limits<Instant>::min();  ///< that is in time order for good
    Instant accepted_ = std::numeric_limits<Instant>::min();  ///< that went to the sink
    std::deque<Held> waiting_;  ///< for what may come before them, in time order
    std::deque<Held> run_;      ///< whose runs may still grow, in time order
    int equal_in_a_row_ = 0;
    double last_value_ = 0;
    int off_in_a_row_ = 0;
    std::size_t off_unit_ = 0;
    std::deque<double> levels_;  ///< the last values in the right unit
};

}  // namespace foretwin::telemetry
