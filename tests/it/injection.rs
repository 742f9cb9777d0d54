//! Hostile names and values: each comes back as it went in, or is refused before anything is sent.

use kysera::ast::{
    self, Check, ColumnDef, CreateTable, Cte, DataType, Expr, Insert, InsertSource, InsertValue, IsNull, Query, Select,
    SelectExpr, SelectItem, Shared, Statement, Table, TableConstraint, TableName, TableRef, Values,
};
use kysera::dialect;
use kysera::driver;
use kysera::executor::{Access, Request};
use kysera::prelude::{Statement as _, *};
use kysera::schema::{column, create_table, drop_table};
use kysera::types::SqlType;
use kysera::{Db, Value};

use crate::support::schema::*;
use crate::support::{Server, reading};

/// What takes a name, for the names that not every server takes.
#[derive(Clone, Copy, PartialEq)]
enum Taken {
    Everywhere,
    Nowhere,
    /// By PostgreSQL and SQLite.
    NotByMysql,
    /// By MySQL, MariaDB and SQLite.
    NotByPostgres,
    BySqlite,
}

impl Taken {
    fn by(self, server: Server) -> bool {
        let is_mysql = matches!(server, Server::Mysql9 | Server::Mariadb);
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::NotByMysql => !is_mysql,
            Self::NotByPostgres => !server.is_postgres(),
            Self::BySqlite => server == Server::Sqlite,
        }
    }
}

fn hostile_names() -> Vec<(String, Taken)> {
    let everywhere = [
        "\"",
        "`",
        "'",
        "\"\"",
        "``",
        "''",
        "[x]",
        "]",
        "\\",
        "\\\"",
        "\\'",
        "\\`",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "--",
        "-- x",
        "/*",
        "*/",
        "/*! x */",
        ";",
        "; drop table users; --",
        "\"; drop table users; --",
        "`; drop table users; --",
        "$1",
        "$$",
        "?",
        "?1",
        ":a",
        "@a",
        "@@version",
        "%",
        "%s",
        "{}",
        "#",
        "a.b",
        ".",
        "\".\"",
        "a b",
        "select",
        "table",
        "from",
        "user",
        "order",
        "null",
        "default",
        "Ünïcødé",
        "имя",
        "名前",
        "\u{202e}rtl",
        "\u{feff}",
        "e\u{301}",
        "a\u{7f}",
        "a\u{1}",
        "a\u{1b}[31m",
        "0",
        "1e5",
        "*",
        "()",
        "a=b",
        "A",
    ];
    let mut names: Vec<_> = everywhere.map(|it| (it.to_owned(), Taken::Everywhere)).into();
    names.extend([
        (String::new(), Taken::Nowhere),
        ("a\0b".into(), Taken::Nowhere),
        ("\0".into(), Taken::Nowhere),
        ("😀".into(), Taken::NotByMysql),
        ("a\u{10ffff}".into(), Taken::NotByMysql),
        (" leading".into(), Taken::NotByMysql),
        ("\u{1}".into(), Taken::NotByMysql),
        ("\u{1b}[31m".into(), Taken::NotByMysql),
        ("trailing ".into(), Taken::NotByMysql),
        (" ".into(), Taken::NotByMysql),
        ("line\n".into(), Taken::NotByMysql),
        ("tab\t".into(), Taken::NotByMysql),
        ("a".repeat(63), Taken::Everywhere),
        ("a".repeat(64), Taken::NotByPostgres),
        ("a".repeat(65), Taken::BySqlite),
        ("a".repeat(200), Taken::BySqlite),
        // 63 characters, which are 126 bytes.
        ("é".repeat(63), Taken::NotByPostgres),
        ("é".repeat(31), Taken::Everywhere),
    ]);
    names
}

fn select_item(expr: Expr, alias: Option<&str>) -> SelectItem {
    SelectItem::Expr(SelectExpr { expr, alias: alias.map(Into::into) })
}

fn column_of(table: &str, name: &str) -> Expr {
    Expr::Column(ast::Column::new(Some(table.into()), name))
}

fn from(name: &str, alias: Option<&str>) -> smallvec::SmallVec<[TableRef; 1]> {
    smallvec::smallvec![TableRef::Table(Table { name: TableName::new(name), alias: alias.map(Into::into) })]
}

