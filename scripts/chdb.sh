#!/usr/bin/env bash
# chdb.sh PYTHON-FILE: runs the file with chDB, which is ClickHouse without a server (about 530 MB
# in .tools/venv, installed once from PyPI).
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.4.0 venv=.tools/venv
if [ "$(cat "$venv/chdb" 2>/dev/null)" != "$version" ]; then
  command -v python3 >/dev/null || { printf 'set-up: install python3 (3.9 or later)\n' >&2; exit 1; }
  printf 'set-up: chdb %s from PyPI ...\n' "$version" >&2
  python3 -m venv --clear "$venv" || {
    printf 'set-up: python3 needs its module venv (Debian: python3-venv)\n' >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet --disable-pip-version-check "chdb==$version"
  printf '%s' "$version" >"$venv/chdb"
fi
exec "$venv/bin/python" "$@"
