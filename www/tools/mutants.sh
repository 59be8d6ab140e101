#!/usr/bin/env bash
# mutants.sh [FILE]: changes one thing after the other in what decides about records, or in one file
# of it, and runs the tests on each; prints the changes that none of them noticed. Takes an hour.
set -euo pipefail
cd "$(dirname "$0")/../.."
www/tools/develop.sh mutants
. www/tools/wasm-env.sh
mkdir -p target
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
config=.cargo/mutants.toml
if [ $# -gt 0 ]; then
  # With the globs of the file, one given here would only be one more.
  config=target/mutants-one.toml
  sed '/^examine_globs/d' .cargo/mutants.toml >"$config"
  set -- --file "$1"
fi
cargo mutants --config "$config" --output target --jobs 1 "$@"
