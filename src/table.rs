//! What `#[derive(Table)]` makes: a table and its columns, described by [`TableDescription`].

use std::fmt;
use std::marker::PhantomData;

use crate::ast::{AllColumns, DataType, Ident, Name, SelectItem, Table as TableNode};
pub use crate::ast::{ColumnDescription, DefaultValue, Generated, Reference, TableDescription};
use crate::error::Result;
use crate::row::{Row, RowReader};
use crate::types::{Nullness, SqlType};
use crate::value::Value;

/// A table in a query: the table itself (`users::table`) or an alias of it.
///
/// `#[derive(Table)]` implements it; [`alias!`](crate::alias) makes aliases.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a table", note = "it is `users::table`, or an alias of it")]
pub trait Table: Copy + Send + Sync + 'static {
    /// The struct that a whole row is read into.
    type Row: Record;
    /// Its columns, keys and types.
    const DESCRIPTION: &'static TableDescription;
    /// The name it has in a query, if that is another than its own.
    const ALIAS: Option<&'static Name> = None;
    /// How many columns a whole row has, and which of them is never `null`.
    const SHAPE: Shape = Shape::of(Self::DESCRIPTION);

    /// Its columns, keys and types.
    fn description(self) -> &'static TableDescription {
        Self::DESCRIPTION
    }

    /// The name it has in the query, if that is another than its own.
    fn alias(self) -> Option<&'static Name> {
        Self::ALIAS
    }

    /// All its columns, to be selected as one value: the struct, or `Option` of it on the outer side of a join.
    fn columns(self) -> WholeRow<Self> {
        WholeRow(self)
    }

    /// Reads a whole row, column by column in the table's order.
    ///
    /// # Errors
    ///
    /// Where a column does not fit.
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        Ok(Self::Row::from_columns(ColumnValues::read(row)?))
    }
}

/// The values of a row's columns, as a list: `(i64, (String, ()))`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a list of columns")]
pub trait ColumnValues: Sized + Send + 'static {
    /// Reads them, in this order.
    ///
    /// # Errors
    ///
    /// Where one is missing or does not fit.
    fn read(row: &mut impl ReadColumns) -> Result<Self>;
}

impl<V: SqlType, R: ColumnValues> ColumnValues for (V, R) {
    #[inline]
    fn read(row: &mut impl ReadColumns) -> Result<Self> {
        Ok((row.read()?, R::read(row)?))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnValues for () {
    #[inline]
    fn read(_row: &mut impl ReadColumns) -> Result<Self> {
        Ok(())
    }
}

/// Where a whole row is read from: the next columns of a result ([`RowReader`]), or those of the right names.
pub trait ReadColumns {
    /// Takes the table's next column.
    ///
    /// # Errors
    ///
    /// Where it is missing or does not fit `T`.
    fn read<T: SqlType>(&mut self) -> Result<T>;
}

impl ReadColumns for RowReader<'_> {
    #[inline]
    fn read<T: SqlType>(&mut self) -> Result<T> {
        RowReader::read(self)
    }
}

/// The columns of a row that have the names of a table's columns.
struct ByName<'a, 'r> {
    row: &'a mut Row<'r>,
    columns: std::slice::Iter<'static, ColumnDescription>,
}

impl ReadColumns for ByName<'_, '_> {
    fn read<T: SqlType>(&mut self) -> Result<T> {
        let name = self.columns.next().map_or("(none)", |column| column.name.text());
        self.row.take(name)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Record> FromRow for R {
    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        let columns = R::Table::DESCRIPTION.columns.iter();
        Ok(R::from_columns(ColumnValues::read(&mut ByName { row, columns })?))
    }
}

/// All columns of a table as one value.
#[derive(Clone, Copy, Debug)]
pub struct WholeRow<T>(pub(crate) T);

/// A struct that is the row of a table.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the row of a table", note = "derive `Table` for it")]
pub trait Record: Sized + Send + 'static {
    /// The table.
    type Table: BaseTable<Row = Self>;
    /// The types of its fields, as a list: `(i64, (String, ()))`.
    type Columns: ColumnValues;

