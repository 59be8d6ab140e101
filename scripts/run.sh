#!/bin/sh
# `make run`: filters a log through the WASM module and shows the summary. LOG is your own log,
# which is not changed; ACTION is tag, drop or observe.
set -eu
cd "$(dirname "$0")/.."
log=${LOG:-target/run/sample.ndjson}
out=/dev/null
if [ -z "${LOG:-}" ]; then
  node scripts/sample-log.mjs "$log"
  out=target/run/${ACTION:-tag}.ndjson
fi
node target/run/bin.js filter --summary ${ACTION:+--action "$ACTION"} -- "$log" 2>&1 >"$out"

try() { printf '  %-66s   %s\n' "$1" "$2"; }
printf '\nWhat to try next\n\n'
try "node target/run/bin.js report '$log'" "intervals, gaps, contradictions"
[ -z "${LOG:-}" ] || exit 0
review=$(node target/run/bin.js report --output json "$log" 2>/dev/null |
  sed -n 's/^ *"line": \([0-9]*\),$/\1/p' | head -n 1)
try "sed -n ${review}p $log | node target/run/bin.js explain" "one record, condition by condition"
try "diff $log $out | less" "every change, nothing else"
try "make run ACTION=drop" "drop the accepted benign records"
try "make run LOG=/path/to/my.log" "your own log, of any kind that report reads"
