//! What a server says of a value does not reach whoever reads an error.

use std::error::Error as _;

use futures_util::StreamExt;
use kysera::Error;
use kysera::error::DatabaseErrorKind;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::schema::{User, filled, users};
use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

/// All that is shown of an error: `Display`, `Debug`, and both of what caused it.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text.to_lowercase()
}

/// Runs a condition that the server refuses by words that hold the value, in every way to run it.
macro_rules! refused {
    ($fresh:expr, $condition:expr) => {
        let db = &$fresh.db;
        let query = select_from(users::table).filter($condition).select(users::id);
        let mut errors = vec![query.clone().fetch_all(db).await.unwrap_err()];
        errors.push(query.clone().fetch(db).next().await.unwrap().unwrap_err());
        errors.push(query.fetch_optional(db).await.unwrap_err());
        let write = update(users::table).set(users::age.to(1)).filter($condition);
        errors.push(write.execute(db).await.unwrap_err());
        for error in errors {
            let database = error.as_database().unwrap();
            assert!(database.message().to_lowercase().contains("secret"), "no test: {}", database.message());
            assert!(!shown(&error).contains("secret"), "{error}");
            assert!(error.to_string().contains(database.code()), "{error}");
        }
    };
}

#[test]
fn no_words_of_a_server_repeat_what_is_bound() {
    on_all(async |fresh: &Fresh| {
        filled(&fresh.db).await.unwrap();
        match fresh.server {
            Server::Postgres15 | Server::Postgres18 => {
                refused!(fresh, sql!("to_tsquery({}) is null", "SECRET SECRET2"));
                // A part of the value, and one that the server has folded to lower case.
                refused!(fresh, sql!("current_setting({}) = ''", "a.SECRET"));
                refused!(fresh, sql!("cast(cast({} as text) as regclass) is null", "SECRET.\"\"\"Secret\""));
                refused!(fresh, sql!("nextval(cast({} as text)) > 0", "SECRET"));
                refused!(fresh, sql!("cast(cast({} as text) as integer) = 1", "SECRET"));
            }
            Server::Mysql9 => {
                refused!(fresh, sql!("extractvalue('<a/>', concat('~', {})) = 'x'", "SECRET"));
                refused!(fresh, sql!("extractvalue('<a/>', concat('~', {})) = 'x'", "SECRET'\"`\\"));
                signals(fresh).await;
            }
            Server::Mariadb => signals(fresh).await,
            Server::Sqlite => {
                refused!(fresh, sql!("json_extract('[1]', {}) is null", "SECRET"));
                refused!(fresh, sql!("json_extract('[1]', {}) is null", "'SECRET"));
                fresh.db.batch("create virtual table texts using fts5 (body)").await.unwrap();
                for needle in ["SECRET:x", "SECRET AND", "\"SECRET"] {
                    let found = sql!("exists (select 1 from texts where texts match {})", needle);
                    let error = select_from(users::table).filter(found).select(users::id).fetch_all(&fresh.db).await;
                    assert!(!shown(&error.unwrap_err()).contains("secret"));
                }
            }
        }
    });
}

/// A trigger says what somebody wrote.
async fn signals(fresh: &Fresh) {
    let trigger = "create trigger quotes before update on users for each row \
                   signal sqlstate '45000' set message_text = new.name";
    fresh.db.batch(trigger).await.unwrap();
    let error = update(users::table).set(users::name.to("SECRET")).all_rows().execute(&fresh.db).await.unwrap_err();
    let database = error.as_database().unwrap();
    assert_eq!((database.kind(), database.message()), (DatabaseErrorKind::Other, "SECRET"));
    assert!(!shown(&error).contains("secret") && error.to_string().contains("1644"), "{error}");
}

#[test]
fn the_words_of_a_server_about_text_are_shown() {
    on_all(async |fresh: &Fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        // Refused before the value is sent.
        let query = select_from(users::table).filter(sql!("no_such_column = {}", "SECRET")).select(users::id);
        let error = query.fetch_all(db).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().kind(), DatabaseErrorKind::Other);
        assert!(error.to_string().contains("no_such_column") && !shown(&error).contains("secret"), "{error}");
        // Refused when it was run, but there was nothing to send.
        let error = create_table_for::<User>().execute(db).await.unwrap_err();
        assert!(error.to_string().contains("users"), "{error}");
        let error = db.batch("select nothing from nowhere").await.unwrap_err();
        assert!(error.to_string().contains("no"), "{error}");
        let error = db.prepare(query_of_nowhere()).await.unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    });
}

/// A query that cannot be planned.
fn query_of_nowhere() -> kysera::executor::Request<'static> {
    sql!("select 1 from nowhere where 1 = {}", 1).to_statement().into()
}
