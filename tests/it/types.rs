//! What types and trees promise, on every server: enums with a type of their own, functions of what may be `null`,
//! names that are there twice, trees that are too deep.

use kysera::Value;
use kysera::ast::{self, Shared, Visit, VisitMut};
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::expr::{Expr, call, case, exists, ident, not, value};
use kysera::prelude::*;
use kysera::schema::{column, create_table, create_table_for};
use kysera::types::SqlType;
use kysera::value::Kind;

use crate::support::schema::{Post, User, posts, users};
use crate::support::{Server, on_all, reading};

/// An enum of PostgreSQL; elsewhere its column is text.
#[derive(Clone, Copy, Debug, PartialEq, kysera::SqlType)]
#[sql(type_name = "mood")]
enum Mood {
    Happy,
    Sad,
}

/// Text of the same type, by another Rust type.
#[derive(Clone, Debug, PartialEq, kysera::SqlType)]
#[sql(type_name = "mood")]
struct AnyMood(String);

/// A number of a type with a name: what is no text stays what it is.
#[derive(Clone, Copy, Debug, PartialEq, kysera::SqlType)]
#[sql(type_name = "age")]
struct Age(i32);

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "people")]
struct Person {
    #[column(primary_key)]
    id: i64,
    name: String,
    mood: Mood,
    old_mood: Option<Mood>,
}

fn person(id: i64, name: &str, mood: Mood) -> NewPerson {
    NewPerson { old_mood: None, ..NewPerson::new(id, name, mood) }
}

async fn create_people(server: Server, db: &Db) {
    if server.spec().name == "PostgreSQL" {
        sql!("create type mood as enum ('happy', 'sad')").execute(db).await.unwrap();
        create_table_for::<Person>().execute(db).await.unwrap();
    } else {
        let people = create_table("people")
            .column(column("id", ast::DataType::BigInt).primary_key())
            .column(column("name", ast::DataType::Varchar(20)).not_null())
            .column(column("mood", ast::DataType::Varchar(20)).not_null())
            .column(column("old_mood", ast::DataType::Varchar(20)));
        people.execute(db).await.unwrap();
    }
    let rows = [person(1, "happy", Mood::Happy), person(2, "Bob", Mood::Sad)];
    insert_into(people::table).values(rows).execute(db).await.unwrap();
}

#[test]
fn enums_are_of_their_type_wherever_they_stand() {
    on_all(async |fresh| {
        let (server, db) = (fresh.server, &fresh.db);
        create_people(server, db).await;
        let all = select_from(people::table).order_by(people::id);
        let opposite = || case::<Mood>().when(people::mood.eq(Mood::Happy), Mood::Sad).otherwise(Mood::Happy);

        update(people::table)
            .set(people::old_mood.to(case::<Mood>().when(people::id.eq(1), Mood::Sad).end()))
            .filter(people::id.gt(0))
            .execute(db)
            .await
            .unwrap();
        let moods = all.clone().select((people::mood, people::old_mood)).fetch_all(db).await.unwrap();
        assert_eq!(moods, [(Mood::Happy, Some(Mood::Sad)), (Mood::Sad, None)]);

        let unequal = all.clone().filter(people::mood.eq(opposite())).fetch_all(db).await.unwrap();
        assert_eq!(unequal, []);
        let opposites = all.clone().select(opposite()).fetch_all(db).await.unwrap();
        assert_eq!(opposites, [Mood::Sad, Mood::Happy]);

        insert_into(people::table)
            .from_select(
                (people::id, people::name, people::mood),
                select_from(people::table).filter(people::id.eq(1)).select((
                    people::id + 2,
                    people::name,
                    value(Mood::Sad),
                )),
            )
            .execute(db)
            .await
            .unwrap();
        let united = select_from(people::table)
            .filter(people::id.eq(3))
            .select(people::mood)
            .union_all(select_from(people::table).filter(people::id.eq(3)).select(value(Mood::Happy)))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(united, [Mood::Sad, Mood::Happy]);

        let raw = all.clone().filter(sql!("{} = {}", people::mood, Mood::Sad)).select(people::id);
        assert_eq!(raw.fetch_all(db).await.unwrap(), [2, 3]);

        // The same letters are two values where they are of two types.
        let both =
            select_from(people::table).distinct().filter(people::mood.eq(Mood::Happy).and(people::name.eq("happy")));
        assert_eq!(both.select(people::id).fetch_all(db).await.unwrap(), [1]);

        let moods = all.clone().filter(people::mood.in_([Mood::Sad])).select(people::old_mood.coalesce(Mood::Happy));
        assert_eq!(moods.fetch_all(db).await.unwrap(), [Mood::Happy, Mood::Happy]);
        let same = all.clone().filter(people::old_mood.is_not_distinct_from(None::<Mood>)).select(people::id);
        assert_eq!(same.fetch_all(db).await.unwrap(), [2, 3]);
        let any = all.select((people::id, value(Some(AnyMood("sad".into()))), value(None::<Mood>)));
        let any = any.limit(1).fetch_one(db).await.unwrap();
        assert_eq!(any, (1, Some(AnyMood("sad".into())), None));
    });
}

