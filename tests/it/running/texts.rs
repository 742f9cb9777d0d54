//! What text and JSON are equal to, where that depends on the server. The guide has a table of it.

use kysera::prelude::*;
use kysera::schema::create_table_for;
use serde_json::{Value as Json, json};

use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "words")]
pub struct Word {
    #[column(primary_key)]
    id: i64,
    #[column(type = "varchar(20)", unique)]
    word: String,
    long: String,
    data: Option<Json>,
}

async fn ids(fresh: &Fresh, condition: kysera::expr::ConditionOn<words::table>) -> Vec<i64> {
    let query = select_from(words::table).filter(condition).order_by(words::id).select(words::id);
    query.fetch_all(&fresh.db).await.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn spaces_at_the_end_count_but_on_mariadb() {
    on_all(async |fresh: &Fresh| {
        create_table_for::<Word>().execute(&fresh.db).await.unwrap();
        insert_into(words::table).values(NewWord::new(1, "a", "a")).execute(&fresh.db).await.unwrap();
        let other = insert_into(words::table).values(NewWord::new(2, "a ", "a ")).execute(&fresh.db).await;
        if fresh.server == Server::Mariadb {
            assert!(other.unwrap_err().is_unique_violation());
            assert_eq!(ids(fresh, words::word.eq("a ").on(words::table)).await, [1]);
            assert_eq!(ids(fresh, words::long.in_(["a  "]).on(words::table)).await, [1]);
        } else {
            other.unwrap();
            assert_eq!(ids(fresh, words::word.eq("a ").on(words::table)).await, [2]);
            assert_eq!(ids(fresh, words::long.in_(["a  "]).on(words::table)).await, [0_i64; 0]);
        }
        // Bytes are bytes.
        let bytes = words::word.cast::<Vec<u8>>();
        assert_eq!(ids(fresh, bytes.clone().eq(b"a".to_vec()).on(words::table)).await, [1]);
        assert_eq!(ids(fresh, bytes.eq(b"a  ".to_vec()).on(words::table)).await, [0_i64; 0]);
    });
}

#[test]
fn json_is_compared_by_its_value_or_its_text() {
    on_all(async |fresh: &Fresh| {
        create_table_for::<Word>().execute(&fresh.db).await.unwrap();
        let row = NewWord { data: Some(json!({ "a": [1, 2], "b": 1 })), ..NewWord::new(1, "a", "a") };
        insert_into(words::table).values(row).execute(&fresh.db).await.unwrap();
        let same = |data: &str| words::data.eq(serde_json::from_str::<Json>(data).unwrap()).on(words::table);
        assert_eq!(ids(fresh, same(r#"{ "a": [1, 2], "b": 1 }"#)).await, [1]);
        assert_eq!(ids(fresh, same(r#"{ "a": [2, 1], "b": 1 }"#)).await, [0_i64; 0]);
        // Of another text and the same value.
        let by_text = matches!(fresh.server, Server::Sqlite | Server::Mariadb);
        let found = ids(fresh, same(r#"{ "a": [1, 2], "b": 1.0 }"#)).await;
        assert_eq!(found.is_empty(), by_text, "{found:?}");
    });
}
