//! What is deleted together with the rows that it belongs to.

use smallvec::SmallVec;

use crate::ast::{
    Assignment, Column, ColumnDescription, Cte, Delete, Expr, Ident, InQuery, Name, Query, ReferentialAction, Select,
    SelectExpr, SelectItem, SelectList, Shared, Table, TableDescription, TableRef, Update,
};
use crate::error::{Error, Result};

/// The tables whose rows are deleted together with those that they refer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Cascade(Vec<&'static TableDescription>);

impl Cascade {
    pub(super) fn to(tables: impl IntoIterator<Item = &'static TableDescription>) -> Self {
        Self(tables.into_iter().collect())
    }

    /// The tables with rows that belong to those of a delete, each with the condition on them.
    pub(super) fn below(
        &self,
        root: &'static TableDescription,
        delete: &Delete,
        column: &Ident,
    ) -> Result<Vec<(&'static TableDescription, Expr)>> {
        let Self(tables) = self;
        let mut found = Vec::new();
        for &table in tables {
            let mut search = Search { tables, root, delete, column, way: Vec::new(), circle: None };
            let Some(condition) = search.rows_of(table) else { continue };
            let circle = if is_same(table, root) { Some(table) } else { search.circle };
            if let Some(circle) = circle {
                return Err(Error::invalid(format!(
                    "a cascade from `{}` goes in a circle by `{}`; delete each level with `SoftDelete::no_cascade()`, in one transaction",
                    root.name.text(),
                    circle.name.text()
                )));
            }
            found.push((table, condition));
        }
        Ok(found)
    }
}

/// Looks for the way from a table up to the one that is deleted from.
struct Search<'a> {
    tables: &'a [&'static TableDescription],
    root: &'static TableDescription,
    delete: &'a Delete,
    column: &'a Ident,
    /// The tables between the one that was asked about and the one that is looked at.
    way: Vec<&'static TableDescription>,
    /// A table that is below itself.
    circle: Option<&'static TableDescription>,
}

impl Search<'_> {
    /// The live rows of a table that belong to those that are deleted, if any can.
    fn rows_of(&mut self, table: &'static TableDescription) -> Option<Expr> {
        let mut any: Option<Expr> = None;
        self.way.push(table);
        for column in table.columns {
            let Some(reference) = column.references.filter(|it| it.on_delete == ReferentialAction::Cascade) else {
                continue;
            };
            let above = (reference.table)();
            let Some(name) = above.column((reference.column)()).map(|it| it.name) else { continue };
            let rows = if is_same(above, self.root) {
                Some(self.deleted(name))
            } else if self.way.iter().any(|it| is_same(it, above)) {
                self.circle = Some(above);
                None
            } else if self.tables.iter().any(|it| is_same(it, above)) {
                self.rows_of(above).map(|condition| select(name, above, condition))
            } else {
                None
            };
            if let Some(rows) = rows {
                let belongs = belongs(table, column, rows);
                any = Some(match any {
                    Some(others) => others.or(belongs),
                    None => belongs,
                });
            }
        }
        self.way.pop();
        let live = Expr::Column(Column::new(Some(Ident::Static(table.name)), self.column.clone())).is_null();
        any.map(|any| any.and(live))
    }

    /// A column of the rows that are deleted.
    fn deleted(&self, name: &'static Name) -> Select {
        let Delete { with: _, from, using, filter, all_rows: _, returning: _ } = self.delete;
        let known_as = from.alias.clone().unwrap_or_else(|| from.name.name.clone());
        let mut tables = SmallVec::new();
        tables.push(TableRef::Table(from.clone()));
        tables.extend(using.iter().cloned());
        Select {
            columns: one(Expr::Column(Column::new(Some(known_as), Ident::Static(name)))),
            from: tables,
            filter: filter.clone(),
            ..Select::default()
        }
    }
}

fn is_same(one: &TableDescription, other: &TableDescription) -> bool {
    std::ptr::eq(one, other)
}

fn one(expr: Expr) -> SelectList {
    std::iter::once(SelectItem::Expr(SelectExpr { expr, alias: None })).collect()
}

/// `select table.name from table where condition`
fn select(name: &'static Name, table: &'static TableDescription, condition: Expr) -> Select {
    Select {
        columns: one(Expr::Column(Column::of(table.name, name))),
        from: std::iter::once(TableRef::Table(Table { name: table.table_name(), alias: None })).collect(),
        filter: Some(condition),
        ..Select::default()
    }
}

/// `table.column in (rows)`
fn belongs(table: &'static TableDescription, column: &'static ColumnDescription, rows: Select) -> Expr {
    let value = Expr::Column(Column::of(table.name, column.name));
    Expr::InQuery(Shared::new(InQuery { negated: false, value, query: Query::Select(Shared::new(rows)) }))
}

/// The length of a table's name, in bytes, that is put into another.
const MOST_SHOWN: usize = 48;

/// An update of rows that belong to deleted ones, as it stands before the delete.
pub(super) fn before(number: usize, table: &'static TableDescription, condition: Expr, set: Assignment) -> Cte {
    let update = Update {
        with: Vec::new(),
        table: Table { name: table.table_name(), alias: None },
        assignments: vec![set],
        from: SmallVec::new(),
        filter: Some(condition),
        all_rows: false,
        returning: SmallVec::new(),
    };
    // No table has such a name, which would be hidden by it. One that is too long for a name in the database is numbered.
    let name = match table.name.text() {
        short if short.len() <= MOST_SHOWN => Ident::from(format!("soft delete of {short}")),
        _ => Ident::from(format!("soft delete of table {number}")),
    };
    Cte { name, columns: Vec::new(), recursive: false, statement: update.into() }
}
