#include "engine/telemetry/csv_stream.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

CsvStream::CsvStream(ByteSource source, std::string shown_name, std::size_t block)
    : source_(std::move(source)), name_(std::move(shown_name)), block_(block) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    while (!exhausted_ && window_.size() < byte_order_mark.size()) refill();
    if (!window_.starts_with(byte_order_mark)) return;
    window_.erase(0, byte_order_mark.size());
    scanner_ = CsvScanner(window_);
}

bool CsvStream::next(CsvRecord& record) {
    while (!scanner_.next(record, exhausted_)) {
        if (exhausted_) return false;
        refill();
    }
    return true;
}

void CsvStream::refill() {
    const int line = scanner_.line();
    window_.erase(0, scanner_.consumed());
    if (window_.size() > record_bytes)
        throw InputError({name_, line, 1},
                         "a record of more than " + std::to_string(record_bytes >> 20) + " MiB",
                         "was a quote opened and never closed?");
    const std::size_t kept = window_.size();
    // Grows with what is kept, so that a long record is not scanned again and again.
    window_.resize(kept + std::max(block_, kept));
    const std::size_t got = source_(window_.data() + kept, window_.size() - kept);
    window_.resize(kept + got);
    exhausted_ = got == 0;
    scanner_ = CsvScanner(window_, line);
}

}  // namespace foretwin::telemetry
