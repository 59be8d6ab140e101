#!/usr/bin/env bash
# host-module.sh: builds the modules without imports (for Fluent Bit and ClickHouse; for the
# Collector and Camel), with their other files, in dist.
# host-module.sh engines: builds those for Redpanda, Redpanda Connect, Bento and Kafka Connect.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-env.sh
optimise=www/node_modules/.bin/wasm-opt

# module NAME PROFILE CRATE RUSTC-FLAGS WASM-OPT-FLAGS: builds one module in dist from a crate,
# optionally with a feature (CRATE:FEATURE).
module() {
  local name=$1.wasm profile=$2 crate=crypt32-${3%:*} feature=${3#*:} start=$SECONDS
  [ "$feature" != "$3" ] || feature=
  printf 'build: %s ...\n' "$name" >&2
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$4 $remap -C link-arg=--emit-relocs" \
    cargo build --quiet --lib --package "$crate" --profile "$profile" --target wasm32-unknown-unknown \
    ${feature:+--features "$feature"}
  built=${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/$profile
  node scripts/host-wasm.mjs "$built/${crate//-/_}.wasm" "$built/small.wasm"
  # No feature flags: Fluent Bit has no SIMD, and rejects every feature that it does not know.
  # Modules that may use more features declare them. Functions with many calls come first, so that
  # the numbers in their calls are short.
  # shellcheck disable=SC2086
  "$optimise" $5 --reorder-functions --zero-filled-memory -g "$built/small.wasm" -o "$built/named.wasm"
  "$optimise" --strip-debug --strip-producers "$built/named.wasm" -o "dist/$name"
  printf 'build: dist/%s: %d bytes, in %d s\n' "$name" "$(wc -c <"dist/$name")" $((SECONDS - start)) >&2
}

mkdir -p dist
if [ "${1-}" = engines ]; then
  # These engines compile their modules, so the modules may be larger and faster. A broker gives a
  # function 2 MiB of memory in total; tests/hosts measure the stack.
  flags='-C target-feature=+simd128 -C link-arg=-zstack-size=131072'
  module crypt32_connect engine benthos "$flags" -O3
  module crypt32_bento engine benthos:bento "$flags" -O3
  module crypt32_redpanda_tag engine redpanda "$flags" -O3
  module crypt32_redpanda_drop engine redpanda:drop "$flags" -O3
  # Kafka Connect compiles functions to bytecode of the JVM, which has no SIMD and allows no large
  # methods.
  module crypt32_debezium_drop host debezium '' '-Oz'
  module crypt32_debezium_review host debezium:review '' '-Oz'
  mkdir -p dist/connect dist/bento dist/redpanda dist/debezium
  cp crates/hosts/benthos/connect/*.yaml crates/hosts/benthos/crypt32-filter@.service crates/hosts/benthos/kubernetes.yaml dist/connect/
  cp crates/hosts/benthos/bento/*.yaml dist/bento/
  cp crates/hosts/redpanda/*.yaml dist/redpanda/
  cp crates/hosts/debezium/*.{json,xml} dist/debezium/
  exit
fi
# Camel interprets this module, and its engine has no SIMD.
module crypt32_plain host plain '' '-Oz'
# WAMR gives a call a fifth of the stack, so a megabyte is too much, but most of half a megabyte is
# needed (tests/hosts measure it). Keep the slow path out of line: the interpreter clears every
# local of a function on entry, so a large function is expensive even when most of it never runs. So
# similar functions are not merged into one with more parameters, and small functions are inlined.
# Large functions are not inlined into their only caller: the operand stack of WAMR has 8 KB, and
# the functions that read an envelope are active while its content is read. No pointer is below
# 1024, because the far end of the stack is there.
module crypt32_filter host functions '-C link-arg=-zstack-size=458752 -C llvm-args=-inline-threshold=25' \
  "$(printf -- '--no-inline=*%s* ' abi6judged _large Functions9candidate mentions_near)\
--skip-pass=merge-similar-functions -aimfs 6 -ocimfs 150 --low-memory-unused -Oz --converge"
# The same module for tests/hosts, with a check at every growth of the stack.
"$optimise" --stack-check "$built/named.wasm" -o "$built/checked.wasm"
mkdir -p dist/fluent-bit dist/clickhouse dist/syslog-ng dist/logstash dist/camel
cp crates/hosts/functions/README.md dist/README.md
cp crates/hosts/functions/fluent-bit/*.{yaml,conf} dist/fluent-bit/
cp crates/hosts/functions/clickhouse/*.sql dist/clickhouse/
cp crates/hosts/functions/syslog-ng/* dist/syslog-ng/
cp crates/hosts/functions/logstash/* dist/logstash/
cp crates/hosts/plain/camel/* dist/camel/
rm -rf dist/collector
cp -r crates/hosts/plain/collector dist/
cp dist/crypt32_plain.wasm dist/collector/crypt32processor/
