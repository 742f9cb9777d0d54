//! Measuring contenders in turns.
//!
//! They take turns, many times over, so that a machine that is busy or slow for a while is so for all of them; each is
//! then judged by the best of its rounds, of which the median counts: whatever disturbs a round makes it slower.

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;

const ROUNDS: usize = 12;

/// A name, and what is measured under it.
pub type Contender<'a> = (String, Box<dyn FnMut() + 'a>);

/// The figures of contenders that were measured.
pub struct Rounds {
    output: PathBuf,
}

impl Rounds {
    /// Measures contenders, each under its name.
    pub fn measure(contenders: &mut [Contender<'_>]) -> Self {
        let output = output_directory();
        let mut criterion = Criterion::default()
            .output_directory(&output)
            .sample_size(20)
            .warm_up_time(Duration::from_millis(50))
            .measurement_time(Duration::from_millis(150));
        for round in 0..ROUNDS {
            for (name, run) in &mut *contenders {
                criterion.bench_function(&format!("{name}_{round}"), |bencher| bencher.iter(&mut *run));
            }
        }
        criterion.final_summary();
        Self { output }
    }

    /// The median of a contender's best round, in nanoseconds.
    pub fn best(&self, name: &str) -> f64 {
        let of_round = |round| median_of_round(&self.output, &format!("{name}_{round}"));
        (0..ROUNDS).map(of_round).fold(f64::INFINITY, f64::min)
    }
}

/// Beside the program, so that figures of different target directories do not mix.
fn output_directory() -> PathBuf {
    let program = std::env::current_exe().expect("the program has a path");
    program.ancestors().nth(3).expect("it is in target/release/deps").join("criterion")
}

fn median_of_round(output: &Path, name: &str) -> f64 {
    let path = output.join(name).join("new/estimates.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let estimates: serde_json::Value = serde_json::from_str(&text).expect("criterion writes JSON");
    estimates["median"]["point_estimate"].as_f64().expect("criterion writes a median")
}
