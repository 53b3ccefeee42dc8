#!/usr/bin/env bash
# The result fingerprints of library scenarios are the same for any number of threads and equal to
# the committed ones, whatever compiler, optimisation or processor ran them. FORETWIN names the
# binary. With --write it replaces the committed ones (only after a change that means to).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
foretwin=${FORETWIN:-build/release/foretwin}
golden=tests/known_answers/golden_fingerprints.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fingerprint() { # THREADS SCENARIO ARGUMENTS...
    local threads=$1 scenario=$2
    shift 2
    # Exit code 1 is an answer too: a target of the scenario is missed.
    "$foretwin" run "$scenario" "$@" --threads "$threads" --json >"$work/result.json" \
        2>"$work/messages" </dev/null
    [ $? -le 1 ] || {
        cat "$work/messages" >&2
        return 1
    }
    /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["fingerprint"])' \
        "$work/result.json"
}

write_golden() {
    local line scenario arguments
    while IFS= read -r line; do
        if [[ $line == \#* || -z $line ]]; then
            printf '%s\n' "$line"
            continue
        fi
        read -r _ scenario arguments <<<"$line"
        # shellcheck disable=SC2086
        printf '%s %s %s\n' "$(fingerprint 1 "$scenario" $arguments)" "$scenario" "$arguments"
    done <"$golden" >"$work/golden" && cp "$work/golden" "$golden"
}

if [ "${1:-}" = --write ]; then
    write_golden
    exit
fi

passed=0
failed=0
while read -r expected scenario arguments; do
    [[ $expected == \#* || -z $expected ]] && continue
    for threads in ${FINGERPRINT_THREADS:-1 2 3 8}; do
        # shellcheck disable=SC2086
        found=$(fingerprint "$threads" "$scenario" $arguments)
        if [ "$found" = "$expected" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "$scenario $arguments, $threads threads: $found instead of $expected"
        fi
    done
done <"$golden"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
