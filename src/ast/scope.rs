//! Which real tables a statement reads and writes, and where a condition on each of them belongs.
//!
//! This is the one place that knows. Whoever filters rows (soft deletes, tenants) or renames tables (schemas) asks
//! [`Statement::restrict_tables`] or [`Statement::rename_tables`], and gets every table wherever it stands: in joins,
//! subqueries, common table expressions, set operations, and in what is written. The table of nodes (`visit.rs`) marks
//! the nodes that hold tables as scopes, and a scope that is not taken apart here does not compile.

use smallvec::{Array, SmallVec, smallvec};

use super::ctes::{Ctes, SeesCtes};
use super::requalify::requalify;
use super::*;
use crate::error::{Error, Result};

impl Statement {
    /// Adds to every table that the statement uses the condition that is given for it, where it belongs: to the `where`
    /// of a query, an update or a delete; to the `on` of an outer join whose other side must stay; into a derived table
    /// for a full join; to the `where` of an upsert. The conditions given are not looked at again.
    ///
    /// ```
    /// use kysera::ast;
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, tenant_id: i64 }
    /// # #[derive(Table)]
    /// # #[table(name = "posts")]
    /// # pub struct Post { #[column(primary_key, generated)] id: i64, user_id: i64, tenant_id: i64 }
    /// let q = select_from(users::table).left_join(posts::table, posts::user_id.eq(users::id)).select((users::id, posts::id));
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.restrict_tables(|table| {
    ///     Ok(table.has_column("tenant_id").then(|| table.column("tenant_id").equals(7)))
    /// })?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"select "users"."id", "posts"."id" from "users" left join "posts" on "posts"."user_id" = "users"."id" and "posts"."tenant_id" = ?1 where "users"."tenant_id" = ?2"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `condition`; and [`is_invalid`](Error::is_invalid) where a condition is given for a role that has no
    /// place for one, or it depends on the server whether a name is that of a common table expression.
    pub fn restrict_tables(&mut self, mut condition: impl FnMut(&TableUse<'_>) -> Result<Option<Expr>>) -> Result<()> {
        self.resolve(&mut |found| {
            if let Some(condition) = condition(&found.table_use())? {
                Expr::restrict(found.clause, condition);
            }
            Ok(())
        })
    }

    /// Gives every table that the statement uses the name that is returned for it. One that it reads stays known to the
    /// statement as it was, by an alias; one that it writes is called by its new name, unless another table of the statement
    /// is.
    ///
    /// ```
    /// use kysera::ast;
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64 }
    /// let q = select_from(users::table).select(users::id);
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.rename_tables(|table| Ok((table.name().name.as_str() == "users").then(|| ("crm", "people").into())))?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"select "users"."id" from "crm"."people" as "users""#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `rename`; and [`is_invalid`](Error::is_invalid) where it depends on the server whether a name is that of a
    /// common table expression, where a table's new name is that of one which would be read in its place, or where a table is
    /// inserted into or created and another one has its new name.
    pub fn rename_tables(&mut self, mut rename: impl FnMut(&TableUse<'_>) -> Result<Option<TableName>>) -> Result<()> {
        self.resolve(&mut |found| {
            let table = found.table_use();
            if let Some(name) = rename(&table)? {
                if name != *table.name() && found.is_looked_up() && found.ctes.hide(&name)? {
                    return Err(Error::invalid(format!(
                        "`{}` is to be called `{}`, which is the name of a common table expression there; give that another name",
                        table.name().name.as_str(),
                        name.name.as_str()
                    )));
                }
                if *table.known_as() != name.name {
                    *found.alias = Some(table.known_as().clone());
                }
                *found.name = name;
            }
            Ok(())
        })
    }

    /// Gives every table with the clause that a condition on it belongs to, and what reaches rows that it does not see, so that
    /// both take one walk.
    pub(crate) fn restrict_tables_and_fragments(
        &mut self,
        mut restrict: impl FnMut(&TableUse<'_>, &mut Option<Expr>) -> Result<()>,
        mut fragment: impl FnMut(Fragment<'_>) -> Result<()>,
    ) -> Result<()> {
        let each: &mut Each<'_> = &mut |found| {
            let Found { name, alias, role, clause, ctes: _ } = found;
            restrict(&TableUse::of(name, alias.as_ref(), role), clause)
        };
        self.accept_mut(&mut Resolver { each, fragment: &mut fragment, ctes: Ctes::NONE })
    }

    fn resolve(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.accept_mut(&mut Resolver { each, fragment: &mut |_| Ok(()), ctes: Ctes::NONE })
    }
}

/// What may reach rows of tables that a statement does not name as such.
pub(crate) enum Fragment<'a> {
    /// A statement of text.
    Statement(&'a Raw),
    /// Text in a statement.
    Text(&'a Raw),
    /// A function, by its name.
    Function { schema: Option<&'a Ident>, name: &'a Ident },
}

/// What is done with each table.
type Each<'a> = dyn FnMut(Found<'_>) -> Result<()> + 'a;

/// A table that was found.
struct Found<'a> {
    name: &'a mut TableName,
    alias: &'a mut Option<Ident>,
    role: Role,
    /// Where a condition on it belongs.
    clause: &'a mut Option<Expr>,
    /// Those that are seen where it stands.
    ctes: &'a Ctes,
}

impl Found<'_> {
    fn table_use(&self) -> TableUse<'_> {
        TableUse::of(self.name, self.alias.as_ref(), self.role)
    }

    /// Whether some server looks for its name among common table expressions too.
    fn is_looked_up(&self) -> bool {
        match self.role {
            Role::Read | Role::Update | Role::Delete => true,
            Role::Insert | Role::Conflict | Role::Define => false,
        }
    }
}

