# Sourced by what installs tools, at the top of the repository: into .tools, which git ignores.
tools=$PWD/.tools
build=$tools/build
log=$tools/setup.log
did=0

say() { printf 'set-up: %s\n' "$*" >&2; }

# fail WHAT ADVICE: the end of the log, and what to do about it.
fail() {
  say "could not $1"
  if [ -s "$log" ]; then
    tail -n 15 "$log" | sed 's/^/    /' >&2
    say "the whole log is in .tools/setup.log"
  fi
  say "$2"
  exit 1
}

# timed WHAT COMMAND...: runs a command with its output in the log; fails as the command does.
timed() {
  local what=$1 start=$SECONDS
  shift
  did=1
  say "$what ..."
  "$@" >"$log" 2>&1 </dev/null || return 1
  say "$what: done in $((SECONDS - start)) s"
}

# crate NAME VERSION COMMAND: a command from the crate registry, built for one use and not for speed.
crate() {
  [ -x "$tools/bin/$3" ] && grep -q "^\"$1 $2 " "$tools/.crates.toml" 2>/dev/null && return
  timed "$3 $2 (built from source, a few minutes)" \
    env CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$build" \
    cargo install --locked --force --root "$tools" --version "$2" "$1" ||
    fail "build $3" "the crate registry must be reachable; a C compiler (cc) is needed for some of it"
}

mkdir -p "$tools"
: >"$log"