/// `create table name (name integer, constraint name check (name is not null))`
fn definition(name: &str) -> Statement {
    let column =
        ColumnDef { name: name.into(), data_type: DataType::Integer, nullable: true, default: None, generation: None };
    let condition =
        Expr::IsNull(Shared::new(IsNull { negated: true, value: Expr::Column(ast::Column::new(None, name)) }));
    CreateTable {
        if_not_exists: false,
        name: TableName::new(name),
        columns: vec![column],
        constraints: vec![TableConstraint::Check(Check { name: Some(name.into()), condition })],
    }
    .into()
}

fn insertion(name: &str) -> Statement {
    Insert {
        with: Vec::new(),
        into: TableName::new(name),
        columns: vec![name.into()],
        source: InsertSource::Values(Values { values: vec![InsertValue::Expr(Expr::Value(Value::I32(7)))] }),
        conflict: None,
        returning: Default::default(),
    }
    .into()
}

/// `select name.name as name from (select name.name as name from name as name) as name`
fn selection(name: &str) -> Statement {
    let inner = Select {
        columns: vec![select_item(column_of(name, name), Some(name))].into(),
        from: from(name, Some(name)),
        ..Select::default()
    };
    let derived = ast::Derived { query: Query::Select(Shared::new(inner)), alias: name.into() };
    Select {
        columns: vec![select_item(column_of(name, name), Some(name))].into(),
        from: smallvec::smallvec![TableRef::Derived(derived)],
        ..Select::default()
    }
    .into()
}

/// `with name (name) as (select true as name) select name.name as name from name`
fn with_cte(name: &str) -> Statement {
    let yes = Expr::And(Shared::new(ast::Operands::new()));
    let query = Select { columns: vec![select_item(yes, Some(name))].into(), ..Select::default() };
    let cte = Cte { name: name.into(), columns: vec![name.into()], recursive: false, statement: query.into() };
    Select {
        with: vec![cte],
        columns: vec![select_item(column_of(name, name), Some(name))].into(),
        from: from(name, None),
        ..Select::default()
    }
    .into()
}

#[test]
fn hostile_names_come_back_or_are_refused() {
    reading(async |server, db| {
        for (name, taken) in hostile_names() {
            let statements = [definition(&name), insertion(&name), selection(&name), with_cte(&name)];
            if !taken.by(server) {
                for statement in statements {
                    let error = dialect::compile(&statement, server.spec()).expect_err(&name);
                    assert!(error.is_invalid(), "{name:?}: {error}");
                    assert!(error.to_string().contains("does not take the name"), "{name:?}: {error}");
                }
                continue;
            }
            let [definition, insertion, selection, with_cte] = statements;
            let told = |error: kysera::Error| -> Result<(), String> {
                Err(format!("{name:?}: {error}: {:?}", std::error::Error::source(&error)))
            };
            db.execute(definition.into()).await.map(drop).or_else(told).unwrap();
            let inserted = db.execute(insertion.into()).await.map(drop).or_else(told);
            let selected = db.fetch(selection.into()).await;
            // Gone before anything can fail, since the database is shared.
            db.execute(drop_table(name.as_str()).to_statement().into()).await.map(drop).or_else(told).unwrap();
            inserted.unwrap();
            let mut rows = selected.map_err(|error| told(error).unwrap_err()).unwrap();
            assert_eq!(rows.columns()[0].name, name);
            let values: Vec<_> = rows.iter_mut().map(|mut row| row.take::<i32>(&name).unwrap()).collect();
            assert_eq!(values, [7], "{name:?}");
            let mut rows = db.fetch(with_cte.into()).await.map_err(|error| told(error).unwrap_err()).unwrap();
            assert!(rows.iter_mut().next().unwrap().take::<bool>(&name).unwrap(), "{name:?}");
        }
        let left = select_from(users::table).select(count_all()).fetch_one(db).await.unwrap();
        assert_eq!(left, 3, "nobody dropped the users");
    });
}

