#!/usr/bin/env bash
# cost-module.sh: builds the whole library as one module without imports, target/cost.wasm, so that
# tests/cost can count its steps.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-env.sh
CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--cfg getrandom_backend=\"custom\" $remap" \
  cargo build --quiet --package crypt32-cost --lib --target wasm32-unknown-unknown --profile steps
cp "${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/steps/crypt32_cost.wasm" target/cost.wasm
