#!/usr/bin/env bash
# clang-tidy over one source file, skipped when nothing it reads has changed since it last passed:
# the proof is kept in build/tidy under the hash of the preprocessed text, comments included
# (NOLINT is one), and the list of checks.
#   tools/checks/tidy_one.sh FILE            --proof FILE: only the name of its proof
#                                            --flags: what every file is compiled with
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3

flags=(-std=c++20 -I"$PWD" -I/usr/include/hdf5/serial -I/usr/include/eigen3 -Wno-everything
    -DFORETWIN_VERSION=\"0\" -DFORETWIN_WITH_KAFKA)
if [ "$1" = --flags ]; then
    printf '%s ' "${flags[@]}"
    exit 0
fi

proof_of() {
    {
        clang++-14 "${flags[@]}" -E -C -P "$1"
        cat .clang-tidy
    } 2>/dev/null | sha256sum | sed 's|\(.\{40\}\).*|build/tidy/\1|'
}
if [ "$1" = --proof ]; then
    proof_of "$2"
    exit 0
fi
source_file=$1
proof=$(proof_of "$source_file")
[ ! -e "$proof" ] || exit 0

findings=$(clang-tidy-14 --quiet --config-file=.clang-tidy "$source_file" -- "${flags[@]}" \
    2>/dev/null)
status=$?
if [ "$status" != 0 ]; then
    printf '%s: clang-tidy\n%s\n' "$source_file" "$findings"
    exit 1
fi
mkdir -p build/tidy && touch "$proof"
