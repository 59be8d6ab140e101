#!/usr/bin/env bash
# reproducible.sh [MODULE]: builds the host modules twice, in two new folders whose names differ in
# length and depth, and compares the bytes with each other and with those in dist. A MODULE such as
# `crypt32_filter` selects that module and those built with it.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# sums DIR STEP...: builds a copy of the tree in DIR, and writes the checksums of its modules to
# DIR.sums.
sums() {
  local dir=$1
  shift
  mkdir -p "$dir"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$dir"
  ln -s "$root/.tools" "$dir/.tools"
  ln -s "$root/www/node_modules" "$dir/www/node_modules"
  local step
  for step in "$@"; do
    env -u CARGO_TARGET_DIR bash -c 'cd "$1" && scripts/host-module.sh $2' - "$dir" "$step"
  done
  (cd "$dir/dist" && sha256sum ./*.wasm) >"$dir.sums"
  rm -rf "$dir/target"
}

steps=("")
[ "${1-}" = crypt32_filter ] || steps+=(engines)
sums "$work/a" "${steps[@]}"
sums "$work/another/place/of/a/much/longer/name" "${steps[@]}"
status=0
diff "$work/a.sums" "$work/another/place/of/a/much/longer/name.sums" || status=1
(cd dist && sha256sum --check "$work/a.sums") || status=1
[ $status = 0 ] && echo "reproducible: the same bytes in three places"
exit $status
