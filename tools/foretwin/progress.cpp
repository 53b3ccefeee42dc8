#include "tools/foretwin/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

namespace foretwin::tool {
namespace {

using Clock = std::chrono::steady_clock;

class Bar {
  public:
    explicit Bar(std::string what) : what_(std::move(what)) {}

    void show(std::int64_t done, std::int64_t expected) {
        const Clock::time_point now = Clock::now();
        if (done < last_done_) begin_ = now;  // the next of several studies
        last_done_ = done;
        const double elapsed = std::chrono::duration<double>(now - begin_).count();
        const bool last = done >= expected;
        const double pause = terminal_ ? 0.1 : 10.0;
        const bool due = std::chrono::duration<double>(now - shown_).count() >= pause;
        if (elapsed < 1 || (!due && !(last && visible_))) return;
        shown_ = now;
        visible_ = !last;
        draw(done, expected, elapsed);
        if (terminal_ && last) std::fputc('\n', stderr);
    }

  private:
    void draw(std::int64_t done, std::int64_t expected, double elapsed) const {
        constexpr int width = 30;
        const double share =
            static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(expected, 1));
        const int filled = std::clamp(static_cast<int>(share * width), 0, width);
        const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                                std::string(static_cast<std::size_t>(width - filled), '.');
        const double left = share > 0 ? elapsed * (1 - share) / share : 0;
        std::fprintf(stderr, "%s[%s] %lld of %lld %s, %.0f s left%s", terminal_ ? "\r" : "",
                     bar.c_str(), static_cast<long long>(done), static_cast<long long>(expected),
                     what_.c_str(), left, terminal_ ? "   " : "\n");
        std::fflush(stderr);
    }

    std::string what_;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point shown_{};
    std::int64_t last_done_ = 0;
    bool visible_ = false;
    bool terminal_ = isatty(2) != 0;
};

}  // namespace

experiments::Progress progress_bar(const std::string& what) {
    auto bar = std::make_shared<Bar>(what);
    return [bar](std::int64_t done, std::int64_t expected) { bar->show(done, expected); };
}

}  // namespace foretwin::tool
