# All commands start here. `make help` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# A make below this one has its own jobs. Without this, cargo would look for the jobs of this one,
# and warn.
unexport MAKEFLAGS MFLAGS
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

MODULES := www/node_modules
TSC := $(MODULES)/.bin/tsc
BIOME := $(MODULES)/.bin/biome
RUST := $(shell find src crates -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock rust-toolchain.toml
# Lints that only tests may violate.
TEST_LINTS := -A clippy::pedantic -A clippy::unwrap_used -A clippy::expect_used -A clippy::panic -A missing_docs
PAGE := $(shell find www/src -type f) www/index.html www/vite.config.mjs $(wildcard www/build/*.mjs)
SCRIPTS := $(wildcard crates/npm/ts/*.ts) crates/npm/ts/tsconfig.json crates/npm/ts/README.md

.PHONY: help
help: ## Print this list
	@printf 'crypt32-filter: what make can do (each installs the tools that it needs)\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	@printf '\nStart with "make run", or with your own file:\n'
	@printf '  make run LOG=/path/to/my.log ACTION=drop   (ACTION: tag, drop or observe)\n'

.PHONY: run
run: target/run/bin.js ## Filter a bundled log with the WASM module and show a summary
	@LOG="$(LOG)" ACTION="$(ACTION)" scripts/run.sh

.PHONY: page
page: dist/crypt32-triage.html ## Build the triage page and serve it on this computer
	@node scripts/serve.mjs

# Builds run two at a time: each keeps one processor busy most of the time, and cargo does not build
# two things of one profile at once. By itself, node would leave a processor free, too.
TWO := $(MAKE) --no-print-directory --jobs=2
NODE_TEST := node --test --test-concurrency=2 --test-reporter=spec

.PHONY: test
test: browser ## Test Rust, and the npm package in Node
	@$(TWO) pkg/package.json test-rust
	$(NODE_TEST) $(wildcard tests/js/*.test.mjs)

.PHONY: test-rust
test-rust: .tools/ready
	cargo test --quiet

.PHONY: test-built
test-built: browser ## Compare the command, the package in Node and Chromium, and the modules; follow the documents
	@$(TWO) pkg/package.json man dist/crypt32_filter.wasm target/release/crypt32-filter target/run/bin.js
	$(NODE_TEST) $(wildcard tests/built/*.test.mjs)

.PHONY: test-page
test-page: browser dist/crypt32-triage.html target/release/crypt32-filter pkg/package.json ## Test the triage page in Chromium
	$(TSC) --project www
	node --test --test-reporter=spec $(wildcard tests/page/*.test.mjs)

.PHONY: test-module
test-module: ## Test the modules in an interpreter, and count their steps (BLESS=1 records their sizes)
	@$(TWO) dist/crypt32_filter.wasm target/engines.stamp target/cost.wasm
	cargo test --quiet --test hosts
	cargo test --quiet --test cost

# Two at a time: these tests often wait for a program.
.PHONY: test-hosts
test-hosts: browser ## Test the modules in the real hosts, and the programs of the guide; Fluent Bit only if installed
	@$(TWO) test-streams test-fluent-bit test-embed test-syslog test-collector test-logstash test-camel test-clickhouse

.PHONY: test-streams
test-streams: browser dist/crypt32_filter.wasm dist/crypt32-triage.html target/engines.stamp target/release/crypt32-filter ## Test the modules in the real Redpanda Connect and Bento, and with a real Kafka (RECORDS=300000, TIME=1)
	@status=0; scripts/streams.sh || status=$$?; \
	case $$status in 0) ;; 3) exit 0;; *) exit $$status;; esac; \
	RECORDS=$(or $(RECORDS),300000) node --test --test-concurrency=1 --test-reporter=spec $(wildcard tests/hosts/streams/*.test.mjs)

.PHONY: test-fluent-bit
test-fluent-bit: browser dist/crypt32_filter.wasm dist/crypt32-triage.html target/release/crypt32-filter ## Test the module in the real Fluent Bit (FLUENT_BIT or PATH; RECORDS=200000, TIME=1)
	@node tests/hosts/fluent-bit/main.mjs $(RECORDS) $(if $(TIME),--time)

.PHONY: test-embed
test-embed: dist/crypt32_filter.wasm target/release/crypt32-filter ## Test the programs of docs/embed.md in Go, Python, Java and Rust
	@node --test --test-reporter=spec tests/hosts/embed/embed.test.mjs

.PHONY: test-syslog
test-syslog: dist/crypt32_filter.wasm target/release/crypt32-filter target/npm/core.wasm ## Test rsyslog and syslog-ng from Debian's packages (RECORDS=100000)
	@status=0; scripts/syslog.sh || status=$$?; \
	case $$status in 0) ;; 3) exit 0;; *) exit $$status;; esac; \
	RECORDS=$(or $(RECORDS),100000) node --test --test-reporter=spec tests/hosts/syslog/syslog.test.mjs

.PHONY: test-collector
test-collector: dist/crypt32_filter.wasm target/release/crypt32-filter ## Test the processor in a real OpenTelemetry Collector (RECORDS=1000000)
	@RECORDS=$(or $(RECORDS),1000000) node --test --test-reporter=spec tests/hosts/collector/collector.test.mjs

.PHONY: test-logstash
test-logstash: dist/crypt32_filter.wasm target/release/crypt32-filter ## Test the script for Logstash in its Ruby (TIME=1)
	@node --test --test-reporter=spec tests/hosts/logstash/logstash.test.mjs

.PHONY: test-camel
test-camel: dist/crypt32_filter.wasm target/release/crypt32-filter ## Test the route of docs/camel.md in a real Apache Camel (RECORDS=2000)
	@RECORDS=$(or $(RECORDS),2000) node --test --test-reporter=spec tests/hosts/camel/camel.test.mjs

.PHONY: test-clickhouse
test-clickhouse: dist/crypt32_filter.wasm dist/crypt32-triage.html target/release/crypt32-filter ## Test the functions in the real ClickHouse, without a server (TIME=1)
	@scripts/chdb.sh tests/hosts/clickhouse.py $(if $(TIME),measure)

.PHONY: module
module: dist/crypt32_filter.wasm ## Build the module for Fluent Bit and ClickHouse, with configurations (dist)

.PHONY: engines
engines: target/engines.stamp ## Build the modules for Redpanda, Redpanda Connect, Bento and Kafka Connect, with pipelines (dist)

.PHONY: package
package: pkg/package.json ## Build the npm package (pkg)

.PHONY: build
build: package module engines man target/release/crypt32-filter ## Build all of these, the command (target/release) and its manual pages

.PHONY: man
man: dist/man/crypt32-filter.1 ## Write manual pages (dist/man)

.PHONY: check
check: .tools/ready target/npm/core.wasm target/npm/full.wasm ## Check format, lints and types
	cargo fmt --all --check
	cargo fmt --check --manifest-path benches/Cargo.toml
	cargo clippy --quiet -- -D warnings
	cargo clippy --quiet --package crypt32-cost --all-targets -- -D warnings $(TEST_LINTS)
	cargo clippy --quiet --tests --test hosts --example manual -- -D warnings $(TEST_LINTS)
	. scripts/wasm-env.sh && cargo clippy --quiet --target wasm32-unknown-unknown --package crypt32-npm --features full --package crypt32-page -- -D warnings
	. scripts/wasm-env.sh && cargo clippy --quiet --lib --target wasm32-unknown-unknown --package crypt32-functions --package crypt32-benthos --package crypt32-redpanda --package crypt32-debezium --package crypt32-plain -- -D warnings
	cargo check --quiet --package crypt32-filter --no-default-features
	$(BIOME) check --error-on-warnings .
	$(TSC) --project crates/npm/ts --noEmit

.PHONY: fuzz
fuzz: ## Fuzz every target for MINUTES=10, two at a time, or only TARGET=x; fail if a target crashes
	@scripts/fuzz.sh $(or $(MINUTES),10) $(TARGET)

.PHONY: fuzz-cost
fuzz-cost: ## Search for the inputs with the most time per byte, for MINUTES=10
	@cargo run --quiet --release --package crypt32-cost --bin search -- $(or $(MINUTES),10)

.PHONY: soak
soak: pkg/package.json target/release/crypt32-filter dist/crypt32_filter.wasm ## Send RECORDS=100000000 through one instance each: native, WASM in Node, Fluent Bit's functions
	@node scripts/soak.mjs $(or $(RECORDS),100000000)

.PHONY: mutants
mutants: ## Change the deciding code, one change at a time, and print those that no test detects (FILE=src/engine/tag.rs)
	@scripts/mutants.sh $(FILE)

.PHONY: closed-world
closed-world: .tools/ready ## Compare the filter with its second implementation for every name, place and kind of value
	CLOSED_WORLD=1 cargo test --quiet --release --test closed_world --test binary -- --nocapture

.PHONY: miri
miri: ## Run the native unsafe code in Miri
	@scripts/miri.sh

.PHONY: deny
deny: ## Check licences, sources and bans of the dependencies, and advisories if available
	@scripts/develop.sh deny
	@.tools/bin/cargo-deny --offline check licenses bans sources
	@.tools/bin/cargo-deny fetch db >/dev/null 2>&1 || echo "deny: new advisories are not available here" >&2
	@if [ -n "$$(find "$${CARGO_HOME:-$$HOME/.cargo}/advisory-dbs" -name FETCH_HEAD -print -quit 2>/dev/null)" ]; then \
		.tools/bin/cargo-deny --offline check advisories; fi

.PHONY: bench
bench: pkg/package.json dist/crypt32_filter.wasm target/release/crypt32-filter target/bench/release/crypt32-bench ## Compare the filter with its peers in one table (QUICK=1, LOGS=sparse,dense, RECORD=1)
	@node benches/bench.mjs $(if $(QUICK),--quick) $(if $(LOGS),--logs $(LOGS)) $(if $(RECORD),--record)

.PHONY: bench-curves
bench-curves: pkg/package.json target/release/crypt32-filter target/bench/release/crypt32-bench ## Measure time and memory by length, hits and chunks: docs/pictures/curves.csv and .svg
	@node benches/curves.mjs $(if $(QUICK),--quick)

.PHONY: sizes
sizes: build ## Print the sizes of the modules, and the share of each crate
	@node benches/sizes.mjs

.PHONY: release
release: build dist/crypt32-triage.html ## Create a release with checksums and bills of materials (dist/release)
	@scripts/release.sh

.PHONY: reproducible
reproducible: dist/crypt32_filter.wasm target/engines.stamp ## Build the modules in two other folders, and compare the bytes
	@scripts/reproducible.sh

.PHONY: setup
setup: .tools/ready browser ## Only install missing tools; the other targets do it as needed

.PHONY: clean
clean: ## Remove all build results, but keep the installed tools
	rm -rf target pkg dist

# The files.

# Only tests need a browser, so other targets do not install one.
.PHONY: browser
browser: .tools/ready
	@scripts/setup.sh browser

.tools/ready: scripts/setup.sh scripts/setup-lib.sh scripts/wasm-bindgen/Cargo.lock www/package-lock.json rust-toolchain.toml Cargo.toml
	@scripts/setup.sh
	@touch $@

target/release/crypt32-filter: $(RUST) | .tools/ready
	cargo build --release --package crypt32-cli

dist/man/crypt32-filter.1: $(RUST) scripts/manual.rs | .tools/ready
	cargo run --quiet --package crypt32-cli --example manual dist

# The peers of `make bench` are other crates, so they have a separate build.
target/bench/release/crypt32-bench: $(RUST) $(wildcard benches/src/*.rs benches/Cargo.*) | .tools/ready
	CARGO_TARGET_DIR=target/bench cargo build --release --manifest-path benches/Cargo.toml

# The core module of the package.
target/npm/core.wasm: $(RUST) $(wildcard scripts/wasm*.sh) scripts/wasm-link.mjs scripts/dead-ends.mjs scripts/relocations.mjs scripts/paths-env.sh | .tools/ready
	@scripts/wasm.sh core crypt32_filter npm

# The second module: the larger readers, reports and the command line. Loaded on demand.
target/npm/full.wasm: $(RUST) scripts/wasm.sh scripts/wasm-env.sh scripts/paths-env.sh | target/npm/core.wasm
	@scripts/wasm.sh full crypt32_full npm full

# The package's command for `make run`: a single module with a fast build.
target/run/bin.js: $(RUST) $(SCRIPTS) scripts/wasm.sh scripts/wasm-env.sh scripts/paths-env.sh | .tools/ready
	@PROFILE=demo scripts/wasm.sh demo crypt32_full npm full
	@mkdir -p $(@D)
	@echo '{"type":"module"}' > $(@D)/package.json
	@cp target/npm/demo/crypt32_full* $(@D)
	@$(TSC) --project crates/npm/ts --noCheck --declaration false --outDir $(@D)
	@touch $@

# The page's module.
target/npm/page.wasm: $(RUST) scripts/wasm.sh scripts/wasm-env.sh scripts/paths-env.sh | target/npm/core.wasm
	@scripts/wasm.sh page crypt32_page page

dist/crypt32-triage.html: target/npm/page.wasm $(PAGE) $(wildcard crates/npm/ts/*.ts) $(shell find crates/hosts -name "*.yaml" -o -name "*.sql") $(wildcard docs/*.md) $(wildcard scripts/sample-*.mjs)
	@node www/build/page.mjs

# The whole library as a module whose steps can be counted.
target/cost.wasm: $(RUST) $(wildcard tests/cost/module/*) scripts/cost-module.sh | .tools/ready
	@scripts/cost-module.sh

dist/crypt32_filter.wasm: $(RUST) $(wildcard crates/hosts/functions/*.md crates/hosts/functions/*/* crates/hosts/plain/*/* crates/hosts/plain/collector/*/*) scripts/host-module.sh scripts/paths-env.sh scripts/host-wasm.mjs scripts/dead-ends.mjs scripts/relocations.mjs | .tools/ready
	@scripts/host-module.sh

# The modules for Redpanda, Redpanda Connect, Bento and Kafka Connect. Some are built where those
# above are, so not at the same time.
target/engines.stamp: $(RUST) $(wildcard crates/hosts/benthos/* crates/hosts/debezium/* crates/hosts/*/*.yaml) scripts/host-module.sh scripts/paths-env.sh scripts/host-wasm.mjs scripts/dead-ends.mjs scripts/relocations.mjs | .tools/ready dist/crypt32_filter.wasm
	@scripts/host-module.sh engines
	@mkdir -p $(@D)
	@touch $@

pkg/package.json: target/npm/core.wasm target/npm/full.wasm $(SCRIPTS) pkg.json scripts/pack.mjs $(wildcard *.md LICENSE-*)
	@rm -rf pkg
	@$(TSC) --project crates/npm/ts
	@node scripts/pack.mjs
