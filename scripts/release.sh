#!/usr/bin/env bash
# release.sh: creates dist/release: the modules and the page, alone and with their configurations;
# the command for this machine, with manual pages; the crate and the npm package;
# the bills of materials (CycloneDX); and the checksums. `make release` first builds the contents.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/paths-env.sh
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
target=$(rustc -vV | sed -n 's/^host: //p')
# Building the same commit again gives the same bytes.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
name=crypt32-filter-$version out=dist/release stage=target/dist/stage
rm -rf "$out" "$stage"
mkdir -p "$out" "$stage"

say() { printf 'release: %s\n' "$*" >&2; }

# archive FOLDER: packs a folder of the stage.
archive() {
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+w,go-w \
    -C "$stage" -cf - "$1" | gzip -9n >"$out/$1.tar.gz"
}

# contents KIND FILE...: writes the bill of materials of files in dist/release.
contents() {
  local kind=$1
  shift
  node scripts/sbom.mjs "$kind" "${@/#/$out/}" >"$out/$name-$kind.cdx.json"
}

say "the command for $target ..."
RUSTFLAGS="${RUSTFLAGS-} $remap" cargo build --quiet --release --locked --package crypt32-cli \
  --target-dir target/dist
folder=$name-$target
mkdir "$stage/$folder"
cp -r target/dist/release/crypt32-filter dist/man README.md CHANGELOG.md LICENSE-* \
  "$stage/$folder/"
if grep -qaF -e "$PWD" -e "${CARGO_HOME:-$HOME/.cargo}" "$stage/$folder/crypt32-filter"; then
  say "the command says where it was built"
  exit 1
fi
archive "$folder"

say "the modules and the page ..."
folder=$name-modules
mkdir "$stage/$folder"
cp -r dist/*.wasm dist/README.md dist/{fluent-bit,clickhouse,connect,bento,redpanda,debezium} \
  dist/{syslog-ng,collector,logstash} CHANGELOG.md LICENSE-* "$stage/$folder/"
archive "$folder"
cp dist/*.wasm dist/crypt32-triage.html "$out/"

say "the packages ..."
cargo package --quiet --locked --package crypt32-filter
cp "${CARGO_TARGET_DIR:-target}/package/$name.crate" "$out/"
npm pack --silent --pack-destination "$out" ./pkg >/dev/null

say "what is in them, and sums ..."
contents command "$name-$target.tar.gz"
for kind in filter connect bento; do contents "$kind" "crypt32_$kind.wasm"; done
contents redpanda crypt32_redpanda_tag.wasm crypt32_redpanda_drop.wasm
contents debezium crypt32_debezium_drop.wasm crypt32_debezium_review.wasm
contents page crypt32-triage.html
contents npm "$name.tgz"
(cd "$out" && sha256sum -- * >"$OLDPWD/$stage/SHA256SUMS")
mv "$stage/SHA256SUMS" "$out/"
rm -rf "$stage"
say "$(wc -l <"$out/SHA256SUMS") files in $out; check them with: sha256sum --check SHA256SUMS"
