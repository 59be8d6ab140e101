#!/usr/bin/env bash
# wasm-link.sh ARGUMENT...: links a module with WASM_LINKER, and removes unreachable code from it. It
# wraps the linker, because wasm-pack builds the module and its bindings in one step.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then out=$2; fi
  arguments+=("$1")
  shift
done
"${WASM_LINKER:?}" "${arguments[@]}" --emit-relocs
node "$here/wasm-link.mjs" "$out"
