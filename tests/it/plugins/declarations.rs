//! One table, declared by several structs: a struct that leaves a column out hides it from no plugin.

use std::sync::{Arc, Mutex};

use kysera::ast;
use kysera::ast::{Operation, PolicyCommand};
use kysera::plugin::{Audit, Context, Plugin, Policy, RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::running::mock::Mock;
use crate::support::on_all;

type Plain = kysera::db::Builder<Box<dyn kysera::driver::Driver>>;
type Instant = chrono::DateTime<chrono::Utc>;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "people")]
pub struct Person {
    #[column(primary_key, generated)]
    pub id: i64,
    pub name: String,
    pub tenant_id: i64,
    pub updated_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
}

/// The same table, as a part of the program sees it that wants names alone.
mod slim {
    use kysera::prelude::*;

    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "people")]
    pub struct Person {
        #[column(primary_key, generated)]
        pub id: i64,
        pub name: String,
    }
}

use slim::people as names;

#[test]
fn a_struct_without_the_column_is_filtered_and_stamped_and_deletes_softly() {
    on_all(async |fresh| {
        create_table_for::<Person>().execute(&fresh.db).await.unwrap();
        let rows = ["Ann", "Bob", "Cid"].map(|name| NewPerson::new(name, 1));
        insert_into(people::table).values(rows).execute(&fresh.db).await.unwrap();
        let builder = || Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).plugin(Timestamps::new());
        // In whichever order they are given, the table has the columns of both.
        for db in [builder().table(people::table), builder().table(people::table).table(names::table)] {
            let db = db.connect().await.unwrap();
            let live = || select_from(names::table).order_by(names::id).select(names::name);
            let first = live().fetch_all(&db).await.unwrap().remove(0);
            let only_first = names::name.eq(first.clone());
            assert_eq!(delete_from(names::table).filter(only_first).execute(&db).await.unwrap().rows_affected, 1);
            assert!(!live().fetch_all(&db).await.unwrap().contains(&first));
            let all = select_from(people::table).filter(people::name.eq(first)).fetch_all(&fresh.db).await.unwrap();
            assert!(all[0].deleted_at.is_some(), "it is still there");
        }
        let db = builder().table(people::table).connect().await.unwrap();
        update(names::table).set(names::name.to("Cyd")).all_rows().execute(&db).await.unwrap();
        let rows = select_from(people::table).order_by(people::id).fetch_all(&fresh.db).await.unwrap();
        let seen: Vec<_> =
            rows.iter().map(|it| (it.name.as_str(), it.updated_at.is_some(), it.deleted_at.is_some())).collect();
        assert_eq!(seen, [("Ann", false, true), ("Bob", false, true), ("Cyd", true, false)]);
    });
}

struct Tenant(i64);

#[test]
fn policies_find_their_column_by_any_declaration_and_refuse_where_none_has_it() {
    on_all(async |fresh| {
        create_table_for::<Person>().execute(&fresh.db).await.unwrap();
        let rows = [NewPerson::new("ours", 7), NewPerson::new("theirs", 8)];
        insert_into(people::table).values(rows).execute(&fresh.db).await.unwrap();
        let builder = || {
            let policies = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
            Db::builder(fresh.url.clone()).plugin(policies)
        };
        let names = || select_from(names::table).select(names::name);
        let db = builder().table(people::table).connect().await.unwrap().with(Tenant(7));
        assert_eq!(names().fetch_all(&db).await.unwrap(), ["ours"]);
        let db = builder().connect().await.unwrap().with(Tenant(7));
        let why = super::why(&names().fetch_all(&db).await.unwrap_err());
        assert!(why.contains("is declared without the column `tenant_id`"), "{why}");
    });
}

/// Says what is known of two columns.
struct Asks;

impl Plugin for Asks {
    fn name(&self) -> &str {
        "asks"
    }

