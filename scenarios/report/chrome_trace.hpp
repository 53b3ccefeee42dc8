#pragma once

#include <string>
#include <vector>

#include "engine/executors/timeline.hpp"

namespace foretwin::report {

/// A timeline as a file of trace events (Google's "Trace Event Format", JSON object form), which
/// chrome://tracing and Perfetto open. Process 0 holds a track per thread, process 1 + i a track
/// per replication of alternative i, whose names are given. Spans are complete events (`ph` X, `ts`
/// and `dur` in microseconds from the first entry on), pending events are counters (C). What found
/// no place is told in `otherData` and by a mark at the end.
std::string chrome_trace(const executors::Timeline& timeline,
                         const std::vector<std::string>& alternatives);

}  // namespace foretwin::report
