//! Names in common table expressions that servers take for different things.

use super::lower::{finds, found};
use super::writer::Writer;
use crate::ast::{Compound, Cte, Delete, Ident, Insert, Node, Select, StatementRef, Table, TableName, Update, Visit};
use crate::error::Result;

/// What a common table expression may read that one server takes for another thing than all others do.
#[derive(Clone, Copy)]
enum Read {
    /// One that stands before a statement around its own: `with a as (..) select .. from (with b as (select .. from a) ..)`. A
    /// server that does not look there takes the name for that of a table.
    Outside,
    /// A table of its own name, or of that of one behind it in a list that is not recursive: `with a as (select .. from a) ..`.
    /// A server that looks there too does not take the name for that of a table.
    Behind,
}

/// Whether a common table expression reads such a thing.
fn is_read(what: Read, statement: StatementRef<'_>) -> bool {
    let finder = Finder { what, names: Vec::new(), outside: 0, unseen: 0 };
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

impl Writer<'_> {
    /// Refuses what the server would take for another thing.
    #[inline(never)]
    pub(super) fn check_names_of_with(&self, statement: StatementRef<'_>) -> Result<()> {
        if !self.spec.with_sees_outside && self.withs > 1 && is_read(Read::Outside, statement) {
            return self.unsupported(
                "`with` that reads a common table expression of a statement around it",
                "put both before the same statement",
            );
        }
        if self.spec.with_sees_behind && is_read(Read::Behind, statement) {
            return self.unsupported(
                "`with` that reads a table of the name of a common table expression",
                "give the common table expression another name",
            );
        }
        Ok(())
    }
}

struct Finder {
    what: Read,
    /// The names of the common table expressions around a place, those of the nearest statement last, and whether they are not
    /// before it.
    names: Vec<(Ident, Place)>,
    /// How many of them are not of the nearest statement.
    outside: usize,
    /// How many of them are not looked at here.
    unseen: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Behind,
}

impl Finder {
    fn scope(&mut self, with: &[Cte], node: &impl Node) -> Result<()> {
        let (outside, names) = (self.outside, self.names.len());
        self.outside = names;
        let place = if with.iter().any(|cte| cte.recursive) { Place::Before } else { Place::Behind };
        self.names.extend(with.iter().map(|cte| (cte.name.clone(), place)));
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
        if let Some((_, place)) = self.names.iter_mut().rfind(|(name, _)| *name == node.name) {
            *place = Place::Before;
        }
        Ok(())
    }

    fn visit_table(&mut self, node: &Table) -> Result<()> {
        let TableName { schema: None, name } = &node.name else { return Ok(()) };
        let is = |(it, _): &(Ident, Place)| it.as_str().eq_ignore_ascii_case(name.as_str());
        let Some(at) = self.names.iter().rposition(is) else { return Ok(()) };
        let is_read = match self.what {
            Read::Outside => at < self.unseen,
            Read::Behind => self.names[at].1 == Place::Behind,
        };
        if is_read { found() } else { Ok(()) }
    }
}
