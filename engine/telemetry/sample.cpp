#include "engine/telemetry/sample.hpp"

#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

namespace {
constexpr const char* none_here = "texts go to a sink that takes texts";
}

std::vector<TextSample> SampleSink::newest_texts(std::size_t, std::size_t) {
    FORETWIN_RULE(false, none_here);
    return {};
}

std::vector<TextSample> SampleSink::texts_at(std::size_t, Instant) {
    FORETWIN_RULE(false, none_here);
    return {};
}

void SampleSink::accept_text(std::size_t, const TextSample&) {
    FORETWIN_RULE(false, none_here);
}

}  // namespace foretwin::telemetry