#[test]
fn a_named_type_is_known_to_its_values() {
    let happy = Mood::Happy.into_value();
    assert_eq!(Mood::KIND, happy.kind());
    assert!(matches!(happy.kind(), Kind::Named(ast::DataType::Named(name)) if name.as_str() == "mood"));
    assert_eq!((happy.kind().to_string(), format!("{happy:?}")), ("text".into(), "<text>".into()));
    assert_eq!(Mood::from_value(happy.clone()), Ok(Mood::Happy));
    assert_eq!(Mood::from_value("sad".into()), Ok(Mood::Sad));
    assert_eq!(happy, AnyMood("happy".into()).into_value());
    assert_ne!(happy, Value::from("happy"));
    assert_eq!(AnyMood::from_value(happy), Ok(AnyMood("happy".into())));
    assert_eq!((Age(7).into_value(), Age::KIND), (Value::I32(7), Kind::I32));
    assert!(matches!(Age::DATA_TYPE, ast::DataType::Named(name) if name.as_str() == "age"));

    let query = select_from(people::table).select(value(Mood::Sad));
    let sql = |spec| query.compile(spec).unwrap().sql;
    assert_eq!(sql(&POSTGRES), r#"select cast($1 as "mood") from "people""#);
    assert_eq!(sql(&SQLITE), r#"select ?1 from "people""#);
    assert_eq!((sql(&MYSQL), sql(&MARIADB)), ("select ? from `people`".into(), "select ? from `people`".into()));
    assert_eq!(query.debug_sql(&SQLITE), r#"select 'sad' from "people""#);
}

#[test]
fn a_function_of_what_is_missing_is_null() {
    reading(async |_, db| {
        let q = select_from(users::table)
            .left_join(posts::table, posts::user_id.eq(users::id))
            .filter(users::id.eq(3))
            .select((
                call::<String, _>("lower", (posts::title,)),
                call::<String, _>("lower", (users::name,)),
                call::<i32, _>("abs", (users::age,)),
                call::<String, _>("lower", (posts::title,)).coalesce("none"),
            ));
        let row: (Option<String>, String, Option<i32>, String) = q.fetch_one(db).await.unwrap();
        assert_eq!(row, (None, "cid".into(), None, "none".into()));
    });
}

#[test]
fn a_function_has_up_to_sixteen_arguments() {
    reading(async |_, db| {
        let of = |text: &'static str| value(text.to_owned());
        let a = users::name;
        let all = (a, a, a, a, a, a, a, a, a, a, a, a, a, a, of("!"), of("?"));
        let q = select_from(users::table).filter(users::id.eq(1)).select(call::<String, _>("concat", all));
        match q.fetch_one(db).await {
            Ok(text) => assert_eq!(text, format!("{}!?", "Ann".repeat(14))),
            // SQLite has it since 3.44.
            Err(error) => assert!(error.to_string().contains("concat"), "{error}"),
        }
    });
}

#[test]
fn rows_of_sql_and_of_returning_are_read_by_name() {
    reading(async |_, db| {
        let users =
            sql!("select * from {} where id = {}", ident("users"), 1_i64).fetch_all_as::<User>(db).await.unwrap();
        assert_eq!(users.len(), 1);
        let posts = select_from(posts::table).filter(posts::id.eq(1)).fetch_all_as::<Post>(db).await.unwrap();
        assert_eq!(posts.len(), 1);
    });
}

#[test]
fn a_name_of_several_columns_is_none_of_them() {
    #[derive(Debug, FromRow)]
    struct Id {
        id: i64,
    }
    #[derive(Debug, FromRow)]
    struct Maybe {
        #[row(default)]
        id: i64,
    }
    reading(async |_, db| {
        let both = select_from(users::table).inner_join(posts::table, posts::user_id.eq(users::id));
        let q = both.clone().select((users::id, posts::id));
        for error in [
            q.clone().fetch_all_as::<Id>(db).await.map(|rows| rows[0].id).unwrap_err(),
            q.fetch_all_as::<Maybe>(db).await.map(|rows| rows[0].id).unwrap_err(),
        ] {
            assert!(error.is_decode());
            let words = "the result has several columns `id`; give each a name of its own by `alias`";
            assert_eq!(error.to_string(), words);
        }
        // Two that nobody asks for are nobody's trouble.
        let q = both.select((users::name.alias("x"), posts::title.alias("x"), posts::id));
        assert!(!q.fetch_all_as::<Id>(db).await.unwrap().is_empty());
    });
}

#[test]
fn braces_are_doubled() {
    let q = sql!("select '{{}}', '}}{{', {{{}}}, {} {{", 1, 2).statement();
    let compiled = dialect::compile(&q, &SQLITE).unwrap();
    assert_eq!(compiled.sql, "select '{}', '}{', {?1}, ?2 {");
    reading(async |server, db| {
        if server.spec().name == "PostgreSQL" {
            let same = select_from(users::table).filter(sql!("'{{}}'::jsonb = {}", serde_json::json!({})));
            assert_eq!(same.fetch_all(db).await.unwrap().len(), 3);
        }
    });
}

#[test]
fn two_tables_of_one_name_are_refused() {
    alias!(posts = users);
    let twice = select_from(posts::table).cross_join(posts).select(posts::id);
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        let error = twice.compile(spec).unwrap_err();
        assert!(error.is_invalid());
        assert!(error.to_string().contains("two tables of a query are named `posts`; give one"), "{error}");
    }
    reading(async |_, db| {
        alias!(manager = users);
        let pairs = select_from(users::table).cross_join(manager).select((users::id, manager.id));
        assert_eq!(pairs.fetch_all(db).await.unwrap().len(), 9);
    });
}

/// How deep a tree of the tests is.
const DEEP: usize = 100_000;

type Condition = Expr<Option<bool>, kysera::expr::Of<users::table>>;

/// Trees that nest a hundred thousand deep, each by another node.
fn deep() -> Vec<(&'static str, ast::Expr)> {
    let column = || ast::Expr::Column(ast::Column::new(None, "id"));
    let nest = |around: &dyn Fn(ast::Expr) -> ast::Expr| (0..DEEP).fold(column(), |inner, _| around(inner));
    let select = |filter| {
        let mut statement = select_from(users::table).to_statement();
        let ast::Statement::Select(select) = &mut statement else { unreachable!() };
        select.filter = Some(filter);
        ast::Query::Select(select.clone())
    };
    vec![
        ("binary", nest(&|left| ast::Expr::binary(left, ast::BinaryOperator::Add, column()))),
        ("call", nest(&|it| ast::Expr::call("abs", vec![column(), it]))),
        ("or", nest(&|it| ast::Expr::Or(Shared::new([it].into_iter().collect())))),
        ("case", {
            nest(&|it| {
                let whens = vec![ast::When { condition: it, value: column() }];
                ast::Expr::Case(Shared::new(ast::Case { whens, otherwise: None }))
            })
        }),
        ("subquery", nest(&|it| ast::Expr::Subquery(select(it)))),
        ("exists", nest(&|it| ast::Expr::Exists(Shared::new(ast::Exists { negated: false, query: select(it) })))),
    ]
}

/// What a plugin might be that looks at all, and changes all.
struct Walk;
impl Visit for Walk {}
impl VisitMut for Walk {}

fn use_up(name: &str, expr: ast::Expr) {
    use kysera::ast::Node;

    let mut statement = select_from(users::table).to_statement();
    let ast::Statement::Select(select) = &mut statement else { unreachable!() };
    select.filter = Some(expr);
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        assert!(dialect::compile(&statement, spec).unwrap_err().is_invalid(), "{name}");
    }
    assert!(statement.accept(&mut Walk).unwrap_err().is_invalid(), "{name}");
    let mut copy = statement.clone();
    assert!(copy == statement, "{name}");
    assert!(copy.accept_mut(&mut Walk).unwrap_err().is_invalid(), "{name}");
    assert!(format!("{statement:?}").contains(".."), "{name}");
    drop(copy);
    drop(statement);
}

#[test]
fn a_tree_that_is_too_deep_is_an_error_and_no_abort() {
    // The stack of a worker of tokio.
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(|| {
        for (name, expr) in deep() {
            use_up(name, expr);
        }
        let [(_, one), ..] = &deep()[..] else { unreachable!() };
        let [(_, other), ..] = &deep()[..] else { unreachable!() };
        assert!(one == one && one != other, "equal ends are too far down to be seen");
        let mut condition: Condition = users::id.eq(1).on(users::table);
        for _ in 0..DEEP {
            condition = not(condition).on(users::table);
        }
        let statement = select_from(users::table).filter(condition.clone()).to_statement();
        assert!(dialect::compile(&statement, &SQLITE).unwrap_err().to_string().contains("levels deep"));
        drop((condition, statement));
        let query =
            (0..DEEP).fold(select_from(users::table), |query, _| select_from(users::table).filter(exists(query)));
        assert!(query.compile(&SQLITE).unwrap_err().to_string().contains("levels deep"));
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn a_tree_that_is_not_too_deep_is_whole() {
    let deepest = (0..190).fold(users::id.eq(1).on(users::table), |condition, _| not(condition).on(users::table));
    let again = (0..190).fold(users::id.eq(1).on(users::table), |condition, _| not(condition).on(users::table));
    let [one, other] = [deepest, again].map(|it| select_from(users::table).filter(it).to_statement());
    assert_eq!(one, other);
    assert!(dialect::compile(&one, &SQLITE).is_ok());
}
