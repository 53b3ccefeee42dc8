#include "engine/telemetry/ingest.hpp"

#include <memory>
#include <utility>

#include "engine/telemetry/row_batches.hpp"
#include "engine/telemetry/text_rules.hpp"

namespace foretwin::telemetry {

namespace {

/// The rules of every device and signal that was met.
class AllSeries {
  public:
    AllSeries(const IngestDescription& description, SampleSink& sink, const SetAsideSink& set_aside)
        : description_(description), sink_(sink), set_aside_(set_aside) {}

    SampleRules& of(const std::vector<std::string>& devices, std::uint32_t device,
                    std::size_t signal) {
        const std::size_t signals = description_.signals.size();
        const std::size_t number = device * signals + signal;
        if (number >= series_.size()) series_.resize((device + std::size_t{1}) * signals);
        auto& rules = series_[number];
        if (!rules)
            rules = make_rules(description_, description_.signals[signal], devices[device], sink_,
                               set_aside_);
        return *rules;
    }

    std::vector<SeriesCounts> finish() {
        std::vector<SeriesCounts> counts;
        for (const auto& rules : series_) {
            if (!rules) continue;
            rules->finish();
            counts.push_back(rules->counts());
        }
        return counts;
    }

  private:
    const IngestDescription& description_;
    SampleSink& sink_;
    const SetAsideSink& set_aside_;
    std::vector<std::unique_ptr<SampleRules>> series_;  ///< device x signals + signal
};

/// How the clock of every device goes.
class Clocks {
  public:
    ClockDelays& of(const std::vector<std::string>& devices, std::uint32_t device) {
        if (delays_.size() <= device) delays_.resize(device + std::size_t{1});
        if (delays_[device].rows == 0) delays_[device].device = devices[device];
        return delays_[device];
    }
    std::vector<ClockDelays> all() const {
        std::vector<ClockDelays> met;
        for (const ClockDelays& one : delays_)
            if (one.rows > 0) met.push_back(one);
        return met;
    }

  private:
    std::vector<ClockDelays> delays_;
};

/// What the samples of one row were, taken together.
class RowMarks {
  public:
    void add(std::optional<Defect> defect) {
        late_ |= defect == Defect::late;
        conflicting_ |= defect == Defect::conflicting_duplicate;
        repeated_ |= defect == Defect::exact_duplicate;
        const bool holds_none = defect && *defect < Defect::exact_duplicate;
        new_ |= !holds_none && defect != Defect::exact_duplicate;
    }
    void count(QualityReport& report) const {
        report.rows_late += late_;
        report.rows_conflicting += conflicting_;
        report.rows_repeated += repeated_ && !new_;
    }

  private:
    bool late_ = false, conflicting_ = false, repeated_ = false, new_ = false;
};

}  // namespace

QualityReport ingest(std::unique_ptr<RecordSource> records, const IngestDescription& description,
                     SampleSink& sink, const SetAsideSink& set_aside, unsigned threads) {
    QualityReport report;
    report.source = records->name();
    report.refuse_above = description.refuse_above;
    const bool beside = threads > 1 && records->keeps_off_hdf5();
    RowBatches batches(std::make_unique<SampleReader>(std::move(records), description), beside);
    AllSeries all(description, sink, set_aside);
    Clocks clocks;
    std::vector<std::string> devices;
    while (const RowBatch* batch = batches.next()) {
        devices.insert(devices.end(), batch->new_devices.begin(), batch->new_devices.end());
        for (const RowBatch::Row& row : batch->rows()) {
            ++report.rows_received;
            if (row.defect != RowDefect::none) {
                ++report.rows_rejected[static_cast<std::size_t>(row.defect)];
                if (set_aside)
                    set_aside(
                        {row.line, row.column, {}, {}, row.at, row.text, to_text(row.defect)});
                continue;
            }
            ++report.rows_read;
            if (row.delay) clocks.of(devices, row.device).add(*row.delay);
            RowMarks marks;
            for (std::size_t i = 0; i < row.cells; ++i) {
                const Cell cell = batch->cell(row, i);
                marks.add(all.of(devices, row.device, cell.signal).offer(row.at, cell, row.line));
            }
            marks.count(report);
        }
    }
    report.clocks = clocks.all();
    report.series = all.finish();
    report.check_accounts();
    return report;
}

}  // namespace foretwin::telemetry
