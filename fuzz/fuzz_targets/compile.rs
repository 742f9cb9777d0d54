//! A tree made by chance is written as one statement with its names as they were given, or refused.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use kysera::Value;
use kysera::ast::{
    Assignment, Between, Binary, BinaryOperator, Case, Cast, Column, DataType, Delete, Direction, Exists, Expr, Ident,
    In, IsNull, Join, JoinKind, Like, Node, Nulls, OrderItem, Query, Select, RowComparison, RowOperator, RowPart, SelectExpr, SelectItem, SelectList,
    Shared, Statement, Table, TableName, TableRef, Unary, UnaryOperator, Update, Visit, When,
};
use kysera::dialect;
use kysera_fuzz::{dialects, quoted_names};
use libfuzzer_sys::fuzz_target;
use smallvec::smallvec;

/// A tree of at most so many levels.
const DEPTH: usize = 8;

#[derive(Debug)]
struct Tree(Statement);

impl<'a> Arbitrary<'a> for Tree {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(match u.int_in_range(0..=2)? {
            0 => select(u, DEPTH)?.into(),
            1 => Statement::from(Update {
                with: Vec::new(),
                table: table(u)?,
                assignments: vec![Assignment { column: ident(u)?, value: expr(u, DEPTH)? }],
                from: smallvec![],
                filter: Some(expr(u, DEPTH)?),
                all_rows: u.arbitrary()?,
                returning: items(u, DEPTH)?,
            }),
            _ => Statement::from(Delete {
                with: Vec::new(),
                from: table(u)?,
                using: smallvec![],
                filter: Some(expr(u, DEPTH)?),
                all_rows: u.arbitrary()?,
                returning: items(u, DEPTH)?,
            }),
        }))
    }
}

fn ident(u: &mut Unstructured<'_>) -> Result<Ident> {
    Ok(Ident::from(u.arbitrary::<&str>()?))
}

fn table(u: &mut Unstructured<'_>) -> Result<Table> {
    let schema = if u.arbitrary()? { Some(ident(u)?) } else { None };
    Ok(Table {
        name: TableName { schema, name: ident(u)? },
        alias: if u.arbitrary()? { Some(ident(u)?) } else { None },
    })
}

fn items(u: &mut Unstructured<'_>, depth: usize) -> Result<SelectList> {
    let mut items = SelectList::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let alias = if u.arbitrary()? { Some(ident(u)?) } else { None };
        items.push(SelectItem::Expr(SelectExpr { expr: expr(u, depth)?, alias }));
    }
    Ok(items)
}

fn some(u: &mut Unstructured<'_>, depth: usize) -> Result<Option<Expr>> {
    Ok(if u.arbitrary()? { Some(expr(u, depth)?) } else { None })
}

fn select(u: &mut Unstructured<'_>, depth: usize) -> Result<Query> {
    let mut joins = Vec::new();
    for _ in 0..u.int_in_range(0..=2)? {
        let kind = *u.choose(&[JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full])?;
        joins.push(Join { kind, table: TableRef::Table(table(u)?), on: Some(expr(u, depth)?) });
    }
    let mut order_by = Vec::new();
    if u.arbitrary()? {
        let nulls = *u.choose(&[Nulls::Default, Nulls::First, Nulls::Last])?;
        order_by.push(OrderItem { expr: expr(u, depth)?, direction: Direction::Descending, nulls });
    }
    Ok(Query::Select(Shared::new(Select {
        columns: items(u, depth)?,
        from: smallvec![TableRef::Table(table(u)?)],
        joins: joins.into(),
        filter: some(u, depth)?,
        group_by: some(u, depth)?.into_iter().collect(),
        having: some(u, depth)?,
        order_by: order_by.into(),
        limit: some(u, depth)?,
        offset: some(u, depth)?,
        ..Select::default()
    })))
}

