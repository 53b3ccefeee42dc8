#!/usr/bin/env bash
# Installs what the gateway runs on into a virtual environment of its own; safe to repeat, and then
# asks no network.
#   tools/gateway/install.sh [FOLDER]      FOLDER: build/gateway_venv unless told otherwise
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../build/shell.sh"
folder=${1:-build/gateway_venv}
wanted=tools/gateway/requirements.txt

python=
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || give_up "the gateway needs Python 3.11 or newer with venv" \
    "run:  apt-get install python3-venv"

mkdir -p "$(dirname "$folder")" || give_up "cannot make $(dirname "$folder")"
exec 9>"$folder.lock"
flock 9 # two tests may ask at the same time

if cmp -s "$wanted" "$folder/installed.txt" && "$folder/bin/python" -c '' 2>/dev/null; then
    exit 0
fi
say "Installing the gateway's Python packages into $folder"
rm -rf "$folder"
if ! "$python" -m venv "$folder" >&2 ||
    ! "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: -r "$wanted" >&2; then
    rm -rf "$folder"
    give_up "pip could not install what $wanted names" \
        "is there a network, and does pip reach a package index (pip config list)?" \
        "without network: PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER_OF_WHEELS tools/gateway/install.sh"
fi
for site in "$folder"/lib/python3.*/site-packages; do # `python -m foretwin_gateway` from anywhere
    printf '%s/tools/gateway\n' "$root" >"$site/foretwin_gateway.pth"
done
cp "$wanted" "$folder/installed.txt"
