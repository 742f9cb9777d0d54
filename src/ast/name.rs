//! Names of tables, columns and aliases.

use std::sync::Arc;
use std::{fmt, hash};

use super::TableDescription;

/// A name that is known when the program is compiled, in each form in which it may be written.
///
/// `#[derive(Table)]` and [`alias!`](crate::alias) make it, so that writing a column is copying a string.
pub struct Name {
    text: &'static str,
    double_quoted: &'static str,
    backquoted: &'static str,
    plain: bool,
    /// The table, where this is a column: then the quoted forms have the table's name before them.
    table: Option<&'static Self>,
    /// What is declared of the table, where this is the name of one.
    declared: Option<&'static TableDescription>,
}

impl Name {
    /// The name, and the same in double quotes and in backquotes, with quotes within it doubled.
    ///
    /// # Panics
    ///
    /// When evaluated at compile time with a name that is empty or holds NUL: then the program does not compile.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, double_quoted: &'static str, backquoted: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(!bytes.is_empty(), "a name of SQL must not be empty");
        let mut plain = bytes.len() <= 63;
        let mut at = 0;
        while at < bytes.len() {
            assert!(bytes[at] != 0, "a name of SQL must not hold NUL");
            if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                plain = false;
            }
            at += 1;
        }
        Self { text, double_quoted, backquoted, plain, table: None, declared: None }
    }

    /// The same of a name that `#[derive(Table)]` has looked at: `plain` where it is ASCII letters, digits and `_`,
    /// and at most 63 of them.
    #[doc(hidden)]
    #[must_use]
    pub const fn checked(
        text: &'static str,
        double_quoted: &'static str,
        backquoted: &'static str,
        plain: bool,
    ) -> Self {
        Self { text, double_quoted, backquoted, plain, table: None, declared: None }
    }

    /// The name of a declared table, as [`checked`](Self::checked) takes it.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_table(self, declared: &'static TableDescription) -> Self {
        Self { declared: Some(declared), ..self }
    }

    /// The names of a table's columns, whose quoted forms are those of `"table"."column"`, each as
    /// [`checked`](Self::checked) takes it; a name is plain where that of the table is too.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_columns<const N: usize>(
        table: &'static Self,
        columns: [(&'static str, &'static str, &'static str, bool); N],
    ) -> [Self; N] {
        let mut names = [const { Self::checked("", "", "", false) }; N];
        let mut at = 0;
        while at < N {
            let (text, double_quoted, backquoted, plain) = columns[at];
            names[at] = Self { text, double_quoted, backquoted, plain, table: Some(table), declared: None };
            at += 1;
        }
        names
    }

    /// The name itself.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The name in quotes of the given kind, `"` or `` ` ``, if every server takes it as it stands.
    #[must_use]
    #[inline]
    pub fn quoted(&self, quote: char) -> Option<&'static str> {
        let written = self.written(quote)?;
        match self.table {
            // A plain name has nothing to double: before the column are the table's name, its quotes and the dot.
            Some(table) => written.get(table.text.len() + 3..),
            None => Some(written),
        }
    }

    /// The name of a column with that of its table before it, both in quotes of the given kind, if every server takes
    /// them as they stand and `table` is its table.
    #[inline]
    pub(crate) fn qualified(&self, table: &Self, quote: char) -> Option<&'static str> {
        if std::ptr::eq(self.table?, table) { self.written(quote) } else { None }
    }

    fn written(&self, quote: char) -> Option<&'static str> {
        match quote {
            '"' if self.plain => Some(self.double_quoted),
            '`' if self.plain => Some(self.backquoted),
            // Any other character: not one of our enums.
            _ => None,
        }
    }
}

/// The name itself; what it is the name of has a name too.
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// A name in a tree: one known at compile time, or any other text.
///
/// It is quoted when it is written, whatever it holds, and dots in it are part of the name.
///
/// ```
/// use kysera::ast::Ident;
///
/// assert_eq!(Ident::from("a.b").as_str(), "a.b");
/// ```
#[derive(Clone)]
pub enum Ident {
    /// A name known at compile time.
    Static(&'static Name),
    /// Any other.
    Dynamic(Arc<String>),
    /// That of a table which the program calls otherwise.
    Renamed(Arc<Renamed>),
}

/// The name of a table in the database, where the program has another one for it.
#[derive(Clone, Debug)]
pub struct Renamed {
    text: String,
    in_program: Ident,
}

impl Ident {
    /// The name, unquoted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Static(name) => name.text,
            Self::Dynamic(text) => text,
            Self::Renamed(name) => &name.text,
        }
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.text
    }
}

impl AsRef<str> for Ident {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&Self> for Ident {
    fn from(ident: &Self) -> Self {
        ident.clone()
    }
}

impl From<&'static Name> for Ident {
    fn from(name: &'static Name) -> Self {
        Self::Static(name)
    }
}

impl From<String> for Ident {
    fn from(text: String) -> Self {
        Self::Dynamic(Arc::new(text))
    }
}

impl From<&str> for Ident {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for Ident {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Ident {}

impl hash::Hash for Ident {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The name of a table: `"schema"."name"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableName {
    /// The schema (the database, on MySQL and MariaDB), if it is named.
    pub schema: Option<Ident>,
    /// The table.
    pub name: Ident,
}

impl TableName {
    /// A table without a schema.
    pub fn new(name: impl Into<Ident>) -> Self {
        Self { schema: None, name: name.into() }
    }

    /// What `#[derive(Table)]` declared of the table, where the name is of one.
    #[must_use]
    pub fn declared(&self) -> Option<&'static TableDescription> {
        match &self.name {
            Ident::Static(name) => name.declared,
            Ident::Dynamic(_) | Ident::Renamed(_) => None,
        }
    }

    /// The same table by the name that it has in the database, where that is another one. It remembers what the program calls
    /// the table, for plugins that go around a statement: a plugin that renames tables gives it.
    ///
    /// ```
    /// use kysera::ast::TableName;
    ///
    /// let table = TableName::from(("crm", "users")).in_database("people");
    /// assert_eq!(table, ("crm", "people").into());
    /// assert_eq!(table.in_program(), ("crm", "users").into());
    /// ```
    #[must_use]
    pub fn in_database(&self, name: impl Into<String>) -> Self {
        let Self { schema, name: in_program } = self.in_program();
        Self { schema, name: Ident::Renamed(Arc::new(Renamed { text: name.into(), in_program })) }
    }

    /// The same table by the name that the program has for it, which is the same if no plugin has given it [that of the
    /// database](Self::in_database).
    #[must_use]
    pub fn in_program(&self) -> Self {
        match &self.name {
            Ident::Renamed(renamed) => Self { schema: self.schema.clone(), name: renamed.in_program.clone() },
            Ident::Static(_) | Ident::Dynamic(_) => self.clone(),
        }
    }
}

impl<N: Into<Ident>> From<N> for TableName {
    fn from(name: N) -> Self {
        Self::new(name)
    }
}

/// A schema and a table in it.
impl<S: Into<Ident>, N: Into<Ident>> From<(S, N)> for TableName {
    fn from((schema, name): (S, N)) -> Self {
        Self { schema: Some(schema.into()), name: name.into() }
    }
}
