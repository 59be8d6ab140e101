# Sourced before the build of a published file: removes the paths of this machine, so the bytes are
# the same everywhere. The folder of a registry is named after its host; rustc replaces such folders
# by `/rust/deps`.
clone=$PWD cargo_home=${CARGO_HOME:-$HOME/.cargo}
if command -v cygpath >/dev/null; then
  # In Git Bash, the compiler has other names for the folders.
  clone=$(cygpath -m "$clone") cargo_home=$(cygpath -m "$cargo_home")
fi
remap="--remap-path-prefix=$clone= --remap-path-prefix=$cargo_home=/cargo"
for registry in "$cargo_home"/registry/src/*; do
  remap+=" --remap-path-prefix=$registry=/rust/deps"
done
