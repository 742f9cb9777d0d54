//! Times of building and compiling, and their ratios.
//!
//! The contenders take turns, many times over, so that a machine that is busy or slow for a while is so for all of them;
//! each is then judged by the best of its rounds, of which the median counts: whatever disturbs a round makes it slower.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;
use kysera_benches::{ENTRIES, Entry, Input, print_ratios};

const ROUNDS: usize = 12;

fn main() {
    let output = output_directory();
    let input = Input::default();
    let mut criterion = Criterion::default()
        .output_directory(&output)
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(150));
    for round in 0..ROUNDS {
        for entry in &ENTRIES {
            criterion.bench_function(&name(entry, round), |bencher| {
                bencher.iter(|| (entry.build)(black_box(&input)));
            });
        }
    }
    criterion.final_summary();

    println!();
    for entry in &ENTRIES {
        println!("best {} {} {:.0} ns", entry.query, entry.contender, best(&output, entry));
    }
    print_ratios("ratio", |entry| best(&output, entry));
}

/// Beside the program, so that figures of different target directories do not mix.
fn output_directory() -> PathBuf {
    let program = std::env::current_exe().expect("the program has a path");
    program.ancestors().nth(3).expect("it is in target/release/deps").join("criterion")
}

fn name(entry: &Entry, round: usize) -> String {
    format!("{}_{}_{round}", entry.query, entry.contender)
}

/// The median of the best round, in nanoseconds.
fn best(output: &Path, entry: &Entry) -> f64 {
    (0..ROUNDS).map(|round| median_of_round(output, &name(entry, round))).fold(f64::INFINITY, f64::min)
}

fn median_of_round(output: &Path, name: &str) -> f64 {
    let path = output.join(name).join("new/estimates.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let estimates: serde_json::Value = serde_json::from_str(&text).expect("criterion writes JSON");
    estimates["median"]["point_estimate"].as_f64().expect("criterion writes a median")
}