/// Walks a statement and knows which names are those of common table expressions.
struct Resolver<'e, 'f> {
    each: &'e mut Each<'f>,
    fragment: &'e mut (dyn FnMut(Fragment<'_>) -> Result<()> + 'f),
    ctes: Ctes,
}

impl SeesCtes for Resolver<'_, '_> {
    fn ctes(&mut self) -> &mut Ctes {
        &mut self.ctes
    }
}

/// Where a condition on a table of a query belongs.
enum Place {
    Filter,
    /// The `on` of this join.
    On(usize),
    /// A derived table in place of the table.
    Derived,
}

impl Resolver<'_, '_> {
    #[inline(never)]
    fn inside(&mut self, it: &mut Expr) -> Result<()> {
        it.walk_mut(self)
    }

    /// Asks for a table that is no common table expression, as none is that is written.
    fn target(
        &mut self,
        name: &mut TableName,
        alias: &mut Option<Ident>,
        role: Role,
        clause: &mut Option<Expr>,
    ) -> Result<()> {
        (self.each)(Found { name, alias, role, clause, ctes: &self.ctes })
    }

    /// Asks for a table that is defined or inserted into.
    fn without_condition(&mut self, name: &mut TableName, role: Role) -> Result<()> {
        let mut condition = None;
        self.target(name, &mut None, role, &mut condition)?;
        if condition.is_some() { Err(no_place("condition", &name.name)) } else { Ok(()) }
    }

    /// Asks for what stands in `from`, after `join` or after `using`.
    fn source(&mut self, it: &mut TableRef, clause: &mut Option<Expr>) -> Result<()> {
        match it {
            TableRef::Table(Table { name, alias }) => {
                if self.ctes.hide(name)? {
                    Ok(())
                } else {
                    self.target(name, alias, Role::Read, clause)
                }
            }
            TableRef::Derived(Derived { query, alias: _ }) => query.accept_mut(self),
        }
    }

    /// The same of what is read in place of what the condition makes of it.
    fn derived(&mut self, it: &mut TableRef) -> Result<()> {
        let mut condition = None;
        self.source(it, &mut condition)?;
        if let Some(condition) = condition {
            derive(it, condition);
        }
        Ok(())
    }
}

fn no_place(what: &str, name: &Ident) -> Error {
    Error::invalid(format!("there is no place for a {what} of `{}` in such a statement", name.as_str()))
}

/// Where a condition on a table belongs: before any join that keeps rows of the other side when this table has none.
fn place(own: Option<usize>, joins: &[Join], several: bool) -> Place {
    let mut joins = joins.iter().enumerate();
    if let Some(own) = own {
        match joins.nth(own).map(|(_, join)| join.kind) {
            Some(JoinKind::Left) => return Place::On(own),
            Some(JoinKind::Full) => return Place::Derived,
            Some(JoinKind::Inner | JoinKind::Right | JoinKind::Cross) | None => {}
        }
    }
    for (at, join) in joins {
        match join.kind {
            // Servers differ in which of several tables of a `from` such a join has on its left.
            JoinKind::Right if several && own.is_none() => return Place::Derived,
            JoinKind::Right => return Place::On(at),
            JoinKind::Full => return Place::Derived,
            JoinKind::Inner | JoinKind::Left | JoinKind::Cross => {}
        }
    }
    Place::Filter
}

/// `*`, which has the columns of a table that nothing is declared of, too.
pub(super) fn every_column() -> SelectItem {
    let text = Raw { parts: smallvec![RawPart::Text("*".into())] };
    SelectItem::Expr(SelectExpr { expr: Expr::Raw(Shared::new(text)), alias: None })
}

