# The steps of tools/test; sourced by it. Each check writes build/logs/<name>.log, shows that it is
# alive, prints one line with its time, and adds to the counts.

# shellcheck shell=bash
test_packages=(doctest-dev clang-14 clang-format-14 clang-tidy-14 python3 python3-yaml
    chromium dpkg-dev mosquitto mosquitto-clients openssl protobuf-compiler librdkafka-dev)

passed=0
failed=0
failures=()

# Counts what a log says it ran: doctest cases, scripts' own "N passed, M failed", else one.
count_log() {
    /usr/bin/python3 tools/checks/count_results.py "$1" "$2"
}

# check NAME COMMAND...: runs the command, its output in build/logs/NAME.log.
check() {
    local name=$1 log="build/logs/${1// /-}.log" begin=$SECONDS last=$SECONDS status worker counts
    shift
    "$@" >"$log" 2>&1 </dev/null &
    worker=$!
    while kill -0 "$worker" 2>/dev/null; do
        sleep 1
        if [ $((SECONDS - last)) -ge 30 ]; then
            last=$SECONDS
            say "     $name: $((SECONDS - begin)) s, $(tail -n 1 "$log" | tr '\r' '\n' |
                tail -n 1 | cut -c 1-80)"
        fi
    done
    wait "$worker"
    status=$?
    read -r -a counts <<<"$(count_log "$log" "$status")"
    passed=$((passed + counts[0]))
    failed=$((failed + counts[1]))
    if [ "$status" = 0 ]; then
        say "ok   $name: ${counts[0]} in $((SECONDS - begin)) s"
    else
        failures+=("$name (build/logs/${name// /-}.log)")
        tail -n 60 "$log" >&2
        say "FAIL $name after $((SECONDS - begin)) s: $log"
    fi
    return "$status"
}

sources() { git ls-files -co --exclude-standard -- "$@"; }

step_lint() {
    check "format" check_format
    check "lint" /usr/bin/python3 tools/checks/lint.py
    check "architecture" /usr/bin/python3 tests/architecture/layers.py
}

check_format() {
    sources '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
}

# ctest over one build folder; its whole output goes to the log, so that cases can be counted.
run_ctest() {
    local folder=$1
    shift
    (cd "$folder" && ctest --verbose --no-tests=error -j "$(nproc)" "$@")
}

step_unit() {
    check "build release" build release all || return 0
    check "headers compile alone" build release all_verify_interface_header_sets
    check "gateway packages" tools/gateway/install.sh || return 0
    check "Python package" tests/bindings/python/install.sh || return 0
    check "unit" run_ctest build/release -LE oracle
}

step_oracles() {
    check "build oracles" build release all || return 0
    check "oracles" run_ctest build/release -L oracle
}

step_sanitizers() {
    check "build asan-ubsan" build asan-ubsan tested foretwin_fingerprint &&
        check "asan-ubsan" sanitized asan-ubsan &&
        FINGERPRINT_THREADS=2 FORETWIN=build/asan-ubsan/foretwin_fingerprint \
            check "fingerprints gcc -O1" bash tests/known_answers/golden_fingerprints_test.sh
    check "oneTBB for tsan" tools/build/tbb_for_tsan.sh || return 0
    check "build tsan" build tsan tested && check "tsan" sanitized tsan
}

# Thread sanitizer needs a predictable memory layout, which newer kernels give only on request.
sanitized() {
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:die_after_fork=0
    local fixed_layout=()
    setarch -R true 2>/dev/null && fixed_layout=(setarch -R)
    (cd "build/$1" && "${fixed_layout[@]}" ctest --verbose --no-tests=error -j "$(nproc)")
}

# The same golden fingerprints from every compiler, and from a masked processor; from another
# optimisation step_sanitizers has them.
step_determinism() {
    local golden=tests/known_answers/golden_fingerprints_test.sh folder=build/determinism/clang
    check "build release command" build release foretwin || return 0
    FORETWIN=build/release/foretwin check "fingerprints gcc -O3" bash $golden
    FORETWIN=build/release/foretwin GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA \
        check "fingerprints without AVX2 and FMA" bash $golden
    check "build clang -O2" build_variant $folder clang++-14 -O2 &&
        FINGERPRINT_THREADS=2 FORETWIN=$folder/foretwin_fingerprint \
            check "fingerprints clang -O2" bash $golden
}

build_variant() {
    cmake -S . -B "$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS="$3" \
        -DCMAKE_BUILD_TYPE=Variant &&
        cmake --build "$1" -j "$(build_jobs)" --target foretwin_fingerprint
}

step_tidy() { check "tidy" check_tidy; }

# Files of different folders go together: they share headers and no names.
check_tidy() {
    sources 'engine/*.cpp' 'models/*.cpp' 'scenarios/*.cpp' 'tools/*.cpp' |
        awk '{folder = $0; sub("/[^/]*$", "", folder); printf "%04d %s\n", ++n[folder], $0}' |
        sort | cut -d " " -f 2 | xargs -P "$(nproc)" -n 6 tools/checks/tidy_group.sh
}
