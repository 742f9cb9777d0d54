//! Trees that mean nothing, as a plugin may make them: every dialect refuses them, in words that say what is wrong.

use kysera::Value;
use kysera::ast::*;
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::prelude::{ExprMethods as _, insert_into, select_from, value};
use kysera::query::Statement as _;
use kysera::schema::{column, create_table, foreign_key};
use smallvec::smallvec;

use crate::support::schema::*;

const ALL: [&Spec; 4] = [&POSTGRES, &MYSQL, &MARIADB, &SQLITE];

fn ident() -> Ident {
    Ident::from("a")
}

fn one() -> Expr {
    Expr::Value(Value::I64(1))
}

/// `select <expr>`
fn selecting(expr: Expr) -> Select {
    Select { columns: vec![SelectItem::Expr(SelectExpr { expr, alias: None })].into(), ..Select::default() }
}

fn joining(kind: JoinKind, on: Option<Expr>) -> Select {
    let table = |name| TableRef::Table(Table { name: TableName::new(name), alias: None });
    Select { from: smallvec![table("a")], joins: smallvec![Join { kind, table: table("b"), on }], ..selecting(one()) }
}

fn inserting(conflict: Option<Conflict>) -> Insert {
    Insert {
        with: Vec::new(),
        into: TableName::new("a"),
        columns: vec![ident()],
        source: InsertSource::Values(Values { values: vec![InsertValue::Expr(one())] }),
        conflict,
        returning: Default::default(),
    }
}

/// Refused by these dialects, each time with these words in the message.
fn refused(statement: impl Into<Statement>, by: &[&Spec], words: &str) {
    let statement = statement.into();
    for spec in by {
        let error = dialect::compile(&statement, spec).expect_err(words);
        assert!(error.is_invalid(), "{}: {error}", spec.name);
        assert!(error.to_string().contains(words), "{}: {error}", spec.name);
    }
}

#[test]
fn queries() {
    refused(Select::default(), &ALL, "a `select` without columns");
    let without_table = Select { from: smallvec![], ..joining(JoinKind::Cross, None) };
    refused(without_table, &ALL, "a join without a table before it");
    refused(joining(JoinKind::Cross, Some(one())), &ALL, "a cross join has no condition");
    refused(joining(JoinKind::Left, None), &ALL, "a join without a condition");
    let alone = Compound {
        with: Vec::new(),
        operator: SetOperator::Union,
        operands: vec![Query::Select(Shared::new(selecting(one())))],
        order_by: OrderList::new(),
        limit: None,
        offset: None,
    };
    refused(alone, &ALL, "a set operation of fewer than two queries");
    let definition = create_table("a").column(column("a", DataType::Integer)).to_statement();
    let cte = Cte { name: ident(), columns: Vec::new(), recursive: false, statement: definition };
    refused(Select { with: vec![cte], ..selecting(one()) }, &ALL, "a definition cannot be a common table expression");
}

#[test]
fn expressions() {
    let like = Like { negated: false, left: one(), pattern: one(), escape: Some('\'') };
    refused(selecting(Expr::Like(Shared::new(like))), &ALL, "the escape character of `like` is one of ! # ~ ^");
    let case = Case { whens: Vec::new(), otherwise: Some(one()) };
    refused(selecting(Expr::Case(Shared::new(case))), &ALL, "a `case` without `when`");
    let distinct = Aggregate {
        name: Ident::from("count"),
        quantifier: Quantifier::Distinct,
        arguments: Vec::new(),
        filter: None,
        span: Span::Group,
        result: None,
    };
    refused(selecting(Expr::Aggregate(Shared::new(distinct))), &ALL, "`distinct` needs an argument");
}

#[test]
fn upserts() {
    let onto = |target, action| inserting(Some(Conflict { target, action }));
    let nothing = || ConflictAction::Update { assignments: Vec::new(), filter: None };
    refused(
        onto(ConflictTarget::Columns(Vec::new()), ConflictAction::Nothing),
        &[&POSTGRES, &SQLITE],
        "`on_conflict` without columns",
    );
    refused(onto(ConflictTarget::Any, nothing()), &[&MYSQL, &MARIADB, &SQLITE], "without assignments");
    refused(onto(ConflictTarget::Columns(vec![ident()]), nothing()), &[&POSTGRES, &SQLITE], "without assignments");
    let filtered =
        ConflictAction::Update { assignments: vec![Assignment { column: ident(), value: one() }], filter: Some(one()) };
    let filtered = Statement::from(onto(ConflictTarget::Any, filtered));
    for spec in [&MYSQL, &MARIADB] {
        let error = dialect::compile(&filtered, spec).expect_err("it has no `where` there");
        assert!(error.is_unsupported() && error.to_string().contains("`filter` on an upsert"), "{error}");
    }
}

