//! `insert` and what stands in it.

use super::{Assignment, Cte, Expr, Ident, Query, SelectExpr, SelectItem, SelectList, TableName};

/// `with .. insert into table (columns) values .. on conflict .. returning ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// The table.
    pub into: TableName,
    /// The columns that are given; none with [`InsertSource::Default`].
    pub columns: Vec<Ident>,
    /// The rows.
    pub source: InsertSource,
    /// What happens where a row of the same key is there.
    pub conflict: Option<Conflict>,
    /// What is read back of each row.
    pub returning: SelectList,
}

impl Insert {
    /// Gives one more column, which must be none of those that are given, the same value in every row: of a list, of a query
    /// (where it is called `name`, if that is said), or of a row of defaults but for this one.
    ///
    /// A list of no columns has no rows, and stays what the writer refuses; so does one in which a row lacks a value.
    ///
    /// ```
    /// use kysera::ast;
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String }
    /// let q = insert_into(notes::table).values([NewNote::new("a"), NewNote::new("b")]);
    /// let ast::Statement::Insert(mut insert) = q.to_statement() else { unreachable!() };
    /// insert.give("tenant_id".into(), &7_i64.into(), None);
    /// assert_eq!(
    ///     dialect::compile(&insert.into(), &SQLITE)?.sql,
    ///     r#"insert into "notes" ("text", "tenant_id") values (?1, ?2), (?3, ?4)"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    pub fn give(&mut self, column: Ident, value: &Expr, name: Option<Ident>) {
        let width = self.columns.len();
        match &mut self.source {
            InsertSource::Values(_) if width == 0 => return,
            InsertSource::Values(Values { values }) => {
                let mut wider = Vec::with_capacity(values.len() + values.len() / width);
                for (at, given) in std::mem::take(values).into_iter().enumerate() {
                    wider.push(given);
                    if (at + 1).is_multiple_of(width) {
                        wider.push(InsertValue::Expr(value.clone()));
                    }
                }
                *values = wider;
            }
            InsertSource::Query(query) => {
                let item = SelectItem::Expr(SelectExpr { expr: value.clone(), alias: name });
                // A list of what is left, because queries may nest deeper than the stack.
                let mut left = vec![query];
                while let Some(query) = left.pop() {
                    match query {
                        Query::Select(it) => it.columns.push(item.clone()),
                        Query::Compound(it) => left.extend(&mut it.operands),
                    }
                }
            }
            source @ InsertSource::Default => {
                *source = InsertSource::Values(Values { values: vec![InsertValue::Expr(value.clone())] });
            }
        }
        self.columns.push(column);
    }
}

/// Where inserted rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertSource {
    /// `values (..), (..)`
    Values(Values),
    /// `select ..`
    Query(Query),
    /// `default values`: one row of defaults.
    Default,
}

/// Rows of values, one after the other in one list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// The values of all rows: as many for each as the statement has columns.
    pub values: Vec<InsertValue>,
}

/// One value of an inserted row.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertValue {
    /// An expression.
    Expr(Expr),
    /// The next number of a column that the database numbers: `default`, or `null` where `default` would be zero.
    NextNumber,
    /// `default`
    Default,
}

/// `on conflict (columns) where .. do ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which keys are meant.
    pub target: ConflictTarget,
    /// What happens.
    pub action: ConflictAction,
}

/// The unique keys an upsert means.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictTarget {
    /// Any key of the table.
    Any,
    /// The key of these columns.
    Columns(Vec<Ident>),
}

/// What an upsert does with the row that is there.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictAction {
    /// `do nothing`
    Nothing,
    /// `do update set ..`
    Update {
        /// What is set.
        assignments: Vec<Assignment>,
        /// Which rows are updated; the others stay as they are.
        filter: Option<Expr>,
    },
}
