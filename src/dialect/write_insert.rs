//! `impl Writer`: `insert`.

use super::lower;
use super::own_target::{InsertPart, OwnTarget, Reading};
use super::param::Typed;
use super::spec::{DefaultValues, InsertWith, NextNumber, Upsert};
use super::write_update::set_once;
use super::writer::Writer;
use crate::ast::{
    Conflict, ConflictAction, ConflictTarget, Cte, Expr, Ident, Insert, InsertSource, InsertValue, Query, Values,
};
use crate::error::{Error, Result};

impl<'a> Writer<'a> {
    pub(super) fn insert(&mut self, it: &'a Insert) -> Result<()> {
        let Insert { with, into, columns, source, conflict, returning } = it;
        set_once(columns.iter())?;
        let inner_with = self.insert_with(with, source)?;
        self.text("insert into ");
        self.table_name(into)?;
        if !columns.is_empty() {
            self.list(" (", columns, ", ", Self::ident)?;
            self.text(")");
        }
        match source {
            InsertSource::Values(Values { values }) => {
                self.target = self.target_of_insert(it, InsertPart::Values);
                self.rows(values, columns.len())?;
                self.target = None;
            }
            InsertSource::Query(query) => self.insert_query(query, inner_with, it)?,
            InsertSource::Default => self.default_row(columns, conflict.is_some())?,
        }
        if let Some(conflict) = conflict {
            self.target = self.target_of_insert(it, InsertPart::Conflict);
            self.conflict(conflict, it)?;
        }
        if !returning.is_empty() && !self.spec.insert_returning {
            return self.unsupported("`returning` on `insert`", "read the row back by its key or `last_insert_id`");
        }
        self.target = self.reading_of_returning().map(|reading| (OwnTarget::new(into, with), reading));
        self.list(" returning ", returning, ", ", Self::select_item)
    }

    fn target_of_insert(&self, it: &'a Insert, part: InsertPart) -> Option<(OwnTarget<'a>, Reading)> {
        self.reading_of_insert(it, part).map(|reading| (OwnTarget::new(&it.into, &it.with), reading))
    }

