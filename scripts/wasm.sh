#!/usr/bin/env bash
# wasm.sh DIR NAME CRATE [FEATURE]: builds a WASM module with its JavaScript bindings in
# target/npm/DIR. The stamp target/npm/DIR.wasm shows that it is complete. PROFILE=demo builds fast
# and without optimisation.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/wasm-env.sh
dir=target/npm/$1 start=$SECONDS profile=${PROFILE:-release}
printf 'build: %s (crate %s) for WASM ...\n' "$2" "$3" >&2
mkdir -p "$dir"
flags="-C target-feature=+simd128 $remap"
if [ "$1" = core ]; then
  # Browsers download this module, so the linker wrapper removes unreachable code.
  rust=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld
  export WASM_LINKER=${CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER:-$rust}
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$PWD/scripts/wasm-link.sh
fi
# Every Node and browser that the package supports has SIMD.
CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags \
  wasm-pack --quiet build "crates/$3" --target web --profile "$profile" --mode no-install --no-opt \
  --out-dir "$PWD/$dir" --out-name "$2" -- ${4:+--features "$4"}
if [ "$profile" = release ]; then
  # A copy with function names, for `make sizes`.
  cp "${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/release/crypt32_$3.wasm" "$dir.named.wasm"
  # No feature flags, because Node 20 may reject features that the module does not use yet.
  www/node_modules/.bin/wasm-opt -O3 "$dir/$2_bg.wasm" -o "$dir/$2_bg.wasm"
fi
node -e 'new WebAssembly.Module(fs.readFileSync(process.argv[1]))' "$dir/$2_bg.wasm"
bytes=$(wc -c <"$dir/$2_bg.wasm") packed=$(gzip -9c "$dir/$2_bg.wasm" | wc -c)
printf 'build: %s_bg.wasm: %d bytes, %d gzipped, in %d s\n' \
  "$2" "$bytes" "$packed" $((SECONDS - start)) >&2
touch "$dir.wasm"
