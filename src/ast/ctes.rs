//! Which names mean common table expressions, at each place of a statement.

use super::{Cte, Ident, Node, TableName, VisitMut};
use crate::error::{Error, Result};

/// The common table expressions that a place of a statement sees, the nearest last.
#[derive(Default)]
pub(super) struct Ctes(Vec<Visible>);

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
        match self.0.iter().rev().find(|it| may_be_same(&it.name, name)) {
            Some(Visible { name: _, later: true }) => Err(Error::invalid(format!(
                "`{}` is the name of a table and of a common table expression further down; give that another name",
                name.as_str()
            ))),
            Some(Visible { name: other, later: false }) if other != name => Err(Error::invalid(format!(
                "`{}` is the name of a table, and `{}` that of a common table expression; give that another name",
                name.as_str(),
                other.as_str()
            ))),
            Some(Visible { name: _, later: false }) => Ok(true),
            None => Ok(false),
        }
    }

    /// Lets go of those of a statement, when it is left. `outside` is what [`enter`](SeesCtes::enter) gave.
    pub(super) fn leave(&mut self, outside: usize) {
        self.0.truncate(outside);
    }
}

/// Whether some server takes two names of common table expressions for one: without their case and, where they hold other
/// letters than those of ASCII, without accents.
fn may_be_same(one: &Ident, other: &Ident) -> bool {
    let (one, other) = (one.as_str(), other.as_str());
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    let may_be = |(one, other): (char, char)| one.eq_ignore_ascii_case(&other) || !(one.is_ascii() && other.is_ascii());
    one.chars().count() == other.chars().count() && one.chars().zip(other.chars()).all(may_be)
}

/// What walks a statement and must know which names are those of common table expressions.
pub(super) trait SeesCtes: VisitMut {
    fn ctes(&mut self) -> &mut Ctes;

    /// Goes through the common table expressions before a statement, and lets the statement see them. Gives back how many
    /// could be seen before.
    fn enter(&mut self, with: &mut [Cte]) -> Result<usize> {
        let outside = self.ctes().0.len();
        let recursive = with.iter().any(|cte| cte.recursive);
        for at in 0..with.len() {
            let Ctes(visible) = self.ctes();
            visible.truncate(outside);
            let names = with.iter().map(|cte| cte.name.clone()).enumerate();
            let others = names.filter(|(other, _)| recursive || *other != at);
            visible.extend(others.map(|(other, name)| Visible { name, later: other > at }));
            let Cte { name: _, columns: _, recursive: _, statement } = &mut with[at];
            statement.accept_mut(self)?;
        }
        let Ctes(visible) = self.ctes();
        visible.truncate(outside);
        visible.extend(with.iter().map(|cte| Visible { name: cte.name.clone(), later: false }));
        Ok(outside)
    }
}
