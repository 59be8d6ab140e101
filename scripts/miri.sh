#!/usr/bin/env bash
# Miri over the unsafe code that runs natively: the search, with both kinds of vectors, and the memory
# for hosts. The other unsafe code talks to hosts of WASM, where Miri cannot go.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/develop.sh miri
toolchain=$(sed -n 's/^channel = "\(.*\)"/\1/p' tests/fuzz/rust-toolchain.toml)
# The blocks of the memory stay alive beside it, as they do for a host. What proptest makes would take
# Miri hours.
export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-tree-borrows"
for features in -avx2 +avx2; do
  printf 'miri: with %s\n' "$features" >&2
  RUSTFLAGS="-Ctarget-feature=$features" cargo "+$toolchain" miri test --quiet \
    --target-dir target/miri --package crypt32-filter --package crypt32-host --lib -- scan::tests::vectors scan::tests::every_needle arena
done
