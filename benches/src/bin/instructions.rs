//! Instructions of building and compiling, counted by valgrind, and their ratios: they do not depend on how busy the
//! machine is.
//!
//! It runs itself under valgrind, once with few and once with many turns; the difference is what the turns cost.

use std::hint::black_box;
use std::process::Command;

use kysera::Executor;
use kysera_benches::with_plugins::{self, STATEMENTS};
use kysera_benches::{ENTRIES, Input, print_ratios};

const FEW: u64 = 20;
const MANY: u64 = 220;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [query, contender, turns] = arguments.as_slice() {
        return run(query, contender, turns.parse().expect("a number of turns"));
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("warning: INSTRUCTIONS ARE NOT COUNTED, because valgrind is not installed; the times above stand");
        return;
    }
    match arguments.as_slice() {
        [what] if what == "plugins" => {
            let count = |query: &str, plugins: &str| of_one_turn(query, plugins);
            with_plugins::print_ratios("instruction-ratio", count);
        }
        _ => {
            let counts: Vec<f64> = ENTRIES.iter().map(|entry| of_one_turn(entry.query, entry.contender)).collect();
            for (entry, count) in ENTRIES.iter().zip(&counts) {
                println!("instructions {} {} {count:.0}", entry.query, entry.contender);
            }
            print_ratios("instruction-ratio", |entry| {
                let at = ENTRIES.iter().position(|it| (it.query, it.contender) == (entry.query, entry.contender));
                counts[at.expect("an entry of the list")]
            });
        }
    }
}

/// Does what a contender, or a database with a set of plugins, makes of a query.
fn run(query: &str, contender: &str, turns: u64) {
    let input = Input::default();
    if let Some(entry) = ENTRIES.iter().find(|it| it.query == query && it.contender == contender) {
        for _ in 0..turns {
            black_box((entry.build)(black_box(&input)));
        }
        return;
    }
    let db = with_plugins::database(contender);
    let (_, build) = STATEMENTS.iter().find(|(name, _)| *name == query).expect("such a query");
    for _ in 0..turns {
        black_box(db.compile(build(black_box(&input)))).expect("it compiles");
    }
}

fn of_one_turn(query: &str, contender: &str) -> f64 {
    (count(query, contender, MANY) - count(query, contender, FEW)) / (MANY - FEW) as f64
}

/// The instructions of a program that does so many turns.
fn count(query: &str, contender: &str, turns: u64) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(std::env::current_exe().expect("the program has a path"))
        .args([query, contender, &turns.to_string()])
        .output()
        .expect("valgrind runs");
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report.lines().find(|line| line.contains("I") && line.contains("refs:"));
    let digits: String = match line.and_then(|line| line.split_once("refs:")) {
        Some((_, count)) => count.chars().filter(char::is_ascii_digit).collect(),
        None => panic!("valgrind did not count:\n{report}"),
    };
    digits.parse().expect("a number of instructions")
}
