# Sourced before a WASM build: the tools of .tools/bin, and where rustup could not give the target,
# the compiler that setup.sh found instead.
PATH=$PWD/.tools/bin:$PATH
if [ -e .tools/wasm.env ]; then . .tools/wasm.env; fi
. scripts/paths-env.sh