/// Puts the rows of a table for which a condition holds in place of the table.
fn derive(table: &mut TableRef, condition: Expr) {
    let alias = table.name().clone();
    let query = Select {
        columns: smallvec![every_column()],
        from: smallvec![table.clone()],
        filter: Some(condition),
        ..Select::default()
    };
    *table = TableRef::Derived(Derived { query: Query::Select(Shared::new(query)), alias });
}

/// Whether it is seen without a walk that there are but columns and values in an expression, as in nearly all.
#[inline(never)]
fn is_plain(it: &Expr) -> bool {
    match it {
        Expr::And(all) | Expr::Or(all) => all.iter().all(is_of_leaves),
        other => is_of_leaves(other),
    }
}

#[inline]
fn is_of_leaves(it: &Expr) -> bool {
    match it {
        Expr::Binary(it) => is_leaf(&it.left) && is_leaf(&it.right),
        Expr::Like(it) => is_leaf(&it.left) && is_leaf(&it.pattern),
        Expr::In(it) => is_leaf(&it.value) && it.list.iter().all(is_leaf),
        Expr::IsNull(it) => is_leaf(&it.value),
        other => is_leaf(other),
    }
}

#[inline]
fn is_leaf(it: &Expr) -> bool {
    matches!(it, Expr::Column(_) | Expr::Value(_))
}

impl VisitMut for Resolver<'_, '_> {
    fn visit_expr(&mut self, node: &mut Expr) -> Result<()> {
        if is_leaf(node) || is_plain(node) { Ok(()) } else { self.inside(node) }
    }

    fn visit_statement(&mut self, node: &mut Statement) -> Result<()> {
        if let Statement::Raw(raw) = node {
            (self.fragment)(Fragment::Statement(raw))?;
            return raw.change(|raw| raw.parts.accept_mut(self));
        }
        node.walk_mut(self)
    }

    fn visit_raw(&mut self, node: &mut Raw) -> Result<()> {
        (self.fragment)(Fragment::Text(node))?;
        node.walk_mut(self)
    }

    fn visit_call(&mut self, node: &mut Call) -> Result<()> {
        (self.fragment)(Fragment::Function { schema: node.schema.as_ref(), name: &node.name })?;
        node.walk_mut(self)
    }

    fn visit_aggregate(&mut self, node: &mut Aggregate) -> Result<()> {
        (self.fragment)(Fragment::Function { schema: None, name: &node.name })?;
        node.walk_mut(self)
    }

