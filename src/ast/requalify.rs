//! Another name for a table that a statement writes, before the columns that it names.

use super::{AllColumns, Column, Cte, Ident, Node, Select, TableRef, Visit, VisitMut};
use crate::error::{Error, Result};

/// Has a statement that writes, or a part of one, call the written table by another name, if it can. It cannot where it reads
/// a table of that name.
pub(super) fn requalify(node: &mut impl Node, from: &Ident, to: &Ident) -> Result<bool> {
    if from == to {
        return Ok(true);
    }
    if node.walk(&mut Taken(to)).is_err() {
        return Ok(false);
    }
    node.walk_mut(&mut Requalifier { from, to })?;
    Ok(true)
}

/// Ends its walk where a table is known by a name.
struct Taken<'a>(&'a Ident);

impl Visit for Taken<'_> {
    fn visit_table_ref(&mut self, node: &TableRef) -> Result<()> {
        if node.name() == self.0 { Err(Error::not_found()) } else { node.walk(self) }
    }
}

struct Requalifier<'a> {
    from: &'a Ident,
    to: &'a Ident,
}

impl VisitMut for Requalifier<'_> {
    /// Common table expressions do not see what the statement writes.
    fn visit_cte(&mut self, _: &mut Cte) -> Result<()> {
        Ok(())
    }

    fn visit_select(&mut self, node: &mut Select) -> Result<()> {
        let mut tables = node.from.iter().chain(node.joins.iter().map(|join| &join.table));
        if tables.any(|table| table.name() == self.from) {
            // Its own table has the name, and hides the one that is written.
            return Ok(());
        }
        node.walk_mut(self)
    }

    fn visit_all_columns(&mut self, node: &mut AllColumns) -> Result<()> {
        if node.table.as_ref() == Some(self.from) {
            node.table = Some(self.to.clone());
        }
        Ok(())
    }

    fn visit_column(&mut self, node: &mut Column) -> Result<()> {
        if node.table().as_ref() == Some(self.from) {
            *node = Column::new(Some(self.to.clone()), node.name());
        }
        Ok(())
    }
}
