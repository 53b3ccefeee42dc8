#!/usr/bin/env bash
# Builds the wheel of the Python package and installs it, with what its tests run on, into a virtual
# environment of its own; safe to repeat, and quick when nothing has changed.
#   tests/bindings/python/install.sh      into build/python_venv; the wheel lies in build/dist
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../../tools/build/shell.sh"
folder=build/python_venv
wanted=tests/bindings/python/requirements.txt
python=${FORETWIN_PYTHON:-/usr/bin/python3}

mkdir -p build
exec 9>"$folder.lock"
flock 9 # two tests may ask at the same time

if ! cmp -s "$wanted" "$folder/installed.txt" || ! "$folder/bin/python" -c '' 2>/dev/null; then
    say "Installing Python packages into $folder"
    rm -rf "$folder"
    if ! "$python" -m venv "$folder" >&2 ||
        ! "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
            --require-hashes --only-binary :all: -r "$wanted" >&2; then
        rm -rf "$folder"
        give_up "pip could not install what $wanted names" \
            "is there a network, and does pip reach a package index (pip config list)?" \
            "is this CPython 3.11 on x86-64? the file pins wheels for that"
    fi
    cp "$wanted" "$folder/installed.txt"
fi

changed=$(find CMakeLists.txt pyproject.toml LICENSE NOTICE README.md tools/build bindings engine \
    models scenarios \( -name '*.[ch]pp' -o -name '*.py' -o -name '*.pyi' -o -name '*.cmake' -o \
    -name '*.t*t' -o -name '*.toml' -o -name 'LICENSE' \) -newer "$folder/foretwin.txt" \
    -print -quit 2>&1)
[ -n "$changed" ] || exit 0
say "Building the wheel"
rm -rf build/dist
export CMAKE_BUILD_PARALLEL_LEVEL
CMAKE_BUILD_PARALLEL_LEVEL=$(build_jobs)
PATH="$root/$folder/bin:$PATH" "$folder/bin/python" -m pip wheel --quiet \
    --disable-pip-version-check --no-deps --no-build-isolation -w build/dist . >&2 ||
    give_up "the wheel could not be built (see above)" \
        "if a folder was moved or a compiler changed: rm -r build/wheel, then try again"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-compile --force-reinstall build/dist/*.whl >&2 || give_up "pip could not install the wheel"
touch "$folder/foretwin.txt"