#[test]
fn names_are_told_apart_only_by_themselves() {
    for spec in [&dialect::POSTGRES, &dialect::MYSQL, &dialect::MARIADB, &dialect::SQLITE] {
        for (name, _) in hostile_names() {
            let (Ok(selection), Ok(with_cte)) =
                (dialect::compile(&selection(&name), spec), dialect::compile(&with_cte(&name), spec))
            else {
                continue;
            };
            let quoted: String = name.chars().flat_map(|it| vec![it; if it == spec.quote { 2 } else { 1 }]).collect();
            let quoted = format!("{}{quoted}{}", spec.quote, spec.quote);
            // Nothing but the quoted name and the words of the statement.
            let rest = |sql: String| sql.replace(&quoted, "N");
            assert_eq!(rest(selection.sql), "select N.N as N from (select N.N as N from N as N) as N", "{}", spec.name);
            let expected = "with N (N) as (select true as N) select N.N as N from N";
            assert_eq!(rest(with_cte.sql), expected, "{}", spec.name);
        }
    }
}

fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = hostile_names().into_iter().map(|(name, _)| name).collect();
    texts.extend(
        [
            "' or 1=1 --",
            "\\' or 1=1 --",
            "' union select 1 --",
            "''; drop table users; --",
            "\\",
            "\\\\",
            "\\'",
            "'\\'",
            "\\0",
            "\\n",
            "\\%",
            "\\_",
            "%",
            "_",
            "!",
            "!%",
            "x'00'",
            "\\x00",
            "E'\\\\'",
            "$$;$$",
            "$tag$",
            "😀",
            "\u{10ffff}",
            "\u{fffd}\u{ffff}",
            "\u{200b}",
            "a\u{300}",
            "ﬀ",
            "İ",
            "\r\n\t\u{b}\u{c}\u{1a}\u{8}",
            "--\n1",
            "/* */",
            "trailing  ",
            "NULL",
            "null",
            "true",
            "1",
            "-1",
            "0x1F",
            "2026-11-22",
            "{\"a\":1}",
        ]
        .map(String::from),
    );
    texts.push((1..=0x24f).filter_map(char::from_u32).collect());
    texts.push("x'".repeat(5_000));
    texts
}

async fn fetch(db: &Db, sql: &str, params: &[Value]) -> kysera::Result<Vec<Value>> {
    let query = driver::Query { sql, params };
    let mut rows = db.fetch(Request::Compiled { query, access: Access::Read }).await?;
    Ok(rows.iter_mut().flat_map(|row| row.values().to_vec()).collect())
}

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

#[test]
fn hostile_texts_are_bound_as_they_are() {
    reading(async |server, db| {
        for text in hostile_texts() {
            let bytes = text.clone().into_bytes();
            let row = select_from(users::table).filter(users::id.eq(1));
            if has_nul(&text) && server.is_postgres() {
                let error =
                    row.select(value(text.clone())).fetch_one(db).await.expect_err("PostgreSQL has no NUL in text");
                assert!(error.is_encode() || error.as_database().is_some(), "{error}");
                let row = select_from(users::table).limit(1).select(value(bytes.clone()));
                assert_eq!(row.fetch_one(db).await.unwrap(), bytes);
                continue;
            }
            let q = row.select((
                value(text.clone()),
                value(bytes.clone()),
                value(text.clone()).concat("|").concat(text.as_str()),
                value(text.clone()).eq(text.as_str()),
                case::<String>().when(users::id.eq(1), text.as_str()).otherwise("never"),
            ));
            let row = q.fetch_one(db).await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!(row, (text.clone(), bytes, format!("{text}|{text}"), true, text.clone()), "{text:?}");
        }
        let all_bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        let row = select_from(users::table).limit(1).select((value(all_bytes.clone()), value(Vec::<u8>::new())));
        assert_eq!(row.fetch_one(db).await.unwrap(), (all_bytes, Vec::new()));
    });
}

#[test]
fn hostile_texts_are_written_as_literals() {
    reading(async |server, db| {
        let statement = |text: &str| -> Statement {
            let columns = vec![
                select_item(Expr::Value(Value::from(text)), None),
                select_item(Expr::Value(Value::from(text.as_bytes())), None),
                select_item(Expr::Value(Value::I32(1)), None),
            ];
            Select { columns: columns.into(), ..Select::default() }.into()
        };
        for text in hostile_texts() {
            let sql = dialect::debug_sql(&statement(&text), server.spec());
            if has_nul(&text) {
                assert!(sql.unwrap_err().is_invalid(), "{text:?}");
                continue;
            }
            let sql = sql.unwrap();
            let values = fetch(db, &sql, &[]).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
            assert_eq!(values[0], Value::from(text.as_str()), "{sql}");
            assert_eq!(values[1], Value::from(text.as_bytes()), "{sql}");
        }
        let all_bytes: Vec<u8> = (0..=255).collect();
        let columns = vec![select_item(Expr::Value(all_bytes.clone().into()), None)];
        let sql =
            dialect::debug_sql(&Select { columns: columns.into(), ..Select::default() }.into(), server.spec()).unwrap();
        assert_eq!(fetch(db, &sql, &[]).await.unwrap(), [Value::from(all_bytes)]);
    });
}

