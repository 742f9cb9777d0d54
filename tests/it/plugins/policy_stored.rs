//! What a column stores, and what a server compares it with, is what was checked.

use kysera::plugin::{Command, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::value::Text;
use kysera::{Db, Executor, Value, ast};

use super::policies::{open, reason};
use super::tenants::{docs, two};
use crate::support::servers::{Fresh, Server};
use crate::support::{on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "articles")]
struct Article {
    #[column(primary_key)]
    id: i64,
    #[column(type = "varchar(9)")]
    status: String,
    #[column(type = "integer")]
    amount: i32,
    note: Option<String>,
}

fn set(column: &'static str, value: impl Into<ast::Expr>) -> ast::Statement {
    let mut statement = update(articles::table).set(articles::id.to(1)).all_rows().to_statement();
    let ast::Statement::Update(update) = &mut statement else { unreachable!() };
    update.assignments = vec![ast::Assignment { column: column.into(), value: value.into() }];
    statement
}

fn unless(column: &'static str, value: impl Into<Value> + Clone + Send + Sync + 'static) -> Policy {
    Policy::check("articles", [Command::Insert, Command::Update], move |articles, _| {
        let value = ast::Expr::Value(value.clone().into());
        let other = ast::BinaryOperator::IsDistinctFrom;
        Ok(ast::Expr::binary(articles.column(column), other, value))
    })
    .named(column)
}

async fn guarded(fresh: &Fresh) -> Db {
    create_table_for::<Article>().execute(&fresh.db).await.unwrap();
    let row = NewArticle { note: None, ..NewArticle::new(1, "draft", 1) };
    insert_into(articles::table).values(row).execute(&fresh.db).await.unwrap();
    let policies = [unless("status", "published"), unless("amount", 5_i64), unless("note", "bad")];
    open(fresh, RowPolicies::new().policies(policies)).await
}

async fn stored(fresh: &Fresh) -> Vec<Article> {
    select_from(articles::table).order_by(articles::id).fetch_all(&fresh.db).await.unwrap()
}

#[test]
fn a_value_that_the_column_would_change_is_not_checked_as_it_is() {
    on_all(async |fresh| {
        let db = guarded(fresh).await;
        let before = stored(fresh).await;
        let blank = || ast::Expr::from("published   ");
        let concat = ast::Expr::call("concat", vec!["published".into(), "   ".into()]);
        for (column, value) in [
            ("status", blank()),
            ("status", concat),
            ("amount", ast::Expr::Value(Value::F64(4.9))),
            ("amount", ast::Expr::Value(Value::Text(Text::from("5")))),
            ("amount", ast::Expr::Value(Value::Decimal(Text::from("5.2")))),
        ] {
            let why = reason(db.execute(set(column, value).into()).await);
            assert!(why.contains("may store another value than it is given"), "{why}");
        }
        let row = |status: &str| NewArticle { note: None, ..NewArticle::new(2, status, 1) };
        let inserted = insert_into(articles::table).values(row("published   ")).execute(&db).await;
        assert!(reason(inserted).contains("may store another value"));
        assert_eq!(stored(fresh).await, before);
        // What it stores as it is can be checked, by its value or by the server.
        for (column, value) in [
            ("status", ast::Expr::from("other")),
            ("status", ast::Expr::Column(ast::Column::new(None, "status"))),
            ("amount", ast::Expr::from(7_i64)),
            ("note", ast::Expr::call("concat", vec!["a".into(), "b".into()])),
        ] {
            if column == "note" && fresh.server.spec().text_as_place {
                continue;
            }
            assert_eq!(db.execute(set(column, value).into()).await.unwrap().rows_affected, 1, "{column}");
        }
        let add = update(articles::table).set(articles::amount.to(articles::amount + 1)).all_rows();
        assert_eq!(add.execute(&db).await.unwrap().rows_affected, 1);
    });
}