#[test]
fn definitions() {
    let table = || create_table("a").column(column("a", DataType::Integer));
    refused(table().unique(Vec::<Ident>::new()).to_statement(), &ALL, "a key without columns");
    let pair = foreign_key(["a"], "b", ["a", "b"]);
    refused(table().foreign_key(pair).to_statement(), &ALL, "as many columns as it refers to");
    let none = foreign_key(Vec::<Ident>::new(), "b", Vec::<Ident>::new());
    refused(table().foreign_key(none).to_statement(), &ALL, "as many columns as it refers to");
}

#[test]
fn more_values_than_the_server_takes() {
    let with = |values: usize| {
        let list = vec![one(); values - 1];
        selecting(Expr::In(Shared::new(In { negated: false, value: one(), list })))
    };
    for spec in ALL {
        let most = spec.max_params;
        assert_eq!(dialect::compile(&with(most).into(), spec).expect("they fit").params.len(), most);
        refused(with(most + 1), &[spec], &format!("{} values are more than the {most}", most + 1));
    }
}

#[test]
fn two_lists_of_common_table_expressions_in_one_insert() {
    let cte = || Cte { name: ident(), columns: Vec::new(), recursive: false, statement: selecting(one()).into() };
    let query = Query::Select(Shared::new(Select { with: vec![cte()], ..selecting(one()) }));
    let insert = Insert { with: vec![cte()], source: InsertSource::Query(query), ..inserting(None) };
    let insert = Statement::from(insert);
    for spec in [&MYSQL, &MARIADB] {
        let error = dialect::compile(&insert, spec).expect_err("there is one place for both");
        assert!(error.is_unsupported() && error.to_string().contains("two `with` in one `insert`"), "{error}");
    }
    for spec in [&POSTGRES, &SQLITE] {
        let sql = dialect::compile(&insert, spec).expect("each has a place of its own").sql;
        assert_eq!(sql.matches("with").count(), 2, "{sql}");
    }
}

#[test]
fn a_statement_says_in_a_comment_what_a_dialect_cannot() {
    let returning = insert_into(users::table).values(NewUser::new("a", "b")).returning(users::id);
    assert!(returning.debug_sql(&MYSQL).starts_with("-- MySQL has no `returning` on `insert`"));
    let query = select_from(users::table).filter(users::name.eq("it's")).select(value(1_i64));
    assert_eq!(query.debug_sql(&MYSQL), "select 1 from `users` where `users`.`name` = 'it''s'");
}

/// A table that another one of the statement hides: on SQLite what is joined to the rows of a `delete` is a subquery.
#[test]
fn tables_of_one_name() {
    let named = |name: &str| TableRef::Table(Table { name: TableName::new("b"), alias: Some(name.into()) });
    let target = || Table { name: TableName::new("a"), alias: None };
    let delete = |name| Delete {
        with: Vec::new(),
        from: target(),
        using: smallvec![named(name)],
        filter: None,
        all_rows: true,
        returning: Default::default(),
    };
    let update = |name| Update {
        with: Vec::new(),
        table: target(),
        assignments: vec![Assignment { column: ident(), value: one() }],
        from: smallvec![named(name)],
        filter: None,
        all_rows: true,
        returning: Default::default(),
    };
    refused(delete("a"), &ALL, "two tables of a query are named `a`");
    refused(update("a"), &ALL, "two tables of a query are named `a`");
    refused(delete("A"), &[&SQLITE], "two tables of a query are named `A`");
    refused(update("A"), &[&SQLITE], "two tables of a query are named `A`");
    let join = Join { kind: JoinKind::Cross, table: named("A"), on: None };
    let from = smallvec![TableRef::Table(target())];
    refused(Select { from, joins: smallvec![join], ..selecting(one()) }, &[&SQLITE], "are named `A`");
    for spec in [&POSTGRES, &MYSQL, &MARIADB] {
        let compiled = dialect::compile(&delete("A").into(), spec).expect("they are two names there");
        assert!(compiled.sql.starts_with("delete"), "{}", compiled.sql);
    }
}
