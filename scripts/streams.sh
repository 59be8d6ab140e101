#!/usr/bin/env bash
# streams.sh: installs Redpanda Connect, Bento, Kafka and Kafka Connect for the tests, once, in
# .tools/streams. The first two are built from their Go modules with only the tested parts; the jars
# of the others come from Maven Central. Needs Go 1.26.5 or later, Java 17 (a JDK) and Maven. Exits
# with 3 if one of them is missing, which is an error in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
from=tests/hosts/streams to=$PWD/.tools/streams
mkdir -p "$to"

for program in go java javac mvn; do
  command -v "$program" >/dev/null && continue
  if [ "${CI-}" = true ]; then
    printf 'set-up: %s is missing; the tests with stream engines need it\n' "$program" >&2
    exit 1
  fi
  printf 'stream engines: SKIPPED, there is no %s (they need Go, a JDK 17 and Maven)\n' "$program" >&2
  exit 3
done

# made WHAT FILE...: tells whether WHAT was built from exactly these files.
made() {
  sum=$(cat "${@:2}" | sha256sum | cut -c 1-64)
  [ "$(cat "$to/$1.sum" 2>/dev/null)" = "$sum" ]
}

for engine in connect bento; do
  made "$engine" "$from/$engine"/{main.go,go.mod,go.sum} && continue
  start=$SECONDS
  printf 'set-up: %s from its Go module (some minutes, the first time) ...\n' "$engine" >&2
  (cd "$from/$engine" && go build -mod=readonly -buildvcs=false -trimpath -ldflags='-s -w' -o "$to/$engine" .)
  printf '%s' "$sum" >"$to/$engine.sum"
  printf 'set-up: %s: done in %d s\n' "$engine" $((SECONDS - start)) >&2
done

if ! made kafka "$from"/kafka/{pom.xml,Client.java}; then
  start=$SECONDS
  printf 'set-up: Kafka from Maven Central ...\n' >&2
  rm -rf "$to/kafka"
  mvn --quiet --batch-mode --file "$from/kafka/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory="$to/kafka"
  javac -cp "$to/kafka/*" -d "$to/kafka" "$from/kafka/Client.java"
  printf '%s' "$sum" >"$to/kafka.sum"
  printf 'set-up: Kafka: done in %d s\n' $((SECONDS - start)) >&2
fi

if ! made worker "$from/worker/pom.xml" crates/hosts/debezium/pom.xml; then
  start=$SECONDS
  printf 'set-up: Kafka Connect and the transformations of Debezium from Maven Central ...\n' >&2
  rm -rf "$to/worker" "$to/plugins"
  jars() {
    mvn --quiet --batch-mode --file "$1" \
      org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory="$2"
  }
  jars "$from/worker/pom.xml" "$to/worker"
  jars crates/hosts/debezium/pom.xml "$to/plugins/crypt32"
  printf '%s' "$sum" >"$to/worker.sum"
  printf 'set-up: Kafka Connect: done in %d s\n' $((SECONDS - start)) >&2
fi
