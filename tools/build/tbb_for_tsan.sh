#!/usr/bin/env bash
# Builds oneTBB with thread sanitizer into build/tbb-tsan, from Debian's own source package: with
# Debian's binary the sanitizer cannot see TBB's synchronisation and reports races that are none.
# Uses package lists of its own below build/, so the system's apt configuration stays as it is.
set -euo pipefail
source "$(dirname "$0")/shell.sh"

result=$root/build/tbb-tsan
[ ! -f "$result/finished" ] || exit 0

work=$root/build/tbb-source
mkdir -p "$work/lists/partial" "$work/archives/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(grep -rhoE '(https?|mirror\+file)[^ ]*/debian/?( |$)' /etc/apt/sources.list \
    /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)
echo "deb-src [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} bookworm main" \
    >"$work/sources.list"
apt_options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache::archives=$work/archives"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=)

cd "$work"
apt-get "${apt_options[@]}" update -q
rm -rf onetbb-*/
apt-get "${apt_options[@]}" source -q onetbb
cmake -S onetbb-*/ -B objects -G Ninja -DCMAKE_BUILD_TYPE=Release -DTBB_SANITIZE=thread \
    -DTBB_TEST=OFF -DTBB_STRICT=OFF -DCMAKE_INSTALL_PREFIX="$result" \
    -DCMAKE_INSTALL_LIBDIR=lib
cmake --build objects -j "$(build_jobs)"
cmake --install objects
rm -rf "$work"
touch "$result/finished"
