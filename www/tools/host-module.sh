#!/usr/bin/env bash
# host-module.sh: the one module for Fluent Bit and ClickHouse, and what goes with it, in dist.
set -euo pipefail
cd "$(dirname "$0")/../.."
. www/tools/wasm-env.sh
start=$SECONDS name=crypt32_filter.wasm
printf 'build: %s for Fluent Bit and ClickHouse ...\n' "$name" >&2
# WAMR gives a call a fifth of the stack, so a megabyte is not needed, but most of half a one is
# (tests/hosts measure it). And no trace of where this was built.
CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C link-arg=-zstack-size=458752 \
  --remap-path-prefix=$PWD= --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src/=" \
  cargo build --quiet --lib --profile host --target wasm32-unknown-unknown \
  --no-default-features --features fluent-bit,clickhouse
built=${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/host
node www/tools/host-wasm.mjs "$built/$name" "$built/small.wasm"
mkdir -p dist/fluent-bit dist/clickhouse
# What most records never come to stays out of the function that each is handed to: an interpreter
# clears a place for every local of a function that it enters. And no large function goes into its
# only caller: the operand stack of WAMR has 8 KB, and what an envelope holds is read while the
# functions that read the envelope wait.
seldom='--no-inline=*Functions9candidate* --no-inline=*mentions_near* -ocimfs 150'
# No feature flags: Fluent Bit has no SIMD, and stops on anything else that it does not know.
optimise=www/node_modules/.bin/wasm-opt
# No pointer is below 1024: the far end of the stack is there.
# shellcheck disable=SC2086
"$optimise" $seldom --low-memory-unused -Oz --converge --zero-filled-memory -g "$built/small.wasm" -o "$built/named.wasm"
"$optimise" --strip-debug --strip-producers "$built/named.wasm" -o "dist/$name"
# The same for tests/hosts, with a check whenever the stack grows.
"$optimise" --stack-check "$built/named.wasm" -o "$built/checked.wasm"
cp src/host/README.md dist/README.md
cp src/host/fluent_bit/*.{yaml,conf} dist/fluent-bit/
cp src/host/clickhouse/*.sql dist/clickhouse/
printf 'build: dist/%s: %d bytes, in %d s\n' "$name" "$(wc -c <"dist/$name")" $((SECONDS - start)) >&2
