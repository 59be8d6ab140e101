#!/usr/bin/env bash
# binary.sh [TARGET]: builds the command of a release in target/binaries/TARGET, and tries it if this
# machine can run it. Without TARGET, it builds for this machine. It also runs in macOS's old Bash
# and in Git Bash on Windows.
set -euo pipefail
cd "$(dirname "$0")/.."
# paths-env.sh looks for the folders of registries.
cargo fetch --quiet --locked
. scripts/paths-env.sh
host=$(rustc -vV | sed -n 's/^host: //p')
target=${1:-${host/linux-gnu/linux-musl}}
file=crypt32-filter
# Rust's own linker makes a static program, for any Linux.
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_PROFILE_RELEASE_STRIP=symbols
case $target in
  # Otherwise, the program needs Microsoft's runtime.
  *-windows-*) file=$file.exe remap+=" -C target-feature=+crt-static" ;;
esac

rustup target add "$target"
# The second variable tells Git Bash to leave the first as it was written.
RUSTFLAGS="${RUSTFLAGS-} $remap" MSYS2_ENV_CONV_EXCL=RUSTFLAGS \
  cargo build --quiet --release --locked --package crypt32-cli \
  --target "$target" --target-dir target/dist
out=target/binaries/$target
mkdir -p "$out"
cp "target/dist/$target/release/$file" "$out/"

for folder in "$clone" "$cargo_home"; do
  if grep -qaF -e "$folder" -e "${folder//\//\\}" "$out/$file"; then
    echo "binary: the command says where it was built: $folder" >&2
    exit 1
  fi
done
# The last part of a target is only the C library.
if [ "${target%-*}" = "${host%-*}" ]; then
  "$out/$file" report --check tests/fixtures/evt/crypt32_event8_clean.evt
fi
