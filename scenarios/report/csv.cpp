#include "scenarios/report/csv.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "scenarios/report/whole_file.hpp"

namespace foretwin::report {

namespace {

/// A field is quoted where it must be (RFC 4180).
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

/// The shortest text that reads back as the same bits; empty when unknown.
std::string field(double value) {
    if (!std::isfinite(value)) return "";
    std::array<char, 40> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return std::string(buffer.data(), end);
}

}  // namespace

std::string csv(const experiments::StudyResult& study) {
    std::string text =
        "alternative,kpi,unit,mean,low,high,sd,difference_mean,difference_low,difference_high\n";
    for (const experiments::AlternativeResult& alternative : study.alternatives)
        for (const experiments::KpiResult& kpi : alternative.kpis) {
            const experiments::FigureResult& value = kpi.value;
            const std::string unit = value.unit == "money" ? study.currency : value.unit;
            text += field(alternative.name) + "," + field(value.name) + "," + field(unit) + "," +
                    field(value.mean) + "," + field(value.low) + "," + field(value.high) + "," +
                    field(value.standard_deviation) + ",";
            if (kpi.difference)
                text += field(kpi.difference->mean) + "," + field(kpi.difference->low) + "," +
                        field(kpi.difference->high) + "\n";
            else
                text += ",,\n";
        }
    return text;
}

void write_csv(const experiments::StudyResult& study, const std::filesystem::path& path) {
    write_whole_file(path, csv(study));
}

}  // namespace foretwin::report
