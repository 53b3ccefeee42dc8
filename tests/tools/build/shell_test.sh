#!/usr/bin/env bash
# tools/quickstart and tools/test say what is missing and how to go on, and exit with 3; with
# everything installed they ask nobody. The system is played by small programs put first in PATH.
set -uo pipefail
cd "$(dirname "$0")/../../.." || exit 3
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0
failed=0

# play NAME TEXT: a program of that name that runs TEXT.
play() {
    printf '#!/bin/bash\n%s\n' "$2" >"$stage/$1"
    chmod +x "$stage/$1"
}

# expect SENTENCE STATUS TEXT SCRIPT: the script exits with STATUS and prints TEXT.
expect() {
    local found status
    found=$(PATH="$stage:$PATH" bash -c "source tools/build/shell.sh; $4" 2>&1 </dev/null)
    status=$?
    if [ "$status" = "$2" ] && [[ $found == *"$3"* ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not so: %s\n  status %s instead of %s, "%s" expected in:\n%s\n' \
            "$1" "$status" "$2" "$3" "$found"
    fi
}

play dpkg-query 'printf installed'
play apt-get 'echo "apt-get was asked"; exit 1'
expect "installed packages need no apt and no network" 0 "" \
    'install_packages g++ cmake | grep -q asked && exit 1; exit 0'

play dpkg-query '[ "${@: -1}" = cmake ] && printf not-installed || printf installed'
play id 'echo 0'
expect "without network the packages are named" 3 "could not install: cmake" \
    'install_packages g++ cmake'

play id 'echo 1000'
play sudo 'exit 1'
expect "a sudo that refuses is no way out" 3 "could not install: cmake" 'install_packages cmake'
rm "$stage/sudo"
if ! command -v sudo >/dev/null; then
    expect "without root and sudo the command to run is printed" 3 \
        "apt-get install --no-install-recommends cmake" 'install_packages g++ cmake'
fi

play df 'printf "head\nx x x 100 x\n"'
expect "a full disk is told before the build" 3 "100 MB are free" 'need_disk 600'
play nproc 'echo 64'
play awk 'echo 2500'
expect "2500 MB of memory carry two compilers, whatever the cores" 0 "jobs: 2." \
    'echo "jobs: $(build_jobs)."'
rm "$stage"/*

expect "quickstart takes no arguments" 3 "takes no arguments" 'tools/quickstart now'
expect "an unknown step is refused with the known ones" 3 "lint tidy unit oracles" \
    'tools/test --only nonsense'
expect "an unknown option is refused" 3 "usage:" 'tools/test --fast'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
