//! What the words of a statement tell about what it leaves behind.

/// The words that a server's statements are judged by.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// What a statement may begin with that leaves nothing behind but rows.
    pub(super) rows_only: &'static [&'static str],
    /// What leaves something behind nevertheless, wherever it stands.
    pub(super) leaving: &'static [&'static str],
}

impl Words {
    /// Whether a statement may leave the session other than it was: a setting, a lock, a temporary table, a
    /// transaction.
    ///
    /// A guess on the safe side; what a function of the user's does inside is beyond it.
    pub(super) fn alter_session(self, sql: &str) -> bool {
        let Self { rows_only, leaving } = self;
        let sql = after_comments(sql);
        let word = sql.split(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
        !rows_only.iter().any(|it| word.eq_ignore_ascii_case(it)) || leaving.iter().any(|it| contains(sql, it))
    }
}

/// Whether the word stands in the text, in whatever case.
fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|it| it.eq_ignore_ascii_case(word.as_bytes()))
}

fn after_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches(|it: char| it.is_whitespace() || it == '(');
        let rest = match sql.get(..2) {
            Some("--") => sql.split_once('\n'),
            // MySQL and MariaDB run what is in these.
            Some("/*") if sql.starts_with("/*!") || sql.starts_with("/*M!") => None,
            Some("/*") => sql.split_once("*/"),
            _ => None,
        };
        match rest {
            Some((_, rest)) => sql = rest,
            None => return sql,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alters_a_session_is_told_by_its_words() {
        let words = Words { rows_only: &["select", "insert", "with"], leaving: &["set_config", "advisory_lock", "@"] };
        for sql in [
            "select 1",
            "  /* tag */ -- more\n SELECT 1",
            "(select 1) union (select 2)",
            "with a as (select 1) select * from a",
            "insert into t values (1)",
            "select pg_advisory_xact_lock(1)",
        ] {
            assert!(!words.alter_session(sql), "{sql}");
        }
        for sql in [
            "set a = 1",
            "begin",
            "/* tag */ listen a",
            "/*!50000 set a = 1 */ select 1",
            "/*M! set a = 1 */ select 1",
            "create temp table t ()",
            "select SET_CONFIG('a', 'b', false)",
            "select pg_try_advisory_lock(1)",
            "select 1 into @a",
            "selection",
            "",
        ] {
            assert!(words.alter_session(sql), "{sql}");
        }
    }
}
