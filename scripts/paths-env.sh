# Sourced before a build that others get: no trace of where it was built, and so the same bytes
# wherever it is. The folder of a registry is called after its host; what rustc puts in the place of
# such folders is `/rust/deps`.
remap="--remap-path-prefix=$PWD= --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  remap+=" --remap-path-prefix=$registry=/rust/deps"
done
