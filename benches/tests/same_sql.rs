//! All contenders write the same statement: the same words, names and placeholders in the same order.

use kysera_benches::{ENTRIES, Entry, Input};

/// The statement without what is a matter of taste: quotes, case, parentheses, space, `asc`, and the table's name
/// before a column.
fn plain(sql: &str) -> Vec<String> {
    let mut text = String::new();
    for character in sql.to_lowercase().chars() {
        match character {
            '"' => {}
            '(' | ')' | ',' => text.push(' '),
            _ => text.push(character),
        }
    }
    text.split_whitespace().filter(|word| *word != "asc").map(str::to_owned).collect()
}

#[test]
fn all_contenders_write_the_same() {
    let input = Input::default();
    for query in ["q1", "q2", "q3"] {
        let of_query: Vec<&Entry> = ENTRIES.iter().filter(|it| it.query == query).collect();
        let floor = (of_query[0].build)(&input);
        let placeholders = floor.sql.matches('$').count();
        assert_eq!(floor.binds.count(), placeholders, "{query} by {}", of_query[0].contender);
        for Entry { contender, build, .. } in of_query {
            let built = build(&input);
            assert_eq!(plain(&built.sql), plain(&floor.sql), "{query} by {contender}: {}", built.sql);
            assert_eq!(built.binds.count(), placeholders, "{query} by {contender}");
        }
    }
}