    /// The row that has these columns.
    fn from_columns(columns: Self::Columns) -> Self;

    /// All columns of its table, to be selected as one value: `select((User::columns(), Post::columns()))`.
    ///
    /// On the outer side of a join that is an `Option`, which is `None` where the join found no row. A row that was found
    /// and in which all columns are `null` cannot be told from that, and is read as `None` too; a table with a column
    /// that is never `null` has no such row.
    fn columns() -> WholeRow<Self::Table> {
        WholeRow(Self::Table::TABLE)
    }
}

/// A row that has the columns `C`, a list such as `(i64, (String, ()))`, in this order.
#[diagnostic::on_unimplemented(
    message = "a query that gives `{Self}` does not give the columns that are needed here",
    note = "needed are, in this order: `{C}`"
)]
pub trait Fills<C> {}

/// A value of a column of the type `C`: what is never `null` may stand in a column that can be.
#[diagnostic::on_unimplemented(message = "`{Self}` does not fill a column of the type `{C}`")]
pub trait FillsColumn<C> {}

#[diagnostic::do_not_recommend]
impl<V> FillsColumn<Self> for V {}

#[diagnostic::do_not_recommend]
impl<V> FillsColumn<Option<Self>> for V {}

/// A row that has the columns of the table shape `T`, in their order.
#[diagnostic::on_unimplemented(
    message = "a query that gives `{Self}` does not give the columns of `{T}`",
    note = "select (or return) columns of the types of its fields, in their order"
)]
pub trait Fits<T> {}

#[diagnostic::do_not_recommend]
impl<T: Table, R: Fills<<T::Row as Record>::Columns>> Fits<T> for R {}

/// How many columns a whole row has, and which of them is never `null`.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The number of columns.
    pub width: usize,
    /// A column that is never `null`, to tell a missing row of an outer join from one that is there.
    pub never_null: Option<usize>,
}

impl Shape {
    /// The shape of a whole row of a table.
    #[doc(hidden)]
    #[must_use]
    pub const fn of(table: &TableDescription) -> Self {
        let mut never_null = None;
        let mut at = table.columns.len();
        while at > 0 {
            at -= 1;
            if !table.columns[at].nullable {
                never_null = Some(at);
            }
        }
        Self { width: table.columns.len(), never_null }
    }
}

/// A table as it is in the database; insert, update and delete work on it, and not on an alias.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table that can be written to",
    note = "insert, update and delete work on a table such as `users::table`, and not on an alias"
)]
pub trait BaseTable: Table {
    /// The table, out of nothing.
    const TABLE: Self;
}

/// A column of table `T` that holds `V`.
///
/// This is the one type of all columns: `users::email` is a constant of it.
pub struct Column<T, V> {
    table: &'static Name,
    description: &'static ColumnDescription,
    marker: PhantomData<fn() -> (T, V)>,
}

impl<T, V> Column<T, V> {
    /// The column's name, type and rules.
    #[must_use]
    pub const fn description(&self) -> &'static ColumnDescription {
        self.description
    }

    /// The column's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.description.name.text()
    }

    pub(crate) fn ident(&self) -> Ident {
        Ident::Static(self.description.name)
    }

    pub(crate) fn node(&self) -> crate::ast::Column {
        crate::ast::Column::of(self.table, self.description.name)
    }
}

/// The column at that place of a table, or of an alias.
#[doc(hidden)]
#[must_use]
pub const fn column<T: Table, V>(at: usize) -> Column<T, V> {
    let table = match T::ALIAS {
        Some(alias) => alias,
        None => T::DESCRIPTION.name,
    };
    Column { table, description: &T::DESCRIPTION.columns[at], marker: PhantomData }
}

impl<T, V> Clone for Column<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Column<T, V> {}

