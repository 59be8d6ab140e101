#!/usr/bin/env bash
# Runs Miri on the unsafe code that runs natively: the search, with both kinds of vectors, and the
# memory for hosts. The other unsafe code calls WASM hosts, which Miri does not support.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/develop.sh miri
toolchain=$(sed -n 's/^channel = "\(.*\)"/\1/p' tests/fuzz/rust-toolchain.toml)
# The blocks of the memory stay alive, as they do for a host. Miri would need hours for the inputs
# of proptest.
export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-tree-borrows"
for features in -avx2 +avx2; do
  printf 'miri: with %s\n' "$features" >&2
  RUSTFLAGS="-Ctarget-feature=$features" cargo "+$toolchain" miri test --quiet \
    --target-dir target/miri --package crypt32-filter --package crypt32-host --lib -- scan::tests::vectors scan::tests::every_needle arena heap
done
