# Sourced by scripts that install tools, at the top of the repository. The tools go into .tools,
# which git ignores.
tools=$PWD/.tools
build=$tools/build
log=$tools/setup.log

say() { printf 'set-up: %s\n' "$*" >&2; }

# fail WHAT ADVICE: prints the end of the log and the advice, and exits.
fail() {
  say "could not $1"
  if [ -s "$log" ]; then
    tail -n 15 "$log" | sed 's/^/    /' >&2
    say "the whole log is in ${log#"$PWD"/}"
  fi
  say "$2"
  exit 1
}

# timed WHAT COMMAND...: runs a command with its output in the log, and fails like the command.
timed() {
  local what=$1 start=$SECONDS
  shift
  say "$what ..."
  "$@" >"$log" 2>&1 </dev/null || return 1
  say "$what: done in $((SECONDS - start)) s"
}

# crate NAME VERSION COMMAND [LEVEL] [FROM ...]: installs a command from the crate registry, or from
# the source in cargo's arguments FROM, with a fast build rather than a fast program.
crate() {
  local name=$1 version=$2 command=$3 level=${4:-1}
  shift $(($# < 4 ? $# : 4))
  [ $# -gt 0 ] || set -- --version "$version" "$name"
  [ -x "$tools/bin/$command" ] && grep -q "^\"$name $version " "$tools/.crates.toml" 2>/dev/null && return
  timed "$command $version (built from source, a minute or two)" \
    env CARGO_PROFILE_RELEASE_OPT_LEVEL="$level" CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$build/$name" \
    cargo install --locked --force --root "$tools" "$@" ||
    fail "build $command" "the crate registry must be reachable; a C compiler (cc) is needed for some of it"
}

mkdir -p "$tools"
: >"$log"
