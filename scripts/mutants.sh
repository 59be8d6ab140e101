#!/usr/bin/env bash
# mutants.sh [FILE...]: changes one thing after the other in what decides about records, or in some
# files of it, and runs the tests on each; prints the changes that none of them noticed. Takes an hour.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/develop.sh mutants
. scripts/wasm-env.sh
mkdir -p target
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
# What a random test found in one mutant is not looked for in the next.
export PROPTEST_DISABLE_FAILURE_PERSISTENCE=true
# Not in .cargo/mutants.toml: to what that says, a file given here is only one more.
[ $# -gt 0 ] || set -- 'src/classify.rs' 'src/classify/*.rs' 'src/engine/decide.rs' 'src/message.rs' \
  'src/engine/cache.rs' 'src/prefilter.rs' 'src/prefilter/*.rs' 'src/engine/tag.rs'
cargo mutants --output target --jobs 2 "${@/#/--file=}"