#[test]
fn what_may_be_another_value_the_second_time_is_not_checked() {
    on_all(async |fresh| {
        create_table_for::<Article>().execute(&fresh.db).await.unwrap();
        let row = NewArticle { note: Some("good".into()), ..NewArticle::new(1, "draft", 1) };
        insert_into(articles::table).values(row).execute(&fresh.db).await.unwrap();
        // A program that knows what a function does may have it called. It is checked as any other.
        let policies = RowPolicies::new().policies([unless("note", "bad")]).allow_function("next_word");
        let db = open(fresh, policies).await;
        let next_word = || ast::Expr::call("next_word", Vec::new());
        for value in [
            next_word(),
            ast::Expr::call("lower", vec![next_word()]),
            ast::Expr::call("replace", vec!["bxd".into(), "x".into(), "a".into()]),
        ] {
            let upsert = insert_into(articles::table).values(NewArticle::new(1, "draft", 1));
            let upsert = upsert.on_conflict(articles::id).do_update(articles::note.to("good"));
            let mut upsert = upsert.to_statement();
            let ast::Statement::Insert(insert) = &mut upsert else { unreachable!() };
            let Some(ast::Conflict { action: ast::ConflictAction::Update { assignments, .. }, .. }) =
                &mut insert.conflict
            else {
                unreachable!()
            };
            assignments[0].value = value.clone();
            for statement in [set("note", value), upsert] {
                let why = reason(db.execute(statement.into()).await);
                assert!(why.contains("`note` cannot be checked before the row is written"), "{why}");
            }
        }
        let certain = ast::Expr::call("lower", vec!["BAD".into()]);
        if !fresh.server.spec().text_as_place {
            assert_eq!(db.execute(set("note", certain).into()).await.unwrap().rows_affected, 0, "the server says so");
        }
        assert_eq!(stored(fresh).await[0].note.as_deref(), Some("good"));
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "prices")]
struct Price {
    #[column(primary_key)]
    id: i64,
    #[column(type = "decimal(10, 2)")]
    amount: i64,
}

#[test]
fn a_decimal_is_checked_where_it_has_no_more_digits_than_the_column() {
    on_all(async |fresh| {
        create_table_for::<Price>().execute(&fresh.db).await.unwrap();
        let insert = "insert into prices (id, amount) values (1, 200)";
        fresh.db.batch_unchecked(insert).await.unwrap();
        let check = Policy::check("prices", [Command::Update], |prices, _| {
            let least = ast::Expr::Value(Value::Decimal(Text::from("100")));
            Ok(ast::Expr::binary(prices.column("amount"), ast::BinaryOperator::Greater, least))
        });
        let db = open(fresh, RowPolicies::new().policy(check)).await;
        let set = |amount: &str| {
            let mut statement = update(prices::table).set(prices::id.to(1)).all_rows().to_statement();
            let ast::Statement::Update(update) = &mut statement else { unreachable!() };
            let value = ast::Expr::Value(Value::Decimal(Text::from(amount)));
            update.assignments = vec![ast::Assignment { column: "amount".into(), value }];
            statement
        };
        assert!(reason(db.execute(set("100.004").into()).await).contains("may store another value"));
        assert_eq!(db.execute(set("100.01").into()).await.unwrap().rows_affected, 1);
    });
}

#[test]
fn what_is_left_out_is_said_where_it_was_checked() {
    on_all(async |fresh| {
        let default = "create table articles (id bigint primary key, status varchar(9) not null, \
                       amount integer not null, note varchar(20) default 'bad')";
        fresh.db.batch_unchecked(default).await.unwrap();
        let db = open(fresh, RowPolicies::new().policy(unless("note", "bad"))).await;
        let columns = (articles::id, articles::status, articles::amount);
        insert_into(articles::table).from_rows(columns, [(1_i64, "a", 1), (2, "b", 2)]).execute(&db).await.unwrap();
        let notes = select_from(articles::table).select(articles::note).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(notes, [None, None]);
        alias!(source = articles);
        let copied = select_from(source).select((source.id + 10, source.status, source.amount));
        insert_into(articles::table).from_select(columns, copied).execute(&db).await.unwrap();
        let notes = select_from(articles::table).select(articles::note).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(notes, [None, None, None, None]);
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "letters")]
struct Letter {
    #[column(primary_key)]
    id: i64,
    #[column(type = "varchar(20)")]
    org: String,
    #[column(type = "varchar(20)")]
    other: Option<String>,
}

struct Org(Value);

fn of_org() -> RowPolicies {
    RowPolicies::new().tenant("org", |org: &Org| org.0.clone())
}

#[test]
fn tenants_whose_names_a_server_takes_for_one_are_two() {
    on_all(async |fresh| {
        create_table_for::<Letter>().execute(&fresh.db).await.unwrap();
        let db = open(fresh, of_org()).await;
        let as_org = |org: &str| db.with(Org(org.into()));
        let ann = as_org("ann");
        insert_into(letters::table).set(letters::id.to(1)).execute(&ann).await.unwrap();
        insert_into(letters::table).set(letters::id.to(2)).execute(&as_org("stra\u{df}e")).await.unwrap();
        insert_into(letters::table).set(letters::id.to(3)).execute(&as_org("\u{1f600}")).await.unwrap();
        for other in ["ANN", "\u{e1}nn", "ann ", "ann\u{200b}", "ann\u{ad}", "\u{ff41}nn", "strasse", "\u{1f4a9}"] {
            let other = as_org(other);
            assert!(select_from(letters::table).fetch_all(&other).await.unwrap().is_empty());
            assert_eq!(delete_from(letters::table).all_rows().execute(&other).await.unwrap().rows_affected, 0);
            let changed = update(letters::table).set(letters::id.to(9)).all_rows().execute(&other).await.unwrap();
            assert_eq!(changed.rows_affected, 0);
        }
        assert_eq!(select_from(letters::table).select(letters::id).fetch_all(&ann).await.unwrap(), [1]);
        // The spaces that would be cut off are those of another tenant.
        let long = as_org("ann                         ");
        assert!(reason(select_from(letters::table).fetch_all(&long).await).contains("is not of the type"));
    });
}

/// `letters`, whose `org` is text of this kind.
async fn letters_of(fresh: &Fresh, kind: &str) {
    let columns = format!("id bigint primary key, org varchar(20) {kind} not null, other varchar(20)");
    let create = format!("create table letters ({columns})");
    fresh.db.batch_unchecked(&create).await.unwrap();
}

#[test]
fn a_tenant_has_its_rows_in_any_character_set() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        for set in ["latin1", "utf16", "utf8mb3", "utf8mb4 collate utf8mb4_bin"] {
            letters_of(fresh, &format!("character set {set}")).await;
            let db = open(fresh, of_org()).await;
            for (id, org) in [(1, "andr\u{e9}"), (2, "ANDR\u{e9}"), (3, "andre")] {
                let own = db.with(Org(org.into()));
                insert_into(letters::table).set(letters::id.to(id)).execute(&own).await.unwrap();
                let ids = select_from(letters::table).select(letters::id).fetch_all(&own).await.unwrap();
                assert_eq!(ids, [id], "{org} in {set}");
            }
            fresh.db.batch_unchecked("drop table letters").await.unwrap();
        }
    });
}

