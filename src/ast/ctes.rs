//! Which names mean common table expressions, at each place of a statement.

use std::collections::HashMap;

use super::{Cte, Ident, Node, TableName, VisitMut};
use crate::error::{Error, Result};

/// The common table expressions that a place of a statement sees, the nearest last.
#[derive(Default)]
pub(super) struct Ctes {
    visible: Vec<Visible>,
    /// Where those of a name are, so that no list is searched for each table.
    places: HashMap<String, Vec<usize>>,
}

/// A common table expression whose name hides a table.
struct Visible {
    name: Ident,
    /// Whether it stands behind the one that is looked at. Servers differ in whether it can be read there.
    later: bool,
}

impl Ctes {
    /// Whether a name is that of a common table expression.
    pub(super) fn hide(&self, name: &TableName) -> Result<bool> {
        let TableName { schema: None, name } = name else { return Ok(false) };
        if self.visible.is_empty() {
            return Ok(false);
        }
        let nearest = self.places.get(name.as_str()).and_then(|places| places.last());
        match nearest.and_then(|&at| self.visible.get(at)) {
            Some(Visible { name, later: true }) => Err(Error::invalid(format!(
                "`{}` is the name of a table and of a common table expression further down; give that another name",
                name.as_str()
            ))),
            Some(Visible { name: _, later: false }) => Ok(true),
            None => Ok(false),
        }
    }

    /// Lets go of those of a statement, when it is left. `outside` is what [`enter`](SeesCtes::enter) gave.
    pub(super) fn leave(&mut self, outside: usize) {
        for Visible { name, later: _ } in self.visible.drain(outside..) {
            if let Some(places) = self.places.get_mut(name.as_str()) {
                places.pop();
            }
        }
    }

    fn push(&mut self, name: Ident, later: bool) {
        self.places.entry(name.as_str().to_owned()).or_default().push(self.visible.len());
        self.visible.push(Visible { name, later });
    }
}

/// What walks a statement and must know which names are those of common table expressions.
pub(super) trait SeesCtes: VisitMut {
    fn ctes(&mut self) -> &mut Ctes;

    /// Goes through the common table expressions before a statement, and lets the statement see them. Gives back how many
    /// could be seen before.
    fn enter(&mut self, with: &mut [Cte]) -> Result<usize> {
        let outside = self.ctes().visible.len();
        let recursive = with.iter().any(|cte| cte.recursive);
        if recursive {
            with.iter().for_each(|cte| self.ctes().push(cte.name.clone(), true));
        }
        // Each name is put down once, so that what a list costs grows with its length, and not with the square of that.
        for (at, cte) in with.iter_mut().enumerate() {
            let Cte { name, columns: _, recursive: _, statement } = cte;
            if let Some(own) = self.ctes().visible.get_mut(outside + at) {
                own.later = false;
            }
            statement.accept_mut(self)?;
            if !recursive {
                self.ctes().push(name.clone(), false);
            }
        }
        Ok(outside)
    }
}
