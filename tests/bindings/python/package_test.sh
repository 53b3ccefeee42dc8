#!/usr/bin/env bash
# The Python package as people get it: the wheel is built and installed into an environment of its
# own, looked through, and everything is tested against that: pytest, doctests, types, examples.
set -uo pipefail
cd "$(dirname "$0")/../../.." || exit 3
tests/bindings/python/install.sh || exit 3
export FORETWIN=${FORETWIN:-$PWD/build/release/foretwin}
export MPLBACKEND=Agg MYPY_CACHE_DIR=$PWD/build/mypy PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH
python=$PWD/build/python_venv/bin/python
passed=0
failed=0

# step SENTENCE COMMAND...
step() {
    local sentence=$1 found
    shift
    if found=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not so: %s\n%s\n' "$sentence" "$found"
    fi
}

cases() {
    local summary
    "$python" -m pytest -q --no-header --durations=10 -p no:cacheprovider "$@" |
        tee build/python_tests.log
    local status=${PIPESTATUS[0]}
    summary=$(tail -n 1 build/python_tests.log)
    [[ $summary =~ ([0-9]+)\ passed ]] && passed=$((passed + BASH_REMATCH[1]))
    [[ $summary =~ ([0-9]+)\ failed ]] && failed=$((failed + BASH_REMATCH[1]))
    [[ $summary =~ ([0-9]+)\ error ]] && failed=$((failed + BASH_REMATCH[1]))
    [ "$status" = 0 ] || [[ $summary == *failed* || $summary == *error* ]] || failed=$((failed + 1))
}

step "the wheel carries what it needs and no more" \
    "$python" tests/bindings/python/wheel_check.py build/dist/*.whl
step "the types of the engine are written down (tests/bindings/python/stubs.sh --write)" \
    tests/bindings/python/stubs.sh
types=("$python" -m mypy --strict --no-error-summary --config-file "$PWD/pyproject.toml")
(cd build && "${types[@]}" -p foretwin) >build/mypy.log 2>&1
step "mypy --strict accepts the package" test ! -s build/mypy.log
[ ! -s build/mypy.log ] || cat build/mypy.log
step "mypy --strict accepts the examples" \
    "${types[@]}" bindings/python/examples
cases tests/bindings/python
cases --doctest-modules --pyargs foretwin
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
