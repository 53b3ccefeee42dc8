#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace foretwin::telemetry {

/// A folder of this test, removed with all that is in it.
struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "foretwin_store_XXXXXX");
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path store() const { return path / "store.h5"; }
};

/// Runs in a process of its own what never comes back; returns its number.
template <class Work>
pid_t in_a_process(Work work) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (...) {
            _exit(1);
        }
        _exit(0);
    }
    return child;
}

inline int wait_for(pid_t child) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

/// Numbers that a process tells another, the last of which counts.
struct Pipe {
    std::array<int, 2> ends{};
    Pipe() { REQUIRE(pipe(ends.data()) == 0); }
    ~Pipe() {
        close(ends[0]);
        if (ends[1] >= 0) close(ends[1]);
    }
    void tell(std::uint64_t number) const {
        if (write(ends[1], &number, sizeof number) != sizeof number) _exit(1);
    }
    /// Until the first number is there, or a minute has passed.
    void wait() const {
        pollfd end{ends[0], POLLIN, 0};
        poll(&end, 1, 60'000);
    }
    std::uint64_t last() {
        close(ends[1]);
        ends[1] = -1;
        std::uint64_t number = 0;
        std::uint64_t next = 0;
        while (read(ends[0], &next, sizeof next) == sizeof next) number = next;
        return number;
    }
};

}  // namespace foretwin::telemetry
