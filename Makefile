BENCHES := --manifest-path benches/Cargo.toml --release

.PHONY: bench-compile bench-types

# Building and compiling statements against peers: that all write the same, instructions, times, ratios.
bench-compile:
	cargo test $(BENCHES)
	cargo run $(BENCHES) --bin instructions
	cargo bench --manifest-path benches/Cargo.toml --bench compile

# Seconds of `cargo check` for a large schema, against Diesel's.
bench-types:
	cargo run $(BENCHES) --bin types
