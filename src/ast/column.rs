//! A column in an expression.

use std::fmt;
use std::sync::Arc;

use super::{Ident, Name, Node, Visit, VisitMut};
use crate::error::Result;

/// `"table"."name"`
///
/// Expressions are mostly columns, and nearly all columns are of declared tables. So it is small: two pointers, where
/// both names are known at compile time, and one to the names where they are not.
///
/// ```
/// use kysera::ast::Column;
///
/// let column = Column::new(Some("users".into()), "email");
/// assert_eq!((column.table(), column.name()), (Some("users".into()), "email".into()));
/// assert_eq!(format!("{column:?}"), r#""users"."email""#);
/// ```
#[derive(Clone)]
pub struct Column(Names);

#[derive(Clone)]
enum Names {
    /// The table's name or alias in this query, and the column.
    Static(&'static Name, &'static Name),
    Dynamic(Arc<(Option<Ident>, Ident)>),
}

impl Column {
    /// The column of a table by its name or alias in this query, if it is said of which.
    pub fn new(table: Option<Ident>, name: impl Into<Ident>) -> Self {
        match (table, name.into()) {
            (Some(Ident::Static(table)), Ident::Static(name)) => Self::of(table, name),
            (table, name) => Self(Names::Dynamic(Arc::new((table, name)))),
        }
    }

    /// The column of a declared table, or of an alias of one.
    #[must_use]
    #[inline]
    pub const fn of(table: &'static Name, name: &'static Name) -> Self {
        Self(Names::Static(table, name))
    }

    /// The table's name or alias in this query.
    #[must_use]
    pub fn table(&self) -> Option<Ident> {
        match &self.0 {
            Names::Static(table, _) => Some(Ident::Static(table)),
            Names::Dynamic(names) => names.0.clone(),
        }
    }

    /// The column's name.
    #[must_use]
    pub fn name(&self) -> Ident {
        match &self.0 {
            Names::Static(_, name) => Ident::Static(name),
            Names::Dynamic(names) => names.1.clone(),
        }
    }

    /// Both names with their quotes, where they are known at compile time and every server takes them as they stand.
    #[inline]
    pub(crate) fn quoted(&self, quote: char) -> Option<&'static str> {
        match &self.0 {
            Names::Static(table, name) => name.qualified(table, quote),
            Names::Dynamic(_) => None,
        }
    }

    #[inline]
    pub(super) fn walk_names<V: Visit + ?Sized>(&self, visitor: &mut V) -> Result<()> {
        self.table().accept(visitor)?;
        self.name().accept(visitor)
    }

    #[inline]
    pub(super) fn walk_names_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        // Nearly every column, for which nothing is made but what the visitor changes.
        let Names::Static(table, name) = self.0 else { return self.walk_dynamic_mut(visitor) };
        let (mut new_table, mut new_name) = (Ident::Static(table), Ident::Static(name));
        new_table.accept_mut(visitor)?;
        new_name.accept_mut(visitor)?;
        if let (Ident::Static(new_table), Ident::Static(new_name)) = (&new_table, &new_name)
            && std::ptr::eq(*new_table, table)
            && std::ptr::eq(*new_name, name)
        {
            return Ok(());
        }
        *self = Self::new(Some(new_table), new_name);
        Ok(())
    }

    #[inline(never)]
    fn walk_dynamic_mut<V: VisitMut + ?Sized>(&mut self, visitor: &mut V) -> Result<()> {
        let (mut table, mut name) = (self.table(), self.name());
        table.accept_mut(visitor)?;
        name.accept_mut(visitor)?;
        if table != self.table() || name != self.name() {
            *self = Self::new(table, name);
        }
        Ok(())
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Names::Static(table, name), Names::Static(other_table, other_name))
                if std::ptr::eq(*table, *other_table) && std::ptr::eq(*name, *other_name) =>
            {
                true
            }
            (Names::Static(..) | Names::Dynamic(_), _) => self.name() == other.name() && self.table() == other.table(),
        }
    }
}

impl Eq for Column {}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(table) = self.table() {
            write!(f, "{table:?}.")?;
        }
        self.name().fmt(f)
    }
}
