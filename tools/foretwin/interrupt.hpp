#pragma once

#include <atomic>

namespace foretwin::tool {

/// Set once Ctrl-C (SIGINT) or SIGTERM has come; the first call installs the handlers. A second
/// signal ends the process at once.
const std::atomic<bool>& interrupted();

}  // namespace foretwin::tool
