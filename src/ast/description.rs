//! What is known of a declared table when the program is compiled.

use super::{DataType, Ident, Name, ReferentialAction, TableName};

/// A table's name and columns.
#[derive(Debug)]
pub struct TableDescription {
    /// Its schema.
    pub schema: Option<&'static Name>,
    /// Its name.
    pub name: &'static Name,
    /// Its columns, in the order of the struct's fields.
    pub columns: &'static [ColumnDescription],
}

impl TableDescription {
    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ColumnDescription> {
        // The columns that plugins ask for with every statement are mostly the last ones.
        self.columns.iter().rev().find(|column| column.name.text() == name)
    }

    /// The table's name in a tree.
    #[must_use]
    pub fn table_name(&self) -> TableName {
        TableName { schema: self.schema.map(Ident::Static), name: Ident::Static(self.name) }
    }
}

/// A column's name, type and rules.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDescription {
    /// Its name.
    pub name: &'static Name,
    /// Its type. By reference, so that a description needs no clean-up and is quick to check and to evaluate.
    pub data_type: &'static DataType,
    /// Whether it takes `null`.
    pub nullable: bool,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// Whether no two rows may have the same value in it.
    pub unique: bool,
    /// Whether the database makes its value.
    pub generated: Generated,
    /// What stands in it when it is left out.
    pub default: Option<DefaultValue>,
    /// The expression in SQL that a column which is always generated is computed from; without one, it is numbered.
    pub expression: Option<&'static str>,
    /// The column of another table it refers to.
    pub references: Option<Reference>,
}

impl ColumnDescription {
    /// A column of a type, with no rules but whether it takes `null`.
    #[must_use]
    pub const fn new(name: &'static Name, data_type: &'static DataType, nullable: bool) -> Self {
        Self {
            name,
            data_type,
            nullable,
            primary_key: false,
            unique: false,
            generated: Generated::Never,
            default: None,
            expression: None,
            references: None,
        }
    }

    /// Whether the database gives it the next number where it is left out.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        self.generated == Generated::ByDefault
            && self.default.is_none()
            && self.expression.is_none()
            && (self.primary_key || !self.nullable)
            && matches!(self.data_type, DataType::SmallInt | DataType::Integer | DataType::BigInt)
    }

    /// Makes it (part of) the primary key.
    #[must_use]
    pub const fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Lets no two rows have the same value in it.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Says whether the database makes its value.
    #[must_use]
    pub const fn generated(mut self, generated: Generated) -> Self {
        self.generated = generated;
        self
    }

    /// Says what stands in it when it is left out.
    #[must_use]
    pub const fn default(mut self, default: DefaultValue) -> Self {
        self.default = Some(default);
        self
    }

    /// Computes it from an expression in SQL.
    #[must_use]
    pub const fn expression(mut self, expression: &'static str) -> Self {
        self.expression = Some(expression);
        self
    }

    /// Makes it refer to a column of another table.
    #[must_use]
    pub const fn references(mut self, reference: Reference) -> Self {
        self.references = Some(reference);
        self
    }
}

/// Whether the database makes a column's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// An insert must give it.
    Never,
    /// Where an insert leaves it out.
    ByDefault,
    /// Always; an insert cannot give it.
    Always,
}

/// What stands in a column when it is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultValue {
    /// `current_timestamp`, to the microsecond and in UTC.
    Now,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// Text.
    Text(&'static str),
    /// An expression in SQL, as its author wrote it.
    Sql(&'static str),
}

/// The column of another table that a column refers to.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The other table. A function, because tables may refer to each other.
    pub table: fn() -> &'static TableDescription,
    /// The other column's name. A function, because a table may refer to itself.
    pub column: fn() -> &'static str,
    /// What a delete of the other row does.
    pub on_delete: ReferentialAction,
    /// What a change of the other column does.
    pub on_update: ReferentialAction,
}
