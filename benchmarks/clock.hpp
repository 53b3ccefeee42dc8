#pragma once

#include <sys/resource.h>

#include <chrono>
#include <ctime>

/// What benchmarks read off the machine.
namespace foretwin::benchmarks {

/// CPU seconds that this process has used, all threads together.
inline double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// The most memory that this process ever held, in MB.
inline double peak_memory_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace foretwin::benchmarks
