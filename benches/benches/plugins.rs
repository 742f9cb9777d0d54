//! What plugins cost: building a statement, rewriting it and compiling it, over the same without plugins.

use std::hint::black_box;

use kysera::Db;
use kysera_benches::Input;
use kysera_benches::rounds::{Contender, Rounds};
use kysera_benches::with_plugins::{PLUGINS, STATEMENTS, database, print_ratios};

fn main() {
    let input = Input::default();
    let databases: Vec<(&str, Db)> = PLUGINS.iter().map(|plugins| (*plugins, database(plugins))).collect();
    let mut contenders: Vec<Contender<'_>> = Vec::new();
    for (query, build) in &STATEMENTS {
        for (plugins, db) in &databases {
            let run = || {
                let compiled = kysera::Executor::compile(db, build(black_box(&input)));
                drop(black_box(compiled.expect("it compiles")));
            };
            contenders.push((format!("plugins_{query}_{plugins}"), Box::new(run)));
        }
    }
    let rounds = Rounds::measure(&mut contenders);
    let best = |query: &str, plugins: &str| rounds.best(&format!("plugins_{query}_{plugins}"));

    println!();
    for (query, _) in &STATEMENTS {
        for plugins in PLUGINS {
            println!("best {query} {plugins} {:.0} ns", best(query, plugins));
        }
    }
    print_ratios("ratio", best);
}
