#include "tools/foretwin/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "engine/core/error.hpp"

namespace foretwin::tool {

int columns_of_terminal() {
    constexpr int usual = 120;
    constexpr int least = 60;
    winsize size{};
    if (isatty(1) == 0 || ioctl(1, TIOCGWINSZ, &size) != 0 || size.ws_col < least) return usual;
    return size.ws_col;
}

void flush_standard_output() {
    std::cout.flush();
    if (std::cout.good()) return;
    throw EnvironmentError(
        "cannot write to standard output (is the disk full, or was the reader closed?)");
}

}  // namespace foretwin::tool
