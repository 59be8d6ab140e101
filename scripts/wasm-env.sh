# Sourced before a WASM build: adds the tools of .tools/bin, and Debian's compiler if setup.sh
# installed it.
PATH=$PWD/.tools/bin:$PATH
if [ -e .tools/wasm.env ]; then . .tools/wasm.env; fi
. scripts/paths-env.sh
