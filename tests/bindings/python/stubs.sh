#!/usr/bin/env bash
# Holds bindings/python/foretwin/_engine.pyi to the extension module that is installed.
#   tests/bindings/python/stubs.sh            compares the two, name by name
#   tests/bindings/python/stubs.sh --write    writes the file anew, from the module
set -uo pipefail
cd "$(dirname "$0")/../../.." || exit 3
tests/bindings/python/install.sh || exit 3
file=bindings/python/foretwin/_engine.pyi
bin=$PWD/build/python_venv/bin
export MYPY_CACHE_DIR=$PWD/build/mypy

if [ "${1:-}" = --write ]; then
    rm -rf build/stubs
    (cd build && "$bin/python" -m pybind11_stubgen --exit-code -o stubs foretwin._engine) || exit 1
    "$bin/python" tests/bindings/python/tidy_stubs.py build/stubs/foretwin/_engine.pyi >"$file" ||
        exit 1
    echo "$file is written; read it, and build the package again"
    exit 0
fi
(cd build && "$bin/python" -m mypy.stubtest --ignore-disjoint-bases \
    --mypy-config-file ../pyproject.toml \
    --allowlist ../tests/bindings/python/stubtest_allowed.txt foretwin._engine) || {
    echo "renew it: tests/bindings/python/stubs.sh --write"
    exit 1
}
