//! `create table` and `drop table`, with every type, key and default.

use kysera::ast::{DataType, ReferentialAction};
use kysera::dialect::{MYSQL, POSTGRES};
use kysera::prelude::*;
use kysera::schema::{column, create_table, create_table_for, drop_table, drop_table_for, foreign_key};

use crate::support::check_all;
use crate::support::schema::*;

#[derive(Table)]
#[table(name = "invoices")]
#[expect(dead_code, reason = "only its definition is looked at")]
struct Invoice {
    #[column(primary_key, generated)]
    id: i32,
    #[column(unique, type = "varchar(20)")]
    number: String,
    #[column(references(users::id, on_delete = "cascade", on_update = "restrict"))]
    user_id: i64,
    #[column(default = "it's")]
    note: String,
    #[column(default = true)]
    open: bool,
    #[column(default = -7)]
    offset: i16,
    #[column(default = now)]
    made_at: chrono::DateTime<chrono::Utc>,
    #[column(default_sql = "1 + 1")]
    two: Option<i64>,
    #[column(generated_sql = "id * 2")]
    twice: i32,
}

#[derive(Table)]
#[table(name = "pairs")]
#[expect(dead_code, reason = "only its definition is looked at")]
struct Pair {
    #[column(primary_key)]
    a: i64,
    #[column(primary_key)]
    b: uuid::Uuid,
}

#[test]
fn definitions() {
    let table = || create_table("made").column(column("id", DataType::BigInt).identity().primary_key());
    let of = |data_type| create_table("made").column(column("c", data_type));
    let named = || DataType::Named("mood".into());
    check_all(
        "definitions",
        &[
            ("from a struct", &create_table_for::<Invoice>()),
            ("from a struct with a key of two columns", &create_table_for::<Pair>()),
            ("if not exists", &table().if_not_exists()),
            ("without columns", &create_table("made")),
            ("boolean", &of(DataType::Boolean)),
            ("smallint", &of(DataType::SmallInt)),
            ("integer", &of(DataType::Integer)),
            ("bigint", &of(DataType::BigInt)),
            ("real", &of(DataType::Real)),
            ("double", &of(DataType::Double)),
            ("decimal(10, 2)", &of(DataType::Decimal { precision: 10, scale: 2 })),
            ("decimal", &of(DataType::Decimal { precision: 0, scale: 0 })),
            ("text", &of(DataType::Text)),
            ("varchar(5)", &of(DataType::Varchar(5))),
            ("bytes", &of(DataType::Bytes)),
            ("uuid", &of(DataType::Uuid)),
            ("date", &of(DataType::Date)),
            ("time", &of(DataType::Time)),
            ("timestamp", &of(DataType::Timestamp)),
            ("timestamptz", &of(DataType::TimestampTz)),
            ("json", &of(DataType::Json)),
            ("array", &of(DataType::Array(&DataType::BigInt))),
            ("named", &of(DataType::Named("mood".into()))),
            (
                "not null, unique, default",
                &table()
                    .column(column("a", DataType::Varchar(9)).not_null().unique())
                    .column(column("b", DataType::Text).default("x'\\".to_owned()))
                    .column(column("c", DataType::Integer).default(-1))
                    .column(column("d", DataType::Boolean).not_null().default(false))
                    .column(column("e", DataType::Double).default(0.5))
                    .column(column("f", DataType::TimestampTz).not_null().default_now())
                    .column(column("g", DataType::BigInt).default_sql("40 + 2")),
            ),
            (
                "keys",
                &create_table("made")
                    .column(column("a", DataType::BigInt).not_null())
                    .column(
                        column("b", DataType::BigInt).references("users", "id").on_delete(ReferentialAction::SetNull),
                    )
                    .column(column("c", DataType::BigInt))
                    .primary_key(["a"])
                    .unique(["a", "b"])
                    .unique_named("made_c", ["c"])
                    .foreign_key(
                        foreign_key(["c"], "posts", ["id"]).named("made_posts").on_update(ReferentialAction::Cascade),
                    )
                    .check("made_check", "a > 0"),
            ),
            ("two primary keys", &table().column(column("b", DataType::BigInt).primary_key())),
            ("a unique key on long text", &table().column(column("t", DataType::Text).unique())),
            ("identity that is no key", &create_table("made").column(column("id", DataType::BigInt).identity())),
            (
                "identity that no key begins with",
                &create_table("made")
                    .column(column("a", DataType::BigInt).not_null())
                    .column(column("id", DataType::BigInt).identity())
                    .primary_key(["a", "id"]),
            ),
            ("two identities", &table().column(column("n", DataType::BigInt).identity().unique())),
            (
                "identity that is unique",
                &create_table("made").column(column("n", DataType::BigInt).identity().unique()),
            ),
            (
                "identity always",
                &create_table("made").column(column("id", DataType::BigInt).identity_always().primary_key()),
            ),
            ("generated", &table().column(column("twice", DataType::BigInt).generated_as("id * 2"))),
            ("drop", &drop_table("comments")),
            ("drop if exists", &drop_table("nothing").if_exists()),
            ("drop cascade", &drop_table("users").cascade()),
            ("drop by struct", &drop_table_for::<Comment>()),
        ],
    );
    let in_schema = create_table(("app", "made")).column(column("c", DataType::Integer));
    assert_eq!(in_schema.compile(&POSTGRES).unwrap().sql, r#"create table "app"."made" ("c" integer)"#);
    // PostgreSQL prepares no definition with a type that it does not know, so this one is only compiled.
    assert_eq!(of(named()).compile(&POSTGRES).unwrap().sql, r#"create table "made" ("c" "mood")"#);
    assert!(of(named()).compile(&MYSQL).unwrap_err().is_unsupported());
}