    /// Writes the common table expressions before the `insert`, or gives back those that stand before its query.
    fn insert_with(&mut self, with: &'a [Cte], source: &'a InsertSource) -> Result<&'a [Cte]> {
        match (self.spec.insert_with, source) {
            (InsertWith::Before, _) => self.with(with).map(|()| &[][..]),
            (InsertWith::BeforeSelect, InsertSource::Query(_)) => Ok(with),
            (InsertWith::BeforeSelect, InsertSource::Values(_) | InsertSource::Default) if with.is_empty() => Ok(with),
            (InsertWith::BeforeSelect, InsertSource::Values(_) | InsertSource::Default) => {
                self.unsupported("`with` before `insert .. values`", "insert from a query")
            }
        }
    }

    fn rows(&mut self, values: &'a [InsertValue], width: usize) -> Result<()> {
        if width == 0 || values.is_empty() || !values.len().is_multiple_of(width) {
            return Err(Error::invalid("an `insert` needs at least one row, and in each a value for every column"));
        }
        // Nearly every value becomes `$1234, ` and is bound.
        self.sql.reserve(values.len() * 7);
        self.params.reserve(values.len());
        self.text(" values ");
        for (at, row) in values.chunks_exact(width).enumerate() {
            self.text(if at == 0 { "(" } else { ", (" });
            self.list("", row, ", ", |writer, it| match it {
                InsertValue::Expr(Expr::Value(value)) => writer.value_of_many(value, Typed::Yes),
                InsertValue::Expr(expr) => writer.typed_expr(expr),
                InsertValue::NextNumber => {
                    writer.text(match writer.spec.next_number {
                        NextNumber::Default => "default",
                        NextNumber::Null => "null",
                    });
                    Ok(())
                }
                InsertValue::Default if writer.spec.default_in_row => {
                    writer.text("default");
                    Ok(())
                }
                InsertValue::Default => writer.unsupported(
                    "`default` among the values of a row",
                    "insert rows that leave out different columns by different statements",
                ),
            })?;
            self.text(")");
        }
        Ok(())
    }

    fn default_row(&mut self, columns: &'a [Ident], upsert: bool) -> Result<()> {
        if !columns.is_empty() {
            return Err(Error::invalid("an `insert` of defaults names no columns"));
        }
        self.text(match self.spec.default_values {
            DefaultValues::WordsAlone if upsert => {
                return self.unsupported("upsert of a row of defaults", "insert some value");
            }
            DefaultValues::Words | DefaultValues::WordsAlone => " default values",
            DefaultValues::EmptyRow => " () values ()",
        });
        Ok(())
    }

    fn insert_query(&mut self, query: &'a Query, with: &'a [Cte], insert: &'a Insert) -> Result<()> {
        self.text(" ");
        if !with.is_empty() {
            let own = match query {
                Query::Select(it) => &it.with,
                Query::Compound(it) => &it.with,
            };
            if !own.is_empty() {
                return self.unsupported("two `with` in one `insert`", "put all of it into one");
            }
            self.with(with)?;
        }
        if insert.conflict.is_none() {
            return self.query(query);
        }
        if self.spec.upsert == Upsert::OnDuplicateKey && OwnTarget::new(&insert.into, with).is_read_in(query) {
            // Otherwise the table's columns would be those of the query as well.
            return self.all_of(query);
        }
        if !self.spec.upsert_select_needs_where {
            return self.query(query);
        }
        // Otherwise `on conflict` would be taken for the condition of a join.
        match query {
            Query::Select(select) => self.select_with(select, " where true"),
            Query::Compound(compound) => {
                self.text("select * from ");
                self.parentheses(|writer| writer.compound(compound))?;
                self.text(" where true");
                Ok(())
            }
        }
    }

    fn conflict(&mut self, it: &'a Conflict, insert: &'a Insert) -> Result<()> {
        let Conflict { target, action } = it;
        self.in_upsert = true;
        match self.spec.upsert {
            Upsert::OnConflict | Upsert::OnConflictOfKey => self.on_conflict(target, action)?,
            Upsert::OnDuplicateKey => self.on_duplicate_key(target, action, insert)?,
        }
        self.in_upsert = false;
        Ok(())
    }

    fn on_conflict(&mut self, target: &'a ConflictTarget, action: &'a ConflictAction) -> Result<()> {
        self.text(" on conflict");
        match target {
            ConflictTarget::Any => {}
            ConflictTarget::Columns(columns) if columns.is_empty() => {
                return Err(Error::invalid("`on_conflict` without columns"));
            }
            ConflictTarget::Columns(columns) => {
                self.list(" (", columns, ", ", Self::ident)?;
                self.text(")");
            }
        }
        match action {
            ConflictAction::Nothing => self.text(" do nothing"),
            ConflictAction::Update { assignments, filter } => {
                if *target == ConflictTarget::Any && self.spec.upsert == Upsert::OnConflictOfKey {
                    return self.unsupported("update on a conflict with any key", "name the key by `on_conflict`");
                }
                self.text(" do update");
                self.assignments(assignments, None)?;
                self.optional(" where ", filter, Self::expr)?;
            }
        }
        Ok(())
    }

    fn on_duplicate_key(
        &mut self,
        target: &'a ConflictTarget,
        action: &'a ConflictAction,
        insert: &'a Insert,
    ) -> Result<()> {
        if *target != ConflictTarget::Any {
            return self.unsupported(
                "conflict with one key among several",
                "use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys",
            );
        }
        self.text(" on duplicate key update ");
        match action {
            // The row that was there would be given back, though it was passed over.
            ConflictAction::Nothing if !insert.returning.is_empty() && self.spec.insert_returning => {
                self.unsupported("`returning` with `on_conflict_do_nothing`", "read the row back by its key")
            }
            // `insert ignore` would pass over every other error as well.
            ConflictAction::Nothing => {
                let Some(column) = insert.columns.first() else {
                    return self.unsupported("`on_conflict_do_nothing` for a row of defaults", "insert some value");
                };
                self.ident(column)?;
                self.text(" = ");
                self.table_name(&insert.into)?;
                self.text(".");
                self.ident(column)
            }
            ConflictAction::Update { assignments: _, filter: Some(_) } => {
                self.unsupported("`filter` on an upsert", "choose the value by `case`")
            }
            ConflictAction::Update { assignments, filter: None } => {
                let order = lower::order(assignments, &insert.into.name, self.spec)?;
                if assignments.is_empty() {
                    return Err(Error::invalid("an upsert without assignments"));
                }
                set_once(assignments.iter().map(|it| &it.column))?;
                for (at, index) in order.into_iter().enumerate() {
                    self.text(if at == 0 { "" } else { ", " });
                    self.assignment(&assignments[index], None)?;
                }
                Ok(())
            }
        }
    }
}
