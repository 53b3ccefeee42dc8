#!/usr/bin/env bash
# clang-tidy over source files of one folder at once: most of its time goes into the headers, which
# they share. Files that do not stand one another in one translation unit, or in which something is
# found, are looked at one by one (tidy_one.sh), and that result counts.
#   tools/checks/tidy_group.sh FILE...
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
group=build/tidy/group-$$.cpp
mkdir -p build/tidy
trap 'rm -f "$group"' EXIT

unproven=()
for file in "$@"; do
    [ -e "$(tools/checks/tidy_one.sh --proof "$file")" ] || unproven+=("$file")
done
[ ${#unproven[@]} -gt 0 ] || exit 0
if [ ${#unproven[@]} -gt 1 ]; then
    printf '#include "%s"\n' "${unproven[@]}" >"$group"
    read -r -a flags <<<"$(tools/checks/tidy_one.sh --flags)"
    if clang-tidy-14 --quiet --config-file=.clang-tidy --checks=-bugprone-suspicious-include \
        "$group" -- "${flags[@]}" >/dev/null 2>&1; then
        for file in "${unproven[@]}"; do touch "$(tools/checks/tidy_one.sh --proof "$file")"; done
        exit 0
    fi
fi
status=0
for file in "${unproven[@]}"; do tools/checks/tidy_one.sh "$file" || status=1; done
exit $status
