# Sourced before the build of a published file: removes the paths of this machine, so the bytes are
# the same everywhere. The folder of a registry is named after its host; rustc replaces such folders
# by `/rust/deps`.
remap="--remap-path-prefix=$PWD= --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  remap+=" --remap-path-prefix=$registry=/rust/deps"
done
