//! Updates and deletes: the rows that they change are read and locked before, and read again afterwards.
//!
//! In between, the statement is restricted to the keys that were read, so that it changes no row that another transaction
//! has written since, of which nobody would know how it was.

use super::restoring::Restoring;
use super::target::{Image, Target, changes};
use super::{Audit, answer_of, lost};
use crate::ast::{Call, Cte, Delete, Expr, Node, Operation, Query, Raw, Statement, Table, TableRef, Update, Visit};
use crate::dialect::Spec;
use crate::error::{Error, Result, Unsupported};
use crate::plugin::{Answer, Next, Wanted};

/// What updates and deletes have in common.
struct Written<'a> {
    with: &'a [Cte],
    table: &'a Table,
    others: &'a [TableRef],
    filter: &'a mut Option<Expr>,
    all_rows: bool,
}

impl<'a> From<&'a mut Update> for Written<'a> {
    fn from(update: &'a mut Update) -> Self {
        let Update { with, table, assignments: _, from, filter, all_rows, returning: _ } = update;
        Self { with, table, others: from, filter, all_rows: *all_rows }
    }
}

impl<'a> From<&'a mut Delete> for Written<'a> {
    fn from(delete: &'a mut Delete) -> Self {
        let Delete { with, from, using, filter, all_rows, returning: _ } = delete;
        Self { with, table: from, others: using, filter, all_rows: *all_rows }
    }
}

/// The rows that a statement is to change.
struct Before {
    images: Vec<Image>,
    /// Whether the statement is restricted to them, and not only its filter.
    restricted: bool,
}

impl Audit {
    pub(super) async fn update(&self, target: &Target, mut update: Update, mut next: Next<'_>) -> Result<Answer> {
        let before = read(target, (&mut update).into(), &mut next).await?;
        if let Some(restoring) = next.context().get::<Restoring>() {
            restoring.check(before.images.first().map(|image| image.json.as_str()))?;
        }
        let gives_rows = !update.returning.is_empty();
        self.run(target, before, update.into(), gives_rows, next).await
    }

    pub(super) async fn delete(&self, target: &Target, mut delete: Delete, mut next: Next<'_>) -> Result<Answer> {
        let before = read(target, (&mut delete).into(), &mut next).await?;
        let gives_rows = !delete.returning.is_empty();
        self.run(target, before, delete.into(), gives_rows, next).await
    }

    async fn run(
        &self,
        target: &Target,
        before: Before,
        statement: Statement,
        gives_rows: bool,
        mut next: Next<'_>,
    ) -> Result<Answer> {
        let Before { images: before, restricted } = before;
        let operation = statement.operation();
        let (answer, count) = match next.wanted() {
            Wanted::Rows if gives_rows => {
                let rows = next.fetch(statement).await?;
                let count = rows.len() as u64;
                (Answer::Rows(rows), count)
            }
            wanted => {
                let outcome = next.execute(statement).await?;
                (answer_of(outcome, wanted), outcome.rows_affected)
            }
        };
        // A row that was read could be changed by nobody else. One more is of another transaction.
        if !restricted && count > before.len() as u64 {
            return Err(lost());
        }
        let context = *next.context();
        let mut runner = next.runner();
        let keys: Vec<_> = before.iter().map(Image::key).collect();
        let after = target.read_keys(&mut runner, &keys).await?;
        let changes = changes(before, after);
        if operation == Operation::Update && changes.iter().any(|it| it.operation == Operation::Delete) {
            return Err(Unsupported::new(
                context.spec().name,
                "audit of an update that changes a primary key",
                "insert the row anew and delete the old one",
            )
            .into());
        }
        self.record(&target.called, changes, &context, &mut runner).await?;
        Ok(answer)
    }
}

/// Reads and locks the rows that a statement will change, and restricts it to them.
async fn read(target: &Target, written: Written<'_>, next: &mut Next<'_>) -> Result<Before> {
    let Written { with, table, others, filter, all_rows } = written;
    if filter.is_none() && !all_rows {
        return Err(Error::invalid("an `update` or `delete` without `filter`; say `.all_rows()` where all are meant"));
    }
    let spec = next.context().spec();
    let query = target.query(spec, with.to_vec(), table.clone(), others, filter.clone());
    let images = target.images(next.runner().fetch(query).await?)?;
    let restricted = images.len() <= target.most_keys(spec);
    if !restricted {
        let mut lasting = Lasting { spec };
        if !others.is_empty() {
            return Err(lasting.refused());
        }
        filter.accept(&mut lasting)?;
    }
    if restricted {
        let known_as = table.alias.as_ref().unwrap_or(&table.name.name);
        let is_one_of = target.is_one_of(known_as, &images);
        match others {
            // Which rows are meant is decided.
            [] => *filter = Some(is_one_of),
            _ => Expr::restrict(filter, is_one_of),
        }
    }
    Ok(Before { images, restricted })
}

/// Refuses a condition that may hold for other rows when it is asked a second time, as it is where there are too many rows to
/// name them by their keys. What it asks of the columns alone lasts, since the rows are locked.
struct Lasting<'a> {
    spec: &'a Spec,
}

impl Lasting<'_> {
    fn refused(&self) -> Error {
        let feature = "audit of so many rows by a condition on more than their columns";
        Unsupported::new(self.spec.name, feature, "change them in parts").into()
    }
}

impl Visit for Lasting<'_> {
    fn visit_expr(&mut self, expr: &Expr) -> Result<()> {
        if matches!(expr, Expr::Now) { Err(self.refused()) } else { expr.walk(self) }
    }

    fn visit_call(&mut self, _: &Call) -> Result<()> {
        Err(self.refused())
    }

    fn visit_query(&mut self, _: &Query) -> Result<()> {
        Err(self.refused())
    }

    fn visit_raw(&mut self, _: &Raw) -> Result<()> {
        Err(self.refused())
    }
}
