//! Schemas before the names of tables.

use kysera::ast::{self, TableName};
use kysera::dialect::{self, MYSQL, POSTGRES, SQLITE};
use kysera::plugin::{Plugin, TenantSchema, WithSchema};
use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table};
use kysera::{Db, Executor};

use super::tenants::{Country, NewCountry, countries, docs, shape, tags};
use crate::running::mock::Mock;
use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

struct Tenant(String);

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "cities")]
pub struct City {
    #[column(primary_key)]
    pub id: i64,
    #[column(references(countries::id))]
    pub country_id: i64,
}

fn mock(plugin: impl Plugin) -> Db {
    Db::with_driver(Mock::new()).plugin(plugin).build().unwrap()
}

fn sql(db: &Db, statement: impl Statement) -> String {
    statement.compile_on(db).unwrap().sql().to_owned()
}

#[test]
fn ex6_every_table_gets_it_and_nothing_else() {
    let db = mock(WithSchema::new("s").except(["COUNTRIES"]));
    alias!(other = docs);
    let q = select_from(docs::table)
        .left_join(other, other.id.eq(docs::parent_id))
        .filter(docs::id.in_(select_from(tags::table).select(tags::doc_id)))
        .select((docs::id, other.id));
    assert_eq!(
        sql(&db, q),
        r#"select "docs"."id", "other"."id" from "s"."docs" left join "s"."docs" as "other" on "other"."id" = "docs"."parent_id" where "docs"."id" in (select "tags"."doc_id" from "s"."tags")"#,
    );
    let q = with(shape::table, select_from(docs::table).select((docs::id, docs::title))).select_from(shape::table);
    assert_eq!(
        sql(&db, q),
        r#"with "shape" ("id", "title") as (select "docs"."id", "docs"."title" from "s"."docs") select "shape"."id", "shape"."title" from "shape""#,
    );
    assert_eq!(sql(&db, select_from(countries::table).select(count_all())), r#"select count(*) from "countries""#);
    assert_eq!(sql(&db, drop_table("docs")), r#"drop table "s"."docs""#);
    assert_eq!(sql(&db, delete_from(docs::table).all_rows().without::<WithSchema>()), r#"delete from "docs""#);
}

#[test]
fn ex6_foreign_keys_get_it_too() {
    let sql = sql(&mock(WithSchema::new("s")), create_table_for::<City>());
    assert!(sql.contains(r#"create table "s"."cities""#) && sql.contains(r#"references "s"."countries""#), "{sql}");
}

#[test]
fn ex6_a_name_is_a_name() {
    for hostile in [r#"a"; drop table docs; --"#, "a`b", "a.b", "a'b", "ä ö", "select"] {
        let db = mock(TenantSchema::of(|tenant: &Tenant| tenant.0.clone())).with(Tenant(hostile.into()));
        let quoted = hostile.replace('"', r#""""#);
        assert_eq!(
            sql(&db, select_from(docs::table).select(docs::id)),
            format!(r#"select "docs"."id" from "{quoted}"."docs""#)
        );
        let mut statement = select_from(docs::table).select(docs::id).to_statement();
        statement.rename_tables(|table| Ok(Some((hostile, table.name().name.clone()).into()))).unwrap();
        let quoted = hostile.replace('`', "``");
        let compiled = kysera::dialect::compile(&statement, &MYSQL).unwrap().sql;
        assert_eq!(compiled, format!("select `docs`.`id` from `{quoted}`.`docs`"));
    }
    for nameless in ["", "a\0b"] {
        let db = mock(WithSchema::new(nameless));
        let error = db.compile(select_from(docs::table).to_statement()).unwrap_err();
        assert!(error.is_invalid(), "{error}");
    }
}

#[test]
fn ex6_no_tenant_no_schema() {
    let db = mock(TenantSchema::of(|tenant: &Tenant| tenant.0.clone()));
    let error = db.compile(select_from(docs::table).to_statement()).unwrap_err();
    assert!(error.is_invalid());
    let words = error.to_string();
    assert!(words.starts_with("the plugin `tenant schema` refused this select of `docs`: there is no `"), "{words}");
}

/// Two schemas of a server, named after the test's database; SQLite has but the one that each connection shares.
async fn schemas(fresh: &Fresh) -> Option<[String; 2]> {
    let [one, other] =
        ["one", "other"].map(|name| format!("{name}_{}", fresh.url.rsplit(['/', '=', 'D']).next().unwrap()));
    if fresh.server == Server::Sqlite {
        return None;
    }
    for schema in [&one, &other] {
        fresh.db.batch_unchecked(&format!("create schema {schema}")).await.unwrap();
    }
    Some([one, other])
}

#[test]
fn ex6_no_schema_but_those_of_tenants() {
    let db = mock(TenantSchema::of(|tenant: &Tenant| tenant.0.clone()).among(["acme", "globex"]));
    let ids = || select_from(docs::table).select(docs::id);
    let of = |schema: &str| ids().compile_on(&db.with(Tenant(schema.into())));
    assert_eq!(of("globex").unwrap().sql(), r#"select "docs"."id" from "globex"."docs""#);
    for other in ["Acme", "pg_catalog", "", "acme "] {
        let words = of(other).unwrap_err().to_string();
        let wanted = format!(
            "the plugin `tenant schema` refused this select of `docs`: `{other}` is none of the schemas of tenants"
        );
        assert_eq!(words, wanted);
    }
}

#[test]
fn ex6_tenants_live_in_schemas() {
    on_all(async |fresh| {
        let db = Db::builder(fresh.url.clone())
            .plugin(TenantSchema::of(|tenant: &Tenant| tenant.0.clone()))
            .connect()
            .await
            .unwrap();
        let Some(names) = schemas(fresh).await else {
            // `main` is where its tables are.
            let db = db.with(Tenant("main".into()));
            create_table_for::<Country>().execute(&db).await.unwrap();
            insert_into(countries::table).values(NewCountry::new(1, "main")).execute(&db).await.unwrap();
            assert_eq!(select_from(countries::table).fetch_all(&fresh.db).await.unwrap().len(), 1);
            return;
        };
        for name in &names {
            let db = db.with(Tenant(name.clone()));
            create_table_for::<Country>().execute(&db).await.unwrap();
            create_table_for::<City>().execute(&db).await.unwrap();
            insert_into(countries::table).values(NewCountry::new(1, name.clone())).execute(&db).await.unwrap();
            insert_into(cities::table).values(NewCity::new(1, 1)).execute(&db).await.unwrap();
        }
        for name in &names {
            let db = db.with(Tenant(name.clone()));
            let found = select_from(countries::table)
                .inner_join(cities::table, cities::country_id.eq(countries::id))
                .select(countries::name)
                .fetch_all(&db)
                .await
                .unwrap();
            assert_eq!(found, std::slice::from_ref(name));
            db.transaction(async |trx| {
                update(countries::table)
                    .set(countries::name.to("changed"))
                    .filter(countries::id.eq(1))
                    .execute(trx)
                    .await?;
                delete_from(cities::table).filter(cities::id.eq(1)).execute(trx).await
            })
            .await
            .unwrap();
        }
        for name in names {
            let db = db.with(Tenant(name.clone()));
            drop_table("cities").execute(&db).await.unwrap();
            drop_table("countries").execute(&db).await.unwrap();
            fresh.db.batch_unchecked(&format!("drop schema {name}")).await.unwrap();
        }
    });
}

/// A table that says in which schema it is.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "rates", schema = "shared")]
pub struct Rate {
    #[column(primary_key)]
    pub id: i64,
}

#[test]
fn ex6_a_tenant_stays_in_its_schema_whatever_a_query_says() {
    let plugin = || TenantSchema::of(|tenant: &Tenant| tenant.0.clone());
    let db = mock(plugin());
    let ours = db.with(Tenant("ours".into()));
    let evil = || Tenant("evil".into());
    let names = || select_from(countries::table).select(countries::name);
    let expected = r#"select "countries"."name" from "ours"."countries""#;
    assert_eq!(sql(&ours, names()), expected);
    assert_eq!(sql(&ours, names().with(evil())), expected);
    // Where the handle says nothing, the query may.
    assert_eq!(sql(&db, names().with(evil())), expected.replace("ours", "evil"));
    for refused in [
        sql!("select name from evil.countries").to_request(),
        names().filter(sql!("1=1) union select name from evil.countries where (1=1")).to_request(),
        names().filter(sql!("{} in (select name from evil.countries)", countries::name)).to_request(),
        select_from(rates::table).to_request(),
    ] {
        let error = ours.precompile(refused).unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("`tenant schema`"), "{error}");
    }
    let harmless = sql(&ours, names().filter(sql!("lower({}) = 'de'", countries::name)));
    assert_eq!(harmless, format!(r#"{expected} where lower("countries"."name") = 'de'"#));
    let open = mock(plugin().allow_text().except(["RATES"])).with(Tenant("ours".into()));
    assert_eq!(sql(&open, sql!("select 1")), "select 1");
    assert_eq!(sql(&open, select_from(rates::table)), r#"select "rates"."id" from "shared"."rates""#);
}

#[test]
fn ex6_text_does_not_leave_the_schema_of_a_tenant() {
    on_all(async |fresh| {
        create_table_for::<Country>().execute(&fresh.db).await.unwrap();
        insert_into(countries::table).values(NewCountry::new(1, "theirs")).execute(&fresh.db).await.unwrap();
        let plugin = TenantSchema::of(|tenant: &Tenant| tenant.0.clone());
        let db = Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap().with(Tenant("nowhere".into()));
        let all = || select_from(countries::table);
        assert!(db.batch("delete from countries").await.unwrap_err().is_invalid());
        assert!(sql!("delete from countries").execute(&db).await.unwrap_err().is_invalid());
        assert!(db.without_plugin("tenant schema").is_ok(), "that is the way past it");
        assert!(all().fetch_all(&db).await.unwrap_err().as_database().is_some(), "the server has no such schema");
        assert_eq!(all().fetch_all(&fresh.db).await.unwrap().len(), 1);
    });
}

#[test]
fn ex6_foreign_keys_name_no_schema_where_they_may_not() {
    on_all(async |fresh| {
        let names = schemas(fresh).await;
        let schema = names.as_ref().map_or("MAIN", |[one, _]| one.as_str());
        let db = Db::builder(fresh.url.clone()).plugin(WithSchema::new(schema.to_owned())).connect().await.unwrap();
        create_table_for::<Country>().execute(&db).await.unwrap();
        create_table_for::<City>().execute(&db).await.unwrap();
        insert_into(countries::table).values(NewCountry::new(1, "fr")).execute(&db).await.unwrap();
        insert_into(cities::table).values(NewCity::new(1, 1)).execute(&db).await.unwrap();
        let orphan = insert_into(cities::table).values(NewCity::new(2, 2)).execute(&db).await;
        assert!(orphan.unwrap_err().is_foreign_key_violation());
        drop_table("cities").execute(&db).await.unwrap();
        drop_table("countries").execute(&db).await.unwrap();
        for name in names.into_iter().flatten() {
            fresh.db.batch_unchecked(&format!("drop schema {name}")).await.unwrap();
        }
    });
    let references = |own: &'static str, other: &'static str| {
        let mut statement = create_table_for::<City>().to_statement();
        let renamed = statement.rename_tables(|table| {
            let name = table.name().name.clone();
            let schema = if name.as_str() == "cities" { own } else { other };
            Ok(Some(TableName { schema: (!schema.is_empty()).then(|| schema.into()), name }))
        });
        renamed.unwrap();
        dialect::compile(&statement, &SQLITE)
    };
    for (own, other) in [("main", "main"), ("", "main"), ("Main", "main"), ("aux", "AUX"), ("aux", ""), ("", "")] {
        let sql = references(own, other).unwrap().sql;
        assert!(sql.contains(r#" references "countries" ("id")"#), "{sql}");
    }
    for (own, other) in [("main", "aux"), ("", "aux"), ("aux", "main")] {
        let error = references(own, other).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SQLite has no foreign key to a table of another schema; keep both tables in one, or leave the key out"
        );
        assert!(error.is_unsupported());
    }
}

/// A query in each place of a definition that holds an expression, and each table that it names.
#[test]
fn definitions_are_asked_for_all_their_tables() {
    let count = |table: &str| {
        let count = ast::Expr::Raw(ast::Shared::new(ast::Raw {
            parts: [ast::RawPart::Text("count(*)".into())].into_iter().collect(),
        }));
        ast::Expr::Subquery(ast::Query::Select(ast::Shared::new(ast::Select {
            columns: [ast::SelectItem::Expr(ast::SelectExpr { expr: count, alias: None })].into_iter().collect(),
            from: [ast::TableRef::Table(ast::Table { name: table.into(), alias: None })].into_iter().collect(),
            ..ast::Select::default()
        })))
    };
    let column = |name: &'static str, default, generation| ast::ColumnDef {
        name: name.into(),
        data_type: ast::DataType::BigInt,
        nullable: true,
        default,
        generation,
    };
    let mut statement = ast::Statement::from(ast::CreateTable {
        if_not_exists: false,
        name: "made".into(),
        columns: vec![
            column("a", Some(count("of_default")), None),
            column("b", None, Some(ast::Generation::Stored(count("of_generated")))),
        ],
        constraints: vec![
            ast::TableConstraint::Check(ast::Check { name: None, condition: count("of_check").equals(0_i64) }),
            ast::TableConstraint::ForeignKey(ast::ForeignKey {
                name: None,
                columns: vec!["a".into()],
                table: "of_key".into(),
                references: vec!["id".into()],
                on_delete: ast::ReferentialAction::NoAction,
                on_update: ast::ReferentialAction::NoAction,
            }),
        ],
    });
    let mut asked = Vec::new();
    statement
        .rename_tables(|table| {
            asked.push(table.name().name.as_str().to_owned());
            Ok(Some(TableName { schema: Some("s".into()), name: table.name().name.clone() }))
        })
        .unwrap();
    assert_eq!(asked, ["made", "of_default", "of_generated", "of_check", "of_key"]);
    let shown = dialect::debug_sql(&statement, &POSTGRES).unwrap();
    for name in asked {
        assert!(shown.contains(&format!(r#""s"."{name}""#)), "{shown}");
    }
}
