//! What can stand in `from` or after `join`: a table, an alias, a derived table.

use crate::ast::{self, Ident, OrderItem, Query, SelectExpr, SelectItem, SelectList, TableRef};
use crate::table::{Table, name_in_query, table_node};

/// What can stand in `from` or after `join`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    label = "expected a table such as `users::table`, an alias, or a query with `.derived(..)`"
)]
pub trait Source {
    /// The table whose columns it has.
    type Table: Table;

    /// The table whose columns it has.
    fn table(&self) -> Self::Table;

    /// Itself in the tree.
    fn into_table_ref(self) -> TableRef;
}

#[diagnostic::do_not_recommend]
impl<T: Table> Source for T {
    type Table = T;

    fn table(&self) -> T {
        *self
    }

    fn into_table_ref(self) -> TableRef {
        TableRef::Table(table_node(self))
    }
}

/// A query in `from`, whose rows are those of the table shape `T`.
#[derive(Clone, Debug)]
pub struct Derived<T> {
    table: T,
    query: Query,
}

#[diagnostic::do_not_recommend]
impl<T: Table> Source for Derived<T> {
    type Table = T;

    fn table(&self) -> T {
        self.table
    }

    fn into_table_ref(self) -> TableRef {
        let alias = Ident::Static(name_in_query(self.table));
        TableRef::Derived(ast::Derived { query: self.query, alias })
    }
}

/// Makes a derived table of a query: its columns are named after those of `table`.
pub(super) fn derived<T: Table>(mut query: Query, table: T) -> Derived<T> {
    let mut names = table.description().columns.iter().map(|column| Ident::Static(column.name));
    name_columns(&mut query, &mut names);
    Derived { table, query }
}

/// Gives the columns of a query their names, one by one, and tells the names they had. In a set operation, those of the
/// first query count. An order by the name of a column is by its new name then.
fn name_columns(query: &mut Query, names: &mut dyn Iterator<Item = Ident>) -> Vec<Renamed> {
    match query {
        Query::Select(select) => name_columns_of_select(select, names),
        Query::Compound(compound) => name_columns_of_compound(compound, names),
    }
}

fn name_columns_of_select(select: &mut ast::Select, names: &mut dyn Iterator<Item = Ident>) -> Vec<Renamed> {
    let mut renamed = Vec::new();
    let items = std::mem::take(&mut select.columns);
    select.columns = items
        .into_iter()
        .flat_map(columns_of)
        .map(|item| {
            let name = names.next();
            renamed.extend(name_of(&item).zip(name.clone()));
            named(item, name)
        })
        .collect();
    rename_order(&mut select.order_by, &renamed);
    renamed
}

fn name_columns_of_compound(compound: &mut ast::Compound, names: &mut dyn Iterator<Item = Ident>) -> Vec<Renamed> {
    let renamed = compound.operands.first_mut().map(|first| name_columns(first, names)).unwrap_or_default();
    rename_order(&mut compound.order_by, &renamed);
    renamed
}

/// Gives the columns of a common table expression their names within its query too, where that is ordered by a name: MariaDB
/// knows them there by no other.
pub(crate) fn name_ordered(statement: &mut ast::Statement, names: &[Ident]) {
    let by_name = |order_by: &[OrderItem]| {
        order_by.iter().any(|item| matches!(&item.expr, ast::Expr::Column(column) if column.table().is_none()))
    };
    let mut names = names.iter().cloned();
    match statement {
        ast::Statement::Select(select) if by_name(&select.order_by) => {
            name_columns_of_select(select, &mut names);
        }
        ast::Statement::Compound(compound) if by_name(&compound.order_by) => {
            name_columns_of_compound(compound, &mut names);
        }
        _ => {}
    }
}

/// The name that a column of a query had, and the one that it has now.
type Renamed = (Ident, Ident);

/// The name of a column of a query, where it has one.
pub(crate) fn name_of(item: &SelectExpr) -> Option<Ident> {
    match (&item.alias, &item.expr) {
        (Some(alias), _) => Some(alias.clone()),
        (None, ast::Expr::Column(column)) => Some(column.name()),
        (None, _) => None,
    }
}

fn rename_order(order_by: &mut [OrderItem], renamed: &[Renamed]) {
    for item in order_by {
        if let ast::Expr::Column(column) = &mut item.expr
            && column.table().is_none()
            && let Some((_, new)) = renamed.iter().find(|(old, _)| *old == column.name())
        {
            *column = ast::Column::new(None, new.clone());
        }
    }
}

/// The columns of an entry of a select list, one by one.
pub(crate) fn columns_of(item: SelectItem) -> Vec<SelectExpr> {
    match item {
        SelectItem::Expr(it) => vec![it],
        SelectItem::AllColumns(ast::AllColumns { table, columns }) => columns
            .iter()
            .map(|column| SelectExpr {
                expr: ast::Expr::Column(ast::Column::new(table.clone(), column.name)),
                alias: None,
            })
            .collect(),
    }
}

fn named(item: SelectExpr, name: Option<Ident>) -> SelectItem {
    SelectItem::Expr(match name {
        Some(name) => SelectExpr { alias: Some(name), ..item },
        None => item,
    })
}

/// The expressions of a select list, without their names.
pub(super) fn expressions(items: SelectList) -> impl Iterator<Item = ast::Expr> {
    items.into_iter().flat_map(columns_of).map(|item| item.expr)
}
