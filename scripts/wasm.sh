#!/usr/bin/env bash
# wasm.sh DIR NAME CRATE [FEATURE]: one WASM module with its JavaScript bindings in target/npm/DIR. The stamp
# target/npm/DIR.wasm says that it is whole. PROFILE=demo builds fast and leaves the optimising out.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-env.sh
dir=target/npm/$1 start=$SECONDS profile=${PROFILE:-release}
printf 'build: %s (crate %s) for WASM ...\n' "$2" "$3" >&2
mkdir -p "$dir"
# Every Node and browser that the package supports has SIMD.
CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+simd128 $remap" \
  wasm-pack --quiet build "crates/$3" --target web --profile "$profile" --mode no-install --no-opt \
  --out-dir "$PWD/$dir" --out-name "$2" -- ${4:+--features "$4"}
if [ "$profile" = release ]; then
  # For `make sizes`: with the names of its functions.
  cp "${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/release/crypt32_$3.wasm" "$dir.named.wasm"
  # No feature flags: what the module does not already use, Node 20 may refuse.
  www/node_modules/.bin/wasm-opt -O3 "$dir/$2_bg.wasm" -o "$dir/$2_bg.wasm"
fi
node -e 'new WebAssembly.Module(fs.readFileSync(process.argv[1]))' "$dir/$2_bg.wasm"
bytes=$(wc -c <"$dir/$2_bg.wasm") packed=$(gzip -9c "$dir/$2_bg.wasm" | wc -c)
printf 'build: %s_bg.wasm: %d bytes, %d gzipped, in %d s\n' \
  "$2" "$bytes" "$packed" $((SECONDS - start)) >&2
touch "$dir.wasm"
