#include "scenarios/report/validation_table.hpp"

#include <cstdio>

namespace foretwin::report {

std::string validation_table(const experiments::StudyResult::Validation& validation) {
    std::string text = "Replay of " + validation.period + "\n\n";
    char line[160];
    std::snprintf(line, sizeof line, "%-12s %-14s %10s %10s   %-17s\n", "component", "count",
                  "recorded", "simulated", "range of futures");
    text += line;
    for (const auto& row : validation.rows) {
        std::snprintf(line, sizeof line, "%-12.12s %-14.14s %10.0f %10.1f   %6.0f to %-6.0f %s\n",
                      row.group.c_str(), row.quantity.c_str(), row.recorded, row.simulated, row.low,
                      row.high, row.inside ? "inside" : "OUTSIDE");
        text += line;
    }
    return text + "\nVerdict: " + validation.verdict + "\n";
}

}  // namespace foretwin::report
