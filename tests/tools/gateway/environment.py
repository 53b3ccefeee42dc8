"""Runs a test script of the gateway with the Python of its virtual environment."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "build/gateway_venv"


def enter():
    """Installs what is missing, then starts the script anew there; returns when it is there."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools/gateway")]
    if pathlib.Path(sys.prefix) == FOLDER:
        return
    installed = subprocess.run([ROOT / "tools/gateway/install.sh"], cwd=ROOT)
    if installed.returncode != 0:
        print("0 passed, 1 failed")
        sys.exit(installed.returncode)
    os.execv(FOLDER / "bin/python", [str(FOLDER / "bin/python"), *sys.argv])
