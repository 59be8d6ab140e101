#!/usr/bin/env bash
# develop.sh fuzz|miri|mutants|deny: installs the tools that only this target of make needs.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup-lib.sh
# A separate folder, so that parallel runs of this script and of the set-up do not conflict.
build=$tools/build-$1

# Installs the toolchain of tests/fuzz/rust-toolchain.toml, with its components.
nightly() {
  local channel
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' tests/fuzz/rust-toolchain.toml)
  rustup run "$channel" miri --version >/dev/null 2>&1 && return
  timed "Rust $channel with Miri (tests/fuzz/rust-toolchain.toml)" \
    rustup toolchain install "$channel" --profile minimal --component miri --component rust-src ||
    fail "install Rust $channel" "rustup must be able to download it; only make fuzz and make miri need it"
}

case $1 in
  fuzz) nightly && crate cargo-fuzz 0.13.2 cargo-fuzz ;;
  miri) nightly ;;
  mutants) crate cargo-mutants 27.1.0 cargo-mutants ;;
  deny) crate cargo-deny 0.20.2 cargo-deny ;;
  *) fail "install for \"$1\"" "fuzz, miri, mutants and deny are known" ;;
esac
rm -rf "$build"
