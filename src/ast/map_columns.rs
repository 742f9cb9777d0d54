//! Other names for the columns of tables, wherever a statement names them.
//!
//! A statement calls its columns by names of its own: an alias, a common table expression and a derived table have those
//! of their select lists. So only the columns of tables are renamed, and where a select list gives one without an alias,
//! it gets its old name as its alias. What stands outside of the list, and who reads the rows, sees no difference then.

use smallvec::SmallVec;

use super::ctes::{Ctes, SeesCtes};
use super::scope::every_column;
use super::*;
use crate::error::{Error, Result};

impl Statement {
    /// Gives every column of a table that the statement names the name that is returned for it: in expressions, lists of
    /// columns, what is set, the keys of upserts, `returning` and definitions, wherever they stand.
    ///
    /// Aliases and the columns of common table expressions and derived tables are names of the statement's own, and stay. So
    /// do the names of the columns that it gives: a select list that names a renamed column gets its old name as an alias,
    /// and [all columns](AllColumns) of a table become a list of them. The text of a [`Raw`] is not looked into; columns in
    /// its slots are renamed.
    ///
    /// ```
    /// use kysera::ast;
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, full_name: String }
    /// let q = select_from(users::table).filter(users::full_name.eq("Ann"));
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.map_columns(|_table, column| Ok((column.as_str() == "full_name").then(|| "fullName".into())))?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"select "users"."id", "users"."fullName" as "full_name" from "users" where "users"."fullName" = ?1"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `rename`; and [`is_invalid`](Error::is_invalid) where a column does not say of which table it is and that
    /// would make a difference, or where it depends on the server whether a name is that of a common table expression.
    pub fn map_columns(
        &mut self,
        mut rename: impl FnMut(&TableUse<'_>, &Ident) -> Result<Option<Ident>>,
    ) -> Result<()> {
        let rename: &mut Rename<'_> = &mut rename;
        self.accept_mut(&mut Mapper { rename, ctes: Ctes::NONE, frames: Vec::new(), inserted: None })
    }
}

/// What a column of a table is called from now on, if that changes.
type Rename<'a> = dyn FnMut(&TableUse<'_>, &Ident) -> Result<Option<Ident>> + 'a;

/// Walks a statement and knows whose each column is.
struct Mapper<'e, 'f> {
    rename: &'e mut Rename<'f>,
    ctes: Ctes,
    /// What can be named at a place, the nearest last.
    frames: Vec<Frame>,
    /// The table of the upsert that is looked at.
    inserted: Option<Source>,
}

/// What the parts of one query, or of one statement that writes, can name.
#[derive(Default)]
struct Frame {
    sources: SmallVec<[Source; 2]>,
    /// The names of its own that a column without a table may be.
    aliases: Vec<Ident>,
    /// Whether a column without a table is one of the rows that are given.
    of_result: bool,
}

/// What has columns.
#[derive(Clone)]
struct Source {
    known_as: Ident,
    /// The table that they are of; none where they are columns of the statement's own.
    table: Option<(TableName, Role)>,
}

impl Source {
    fn new(known_as: &Ident, table: &TableName, role: Role) -> Self {
        Self { known_as: known_as.clone(), table: Some((table.clone(), role)) }
    }

    /// A table that is written.
    fn target(table: &Table, role: Role) -> Self {
        let Table { name, alias } = table;
        Self::new(alias.as_ref().unwrap_or(&name.name), name, role)
    }

    /// What a column of it is called from now on, if that changes.
    fn renamed(&self, column: &Ident, rename: &mut Rename<'_>) -> Result<Option<Ident>> {
        let Some((table, role)) = &self.table else { return Ok(None) };
        let new = rename(&TableUse::new(table, &self.known_as, *role), column)?;
        Ok(new.filter(|new| new != column))
    }

    /// Whether it is known not to have a column.
    fn lacks(&self, column: &Ident) -> bool {
        let declared = self.table.as_ref().and_then(|(table, _)| table.declared());
        declared.is_some_and(|it| it.column(column.as_str()).is_none())
    }
}

impl Frame {
    fn of(source: &Source) -> Self {
        Self { sources: std::iter::once(source.clone()).collect(), ..Self::default() }
    }
}

impl SeesCtes for Mapper<'_, '_> {
    fn ctes(&mut self) -> &mut Ctes {
        &mut self.ctes
    }
}

