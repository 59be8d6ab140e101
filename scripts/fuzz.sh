#!/usr/bin/env bash
# fuzz.sh MINUTES [TARGET]: runs every target of tests/fuzz for this many minutes, two (or JOBS) at a
# time, or only one target. Exits with 1 if a target fails.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=$1
scripts/develop.sh fuzz
. scripts/wasm-env.sh
work=$PWD/target/fuzz
targets=$(cd tests/fuzz/targets && ls -- *.rs | sed 's/\.rs$//')
if [ -n "${2-}" ]; then
  grep -qx -- "$2" <<<"$targets" || { echo "fuzz: no target \"$2\"; there are:" $targets >&2; exit 2; }
  targets=$2
fi

echo "fuzz: building (the first time takes minutes) ..." >&2
(
  cd tests/fuzz
  # No sanitizer: Miri checks the unsafe code, and the fuzzer then runs twice as many inputs.
  cargo fuzz build --fuzz-dir . --sanitizer none --target-dir "$work/build" 2>&1 | tail -n 1
  cargo run --quiet --locked --target-dir "$work/seeds" --example seeds -- "$work/seeded"
)
bin=$(dirname "$(find "$work/build" -maxdepth 3 -path '*/release/json' -type f)")
mkdir -p "$work/logs" "$work/findings"

# run TARGET: runs one target. Its log ends with the statistics of libFuzzer.
run() {
  mkdir -p "$work/corpus/$1"
  # A crash of an earlier run counts until its file is removed.
  "$bin/$1" -max_total_time=$((minutes * 60)) -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -dict="$work/seeded/words.dict" -artifact_prefix="$work/findings/$1-" \
    "$work/corpus/$1" "$work/seeded/$1" >"$work/logs/$1.log" 2>&1
}

# figures TARGET: prints the last figures of its log.
figures() { grep -a '^#[0-9]' "$work/logs/$1.log" | tail -n 1 | cut -c1-100; }

start=$SECONDS
declare -A running=() results=()
# reap PID: records how the target of this process ended.
reap() {
  local status=0
  wait "$1" || status=$?
  results[${running[$1]}]=$status
  unset "running[$1]"
}
stop() {
  for pid in "${!running[@]}"; do kill "$pid" 2>/dev/null || true; done
  exit 130
}
trap stop INT TERM
said=0
rest=($targets)
while [ ${#rest[@]} -gt 0 ] || [ ${#running[@]} -gt 0 ]; do
  while [ ${#rest[@]} -gt 0 ] && [ ${#running[@]} -lt "${JOBS:-2}" ]; do
    run "${rest[0]}" &
    running[$!]=${rest[0]}
    rest=("${rest[@]:1}")
  done
  sleep 1
  for pid in "${!running[@]}"; do kill -0 "$pid" 2>/dev/null || reap "$pid"; done
  if [ $((SECONDS - said)) -ge 30 ]; then
    said=$SECONDS
    for name in "${running[@]}"; do printf 'fuzz: %-10s %s\n' "$name" "$(figures "$name")" >&2; done
  fi
done

found=0
printf '\n%-12s %14s %10s %8s  %s\n' target executions coverage corpus result
for name in $targets; do
  log=$work/logs/$name.log
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(figures "$name" | sed -n 's/.* cov: \([0-9]*\).*/\1/p')
  result=nothing
  if [ "${results[$name]}" != 0 ]; then
    found=1
    result="FOUND: $(sed -n 's/^Test unit written to //p' "$log" | tail -n 1) (see $log)"
  fi
  printf '%-12s %14s %10s %8s  %s\n' "$name" "${executions:-?}" "${coverage:-?}" \
    "$(find "$work/corpus/$name" -type f | wc -l)" "$result"
done
printf '%d targets, %s minutes each, in %d s; again with one: %s/TARGET FILE\n' \
  "$(wc -w <<<"$targets")" "$minutes" $((SECONDS - start)) "$bin"
exit $found