impl<T, V> fmt::Debug for Column<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table.text(), self.name())
    }
}

/// The name a table has in a query.
pub(crate) fn name_in_query(table: impl Table) -> &'static Name {
    table.alias().unwrap_or(table.description().name)
}

/// The table as it stands in `from`.
pub(crate) fn table_node(table: impl Table) -> TableNode {
    TableNode { name: table.description().table_name(), alias: table.alias().map(Ident::Static) }
}

/// All columns of the table, as they stand in a select list.
pub(crate) fn all_columns(table: impl Table) -> SelectItem {
    SelectItem::AllColumns(AllColumns {
        table: Some(Ident::Static(name_in_query(table))),
        columns: table.description().columns,
    })
}

/// A struct whose fields are a row's columns, by name: what [`fetch_all_as`](crate::query::Statement::fetch_all_as) reads.
///
/// `#[derive(FromRow)]` implements it; `#[derive(Table)]` does too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row by column names",
    note = "derive `FromRow` for it"
)]
pub trait FromRow: Sized {
    /// Takes the fields out of the row.
    ///
    /// # Errors
    ///
    /// Where a column is missing or does not fit.
    fn from_row(row: &mut Row<'_>) -> Result<Self>;
}

/// What an insert into a table is given: the struct that `#[derive(Table)]` makes for it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a row to insert")]
pub trait Insertable: Sized {
    /// The table.
    type Table: BaseTable;
    /// The values: an array with a place for each column of the table.
    type Values: IntoIterator<Item = Option<Value>>;

    /// The value of each column of the table, in the table's order; `None` leaves it to the database.
    fn into_values(self) -> Self::Values;
}

/// What an update of a table sets: the struct that `#[derive(Table)]` makes for it.
pub trait Patch: Sized {
    /// The table.
    type Table: BaseTable;
    /// The values: an array with a place for each column of the table.
    type Values: IntoIterator<Item = Option<Value>>;

    /// The value of each column of the table, in the table's order; `None` leaves it as it is.
    fn into_values(self) -> Self::Values;
}

/// A column description made from the Rust type of its field, to be [named](named).
#[doc(hidden)]
#[must_use]
pub const fn describe<V: SqlType>() -> ColumnDescription {
    describe_as::<V>(const { &V::DATA_TYPE })
}

/// A column description made from the Rust type of its field, but for the column's type.
#[doc(hidden)]
#[must_use]
pub const fn describe_as<V: SqlType>(data_type: &'static DataType) -> ColumnDescription {
    static UNNAMED: Name = Name::checked("", "", "", false);
    ColumnDescription::new(&UNNAMED, data_type, <V::Null as Nullness>::IS_NULLABLE)
}

/// Descriptions of columns with their names. All at once, which takes the compiler less time than one by one.
#[doc(hidden)]
#[must_use]
pub const fn named<const N: usize>(
    names: &'static [Name; N],
    mut columns: [ColumnDescription; N],
) -> [ColumnDescription; N] {
    let mut at = 0;
    while at < N {
        columns[at].name = &names[at];
        at += 1;
    }
    columns
}

/// A value that is given.
#[doc(hidden)]
#[inline]
pub fn give<V: SqlType>(value: V) -> Option<Value> {
    Some(value.into_value())
}

/// A value that is given, or not.
#[doc(hidden)]
#[inline]
pub fn give_some<V: SqlType>(value: Option<V>) -> Option<Value> {
    value.map(V::into_value)
}

/// Writes the values that an insert or an update gives, by the names of their columns.
///
/// # Errors
///
/// Where the formatter fails.
#[doc(hidden)]
pub fn debug_values<T: Table>(
    name: &str,
    values: impl IntoIterator<Item = Option<Value>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut fields = f.debug_struct(name);
    for (column, value) in T::DESCRIPTION.columns.iter().zip(values) {
        if let Some(value) = value {
            fields.field(column.name.text(), &value);
        }
    }
    fields.finish()
}
