#include "engine/calibration/formatted.hpp"

#include <cstdarg>
#include <cstdio>

namespace foretwin::calibration {

void add_formatted(std::string& out, const char* format, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    out += buffer;
}

}  // namespace foretwin::calibration
