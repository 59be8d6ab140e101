#!/usr/bin/env bash
# mutants.sh [FILE...]: changes the code that decides about records, one change at a time, runs the
# tests for each, and prints the changes that no test detected. FILE limits it to some files. Takes
# an hour.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/develop.sh mutants
. scripts/wasm-env.sh
mkdir -p target
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
# An input that failed for one mutant must not be tried first for the next.
export PROPTEST_DISABLE_FAILURE_PERSISTENCE=true
# These files are not in .cargo/mutants.toml, because a file in the arguments would only be added to
# its list.
[ $# -gt 0 ] || set -- 'src/classify.rs' 'src/classify/*.rs' 'src/engine/decide.rs' 'src/message.rs' \
  'src/engine/cache.rs' 'src/prefilter.rs' 'src/prefilter/*.rs' 'src/prefilter/simd/*.rs' 'src/engine/tag.rs'
cargo mutants --output target --jobs 2 "${@/#/--file=}"
