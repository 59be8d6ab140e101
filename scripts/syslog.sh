#!/usr/bin/env bash
# syslog.sh: unpacks rsyslog and syslog-ng from Debian's packages for the tests, once, in
# .tools/syslog, without installing them. Adds wasmtime from PyPI for syslog-ng's Python. Exits with
# 3 if there is no apt-get or python3, which is an error in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
to=$PWD/.tools/syslog wasmtime=50.0.1

for program in apt-get dpkg python3; do
  command -v "$program" >/dev/null && continue
  printf 'syslog servers: SKIPPED, there is no %s\n' "$program" >&2
  [ "${CI-}" != true ] || exit 1
  exit 3
done
[ "$(cat "$to/ready" 2>/dev/null)" != "$wasmtime" ] || exit 0
start=$SECONDS
printf 'set-up: rsyslog and syslog-ng from Debian, wasmtime from PyPI ...\n' >&2
rm -rf "$to"
mkdir -p "$to/archives/partial"
download() {
  apt-get install --yes --quiet=2 --no-install-recommends --download-only --reinstall \
    -o Dir::Cache::archives="$to/archives" -o Debug::NoLocking=1 "$1" >&2
}
# Their packages exclude each other, so each one is planned alone.
for package in rsyslog syslog-ng-mod-python; do
  # The lists of packages may be missing or old.
  download "$package" || { apt-get update --quiet=2 >&2 && download "$package"; } || {
    printf 'set-up: apt-get must know the package %s; try: apt-get update\n' "$package" >&2
    exit 1
  }
done
for package in "$to"/archives/*.deb; do dpkg --extract "$package" "$to"; done
rm -r "$to/archives"
# The Python of Debian's syslog-ng, whichever python3 comes first on the path.
version=$(basename "$(find "$to/usr/lib/syslog-ng" -name 'libmod-python*.so')" | sed 's/.*cpython-\(.\)\([0-9]*\)-.*/\1.\2/')
python3 -m pip install --quiet --disable-pip-version-check --only-binary :all: \
  --python-version "$version" --target "$to/python" "wasmtime==$wasmtime"
printf '%s' "$wasmtime" >"$to/ready"
printf 'set-up: syslog servers: done in %d s\n' $((SECONDS - start)) >&2
