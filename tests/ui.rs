//! What the compiler says to programs that are wrong: one error each, in words, that fits on a screen.
//!
//! Each `tests/ui/*_*.rs` is a program with one mistake, and the file beside it what the compiler says. After a change
//! that is meant, `TRYBUILD=overwrite cargo test --test ui` writes those files anew; read what they say now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test may fail, and nobody uses its parts"
)]

use std::fs;

#[path = "ui/schema.rs"]
#[allow(dead_code, unreachable_pub, reason = "what is compiled here is neither run nor used elsewhere")]
mod schema;

/// Programs that are right; that they compile is the test, and their annotations pin the types that are inferred.
#[path = "ui/pass"]
#[allow(dead_code, unreachable_pub, reason = "what is compiled here is neither run nor used elsewhere")]
mod pass {
    mod conditions;
    mod joins;
    mod rows;
    mod subqueries;
    mod writes;
}

/// The most lines that an error may have.
const LINES: usize = 20;

/// First lines that say nothing of the mistake.
const GENERIC: [&str; 5] =
    ["type mismatch resolving", "type annotations needed", "bounds were not satisfied", "the trait bound", "overflow"];

/// Cases that begin with one of those all the same: what is ambiguous, the compiler says in its own words alone. It quotes
/// the line that asks for it, whose comment says what to do.
const AMBIGUOUS: [&str; 2] = ["select_cross_join_self", "select_self_join"];

/// Cases that cannot be that short: the errors and lines they have, and why.
const EXCEPTIONS: [(&str, usize, usize, &str); 11] = [
    ("derive_field_type", 6, 109, "each use of the type in what the derive makes is an error by itself"),
    ("insert_from_select_column", 1, 23, "the compiler tells of the impl for the column's own table"),
    ("insert_other_table_vec", 1, 21, "the compiler tells of the impl for the row's own table"),
    ("nullability_set_expression", 1, 24, "the compiler tells which call made the value nullable"),
    ("page_correlated", 1, 21, "the compiler shows the two lines of `paginate` above the bound"),
    ("schema_fetch_as", 1, 22, "the compiler lists the statements that give rows"),
    ("select_cross_join_self", 1, 24, "the compiler tells of both places where the table is"),
    ("select_self_join", 1, 24, "the compiler tells of both places where the table is"),
    ("types_group_by_text", 1, 25, "the compiler lists tuples, whose impls must be seen for errors in them"),
    ("types_select_table", 1, 29, "the compiler lists tuples, whose impls must be seen for errors in them"),
    ("types_select_value", 2, 44, "the compiler lists tuples, and cannot tell that both errors are one"),
];

#[test]
fn errors_say_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*_*.rs");
}

#[test]
fn errors_are_short() {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir("tests/ui").expect("the folder of cases") {
        let path = entry.expect("a case").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_none_or(|it| it != "rs") || !name.contains('_') {
            continue;
        }
        cases += 1;
        let text = fs::read_to_string(path.with_extension("stderr")).expect("what the compiler says");
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        let lines = text.trim_end().lines().count();
        let first = text.lines().next().unwrap_or_default();
        let expected = EXCEPTIONS.iter().find(|it| it.0 == name).map(|it| (it.1, it.2));
        match expected {
            Some(expected) if expected != (errors, lines) => {
                wrong.push(format!("{name}: {errors} errors, {lines} lines; the list of exceptions has {expected:?}"));
            }
            None if errors != 1 || lines > LINES => wrong.push(format!("{name}: {errors} errors, {lines} lines")),
            _ => {}
        }
        let generic = GENERIC.iter().any(|generic| first.contains(generic));
        if !first.starts_with("error") || generic != AMBIGUOUS.contains(&name.as_str()) {
            wrong.push(format!("{name}: {first}"));
        }
    }
    for name in AMBIGUOUS {
        let text = fs::read_to_string(format!("tests/ui/{name}.stderr")).expect("what the compiler says");
        assert!(text.contains("take an `alias!`"), "{name}");
    }
    assert!(cases >= 40, "only {cases} cases were found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
