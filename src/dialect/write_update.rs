//! `impl Writer`: `update` and `delete`.

use super::lower;
use super::own_target::{Needs, OwnTarget};
use super::spec::{Assignments, DeleteUsing, UpdateFrom};
use super::writer::Writer;
use crate::ast::{Assignment, Delete, Expr, Ident, SelectItem, Table, Update};
use crate::error::{Error, Result};

impl<'a> Writer<'a> {
    pub(super) fn update(&mut self, it: &'a Update) -> Result<()> {
        let Update { with, table, assignments, from, filter, all_rows, returning } = it;
        demand_filter(filter, *all_rows, "update")?;
        self.each_named_once(Some(target_name(table)), from, &[])?;
        self.update_with(!with.is_empty())?;
        self.with(with)?;
        let own = OwnTarget::new(&table.name, with);
        let needs = self.own_target(&own, assignments, filter.as_ref(), &[])?;
        self.target = self.reading().map(|reading| (own, reading));
        self.text("update ");
        self.table(table)?;
        match self.spec.update_from {
            UpdateFrom::From => {
                self.assignments(assignments, Some(table))?;
                if from.is_empty() && needs == Needs::From {
                    self.text(" from (select 1)");
                }
                self.list(" from ", from, ", ", Self::table_ref)?;
            }
            UpdateFrom::TableList => {
                self.list(", ", from, ", ", Self::table_ref)?;
                if !from.is_empty() && lower::read_each_other(assignments, target_name(table)) {
                    return self.unsupported(
                        "assignments of a joined `update` that read each other's columns",
                        "take the other table's values by subqueries",
                    );
                }
                self.assignments(assignments, Some(table))?;
            }
        }
        self.optional(" where ", filter, Self::expr)?;
        self.target = self.reading_of_returning().map(|reading| (OwnTarget::new(&table.name, with), reading));
        self.returning(returning, self.spec.update_returning, !from.is_empty(), table)
    }

    /// Writes `set ..`, in an order in which each value sees the row as it was.
    pub(super) fn assignments(&mut self, assignments: &'a [Assignment], table: Option<&'a Table>) -> Result<()> {
        if assignments.is_empty() {
            return Err(Error::invalid("an `update` without assignments"));
        }
        set_once(assignments.iter().map(|it| &it.column))?;
        let qualified = match self.spec.update_from {
            UpdateFrom::From => None,
            UpdateFrom::TableList => table.map(target_name),
        };
        self.text(" set ");
        match (self.spec.assignments, table) {
            (Assignments::LeftToRight, Some(table)) => {
                for (at, index) in lower::order(assignments, target_name(table), self.spec)?.into_iter().enumerate() {
                    self.text(if at == 0 { "" } else { ", " });
                    self.assignment(&assignments[index], qualified)?;
                }
                Ok(())
            }
            (Assignments::LeftToRight | Assignments::Simultaneous, _) => {
                self.list("", assignments, ", ", |writer, it| writer.assignment(it, qualified))
            }
        }
    }

    pub(super) fn assignment(&mut self, it: &'a Assignment, qualified: Option<&'a Ident>) -> Result<()> {
        let Assignment { column, value } = it;
        if let Some(table) = qualified {
            self.ident(table)?;
            self.text(".");
        }
        self.ident(column)?;
        self.text(" = ");
        self.typed_expr(value)
    }

    pub(super) fn delete(&mut self, it: &'a Delete) -> Result<()> {
        let Delete { with, from, using, filter, all_rows, returning } = it;
        demand_filter(filter, *all_rows, "delete")?;
        self.each_named_once(Some(target_name(from)), using, &[])?;
        self.update_with(!with.is_empty())?;
        self.with(with)?;
        let own = OwnTarget::new(&from.name, with);
        self.own_target(&own, &[], filter.as_ref(), using)?;
        self.target = self.reading().map(|reading| (own, reading));
        self.text("delete from ");
        match (self.spec.delete_using, &from.alias) {
            // The table has its alias in the list after `using`.
            (DeleteUsing::UsingWithTarget, Some(alias)) if !using.is_empty() => self.ident(alias)?,
            (_, Some(_)) if !self.spec.delete_alias => {
                return self.unsupported("alias of the target of a `delete`", "use the table's own name");
            }
            (_, Some(_) | None) => self.table(from)?,
        }
        match self.spec.delete_using {
            DeleteUsing::Using => {
                self.list(" using ", using, ", ", Self::table_ref)?;
                self.optional(" where ", filter, Self::expr)?;
            }
            DeleteUsing::UsingWithTarget => {
                if !using.is_empty() {
                    if !returning.is_empty() {
                        return self.unsupported("`returning` on a `delete` with other tables", "filter by `in`");
                    }
                    self.text(" using ");
                    self.table(from)?;
                    self.list(", ", using, ", ", Self::table_ref)?;
                }
                self.optional(" where ", filter, Self::expr)?;
            }
            DeleteUsing::Exists if using.is_empty() => self.optional(" where ", filter, Self::expr)?,
            DeleteUsing::Exists => {
                self.text(" where exists (select 1");
                self.list(" from ", using, ", ", Self::table_ref)?;
                self.optional(" where ", filter, Self::expr)?;
                self.text(")");
            }
        }
        self.target = self.reading_of_returning().map(|reading| (OwnTarget::new(&from.name, with), reading));
        self.returning(returning, self.spec.delete_returning, !using.is_empty(), from)
    }

    fn update_with(&self, has_with: bool) -> Result<()> {
        if has_with && !self.spec.update_with {
            return self.unsupported("`with` before `update` and `delete`", "use subqueries");
        }
        Ok(())
    }

    /// Writes `returning ..` of an `update` or `delete`.
    fn returning(
        &mut self,
        returning: &'a [SelectItem],
        supported: bool,
        other_tables: bool,
        target: &'a Table,
    ) -> Result<()> {
        if returning.is_empty() {
            return Ok(());
        }
        if !supported {
            return self.unsupported("`returning` on this statement", "read the rows in the same transaction");
        }
        let only_own = || returning.iter().all(|item| !lower::names_other_table(item, target_name(target)));
        if !self.spec.returning_other_tables && (target.alias.is_some() || (other_tables && !only_own())) {
            return self.unsupported(
                "columns of other tables in `returning`",
                "give back the target's own columns, without an alias",
            );
        }
        self.list(" returning ", returning, ", ", Self::select_item)
    }
}

/// A column that is set twice would be an error here, the first value there and the last one elsewhere.
pub(super) fn set_once<'i>(columns: impl Iterator<Item = &'i Ident> + Clone) -> Result<()> {
    for (at, column) in columns.clone().enumerate() {
        if columns.clone().take(at).any(|earlier| earlier == column) {
            return Err(Error::invalid(format!("the column {:?} is set twice", column.as_str())));
        }
    }
    Ok(())
}

fn target_name(table: &Table) -> &Ident {
    table.alias.as_ref().unwrap_or(&table.name.name)
}

/// A missing condition is more often a mistake than a wish, so the wish has to be said.
fn demand_filter(filter: &Option<Expr>, all_rows: bool, statement: &str) -> Result<()> {
    match (filter, all_rows) {
        (None, false) => {
            Err(Error::invalid(format!("`{statement}` without `filter`; say `.all_rows()` where all rows are meant")))
        }
        (Some(_), _) | (None, true) => Ok(()),
    }
}