impl Mapper<'_, '_> {
    /// What a column is called from now on, if that changes.
    fn renamed(&mut self, table: Option<&Ident>, column: &Ident) -> Result<Option<Ident>> {
        let Some(known_as) = table else { return self.renamed_of_any(column) };
        let mut sources = self.frames.iter().rev().flat_map(|frame| &frame.sources);
        if let Some(source) = sources.find(|it| it.known_as == *known_as) {
            return source.renamed(column, self.rename);
        }
        // The slot of a text, which names its tables in words.
        match TableName::new(known_as.clone()).declared() {
            Some(declared) => Source::new(known_as, &declared.table_name(), Role::Read).renamed(column, self.rename),
            None => Ok(None),
        }
    }

    /// The same of a column that does not say of which table it is.
    fn renamed_of_any(&mut self, column: &Ident) -> Result<Option<Ident>> {
        for Frame { sources, aliases, of_result } in self.frames.iter().rev() {
            if *of_result || aliases.contains(column) {
                return Ok(None);
            }
            let mut new = None;
            for source in sources.iter().filter(|it| !it.lacks(column)) {
                let renamed = source.renamed(column, self.rename)?;
                if new.get_or_insert_with(|| renamed.clone()) != &renamed {
                    return Err(Error::invalid(format!("it must be said of which table `{}` is", column.as_str())));
                }
            }
            if let Some(new) = new {
                return Ok(new);
            }
        }
        Ok(None)
    }

    /// Renames columns of a table that are named without it.
    fn rename_all<'n>(&mut self, names: impl IntoIterator<Item = &'n mut Ident>, source: &Source) -> Result<()> {
        for name in names {
            if let Some(new) = source.renamed(name, self.rename)? {
                *name = new;
            }
        }
        Ok(())
    }

    fn set(&mut self, assignments: &mut [Assignment], target: &Source) -> Result<()> {
        self.rename_all(assignments.iter_mut().map(|it| &mut it.column), target)?;
        assignments.iter_mut().try_for_each(|Assignment { column: _, value }| value.accept_mut(self))
    }

    /// Goes through what stands in `from`, and tells whose columns it has.
    fn source(&mut self, it: &mut TableRef) -> Result<Source> {
        let known_as = it.name().clone();
        let table = match it {
            TableRef::Table(Table { name, alias: _ }) if self.ctes.hide(name)? => None,
            TableRef::Table(Table { name, alias: _ }) => Some((name.clone(), Role::Read)),
            TableRef::Derived(Derived { query, alias: _ }) => {
                query.accept_mut(self)?;
                match all_of_table(query) {
                    Some(name) if !self.ctes.hide(name)? => Some((name.clone(), Role::Read)),
                    Some(_) | None => None,
                }
            }
        };
        Ok(Source { known_as, table })
    }

    fn frame<'t>(&mut self, tables: impl IntoIterator<Item = &'t mut TableRef>) -> Result<Frame> {
        let sources = tables.into_iter().map(|table| self.source(table)).collect::<Result<_>>()?;
        Ok(Frame { sources, ..Frame::default() })
    }

    /// Renames columns in what is given back, whose own columns keep their names.
    fn select_list(&mut self, list: &mut SelectList) -> Result<()> {
        let mut at = 0;
        while at < list.len() {
            match &mut list[at] {
                SelectItem::Expr(SelectExpr { expr, alias }) => {
                    let named = if alias.is_none() { name_of(expr) } else { None };
                    expr.accept_mut(self)?;
                    if named.is_some() && named != name_of(expr) {
                        *alias = named;
                    }
                    at += 1;
                }
                SelectItem::AllColumns(all) => {
                    let all = all.clone();
                    at += match self.one_by_one(&all)? {
                        Some(items) => {
                            list.remove(at);
                            list.insert_many(at, items);
                            all.columns.len()
                        }
                        None => 1,
                    };
                }
            }
        }
        Ok(())
    }

    /// All columns of a table by themselves, if one of them is renamed.
    fn one_by_one(&mut self, all: &AllColumns) -> Result<Option<SelectList>> {
        let AllColumns { table, columns } = all;
        let mut items = SelectList::new();
        let mut is_same = true;
        for column in *columns {
            let name = Ident::Static(column.name);
            let new = self.renamed(table.as_ref(), &name)?;
            is_same &= new.is_none();
            let alias = new.is_some().then(|| name.clone());
            let expr = Expr::Column(Column::new(table.clone(), new.unwrap_or(name)));
            items.push(SelectItem::Expr(SelectExpr { expr, alias }));
        }
        Ok(if is_same { None } else { Some(items) })
    }

    /// Renames columns in the order of a query's rows, where a name by itself is first that of a column of theirs.
    fn order(&mut self, order_by: &mut OrderList, columns: &SelectList) -> Result<()> {
        for OrderItem { expr, direction: _, nulls: _ } in order_by {
            let is_result = name_by_itself(expr).is_some_and(|name| gives(columns, &name));
            if !is_result {
                expr.accept_mut(self)?;
            }
        }
        Ok(())
    }
}