    fn visit_select(&mut self, node: &mut Select) -> Result<()> {
        let Select { with, distinct: _, columns, from, joins, filter, group_by, having, order_by, limit, offset, lock } =
            node;
        let outside = self.enter(with)?;
        columns.accept_mut(self)?;
        filter.accept_mut(self)?;
        group_by.accept_mut(self)?;
        having.accept_mut(self)?;
        order_by.accept_mut(self)?;
        limit.accept_mut(self)?;
        offset.accept_mut(self)?;
        lock.accept_mut(self)?;
        for Join { kind: _, table: _, on } in &mut *joins {
            on.accept_mut(self)?;
        }
        let several = from.len() > 1;
        let joins: &mut [Join] = joins;
        for table in from {
            match place(None, joins, several) {
                Place::Filter => self.source(table, filter)?,
                Place::On(join) => self.source(table, &mut joins[join].on)?,
                Place::Derived => self.derived(table)?,
            }
        }
        for at in 0..joins.len() {
            match place(Some(at), joins, several) {
                Place::Filter => self.source(&mut joins[at].table, filter)?,
                Place::On(join) if join == at => {
                    let Join { kind: _, table, on } = &mut joins[at];
                    self.source(table, on)?;
                }
                Place::On(join) => {
                    let (before, from_join) = joins.split_at_mut(join);
                    self.source(&mut before[at].table, &mut from_join[0].on)?;
                }
                Place::Derived => self.derived(&mut joins[at].table)?,
            }
        }
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_compound(&mut self, node: &mut Compound) -> Result<()> {
        let Compound { with, operator: _, operands, order_by, limit, offset } = node;
        let outside = self.enter(with)?;
        operands.accept_mut(self)?;
        order_by.accept_mut(self)?;
        limit.accept_mut(self)?;
        offset.accept_mut(self)?;
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_insert(&mut self, node: &mut Insert) -> Result<()> {
        let Insert { with, into, columns: _, source, conflict, returning } = node;
        let outside = self.enter(with)?;
        source.accept_mut(self)?;
        if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter } }) = conflict {
            assignments.accept_mut(self)?;
            filter.accept_mut(self)?;
            self.target(&mut into.clone(), &mut None, Role::Conflict, filter)?;
        }
        returning.accept_mut(self)?;
        let before = into.name.clone();
        self.without_condition(into, Role::Insert)?;
        self.ctes.leave(outside);
        // There is no place for an alias.
        if requalify(conflict, &before, &into.name)? && requalify(returning, &before, &into.name)? {
            Ok(())
        } else {
            Err(no_place("second name", &before))
        }
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        let Update { with, table, assignments, from, filter, all_rows, returning } = node;
        let outside = self.enter(with)?;
        assignments.accept_mut(self)?;
        filter.accept_mut(self)?;
        returning.accept_mut(self)?;
        let mut added = None;
        from.iter_mut().try_for_each(|table| self.source(table, &mut added))?;
        let Table { name, alias } = table;
        let had_alias = alias.is_some();
        self.target(name, alias, Role::Update, &mut added)?;
        restrict_written(filter, *all_rows, added);
        self.ctes.leave(outside);
        if !had_alias
            && let Some(before) = node.table.alias.clone()
            && requalify(node, &before, &node.table.name.name.clone())?
        {
            node.table.alias = None;
        }
        Ok(())
    }

    fn visit_delete(&mut self, node: &mut Delete) -> Result<()> {
        let Delete { with, from, using, filter, all_rows, returning } = node;
        let outside = self.enter(with)?;
        filter.accept_mut(self)?;
        returning.accept_mut(self)?;
        let mut added = None;
        using.iter_mut().try_for_each(|table| self.source(table, &mut added))?;
        let Table { name, alias } = from;
        let had_alias = alias.is_some();
        self.target(name, alias, Role::Delete, &mut added)?;
        restrict_written(filter, *all_rows, added);
        self.ctes.leave(outside);
        if !had_alias
            && let Some(before) = node.from.alias.clone()
            && requalify(node, &before, &node.from.name.name.clone())?
        {
            node.from.alias = None;
        }
        Ok(())
    }

    fn visit_create_table(&mut self, node: &mut CreateTable) -> Result<()> {
        let CreateTable { if_not_exists: _, name, columns, constraints } = node;
        let before = name.name.clone();
        self.without_condition(name, Role::Define)?;
        if !(requalify(columns, &before, &name.name)? && requalify(constraints, &before, &name.name)?) {
            return Err(no_place("second name", &before));
        }
        columns.accept_mut(self)?;
        for constraint in constraints {
            match constraint {
                TableConstraint::ForeignKey(ForeignKey {
                    name: _,
                    columns: _,
                    table,
                    references: _,
                    on_delete: _,
                    on_update: _,
                }) => self.without_condition(table, Role::Define)?,
                TableConstraint::Check(Check { name: _, condition }) => condition.accept_mut(self)?,
                TableConstraint::PrimaryKey(_) | TableConstraint::Unique(_) => {}
            }
        }
        Ok(())
    }

    fn visit_drop_table(&mut self, node: &mut DropTable) -> Result<()> {
        let DropTable { if_exists: _, name, cascade: _ } = node;
        self.without_condition(name, Role::Define)
    }

    fn visit_row_security(&mut self, node: &mut RowSecurity) -> Result<()> {
        let RowSecurity { table, action } = node;
        let before = table.name.clone();
        self.without_condition(table, Role::Define)?;
        action.accept_mut(self)?;
        // Its conditions call the table by its name.
        if requalify(action, &before, &table.name)? { Ok(()) } else { Err(no_place("second name", &before)) }
    }
}

/// Adds conditions to those of a statement that writes. One that does not say which rows it means stays refused.
fn restrict_written(filter: &mut Option<Expr>, all_rows: bool, added: Option<Expr>) {
    if let Some(added) = added
        && (filter.is_some() || all_rows)
    {
        Expr::restrict(filter, added);
    }
}

/// A node that takes its tables apart here.
pub(super) trait Scope {
    /// Says so.
    fn knows_its_tables() {}
}

macro_rules! scopes {
    ($($Node:ident)*) => {
        $(impl Scope for $Node {})*
    };
}

scopes!(Select Compound Insert Update Delete CreateTable DropTable RowSecurity);

/// A node that no table stands in, but in scopes of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a table, or has one among its parts, which only a scope may hold",
    note = "mark the node that holds it `@scope` in `visit.rs` and take it apart in `scope.rs`, or mark it `@table`"
)]
pub(super) trait Plain {
    /// Compiles where it is so. It is never called.
    #[allow(dead_code, reason = "that it compiles is what it is for")]
    fn holds_no_table(&self, visitor: &mut ()) -> Result<()>;
}

macro_rules! transparent {
    ($([$($generics:tt)*] $Container:ty;)*) => {
        $(impl<$($generics)*> Plain for $Container {
            fn holds_no_table(&self, (): &mut ()) -> Result<()> {
                Ok(())
            }
        })*
    };
}

transparent! {
    [T: Plain] Vec<T>;
    [T: Plain] Option<T>;
    [T: Plain] Shared<T>;
    [A: Array<Item: Plain>] SmallVec<A>;
}
