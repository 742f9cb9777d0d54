//! Instructions of building and compiling, counted by valgrind, and their ratios: they do not depend on how busy the
//! machine is.
//!
//! It runs itself under valgrind, once with few and once with many turns; the difference is what the turns cost.

use std::hint::black_box;
use std::process::Command;

use kysera_benches::{ENTRIES, Entry, Input, print_ratios};

const FEW: u64 = 20;
const MANY: u64 = 220;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [query, contender, turns] = arguments.as_slice() {
        let entry = ENTRIES.iter().find(|it| it.query == query && it.contender == contender);
        return run(entry.expect("such a contender"), turns.parse().expect("a number of turns"));
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("warning: INSTRUCTIONS ARE NOT COUNTED, because valgrind is not installed; the times above stand");
        return;
    }
    let counts: Vec<f64> =
        ENTRIES.iter().map(|entry| (count(entry, MANY) - count(entry, FEW)) / (MANY - FEW) as f64).collect();
    for (entry, count) in ENTRIES.iter().zip(&counts) {
        println!("instructions {} {} {count:.0}", entry.query, entry.contender);
    }
    print_ratios("instruction-ratio", |entry| {
        let at = ENTRIES.iter().position(|it| (it.query, it.contender) == (entry.query, entry.contender));
        counts[at.expect("an entry of the list")]
    });
}

fn run(entry: &Entry, turns: u64) {
    let input = Input::default();
    for _ in 0..turns {
        black_box((entry.build)(black_box(&input)));
    }
}

/// The instructions of a program that does so many turns.
fn count(entry: &Entry, turns: u64) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(std::env::current_exe().expect("the program has a path"))
        .args([entry.query, entry.contender, &turns.to_string()])
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
