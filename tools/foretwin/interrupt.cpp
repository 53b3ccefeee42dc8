#include "tools/foretwin/interrupt.hpp"

#include <unistd.h>

#include <csignal>

namespace foretwin::tool {
namespace {

std::atomic<bool> flag{false};

void on_signal(int signal) {
    flag.store(true);
    std::signal(signal, SIG_DFL);
    static constexpr char told[] = "\nstopping; again to stop without tidying up\n";
    const auto ignored = write(STDERR_FILENO, told, sizeof told - 1);
    static_cast<void>(ignored);
}

}  // namespace

const std::atomic<bool>& interrupted() {
    static const bool installed = [] {
        std::signal(SIGINT, on_signal);
        std::signal(SIGTERM, on_signal);
        return true;
    }();
    static_cast<void>(installed);
    return flag;
}

}  // namespace foretwin::tool