/// The literal of a value, run by the server, is the value.
async fn comes_back<V: SqlType + PartialEq + std::fmt::Debug + Clone>(server: Server, db: &Db, values: &[V]) {
    for it in values {
        let columns = vec![select_item(Expr::Value(it.clone().into_value()), None)];
        let sql =
            dialect::debug_sql(&Select { columns: columns.into(), ..Select::default() }.into(), server.spec()).unwrap();
        let found = fetch(db, &sql, &[]).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        let found = found.into_iter().next().expect("a value");
        assert_eq!(V::from_value(found).as_ref(), Ok(it), "{sql}");
    }
}

#[test]
fn literals_of_every_type_are_the_value() {
    reading(async |server, db| {
        comes_back(server, db, &samples::BOOL).await;
        comes_back(server, db, &[i16::MIN, -1, 0, i16::MAX]).await;
        comes_back(server, db, &[i32::MIN, -1, 0, i32::MAX]).await;
        comes_back(server, db, &[i64::MIN, -1, 0, i64::MAX]).await;
        comes_back(server, db, &[0.1_f32, -0.1, f32::MAX, f32::MIN_POSITIVE, 0.0]).await;
        comes_back(server, db, &[0.1_f64, -0.1, 1e300, f64::MIN_POSITIVE, 0.0, 1.0 / 3.0]).await;
        comes_back(server, db, &samples::text()).await;
        comes_back(server, db, &samples::bytes()).await;
        comes_back(server, db, &samples::uuid()).await;
        comes_back(server, db, &[None::<i32>, Some(5)]).await;
        comes_back(
            server,
            db,
            &[samples::json(), [serde_json::json!({"\\": "\\\""}), serde_json::json!(null)]].concat(),
        )
        .await;
        if server == Server::Sqlite {
            // There, a decimal without a column is a float, and dates are text.
            comes_back(server, db, &["-12.5".parse::<rust_decimal::Decimal>().unwrap()]).await;
        } else {
            comes_back(server, db, &samples::decimal()).await;
        }
        comes_back(server, db, &samples::date()).await;
        comes_back(server, db, &samples::time()).await;
        comes_back(server, db, &samples::timestamp()).await;
        comes_back(server, db, &samples::instant()).await;
        if server.is_postgres() {
            comes_back(server, db, &[vec![-1_i64, 2], vec![]]).await;
            comes_back(server, db, &[vec![Some("it's \\ \"".to_owned()), None], vec![]]).await;
        }
    });
}

#[test]
fn negative_literals_never_make_a_comment() {
    reading(async |server, db| {
        let minus =
            |operand: Expr| Expr::Unary(Shared::new(ast::Unary { operator: ast::UnaryOperator::Negate, operand }));
        let minus_one = || Expr::Value(Value::I64(-1));
        let columns = vec![
            select_item(minus(minus_one()), None),
            select_item(minus(minus(minus_one())), None),
            select_item(Expr::binary(Expr::Value(Value::I64(5)), ast::BinaryOperator::Subtract, minus_one()), None),
            select_item(Expr::binary(minus_one(), ast::BinaryOperator::Subtract, minus(minus_one())), None),
        ];
        let statement = Statement::from(Select { columns: columns.into(), ..Select::default() });
        let inlined = dialect::debug_sql(&statement, server.spec()).unwrap();
        let bound = dialect::compile(&statement, server.spec()).unwrap();
        for (sql, params) in [(inlined, vec![]), (bound.sql, bound.params)] {
            assert!(!sql.contains("--"), "{sql}");
            let values = fetch(db, &sql, &params).await.unwrap();
            let values: Vec<_> = values.into_iter().map(|it| i64::from_value(it).unwrap()).collect();
            assert_eq!(values, [1, -1, 6, -2], "{sql}");
        }
    });
}

