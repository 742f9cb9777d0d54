//! Every shape of statement that can hold a table, at least once: each place of a table, each place of an expression with
//! a query in it, and each expression that can hold one.
//!
//! Expressions are made by a match over all of them, and the fields of statements are counted (`fields.rs`), so that a new
//! node or field demands a new shape.

mod expressions;
mod fields;
mod names;
mod places;
mod writes;

use chrono::{DateTime, Utc};
use kysera::ast::*;
use kysera::table::Table as _;
use smallvec::smallvec;

/// What the shapes read and write. Row 3 and row 4 are those that a plugin hides.
#[derive(Clone, Debug, PartialEq, kysera::Table)]
#[table(name = "items")]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    pub parent_id: Option<i64>,
    #[column(type = "varchar(20)")]
    pub kind: String,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Marks of items. Rows 3, 4 and 6 are those that a plugin hides.
#[derive(Clone, Debug, PartialEq, kysera::Table)]
#[table(name = "marks")]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    pub item_id: i64,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What rows are inserted into. It begins with row 1, and with row 2 of another tenant, whose key is taken for all.
#[derive(Clone, Debug, PartialEq, kysera::Table)]
#[table(name = "copies")]
pub struct Copy {
    #[column(primary_key)]
    pub id: i64,
    pub tenant_id: Option<i64>,
    pub note: i64,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A statement, and what it is called in a failure.
pub struct Shape {
    pub name: String,
    pub statement: Statement,
}

fn shape(name: impl Into<String>, statement: impl Into<Statement>) -> Shape {
    Shape { name: name.into(), statement: statement.into() }
}

fn name_of(table: &str) -> TableName {
    match table {
        "items" => items::table::DESCRIPTION.table_name(),
        "marks" => marks::table::DESCRIPTION.table_name(),
        "copies" => copies::table::DESCRIPTION.table_name(),
        other => TableName::new(other),
    }
}

fn table(name: &str) -> TableRef {
    TableRef::Table(Table { name: name_of(name), alias: None })
}

fn aliased(name: &str, alias: &str) -> TableRef {
    TableRef::Table(Table { name: name_of(name), alias: Some(alias.into()) })
}

fn derived(query: Select, alias: &str) -> TableRef {
    TableRef::Derived(Derived { query: Query::Select(query.into()), alias: alias.into() })
}

fn column(table: &str, name: &str) -> Expr {
    Expr::Column(Column::new(Some(table.into()), name))
}

fn select(columns: impl IntoIterator<Item = Expr>, from: TableRef) -> Select {
    Select {
        columns: columns.into_iter().map(|expr| SelectItem::Expr(SelectExpr { expr, alias: None })).collect(),
        from: smallvec![from],
        ..Select::default()
    }
}

fn where_(filter: Expr, query: Select) -> Select {
    Select { filter: Some(filter), ..query }
}

fn count() -> Expr {
    Expr::Aggregate(Shared::new(Aggregate {
        name: "count".into(),
        quantifier: Quantifier::All,
        arguments: Vec::new(),
        filter: None,
        span: Span::Group,
        result: None,
    }))
}

fn max(of: Expr) -> Expr {
    Expr::Aggregate(Shared::new(Aggregate {
        name: "max".into(),
        quantifier: Quantifier::All,
        arguments: vec![of],
        filter: None,
        span: Span::Group,
        result: None,
    }))
}

/// `(select count(*) from marks)`: 3, or 6 where the hidden marks are counted.
fn marks_count() -> Expr {
    Expr::Subquery(Query::Select(select([count()], table("marks")).into()))
}

/// Whether there are as many marks as a plugin shows.
fn marks_are_right() -> Expr {
    marks_count().equals(3_i64)
}

/// Whether a query gives no 3, which is the key of a hidden item and of a hidden mark.
fn gives_no_hidden(query: Query) -> Expr {
    Expr::InQuery(Shared::new(InQuery { negated: true, value: Expr::from(3_i64), query }))
}

/// The same of the marks of an item.
fn marks_of(item: &str) -> Expr {
    let own = column("marks", "item_id").equals(column(item, "id"));
    Expr::Subquery(Query::Select(where_(own, select([count()], table("marks"))).into()))
}

fn greater(left: Expr, right: impl Into<Expr>) -> Expr {
    Expr::binary(left, BinaryOperator::Greater, right.into())
}

fn item_id() -> Expr {
    column("items", "id")
}

fn ordered(query: Select, by: Expr) -> Select {
    let by = OrderItem { expr: by, direction: Direction::Ascending, nulls: Nulls::Default };
    Select { order_by: smallvec![by], ..query }
}

fn join(kind: JoinKind, table: TableRef, on: Option<Expr>) -> Join {
    Join { kind, table, on }
}

/// `items join marks on marks.item_id = items.id ..`
fn joined(joins: impl IntoIterator<Item = Join>) -> Select {
    let joins: smallvec::SmallVec<_> = joins.into_iter().collect();
    let mut columns = vec![item_id(), column("marks", "id")];
    // A join by a key leaves out no row and adds none, so whether a row was found is seen in its columns alone.
    if joins.len() > 1 {
        columns.push(column("parent", "id"));
    }
    Select { joins, ..select(columns, table("items")) }
}

fn on_marks() -> Option<Expr> {
    Some(column("marks", "item_id").equals(item_id()))
}

fn with(name: &str, columns: &[&str], recursive: bool, statement: impl Into<Statement>) -> Cte {
    Cte {
        name: name.into(),
        columns: columns.iter().map(|it| Ident::from(*it)).collect(),
        recursive,
        statement: statement.into(),
    }
}

fn compound(operator: SetOperator, operands: impl IntoIterator<Item = Select>) -> Compound {
    Compound {
        with: Vec::new(),
        operator,
        operands: operands.into_iter().map(|it| Query::Select(it.into())).collect(),
        order_by: OrderList::new(),
        limit: None,
        offset: None,
    }
}

/// All shapes. Some name the schema in which the tables are.
pub fn shapes(schema: &str) -> Vec<Shape> {
    let number = |at: usize, expr: Expr| shape(format!("expression {at}"), select([expr], table("items")));
    let expressions = expressions::expressions().into_iter().enumerate().map(|(at, expr)| number(at, expr));
    let queries = places::places().into_iter().chain(places::conditions()).chain(names::names(schema));
    queries.chain(writes::writes()).chain(writes::upserts()).chain(expressions).collect()
}
