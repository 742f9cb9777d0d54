//! Times of building and compiling, and their ratios.

use std::hint::black_box;

use kysera_benches::rounds::{Contender, Rounds};
use kysera_benches::{ENTRIES, Entry, Input, print_ratios};

fn main() {
    let input = Input::default();
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for entry in &ENTRIES {
        let run = || drop(black_box((entry.build)(black_box(&input))));
        contenders.push((name(entry), Box::new(run)));
    }
    let rounds = Rounds::measure(&mut contenders);

    println!();
    for entry in &ENTRIES {
        println!("best {} {} {:.0} ns", entry.query, entry.contender, rounds.best(&name(entry)));
    }
    print_ratios("ratio", |entry| rounds.best(&name(entry)));
}

fn name(entry: &Entry) -> String {
    format!("{}_{}", entry.query, entry.contender)
}
