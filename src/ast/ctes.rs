//! Which names mean common table expressions, at each place of a statement.

use std::collections::BTreeMap;

use super::{Cte, Ident, Node, TableName, VisitMut};
use crate::error::{Error, Result};

/// The common table expressions that a place of a statement sees. Most statements have none, and then there is nothing to
/// look through or to drop.
pub(super) struct Ctes(Option<Box<Seen>>);

#[derive(Default)]
struct Seen {
    /// The nearest last.
    visible: Vec<Visible>,
    /// Where those of a name are, without its case, so that no list is searched for each table.
    places: BTreeMap<String, Vec<usize>>,
    /// How many have names of other letters than those of ASCII, for which there is no such place.
    foreign: usize,
}

/// A common table expression whose name hides a table.
struct Visible {
    name: Ident,
    place: Place,
}

/// Where a common table expression stands, seen from the place that is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    /// Around it, in a list that is not recursive: its name is no other than that of a table there.
    Around,
    /// Behind it. Servers differ in whether it can be read there.
    Behind,
}

impl Ctes {
    /// Those of a statement that has none around it.
    pub(super) const NONE: Self = Self(None);

    /// Whether a name is that of a common table expression.
    #[inline]
    pub(super) fn hide(&self, name: &TableName) -> Result<bool> {
        self.0.as_ref().map_or(Ok(false), |seen| seen.hide(name))
    }

    /// How many there are.
    #[inline]
    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |seen| seen.visible.len())
    }

    /// Lets go of those of a statement, when it is left. `outside` is what [`enter`](SeesCtes::enter) gave.
    #[inline]
    pub(super) fn leave(&mut self, outside: usize) {
        if let Some(seen) = &mut self.0 {
            seen.leave(outside);
        }
    }

    fn put(&mut self, at: usize, place: Place) {
        if let Some(visible) = self.0.as_mut().and_then(|seen| seen.visible.get_mut(at)) {
            visible.place = place;
        }
    }
}

impl Seen {
    fn hide(&self, name: &TableName) -> Result<bool> {
        let TableName { schema: None, name } = name else { return Ok(false) };
        match self.nearest(name) {
            Some(Visible { name: _, place: Place::Behind }) => Err(Error::invalid(format!(
                "`{}` is the name of a table and of a common table expression further down; give that another name",
                name.as_str()
            ))),
            Some(Visible { name: other, place: Place::Before | Place::Around }) if other != name => {
                Err(Error::invalid(format!(
                    "`{}` is the name of a table, and `{}` that of a common table expression; give that another name",
                    name.as_str(),
                    other.as_str()
                )))
            }
            Some(Visible { name: _, place: Place::Before | Place::Around }) => Ok(true),
            None => Ok(false),
        }
    }

    /// The nearest whose name some server may take for this one.
    fn nearest(&self, name: &Ident) -> Option<&Visible> {
        let is_seen = |it: &&Visible| it.place != Place::Around;
        if self.foreign > 0 || !name.as_str().is_ascii() {
            return self.visible.iter().rev().filter(is_seen).find(|it| may_be_same(it.name.as_str(), name.as_str()));
        }
        let places = self.places.get(&name.as_str().to_ascii_lowercase())?;
        places.iter().rev().filter_map(|&at| self.visible.get(at)).find(is_seen)
    }

    fn leave(&mut self, outside: usize) {
        for Visible { name, place: _ } in self.visible.drain(outside.min(self.visible.len())..) {
            if let Some(places) = self.places.get_mut(&name.as_str().to_ascii_lowercase()) {
                places.pop();
            }
            self.foreign -= usize::from(!name.as_str().is_ascii());
        }
    }

    fn push(&mut self, name: Ident) {
        self.foreign += usize::from(!name.as_str().is_ascii());
        self.places.entry(name.as_str().to_ascii_lowercase()).or_default().push(self.visible.len());
        self.visible.push(Visible { name, place: Place::Behind });
    }
}

/// Whether some server takes two names, of columns or of common table expressions, for one: without their case and, where they
/// hold other letters than those of ASCII, without accents. Each server compares names letter by letter.
pub(crate) fn may_be_same(one: &str, other: &str) -> bool {
    let may_be = |(one, other): (char, char)| one.eq_ignore_ascii_case(&other) || !(one.is_ascii() && other.is_ascii());
    one.chars().count() == other.chars().count() && one.chars().zip(other.chars()).all(may_be)
}

/// What walks a statement and must know which names are those of common table expressions.
pub(super) trait SeesCtes: VisitMut {
    fn ctes(&mut self) -> &mut Ctes;

    /// Goes through the common table expressions before a statement, and lets the statement see them. Gives back how many
    /// could be seen before.
    #[inline]
    fn enter(&mut self, with: &mut [Cte]) -> Result<usize> {
        let outside = self.ctes().len();
        if with.is_empty() { Ok(outside) } else { self.enter_each(with, outside) }
    }

    #[inline(never)]
    fn enter_each(&mut self, with: &mut [Cte], outside: usize) -> Result<usize> {
        let recursive = with.iter().any(|cte| cte.recursive);
        // Each name is put down once, so that what a list costs grows with its length, and not with the square of that.
        let seen = self.ctes().0.get_or_insert_default();
        with.iter().for_each(|cte| seen.push(cte.name.clone()));
        for (at, cte) in with.iter_mut().enumerate() {
            let Cte { name: _, columns: _, recursive: _, statement } = cte;
            self.ctes().put(outside + at, if recursive { Place::Before } else { Place::Around });
            statement.accept_mut(self)?;
            self.ctes().put(outside + at, Place::Before);
        }
        Ok(outside)
    }
}
