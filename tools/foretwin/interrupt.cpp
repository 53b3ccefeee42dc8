#include "tools/foretwin/interrupt.hpp"

#include <csignal>

namespace foretwin::tool {
namespace {

std::atomic<bool> flag{false};

void on_signal(int signal) {
    flag.store(true);
    std::signal(signal, SIG_DFL);
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
