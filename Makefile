# What is done with this project, by the people who work on it and by CI alike.

.PHONY: help test servers servers-down faults audit coverage fuzz bench-compile bench-types bench-plugins bench-pages

help: ## Says what there is.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST)

test: ## Brings the database servers, runs every check and test on all of them, stops them.
	KYSERA_TEST_SUMMARY=0 tests/servers/with tests/run

servers: ## Brings the database servers and leaves them running, for development.
	tests/servers/up

servers-down: ## Stops them.
	tests/servers/down

faults: ## Kills servers and programs between a change and its entry in the log, 200 times.
	tests/servers/faults

audit: ## Looks for known holes, doubtful licences and doubled dependencies.
	cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	cargo deny --all-features check

coverage: ## Runs the tests and says which share of the lines they reach.
	cargo llvm-cov --version >/dev/null 2>&1 || cargo install --locked cargo-llvm-cov
	tests/servers/with cargo llvm-cov --all-features --ignore-filename-regex '(tests|benches|macros)/'

FUZZ_SECONDS := 60

fuzz: ## Feeds each fuzz target for FUZZ_SECONDS; needs a nightly compiler.
	cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	for target in $$(cargo fuzz list); do \
		cargo +nightly fuzz run $$target -- -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

BENCHES := --manifest-path benches/Cargo.toml --release

bench-compile: ## Building and compiling statements against peers: the same SQL, instructions, times, ratios.
	cargo test $(BENCHES)
	cargo run $(BENCHES) --bin instructions
	cargo bench --manifest-path benches/Cargo.toml --bench compile

bench-plugins: ## What plugins add to building and compiling statements.
	cargo run $(BENCHES) --bin instructions -- plugins
	cargo bench --manifest-path benches/Cargo.toml --bench plugins

bench-pages: ## Page 40,000 of a million rows on each server: by cursor, by its number, and in the naive form.
	tests/servers/with cargo run $(BENCHES) --features servers --bin pages

bench-types: ## Seconds of `cargo check` for a large schema, against Diesel's.
	cargo run $(BENCHES) --bin types
