#!/usr/bin/env bash
# Installs the tools that `make` needs and this machine lacks. `make` runs it after every change of
# a version. Running it again is harmless, because installed tools are kept.
#
# It needs rustup, Node 20.19 or later with npm, make and git. Everything except the Rust toolchain
# goes into .tools/ and www/node_modules/, which git ignores.
#
# `setup.sh browser` installs Chromium, which only tests need.
set -euo pipefail
cd "$(dirname "$0")/.."

wasm_pack=0.15.1
. scripts/setup-lib.sh

need() {
  command -v "$1" >/dev/null || fail "find $1" "install it ($2) and run make again"
}

# Installs the toolchain in rust-toolchain.toml, with its components and targets.
rust() {
  has_targets() {
    local lib target
    lib=$(rustc --print sysroot 2>/dev/null)/lib/rustlib || return 1
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || return 1
    for target in $(sed -n 's/^targets = \[\(.*\)\]/\1/p' rust-toolchain.toml | tr -d '",'); do
      [ -d "$lib/$target/lib" ] || return 1
    done
  }
  install() { rustup toolchain install || rustup show active-toolchain; has_targets; }
  has_targets && return
  # In an earlier run, rustup could not add the target, and Debian's compiler was installed.
  [ -e "$tools/wasm.env" ] && [ -x /usr/bin/wasm-ld ] && return
  timed "Rust toolchain and its WASM targets (rust-toolchain.toml)" install && return
  rustc --version >/dev/null 2>&1 ||
    fail "install the Rust toolchain" "look at the log; 'rustup toolchain install' must work"
  debian_rust
}

# Installs Debian's compiler if rustup cannot add targets. It builds the standard library for WASM
# from source. The environment for wasm-pack is written to .tools/wasm.env.
debian_rust() {
  local apt=(apt-get)
  [ "$(id -u)" = 0 ] || apt=(sudo apt-get)
  command -v apt-get >/dev/null ||
    fail "add the WASM targets" "run: rustup target add wasm32-unknown-unknown"
  say "rustup gave no WASM target; taking Debian's compiler and building its standard library"
  install() {
    "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends \
      rustc-web cargo-web rust-web-src lld
  }
  [ -x /usr/bin/wasm-ld ] && [ -x /usr/bin/cargo ] || timed "Debian packages" install ||
    fail "install Debian's packages" "run: rustup target add wasm32-unknown-unknown"
  cat >"$tools/wasm.env" <<-'ENV'
	PATH=/usr/bin:$PATH
	export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
	export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
	ENV
}

# Builds the modules. `--profile` needs 0.13 or later.
wasm_pack() {
  local minor
  minor=$(wasm-pack --version 2>/dev/null | sed -n 's/^wasm-pack 0\.\([0-9]*\)\..*/\1/p') || minor=0
  [ "${minor:-0}" -ge 13 ] || crate wasm-pack "$wasm_pack" wasm-pack 0
}

# Generates the bindings, in the version of the crate. The command wasm-bindgen-cli does the same,
# but takes three times as long to build.
wasm_bindgen() {
  local version
  version=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
  [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $version" ] ||
    crate wasm-bindgen "$version" wasm-bindgen 1 --path scripts/wasm-bindgen
}

packages() {
  local have=www/node_modules/.package-lock.json
  [ -e "$have" ] && [ ! www/package-lock.json -nt "$have" ] && return
  timed "npm packages (www/package-lock.json)" npm ci --prefix www --no-audit --no-fund ||
    fail "install the npm packages" "the npm registry must be reachable; try: npm ci --prefix www"
  touch "$have"
}

# Installs Chromium for the tests in a browser. It is a system package, so it is only installed if
# that needs no password.
browser() {
  local at apt=(apt-get)
  for at in "${CHROMIUM:-}" /usr/bin/{chromium,chromium-browser,google-chrome}; do
    [ -n "$at" ] && [ -x "$at" ] && return
  done
  [ "$(id -u)" = 0 ] || apt=(sudo -n apt-get)
  install() {
    "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends chromium
  }
  { command -v apt-get && "${apt[@]}" --version; } >/dev/null 2>&1 &&
    timed "Chromium (Debian's package)" install && return
  say "no Chromium; tests in a browser need one (install it, or name it in CHROMIUM)"
}

if [ "${1:-}" = browser ]; then
  browser
  exit
fi
need rustup "https://rustup.rs"
need node "Node 20.19 or later"
need npm "it comes with Node"
node -e 'const [a, b] = process.versions.node.split(".");
  process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
  fail "use Node $(node --version)" "install Node 20.19 or later"
rust
# All three run at the same time, because each waits for the network or ends with a build on one
# core.
jobs=()
for job in wasm_pack wasm_bindgen packages; do
  (log=$tools/setup-$job.log && : >"$log" && "$job") &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job" || exit 1; done
rm -rf "$build"
say "ready after $SECONDS s"
