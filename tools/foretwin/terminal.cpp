#include "tools/foretwin/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <system_error>

#include "engine/core/error.hpp"

namespace foretwin::tool {

int columns_of_terminal() {
    constexpr int usual = 120;
    constexpr int least = 60;
    winsize size{};
    if (isatty(1) == 0 || ioctl(1, TIOCGWINSZ, &size) != 0 || size.ws_col < least) return usual;
    return size.ws_col;
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) return;
    throw EnvironmentError("cannot make the folder '" + folder.string() + "': " + error.message() +
                           " (give another folder with --out)");
}

}  // namespace foretwin::tool