    fn transform(&self, mut statement: ast::Statement, context: &Context<'_>) -> Result<ast::Statement> {
        statement.restrict_tables(|table| {
            assert_eq!(context.declared(table.name()).unwrap().columns.len(), 2, "the statement's own comes first");
            assert!(context.has_column(table, "name") && context.has_column(table, "deleted_at"));
            assert!(context.column(table.name(), "deleted_at").unwrap().nullable);
            assert!(!table.has_column("deleted_at") && !context.has_column(table, "nowhere"));
            Ok(None)
        })?;
        Ok(statement)
    }
}

#[test]
fn plugins_ask_for_a_column_of_all_declarations() {
    let db = Db::with_driver(Mock::new()).plugin(Asks).table(people::table).build().unwrap();
    db.compile(select_from(names::table).to_statement()).unwrap();
}

#[test]
fn rl7_who_is_refused_is_told_of() {
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&attempts);
    let policies = RowPolicies::new().tenant("tenant_id", |it: &Tenant| it.0.into()).on_refusal(move |it| {
        let who = it.context.get_from_handle::<Tenant>().map(|tenant| tenant.0);
        let table = it.table.map(|table| table.name.as_str().to_owned());
        log.lock().unwrap().push((who, it.operation, table, it.reason.to_string()));
    });
    let nobody = Db::with_driver(Mock::new()).plugin(policies).build().unwrap();
    let db = nobody.with(Tenant(7));
    db.compile(select_from(people::table).to_statement()).unwrap();
    assert!(attempts.lock().unwrap().is_empty(), "what passes is not told");
    db.compile(insert_into(people::table).values(NewPerson::new("theirs", 8)).to_statement()).unwrap_err();
    nobody.compile(delete_from(people::table).all_rows().to_statement()).unwrap_err();
    db.compile(sql!("select 1").statement()).unwrap_err();
    let attempts = attempts.lock().unwrap();
    let told: Vec<_> = attempts.iter().map(|(who, what, table, _)| (*who, *what, table.as_deref())).collect();
    assert_eq!(
        told,
        [
            (Some(7), Operation::Insert, Some("people")),
            (None, Operation::Delete, Some("people")),
            (Some(7), Operation::Text, None),
        ]
    );
    assert!(attempts[1].3.contains("to say whose rows are meant"), "{}", attempts[1].3);
}

#[test]
fn the_name_of_no_table_is_refused() {
    let build = |plugins: fn(Plain) -> Plain| plugins(Db::with_driver(Mock::new()).table(people::table)).build();
    let wrong: [(fn(Plain) -> Plain, &str); 6] = [
        (|it| it.plugin(SoftDelete::new().only(["poeple"])), "poeple"),
        (|it| it.plugin(SoftDelete::new().only(["people", "main.people"])), "main.people"),
        (|it| it.plugin(Timestamps::new().only(["Peoples"])), "peoples"),
        (|it| it.plugin(Audit::new().only(["persons"])), "persons"),
        (|it| it.plugin(RowPolicies::new().owner(["poeple"], "tenant_id", |it: &Tenant| it.0.into())), "poeple"),
        (
            |it| {
                it.plugin(RowPolicies::new().policy(Policy::deny("pepole", [PolicyCommand::Delete], |_, _| Ok(one()))))
            },
            "pepole",
        ),
    ];
    for (plugins, name) in wrong {
        let words = build(plugins).unwrap_err().to_string();
        let wanted = format!("no table that the database was given by `Builder::table` is called `{name}`");
        assert!(words.contains(&wanted), "{words}");
    }
    build(|it| it.plugin(SoftDelete::new().only(["People"])).plugin(Audit::new().only(["PEOPLE"]))).unwrap();
    // Where no tables are given, nobody knows what there is.
    Db::with_driver(Mock::new()).plugin(SoftDelete::new().only(["elsewhere"])).build().unwrap();
}

fn one() -> ast::Expr {
    ast::Expr::from(true)
}