/// The name that an entry of a select list gives by itself.
fn name_of(expr: &Expr) -> Option<Ident> {
    if let Expr::Column(column) = expr { Some(column.name()) } else { None }
}

/// The name of a column that does not say of which table it is.
fn name_by_itself(expr: &Expr) -> Option<Ident> {
    if let Expr::Column(column) = expr
        && column.table().is_none()
    {
        return Some(column.name());
    }
    None
}

/// Whether a select list gives a column of this name.
fn gives(columns: &SelectList, name: &Ident) -> bool {
    columns.iter().any(|item| match item {
        SelectItem::Expr(SelectExpr { expr: _, alias: Some(alias) }) => alias == name,
        SelectItem::Expr(SelectExpr { expr, alias: None }) => name_of(expr).as_ref() == Some(name),
        SelectItem::AllColumns(AllColumns { table: _, columns }) => {
            columns.iter().any(|column| column.name.text() == name.as_str())
        }
    })
}

/// The aliases of a select list.
fn aliases(columns: &SelectList) -> Vec<Ident> {
    let alias = |item: &SelectItem| match item {
        SelectItem::Expr(SelectExpr { expr: _, alias }) => alias.clone(),
        SelectItem::AllColumns(_) => None,
    };
    columns.iter().filter_map(alias).collect()
}

/// The table that a derived table has all columns of, by the names that they have there.
fn all_of_table(query: &Query) -> Option<&TableName> {
    let Query::Select(select) = query else { return None };
    let ([item], [from]) = (select.columns.as_slice(), select.from.as_slice()) else { return None };
    if !select.with.is_empty() || !select.joins.is_empty() || *item != every_column() {
        return None;
    }
    match from {
        TableRef::Table(Table { name, alias: _ }) => Some(name),
        TableRef::Derived(Derived { query, alias: _ }) => all_of_table(query),
    }
}

/// A node that knows here whose the columns in it are.
pub(super) trait Owner {
    /// Says so.
    fn knows_its_columns() {}
}

macro_rules! owners {
    ($($Node:ident)*) => {
        $(impl Owner for $Node {})*
    };
}

owners!(Select Compound Insert Update Delete CreateTable DropTable RowSecurity);

impl VisitMut for Mapper<'_, '_> {
    fn visit_column(&mut self, node: &mut Column) -> Result<()> {
        let table = node.table();
        if let Some(new) = self.renamed(table.as_ref(), &node.name())? {
            *node = Column::new(table, new);
        }
        Ok(())
    }

    fn visit_raw(&mut self, node: &mut Raw) -> Result<()> {
        let Raw { parts } = node;
        for at in 0..parts.len() {
            let is_called = matches!(parts.get(at + 1), Some(RawPart::Text(it)) if it.trim_start().starts_with('('));
            match &mut parts[at] {
                // The name of a function that is put in, which a guard knows by this name.
                RawPart::Expr(Expr::Column(name)) if is_called && name.table().is_none() => {}
                part => part.accept_mut(self)?,
            }
        }
        Ok(())
    }

    fn visit_excluded(&mut self, node: &mut Excluded) -> Result<()> {
        let Excluded { column } = node;
        match self.inserted.clone() {
            Some(inserted) => self.rename_all([column], &inserted),
            None => Ok(()),
        }
    }