#[test]
fn defaults_are_literals() {
    reading(async |server, db| {
        let texts: Vec<String> = hostile_texts().into_iter().filter(|it| !has_nul(it) && it.len() < 5_000).collect();
        for some in texts.chunks(40) {
            let mut table = create_table("hostile_defaults").column(column("id", DataType::Integer));
            for (at, text) in some.iter().enumerate() {
                table = table.column(column(format!("c{at}"), DataType::Text).not_null().default(text.clone()));
            }
            table.execute(db).await.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)));
            let inserted = db.execute(sql!("insert into hostile_defaults (id) values (1)").to_statement().into()).await;
            let rows = db.fetch(sql!("select * from hostile_defaults").to_statement().into()).await;
            drop_table("hostile_defaults").execute(db).await.unwrap();
            inserted.unwrap();
            let values: Vec<Value> = rows.unwrap().iter_mut().flat_map(|row| row.values()[1..].to_vec()).collect();
            let expected: Vec<_> = some.iter().map(|it| Value::from(it.as_str())).collect();
            assert_eq!(values, expected);
        }
        let error = create_table("t")
            .column(column("c", DataType::Text).default("a\0b".to_owned()))
            .execute(db)
            .await
            .unwrap_err();
        assert!(error.is_invalid(), "{error}");
        let mut table = create_table("typed_defaults").column(column("id", DataType::Integer));
        macro_rules! columns {
            ($($name:ident: $Type:ty = $it:expr;)*) => {
                $(table = table.column(column(stringify!($name), <$Type>::DATA_TYPE).not_null().default($it));)*
                table.execute(db).await.unwrap_or_else(|error| {
                    panic!("{error}: {:?}", std::error::Error::source(&error))
                });
                db.execute(sql!("insert into typed_defaults (id) values (1)").to_statement().into()).await.unwrap();
                let mut rows = db.fetch(sql!("select * from typed_defaults").to_statement().into()).await.unwrap();
                drop_table("typed_defaults").execute(db).await.unwrap();
                let mut row = rows.iter_mut().next().expect("a row");
                $(assert_eq!(row.take::<$Type>(stringify!($name)).unwrap(), $it, stringify!($name));)*
            };
        }
        columns! {
            c_bool: bool = true;
            c_small: i16 = i16::MIN;
            c_int: i32 = i32::MIN;
            c_big: i64 = i64::MIN;
            c_real: f32 = -0.1_f32;
            c_double: f64 = 1e-300_f64;
            c_bytes: Vec<u8> = samples::bytes()[0].clone();
            c_uuid: uuid::Uuid = samples::uuid()[0];
            c_date: chrono::NaiveDate = samples::date()[0];
            c_time: chrono::NaiveTime = samples::time()[1];
            c_timestamp: chrono::NaiveDateTime = samples::timestamp()[1];
            c_instant: chrono::DateTime<chrono::Utc> = samples::instant()[1];
            c_json: serde_json::Value = samples::json()[0].clone();
        }
        let _ = server;
    });
}

#[test]
fn text_is_searched_letter_by_letter() {
    let texts =
        ["100%", "1000", "a_b", "axb", "wow!", "wow", r"a\b", r"a\\b", "ab", "!%", "%", "_", "!", r"\", "[a]", "x"];
    let needles = ["%", "_", "!", r"\", "0%", "_b", "!%", "%!", r"\\", "[a]", "", "w!", "^", "a"];
    reading(async |_, db| {
        for text in texts {
            for needle in needles {
                let subject = || value(text.to_owned());
                let q = select_from(users::table).limit(1).select((
                    subject().contains(needle),
                    subject().starts_with(needle),
                    subject().ends_with(needle),
                ));
                let expected = (text.contains(needle), text.starts_with(needle), text.ends_with(needle));
                assert_eq!(q.fetch_one(db).await.unwrap(), expected, "{needle:?} in {text:?}");
            }
        }
        let q = select_from(posts::table).filter(posts::title.contains("0% of_")).select(posts::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [3]);
        let q = select_from(posts::table).filter(posts::title.like(r"100\% of\_%")).select(posts::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [3]);
        let q = select_from(posts::table).filter(posts::title.like(r"100\_%")).select(posts::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), Vec::<i64>::new());
    });
}