#[test]
fn what_is_set_is_compared_as_its_column() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        letters_of(fresh, "character set utf8mb4 collate utf8mb4_bin").await;
        let row = NewLetter { other: Some("ANN".into()), ..NewLetter::new(1, "ann") };
        insert_into(letters::table).values(row).execute(&fresh.db).await.unwrap();
        let own = Policy::filter("letters", |letters, _| Ok(letters.column("org").equals("ann")));
        let db = open(fresh, RowPolicies::new().policy(own)).await;
        let set = |org: ast::Expr| {
            let mut statement = update(letters::table).set(letters::id.to(1)).all_rows().to_statement();
            let ast::Statement::Update(update) = &mut statement else { unreachable!() };
            update.assignments = vec![ast::Assignment { column: "org".into(), value: org }];
            statement
        };
        // To the connection they are the same, and to the column another's.
        let other = ast::Expr::Column(ast::Column::new(Some("letters".into()), "other"));
        for org in ["ANN".into(), "\u{e1}nn".into(), other] {
            assert_eq!(db.execute(set(org).into()).await.unwrap().rows_affected, 0);
        }
        let orgs = select_from(letters::table).select(letters::org).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(orgs, ["ann"]);
        // And the other way round: what the connection takes for what is kept out is let pass by the column.
        let check = RowPolicies::new().policy(Policy::check("letters", [Command::Update], |letters, _| {
            Ok(!letters.column("org").equals("root"))
        }));
        let db = open(fresh, check).await;
        assert_eq!(db.execute(set("ROOT".into()).into()).await.unwrap().rows_affected, 1);
    });
}

#[test]
fn letters_that_a_language_takes_for_one_are_not_told_apart() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        for (language, kept_out, same) in
            [("lithuanian", "citi", "city"), ("lithuanian", "cart", "chart"), ("roman", "juli", "ivlj")]
        {
            letters_of(fresh, &format!("character set utf8mb4 collate utf8mb4_{language}_ci")).await;
            insert_into(letters::table).values(NewLetter::new(1, "ann")).execute(&fresh.db).await.unwrap();
            let check =
                Policy::check("letters", [Command::All], move |letters, _| Ok(!letters.column("org").equals(kept_out)));
            let db = open(fresh, RowPolicies::new().policy(check)).await;
            let set = |org: &'static str| update(letters::table).set(letters::org.to(org)).all_rows();
            assert_eq!(set(same).execute(&db).await.unwrap().rows_affected, 0, "{same}");
            let inserted = insert_into(letters::table).values(NewLetter::new(2, same)).execute(&db).await;
            assert!(reason(inserted).contains("cannot be checked"), "{same}");
            assert_eq!(set("bea").execute(&db).await.unwrap().rows_affected, 1);
            insert_into(letters::table).values(NewLetter::new(2, "dora")).execute(&db).await.unwrap();
            fresh.db.batch_unchecked("drop table letters").await.unwrap();
        }
    });
}

