//! What the targets share: tokens of what was written.

use kysera::dialect::{MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, Tokenizer};

/// Each dialect, and somebody else's idea of it.
pub fn dialects() -> [(&'static Spec, &'static dyn Dialect); 4] {
    [
        (&POSTGRES, &PostgreSqlDialect {}),
        (&MYSQL, &MySqlDialect {}),
        (&MARIADB, &MySqlDialect {}),
        (&SQLITE, &SQLiteDialect {}),
    ]
}

/// The names in quotes of a text, in order.
///
/// # Panics
///
/// Where the text is not one statement, or no SQL at all.
pub fn quoted_names(sql: &str, spec: &Spec, dialect: &dyn Dialect) -> Vec<String> {
    let tokens = Tokenizer::new(dialect, sql).tokenize().unwrap_or_else(|error| panic!("{error}: {sql}"));
    assert!(!tokens.contains(&Token::SemiColon), "several statements: {sql}");
    let quote = Some(spec.quote);
    let names = tokens.into_iter().filter_map(|token| match token {
        Token::Word(word) if word.quote_style == quote => Some(word.value),
        _ => None,
    });
    names.collect()
}
