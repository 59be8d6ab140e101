#!/usr/bin/env bash
# release.sh: creates dist/release: the modules and the page, alone and with their configurations;
# the command for each target in the folder BINARIES, or else for this machine, with manual pages and
# completions; the crates and the npm packages; the bills of materials (CycloneDX); and the
# checksums. `make release` first builds the contents.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# Building the same commit again gives the same bytes.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
name=crypt32-filter-$version out=dist/release stage=target/dist/stage
rm -rf "$out" "$stage"
mkdir -p "$out" "$stage"

say() { printf 'release: %s\n' "$*" >&2; }

# archive FOLDER: packs a folder of the stage, as a ZIP archive for Windows.
archive() {
  case $1 in
    *-windows-*)
      find "$stage/$1" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
      (cd "$stage" && find "$1" -type f | LC_ALL=C sort | TZ=UTC zip -9Xq "$OLDPWD/$out/$1.zip" -@)
      ;;
    *)
      tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --mode=u+w,go-w -C "$stage" -cf - "$1" | gzip -9n >"$out/$1.tar.gz"
      ;;
  esac
}

# contents KIND[:TARGET] FILE...: writes the bill of materials of files in dist/release.
contents() {
  local build=$1
  shift
  node scripts/sbom.mjs "$build" "${@/#/$out/}" >"$out/$name-${build#command:}.cdx.json"
}

if [ -z "${BINARIES-}" ]; then
  say "the command for this machine ..."
  BINARIES=target/binaries
  rm -rf "$BINARIES"
  scripts/binary.sh >/dev/null
fi
mkdir "$stage/complete"
# The names that the shells look for.
while read -r shell file; do
  target/release/crypt32-filter completions "$shell" >"$stage/complete/$file"
done <<-'END'
	bash crypt32-filter.bash
	elvish crypt32-filter.elv
	fish crypt32-filter.fish
	powershell _crypt32-filter.ps1
	zsh _crypt32-filter
END
for binary in "$BINARIES"/*; do
  target=$(basename "$binary")
  folder=$name-$target
  mkdir "$stage/$folder"
  cp -r "$binary"/* dist/man "$stage/complete" README.md CHANGELOG.md LICENSE-* \
    "$stage/$folder/"
  # Artifacts of a workflow lose the permission.
  chmod 755 "$stage/$folder"/crypt32-filter*
  archive "$folder"
done

say "the modules and the page ..."
folder=$name-modules
mkdir "$stage/$folder"
cp -r dist/*.wasm dist/README.md dist/{fluent-bit,clickhouse,connect,bento,redpanda,debezium} \
  dist/{syslog-ng,collector,logstash,camel} CHANGELOG.md LICENSE-* "$stage/$folder/"
archive "$folder"
cp dist/*.wasm dist/crypt32-triage.html "$out/"

say "the packages ..."
cargo package --quiet --locked --package crypt32-filter --package crypt32-cli
cp "${CARGO_TARGET_DIR:-target}/package/crypt32-"{filter,cli}-"$version.crate" "$out/"
platforms=$(node scripts/native-packages.mjs "$BINARIES" "$stage/npm")
for package in "$stage/npm"/*; do
  npm pack --silent --pack-destination "$out" "./$package" >/dev/null
done

say "what is in them, and sums ..."
while read -r target package; do
  contents "command:$target" "$(basename "$out/$name-$target".*)" "$package-$version.tgz"
done <<<"$platforms"
for kind in filter plain connect bento; do contents "$kind" "crypt32_$kind.wasm"; done
contents redpanda crypt32_redpanda_tag.wasm crypt32_redpanda_drop.wasm
contents debezium crypt32_debezium_drop.wasm crypt32_debezium_review.wasm
contents page crypt32-triage.html
contents npm "$name.tgz"
(cd "$out" && sha256sum -- * >"$OLDPWD/$stage/SHA256SUMS")
mv "$stage/SHA256SUMS" "$out/"
rm -rf "$stage"
say "$(wc -l <"$out/SHA256SUMS") files in $out; check them with: sha256sum --check SHA256SUMS"
