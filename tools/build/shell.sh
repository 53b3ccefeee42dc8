# Shared by tools/quickstart and tools/test; sourced, not run. Everything here is safe to repeat.

# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 3

# What Foretwin and its Python package are built from, by Debian's names.
build_packages=(g++ cmake ninja-build pkg-config git ca-certificates tzdata
    libyaml-cpp-dev nlohmann-json3-dev libtbb-dev libeigen3-dev libhdf5-dev zlib1g-dev libboost-dev
    libhowardhinnant-date-dev libnlopt-dev libcli11-dev libpugixml-dev libmosquitto-dev
    libprotobuf-dev ccache python3-dev python3-venv)

say() { printf '%s\n' "$*" >&2; }

# give_up WHAT HINT...: the surroundings failed, exit code 3 like the command line.
give_up() {
    say ""
    say "$(basename "$0"): $1"
    shift
    for hint in "$@"; do say "  $hint"; done
    exit 3
}

# Run as root: directly, through sudo, or not at all.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        give_up "installing packages needs root, and there is no sudo here" \
            "run as root:  apt-get install --no-install-recommends $missing_packages" \
            "then run this command again"
    fi
}

# need_disk MEGABYTES: refuse early rather than in the middle of a build.
need_disk() {
    local free
    free=$(df -Pm "$root" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$1" ] || give_up "only $free MB are free at $root; $1 MB are needed"
}

missing_from() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s ' "$package"
    done
}

# install_packages NAME...: only those that are missing; a repeat needs no network.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian system: assuming that these are installed in some other way:"
        say "  $*"
        return
    fi
    missing_packages=$(missing_from "$@")
    [ -n "$missing_packages" ] || return 0
    say "Installing Debian packages: $missing_packages"
    need_disk 2500
    # shellcheck disable=SC2086
    if ! as_root apt-get update -q >&2 ||
        ! as_root apt-get install -y -q --no-install-recommends $missing_packages >&2; then
        give_up "apt-get could not install: $missing_packages" \
            "is there a network, and does /etc/apt name a Debian 12 mirror?" \
            "another apt may be running: wait for it, then run this command again"
    fi
}

# Compilers need up to 1.2 GB each: no more of them than cores, and than memory carries.
build_jobs() {
    local cores memory_mb jobs
    cores=$(nproc)
    memory_mb=$(awk '/MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
    jobs=$((memory_mb / 1200))
    [ "$jobs" -ge 1 ] || jobs=1
    [ "$jobs" -le "$cores" ] || jobs=$cores
    printf '%s' "$jobs"
}

# build PRESET TARGET...: configure once, then build what changed.
build() {
    local preset=$1
    shift
    cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || {
        cat "build/configure-$preset.log" >&2
        give_up "CMake could not configure the preset $preset (see above)" \
            "if a folder was moved or a compiler changed: rm -r build/$preset, then try again"
    }
    NINJA_STATUS="[%f/%t, %es] " cmake --build "build/$preset" -j "$(build_jobs)" --target "$@"
}
