#pragma once

#include <deque>
#include <memory>

#include "engine/telemetry/series_rules.hpp"

namespace foretwin::telemetry {

/// Holds the texts of one device and signal to their rules: empty, sentinels, duplicates, late,
/// put in time order, words that cannot be, gaps. Of intervals also: none begins before the one
/// before it ends, and where one ends and none begins, the text is unavailable from then on.
///
/// Two texts of one instant contradict each other, unless the file tells marks or details: then it
/// is one that was made from a store, where conditions may come together.
class TextRules : public SampleRules {
  public:
    TextRules(const IngestDescription& description, const SignalDescription& signal,
              std::string device, SampleSink& sink, const SetAsideSink& set_aside);
    std::optional<Defect> offer(Instant at, const Cell& cell, int line) override;
    void finish() override;
    std::vector<HeldRow> held() const override;
    std::size_t held_count() const override { return waiting_.size(); }
    Instant accepted_until() const override { return told_until_; }

  private:
    struct Held {
        TextSample sample;
        Instant until = no_instant;
        int line = 0;
        int column = 0;
    };
    std::optional<Defect> form_of(const TextSample& sample, const Cell& cell) const;
    std::optional<Defect> compared(const TextSample& sample);
    void release_until(Instant watermark);
    void settle(Held held);
    void end_interval();
    void give_up(const Held& held, Defect why);

    Instant newest_ = std::numeric_limits<Instant>::min();      ///< that was seen
    Instant released_ = std::numeric_limits<Instant>::min();    ///< that is in time order for good
    Instant told_until_ = std::numeric_limits<Instant>::min();  ///< how far the series tells
    bool open_ = false;         ///< an interval whose end is not yet in the series
    std::deque<Held> waiting_;  ///< for what may come before them, in time order
};

/// The rules for a signal of numbers, or of texts.
std::unique_ptr<SampleRules> make_rules(const IngestDescription& description,
                                        const SignalDescription& signal, std::string device,
                                        SampleSink& sink, const SetAsideSink& set_aside);

}  // namespace foretwin::telemetry