#[test]
fn a_value_of_another_type_than_the_column_is_no_tenant() {
    on_all(async |fresh| {
        create_table_for::<Letter>().execute(&fresh.db).await.unwrap();
        let (_, all) = two(fresh).await;
        insert_into(letters::table).values(NewLetter::new(1, "ann")).execute(&all).await.unwrap();
        let of_ids = RowPolicies::new().tenant("tenant_id", |org: &Org| org.0.clone());
        for (policies, wrong) in [(of_org(), Value::I64(0)), (of_ids, "1abc".into())] {
            let db = open(fresh, policies).await.with(Org(wrong));
            let (letters, docs) = (select_from(letters::table), select_from(docs::table));
            let why = reason(letters.fetch_all(&db).await) + &reason(docs.fetch_all(&db).await);
            assert!(why.contains("is not of the type that the column"), "{why}");
        }
    });
}

mod slim {
    use kysera::prelude::*;

    /// `articles`, without what its column is declared with.
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "articles")]
    pub struct Slim {
        #[column(primary_key)]
        pub id: i64,
        pub status: String,
    }
}

#[test]
fn every_declaration_says_what_a_column_stores() {
    on_all(async |fresh| {
        create_table_for::<Article>().execute(&fresh.db).await.unwrap();
        let policies = RowPolicies::new().policy(unless("status", "published"));
        let db = Db::builder(fresh.url.clone()).plugin(policies).table(articles::table).connect().await.unwrap();
        let published = update(slim::articles::table).set(slim::articles::status.to("published   ")).all_rows();
        assert!(reason(published.execute(&db).await).contains("may store another value"));
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "titles")]
struct Title {
    #[column(primary_key)]
    id: i64,
    #[column(type = "varchar(9)")]
    short: String,
    title: String,
}

#[test]
fn a_column_of_another_table_is_as_wide_as_it_is_declared() {
    on_all(async |fresh| {
        create_table_for::<Article>().execute(&fresh.db).await.unwrap();
        create_table_for::<Title>().execute(&fresh.db).await.unwrap();
        let row = NewArticle { note: None, ..NewArticle::new(1, "draft", 1) };
        insert_into(articles::table).values(row).execute(&fresh.db).await.unwrap();
        insert_into(titles::table).values(NewTitle::new(1, "short", "published   ")).execute(&fresh.db).await.unwrap();
        let policies = RowPolicies::new().policy(unless("status", "published")).except(["titles", "t"]);
        let db = open(fresh, policies).await;
        let from = |column: &str| {
            let q = update(articles::table).from(titles::table).set(articles::id.to(1));
            let mut statement = q.filter(titles::id.eq(articles::id)).to_statement();
            let ast::Statement::Update(update) = &mut statement else { unreachable!() };
            let value = ast::Expr::Column(ast::Column::new(Some("titles".into()), column));
            update.assignments = vec![ast::Assignment { column: "status".into(), value }];
            statement
        };
        // What the server cuts off makes it what is kept out.
        assert!(reason(db.execute(from("title").into()).await).contains("may store another value"));
        assert!(reason(db.execute(from("unknown").into()).await).contains("may store another value"));
        assert_eq!(db.execute(from("short").into()).await.unwrap().rows_affected, 1);
        let statuses = select_from(articles::table).select(articles::status).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(statuses, ["short"]);
        if fresh.server.spec().update_with {
            // A common table expression has columns of its own, whatever it is called.
            let wide = with_wide(from("short"));
            assert!(reason(db.execute(wide.into()).await).contains("may store another value"));
        }
    });
}

/// The same with a common table expression in place of `titles`, whose column `short` is its title.
fn with_wide(statement: ast::Statement) -> ast::Statement {
    let ast::Statement::Update(mut update) = statement else { unreachable!() };
    alias!(source = titles);
    let query = select_from(source).select((source.id, source.title.alias("short"))).to_statement();
    update.with = vec![ast::Cte { name: "titles".into(), columns: vec![], recursive: false, statement: query }];
    ast::Statement::Update(update)
}
