//! Common table expressions that read one of a statement around theirs.

use super::lower::{finds, found};
use crate::ast::{Compound, Cte, Delete, Ident, Insert, Node, Select, StatementRef, Table, TableName, Update, Visit};
use crate::error::Result;

/// Whether a common table expression reads one that stands before a statement around its own: `with a as (..) select .. from
/// (with b as (select .. from a) ..)`. A server that does not look there takes the name for that of a table.
pub(super) fn is_read(statement: StatementRef<'_>) -> bool {
    let finder = Finder { names: Vec::new(), outside: 0, unseen: 0 };
    match statement {
        StatementRef::Select(it) => finds(it, finder),
        StatementRef::Compound(it) => finds(it, finder),
        StatementRef::Insert(it) => finds(it, finder),
        StatementRef::Update(it) => finds(it, finder),
        StatementRef::Delete(it) => finds(it, finder),
        StatementRef::CreateTable(_)
        | StatementRef::DropTable(_)
        | StatementRef::RowSecurity(_)
        | StatementRef::Raw(_) => false,
    }
}

struct Finder {
    /// The names of the common table expressions around a place, those of the nearest statement last.
    names: Vec<Ident>,
    /// How many of them are not of the nearest statement.
    outside: usize,
    /// How many of them are not looked at here.
    unseen: usize,
}

impl Finder {
    fn scope(&mut self, with: &[Cte], node: &impl Node) -> Result<()> {
        let (outside, names) = (self.outside, self.names.len());
        self.outside = names;
        self.names.extend(with.iter().map(|cte| cte.name.clone()));
        node.walk(self)?;
        self.names.truncate(names);
        self.outside = outside;
        Ok(())
    }
}

impl Visit for Finder {
    fn visit_select(&mut self, node: &Select) -> Result<()> {
        self.scope(&node.with, node)
    }

    fn visit_compound(&mut self, node: &Compound) -> Result<()> {
        self.scope(&node.with, node)
    }

    fn visit_insert(&mut self, node: &Insert) -> Result<()> {
        self.scope(&node.with, node)
    }

    fn visit_update(&mut self, node: &Update) -> Result<()> {
        self.scope(&node.with, node)
    }

    fn visit_delete(&mut self, node: &Delete) -> Result<()> {
        self.scope(&node.with, node)
    }

    fn visit_cte(&mut self, node: &Cte) -> Result<()> {
        let unseen = self.unseen;
        self.unseen = self.outside;
        node.walk(self)?;
        self.unseen = unseen;
        Ok(())
    }

    fn visit_table(&mut self, node: &Table) -> Result<()> {
        let TableName { schema: None, name } = &node.name else { return Ok(()) };
        let is = |it: &Ident| it.as_str().eq_ignore_ascii_case(name.as_str());
        match self.names.iter().rposition(is) {
            Some(at) if at < self.unseen => found(),
            Some(_) | None => Ok(()),
        }
    }
}
