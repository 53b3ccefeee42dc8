#include "engine/telemetry/ingest.hpp"

#include <memory>
#include <utility>

namespace foretwin::telemetry {

namespace {

/// The rules of every device and signal that was met.
class AllSeries {
  public:
    AllSeries(const IngestDescription& description, SampleSink& sink, const SetAsideSink& set_aside)
        : description_(description), sink_(sink), set_aside_(set_aside) {}

    SeriesRules& of(const NameTable& devices, std::uint32_t device, std::size_t signal) {
        const std::size_t signals = description_.signals.size();
        if (series_.size() < (device + std::size_t{1}) * signals)
            series_.resize((device + std::size_t{1}) * signals);
        auto& rules = series_[device * signals + signal];
        if (!rules)
            rules = std::make_unique<SeriesRules>(description_, description_.signals[signal],
                                                  devices.name(device), sink_, set_aside_);
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
    std::vector<std::unique_ptr<SeriesRules>> series_;  ///< device x signals + signal
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

QualityReport ingest(CsvStream stream, const IngestDescription& description, SampleSink& sink,
                     const SetAsideSink& set_aside) {
    QualityReport report;
    report.source = stream.name();
    report.refuse_above = description.refuse_above;
    SampleReader reader(std::move(stream), description);
    AllSeries all(description, sink, set_aside);
    SampleRow row;
    while (reader.next(row)) {
        ++report.rows_received;
        if (row.defect != RowDefect::none) {
            ++report.rows_rejected[static_cast<std::size_t>(row.defect)];
            if (set_aside)
                set_aside({row.line, row.column, {}, {}, row.at, row.text, to_text(row.defect)});
            continue;
        }
        ++report.rows_read;
        RowMarks marks;
        for (const Cell& cell : row.cells)
            marks.add(
                all.of(reader.devices(), row.device, cell.signal).offer(row.at, cell, row.line));
        marks.count(report);
    }
    report.series = all.finish();
    report.check_accounts();
    return report;
}

}  // namespace foretwin::telemetry
