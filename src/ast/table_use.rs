//! A table where a statement uses it.

use super::{Column, ColumnDescription, Expr, Ident, TableDescription, TableName};

/// A table where a statement uses it: never a common table expression, whatever its name.
#[derive(Clone, Debug)]
pub struct TableUse<'a> {
    name: &'a TableName,
    known_as: &'a Ident,
    role: Role,
}

/// What a statement does with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads its rows.
    Read,
    /// Inserts rows. There is no place for a condition.
    Insert,
    /// Updates a row that was there where one was to be inserted. Rows that a condition leaves out stay as they are.
    Conflict,
    /// Updates its rows.
    Update,
    /// Deletes its rows.
    Delete,
    /// Creates or drops it, or a policy of it, or refers to it by a foreign key. There is no place for a condition.
    Define,
}

impl<'a> TableUse<'a> {
    /// A table by its name, for what is done with it.
    pub(crate) const fn new(name: &'a TableName, known_as: &'a Ident, role: Role) -> Self {
        Self { name, known_as, role }
    }

    /// The same by its alias, if it has one.
    pub(super) fn of(name: &'a TableName, alias: Option<&'a Ident>, role: Role) -> Self {
        Self::new(name, alias.unwrap_or(&name.name), role)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'a TableName {
        self.name
    }

    /// What the statement calls it: its alias, or its name without the schema.
    #[must_use]
    pub const fn known_as(&self) -> &'a Ident {
        self.known_as
    }

    /// What the statement does with it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether there is a place for a condition on it: everywhere but where rows are inserted, or it is defined.
    #[must_use]
    pub const fn takes_condition(&self) -> bool {
        match self.role {
            Role::Read | Role::Conflict | Role::Update | Role::Delete => true,
            Role::Insert | Role::Define => false,
        }
    }

    /// What was declared of it, where the statement says it by its declaration and not by text.
    #[must_use]
    pub fn declared(&self) -> Option<&'static TableDescription> {
        self.name.declared()
    }

    /// Whether it is declared, and has a column of this name. A plugin asks
    /// [`Context::has_column`](crate::plugin::Context::has_column), which knows all declarations of the table.
    #[must_use]
    pub fn has_column(&self, name: &str) -> bool {
        self.declared().is_some_and(|it| it.column(name).is_some())
    }

    /// A column of it, as the statement must write it here.
    pub fn column(&self, name: impl AsRef<str> + Into<Ident>) -> Expr {
        match self.declared().and_then(|it| it.column(name.as_ref())) {
            Some(declared) => self.of_column(&Ident::Static(declared.name), Some(declared), |column| column),
            None => Expr::Column(Column::new(Some(self.known_as.clone()), name)),
        }
    }

    /// Makes something of a column of it, as it is declared or else by this name. Inlined, since what is made of two names
    /// that were known when the program was compiled is then made where it is to stand.
    #[inline]
    pub(crate) fn of_column<R>(
        &self,
        name: &Ident,
        declared: Option<&'static ColumnDescription>,
        make: impl FnOnce(Expr) -> R,
    ) -> R {
        if let (Ident::Static(table), Some(column)) = (self.known_as, declared) {
            return make(Expr::Column(Column::of(table, column.name)));
        }
        let name = declared.map_or_else(|| name.clone(), |column| Ident::Static(column.name));
        make(Expr::Column(Column::new(Some(self.known_as.clone()), name)))
    }
}
