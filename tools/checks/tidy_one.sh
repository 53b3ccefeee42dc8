#!/usr/bin/env bash
# clang-tidy over one source file, skipped when nothing it reads has changed since it last passed:
# the proof is kept in build/tidy under the hash of the preprocessed text, comments included
# (NOLINT is one), and the list of checks.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
source_file=$1

read_by_it() {
    clang++-14 -std=c++20 -I. -I/usr/include/hdf5/serial -I/usr/include/eigen3 \
        -E -C -P "$source_file"
    cat .clang-tidy
}
proof=build/tidy/$(read_by_it 2>/dev/null | sha256sum | cut -c 1-40)
[ ! -e "$proof" ] || exit 0

# GCC's own warning flags are unknown to clang and none of its business here.
findings=$(clang-tidy-14 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-error "$source_file" 2>/dev/null)
status=$?
if [ "$status" != 0 ]; then
    printf '%s: clang-tidy\n%s\n' "$source_file" "$findings"
    exit 1
fi
mkdir -p build/tidy && touch "$proof"
