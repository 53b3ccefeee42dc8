#!/usr/bin/env bash
# Every lesson runs, in the environment of the package tests, and says what is stored of it; and the
# judge itself refuses a lesson that raises, one that says otherwise, and one that is not stored.
#   notebooks/renew.py renews what is stored (notebooks/README.md)
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
tests/bindings/python/install.sh || exit 3
unset PYTHONPATH
export JUPYTER_PREFER_ENV_PATH=1 PYTHONDONTWRITEBYTECODE=1
build/python_venv/bin/python tests/notebooks/lessons.py