fn expr(u: &mut Unstructured<'_>, depth: usize) -> Result<Expr> {
    let Some(depth) = depth.checked_sub(1).filter(|_| !u.is_empty()) else {
        return Ok(Expr::Value(Value::I64(u.arbitrary()?)));
    };
    let next = |u: &mut Unstructured<'_>| expr(u, depth);
    Ok(match u.int_in_range(0..=15)? {
        0 | 1 => Expr::Column(Column::new(Some(ident(u)?), ident(u)?)),
        2 => Expr::Value(Value::from(u.arbitrary::<&str>()?)),
        3 => Expr::And(Shared::new([next(u)?, next(u)?].into_iter().collect())),
        4 => Expr::Or(Shared::new([next(u)?, next(u)?, next(u)?].into_iter().collect())),
        5 => {
            let operator = *u.choose(&[UnaryOperator::Not, UnaryOperator::Negate])?;
            Expr::Unary(Shared::new(Unary { operator, operand: next(u)? }))
        }
        6 | 7 => {
            let operator = *u.choose(&[
                BinaryOperator::Equal,
                BinaryOperator::IsDistinctFrom,
                BinaryOperator::Subtract,
                BinaryOperator::DivideInteger,
                BinaryOperator::Remainder,
                BinaryOperator::Concat,
            ])?;
            Expr::Binary(Shared::new(Binary { left: next(u)?, operator, right: next(u)? }))
        }
        8 => Expr::Like(Shared::new(Like {
            negated: u.arbitrary()?,
            left: next(u)?,
            pattern: next(u)?,
            escape: u.arbitrary()?,
        })),
        9 => Expr::Between(Shared::new(Between {
            negated: u.arbitrary()?,
            value: next(u)?,
            low: next(u)?,
            high: next(u)?,
        })),
        10 => Expr::In(Shared::new(In { negated: u.arbitrary()?, value: next(u)?, list: vec![next(u)?, next(u)?] })),
        11 => Expr::Exists(Shared::new(Exists { negated: u.arbitrary()?, query: select(u, depth)? })),
        12 => Expr::IsNull(Shared::new(IsNull { negated: u.arbitrary()?, value: next(u)? })),
        13 => Expr::Case(Shared::new(Case {
            whens: vec![When { condition: next(u)?, value: next(u)? }],
            otherwise: some(u, depth)?,
        })),
        14 => Expr::Rows(Shared::new(RowComparison {
            operator: *u.choose(&[RowOperator::Less, RowOperator::GreaterOrEqual])?,
            parts: vec![
                RowPart { left: next(u)?, right: next(u)? },
                RowPart { left: next(u)?, right: next(u)? },
            ],
        })),
        _ => Expr::Cast(Shared::new(Cast { value: next(u)?, data_type: DataType::BigInt })),
    })
}

/// All names of a tree.
#[derive(Default)]
struct Names(Vec<String>);

impl Visit for Names {
    fn visit_ident(&mut self, node: &Ident) -> kysera::Result<()> {
        self.0.push(node.as_str().to_owned());
        Ok(())
    }
}

fuzz_target!(|tree: Tree| {
    let Tree(statement) = tree;
    let mut names = Names::default();
    statement.accept(&mut names).expect("a visitor without errors");
    names.0.sort_unstable();
    for (spec, dialect) in dialects() {
        let Ok(compiled) = dialect::compile(&statement, spec) else { continue };
        let mut written = quoted_names(&compiled.sql, spec, dialect);
        written.sort_unstable();
        // A dialect that has no other way says a name twice; none is lost, none is made up but that of a subquery which
        // must have one.
        assert!(names.0.iter().all(|name| written.contains(name)), "{}", compiled.sql);
        let given = |name: &String| name == "kysera_subquery" || names.0.contains(name);
        assert!(written.iter().all(given), "{}", compiled.sql);
        assert_eq!(dialect::compile(&statement, spec).ok(), Some(compiled));
    }
});