    fn visit_select(&mut self, node: &mut Select) -> Result<()> {
        let Select {
            with,
            distinct: _,
            columns,
            from,
            joins,
            filter,
            group_by,
            having,
            order_by,
            limit,
            offset,
            lock: _,
        } = node;
        let outside = self.enter(with)?;
        let frame = self.frame(from.iter_mut().chain(joins.iter_mut().map(|join| &mut join.table)))?;
        self.frames.push(frame);
        // Before the list has aliases that it did not have.
        let aliases = aliases(columns);
        self.select_list(columns)?;
        for Join { kind: _, table: _, on } in joins {
            on.accept_mut(self)?;
        }
        filter.accept_mut(self)?;
        limit.accept_mut(self)?;
        offset.accept_mut(self)?;
        if let Some(frame) = self.frames.last_mut() {
            frame.aliases = aliases;
        }
        group_by.accept_mut(self)?;
        having.accept_mut(self)?;
        self.order(order_by, columns)?;
        self.frames.pop();
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_compound(&mut self, node: &mut Compound) -> Result<()> {
        let Compound { with, operator: _, operands, order_by, limit, offset } = node;
        let outside = self.enter(with)?;
        operands.accept_mut(self)?;
        self.frames.push(Frame { of_result: true, ..Frame::default() });
        order_by.accept_mut(self)?;
        self.frames.pop();
        limit.accept_mut(self)?;
        offset.accept_mut(self)?;
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_insert(&mut self, node: &mut Insert) -> Result<()> {
        let Insert { with, into, columns, source, conflict, returning } = node;
        let outside = self.enter(with)?;
        let target = Source::new(&into.name, into, Role::Insert);
        self.rename_all(columns, &target)?;
        match source {
            InsertSource::Query(query) => query.accept_mut(self)?,
            InsertSource::Values(values) => {
                self.frames.push(Frame::of(&target));
                values.accept_mut(self)?;
                self.frames.pop();
            }
            InsertSource::Default => {}
        }
        if let Some(Conflict { target: keys, action }) = conflict {
            match keys {
                ConflictTarget::Any => {}
                ConflictTarget::Columns(columns) => self.rename_all(columns, &target)?,
            }
            match action {
                ConflictAction::Nothing => {}
                ConflictAction::Update { assignments, filter } => {
                    let found = Source::new(&into.name, into, Role::Conflict);
                    self.frames.push(Frame::of(&found));
                    let around = self.inserted.replace(found.clone());
                    self.set(assignments, &found)?;
                    filter.accept_mut(self)?;
                    self.inserted = around;
                    self.frames.pop();
                }
            }
        }
        self.frames.push(Frame::of(&target));
        self.select_list(returning)?;
        self.frames.pop();
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        let Update { with, table, assignments, from, filter, all_rows: _, returning } = node;
        let outside = self.enter(with)?;
        let target = Source::target(table, Role::Update);
        let mut frame = self.frame(from)?;
        frame.sources.insert(0, target.clone());
        self.frames.push(frame);
        self.set(assignments, &target)?;
        filter.accept_mut(self)?;
        self.select_list(returning)?;
        self.frames.pop();
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_delete(&mut self, node: &mut Delete) -> Result<()> {
        let Delete { with, from, using, filter, all_rows: _, returning } = node;
        let outside = self.enter(with)?;
        let mut frame = self.frame(using)?;
        frame.sources.insert(0, Source::target(from, Role::Delete));
        self.frames.push(frame);
        filter.accept_mut(self)?;
        self.select_list(returning)?;
        self.frames.pop();
        self.ctes.leave(outside);
        Ok(())
    }

    fn visit_row_security(&mut self, node: &mut RowSecurity) -> Result<()> {
        let RowSecurity { table, action } = node;
        self.frames.push(Frame::of(&Source::new(&table.name, table, Role::Define)));
        action.accept_mut(self)?;
        self.frames.pop();
        Ok(())
    }

    fn visit_create_table(&mut self, node: &mut CreateTable) -> Result<()> {
        let CreateTable { if_not_exists: _, name, columns, constraints } = node;
        let own = Source::new(&name.name, name, Role::Define);
        self.frames.push(Frame::of(&own));
        for ColumnDef { name, data_type: _, nullable: _, default, generation } in columns {
            self.rename_all([name], &own)?;
            default.accept_mut(self)?;
            generation.accept_mut(self)?;
        }
        for constraint in constraints {
            match constraint {
                TableConstraint::PrimaryKey(Index { name: _, columns })
                | TableConstraint::Unique(Index { name: _, columns }) => self.rename_all(columns, &own)?,
                TableConstraint::ForeignKey(ForeignKey {
                    name: _,
                    columns,
                    table,
                    references,
                    on_delete: _,
                    on_update: _,
                }) => {
                    self.rename_all(columns, &own)?;
                    self.rename_all(references, &Source::new(&table.name, table, Role::Define))?;
                }
                TableConstraint::Check(Check { name: _, condition }) => condition.accept_mut(self)?,
            }
        }
        self.frames.pop();
        Ok(())
    }
}
