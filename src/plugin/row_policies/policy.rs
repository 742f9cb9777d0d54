//! Policies: conditions on the rows of a table, and what follows from them.

use std::fmt;

use super::asker::Asker;
use crate::ast::{Expr, Operands, PolicyCommand, Shared, TableName, TableUse};
use crate::error::{Error, Result};

/// A condition on the rows of a table, in any schema and whatever its case, for some commands.
///
/// | policy | rows that are read | rows that are changed | rows that are written |
/// |---|---|---|---|
/// | [`filter`](Self::filter) | it holds | it holds | it holds after an update |
/// | [`deny`](Self::deny) | it does not hold | it does not hold | it does not hold for an insert |
/// | [`allow`](Self::allow) | one of them holds | one of them holds | one of them holds |
/// | [`check`](Self::check) | | | it holds |
///
/// A table with an `allow` is closed to every command that no `allow` is for. A condition that is `null` allows nothing and
/// denies all. Rows that cannot be read are not changed either, and no update may end in one.
///
/// What an insert gives back by `returning` is what it inserted, and not filtered.
///
/// Where a condition depends on the rows that are there, it is a part of the statement's own: what is kept from whoever asks
/// is as if it were not there. Where it can be told before, as of an insert, a write that is not let pass is an error
/// which names the policy.
///
/// The condition is made anew for each statement. It has the table, as the statement calls it, and [whoever asks](Asker). What
/// it reads of other tables, it reads as they are. A row can only be checked by the values that are given: not by what a
/// query or a function makes of them, nor by a condition that is itself a query on what is written.
///
/// An `enum` of MySQL and MariaDB takes the text `2` for the second value of its list, and a `set` takes a number for several.
/// It is read as text, so nobody knows it from text. There, text that looks like a number, and text that the server computes,
/// is refused where a condition is about the column, unless it is what the condition asks for; or the column is declared as
/// `varchar(n)`, which says that it is text.
///
/// What is checked is what the column stores. Where it may store something else, by its type as it is declared, as a
/// `decimal(10, 2)` of three digits after the point, a `varchar(9)` of longer text (whose last spaces are cut off), or an integer
/// of a fraction, the write is refused; so it is of what a function makes for a column with a length. What a column that is left
/// out is taken for, `null` or the default that is declared, the insert then says. What no declaration says, nobody knows here: the
/// types of a table that is not declared, what a type that only has a name makes of values, and triggers. Text in a condition is
/// compared as its column compares it, often without case or accents. What is set, PostgreSQL and SQLite compare letter by letter,
/// also for a column that is made to compare otherwise (`citext`, `collate nocase`).
///
/// ```
/// use kysera::plugin::{Command, Policy, RowPolicies};
/// # use kysera::Value;
///
/// struct User {
///     id: i64,
///     role: String,
/// }
///
/// let policies = RowPolicies::new()
///     .fact("user_id", |user: &User| user.id)
///     .fact("role", |user: &User| user.role.clone())
///     .policy(Policy::allow("posts", [Command::All], |posts, user| user.matches(posts.column("author_id"), "user_id")))
///     .policy(Policy::allow("posts", [Command::Select], |posts, _| Ok(posts.column("published").equals(true))))
///     .policy(
///         Policy::deny("posts", [Command::Delete], |posts, _| Ok(posts.column("published").equals(true)))
///             .named("published posts stay"),
///     );
/// ```
pub struct Policy {
    /// In lower case.
    table: String,
    effect: Effect,
    commands: Vec<PolicyCommand>,
    condition: Box<Condition>,
    name: Option<String>,
    priority: Option<i32>,
}

type Condition = dyn Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync;

/// What follows from a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Filter,
    Deny,
    Allow,
    Check,
}

impl Policy {
    fn new(
        table: impl Into<String>,
        effect: Effect,
        commands: impl IntoIterator<Item = PolicyCommand>,
        condition: impl Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync + 'static,
    ) -> Self {
        Self {
            table: table.into().to_lowercase(),
            effect,
            commands: commands.into_iter().collect(),
            condition: Box::new(condition),
            name: None,
            priority: None,
        }
    }

    /// Only rows for which it holds are there to be read. Several are joined by `and`.
    #[must_use]
    pub fn filter(
        table: impl Into<String>,
        condition: impl Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync + 'static,
    ) -> Self {
        Self::new(table, Effect::Filter, [PolicyCommand::Select], condition)
    }

    /// Rows for which it holds are kept from these commands, whatever else allows them: as they are, before an update.
    #[must_use]
    pub fn deny(
        table: impl Into<String>,
        commands: impl IntoIterator<Item = PolicyCommand>,
        condition: impl Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync + 'static,
    ) -> Self {
        Self::new(table, Effect::Deny, commands, condition)
    }

    /// Rows for which it holds are open to these commands. Of several, one is enough. The row that an update leaves must
    /// be open to it too.
    #[must_use]
    pub fn allow(
        table: impl Into<String>,
        commands: impl IntoIterator<Item = PolicyCommand>,
        condition: impl Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync + 'static,
    ) -> Self {
        Self::new(table, Effect::Allow, commands, condition)
    }

    /// Only rows for which it holds are inserted, and left by an update.
    #[must_use]
    pub fn check(
        table: impl Into<String>,
        commands: impl IntoIterator<Item = PolicyCommand>,
        condition: impl Fn(&TableUse<'_>, &Asker<'_>) -> Result<Expr> + Send + Sync + 'static,
    ) -> Self {
        Self::new(table, Effect::Check, commands, condition)
    }

    /// The name that errors say, and the server's policy has. A policy that is added later takes the place of one of the
    /// same name for the same table. Without one, it is called after what it does and for which commands.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Those with a higher one are looked at earlier, which decides what an error names; 100 for those that deny, and 0 for
    /// others, if it is not said.
    #[must_use]
    pub fn priority(self, priority: i32) -> Self {
        Self { priority: Some(priority), ..self }
    }

    /// What is wrong with it, if anything is.
    pub(super) fn problem(&self) -> Option<String> {
        let writes = |it: &PolicyCommand| match it {
            PolicyCommand::All | PolicyCommand::Insert | PolicyCommand::Update => true,
            PolicyCommand::Select | PolicyCommand::Delete => false,
        };
        if self.table.is_empty() {
            return Some("a policy for a table without a name".into());
        }
        if self.commands.is_empty() {
            return Some(format!("the policy `{}` of `{}` is for no command", self.name(), self.table));
        }
        if self.name.as_ref().is_some_and(String::is_empty) {
            return Some(format!("a policy of `{}` is named by nothing", self.table));
        }
        if self.effect == Effect::Check && !self.commands.iter().all(writes) {
            return Some(format!("the policy `{}` of `{}` checks what writes no row", self.name(), self.table));
        }
        None
    }

    pub(super) fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            let effect = match self.effect {
                Effect::Filter => "filter",
                Effect::Deny => "deny",
                Effect::Allow => "allow",
                Effect::Check => "check",
            };
            let commands: Vec<_> = self.commands.iter().map(|it| it.word()).collect();
            format!("{effect} {}", commands.join(" "))
        })
    }

    /// Names it, if it is not named, by what no other is.
    pub(super) fn name_among(self, others: &[Self]) -> Self {
        if self.name.is_some() {
            return self;
        }
        let plain = self.name();
        let numbered = (2..).map(|number| format!("{plain} {number}"));
        let is_taken = |name: &String| others.iter().any(|it| it.table == self.table && it.name() == *name);
        let name = std::iter::once(plain.clone()).chain(numbered).find(|name| !is_taken(name));
        Self { name, ..self }
    }

    pub(super) fn rank(&self) -> i32 {
        self.priority.unwrap_or(if self.effect == Effect::Deny { 100 } else { 0 })
    }

    /// Whether it takes the place of another.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        self.name.is_some() && self.name == other.name && self.table == other.table
    }

    pub(super) fn effect(&self) -> Effect {
        self.effect
    }

    /// The name of the table it is about, in lower case.
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    pub(super) fn is_about(&self, name: &TableName) -> bool {
        is_called(&self.table, name.name.as_str())
    }

    pub(super) fn is_for(&self, command: PolicyCommand) -> bool {
        self.commands.iter().any(|it| *it == command || *it == PolicyCommand::All)
    }

    /// What it says of the rows of a table.
    pub(super) fn condition(&self, table: &TableUse<'_>, asker: &Asker<'_>) -> Result<Expr> {
        (self.condition)(table, asker)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, effect, commands, condition: _, name: _, priority: _ } = self;
        f.debug_struct("Policy")
            .field("name", &self.name())
            .field("table", table)
            .field("effect", effect)
            .field("commands", commands)
            .field("priority", &self.rank())
            .finish()
    }
}

/// What must hold of rows, and by which policy.
pub(super) struct Demand<'a> {
    /// None where all that allow are meant.
    pub(super) by: Option<&'a Policy>,
    pub(super) condition: Expr,
}

impl Demand<'_> {
    /// Whether it is of what is written alone.
    pub(super) fn is_check(&self) -> bool {
        self.by.is_some_and(|policy| policy.effect == Effect::Check)
    }

    /// What is said where it does not hold.
    pub(super) fn violated(&self) -> Error {
        Error::invalid(match self.by {
            Some(policy) => format!("the policy `{}` does not let it pass", policy.name()),
            None => "no policy allows it".into(),
        })
    }

    /// What is said where nobody knows before the rows are written whether it holds.
    pub(super) fn unclear(&self) -> Error {
        let what = self.what();
        Error::invalid(format!("{what} cannot be checked before the rows are written; give their values"))
    }

    /// The same, where the server may take text that is written for a place in the list of an enumeration.
    pub(super) fn unclear_place(&self) -> Error {
        let what = self.what();
        Error::invalid(format!(
            "{what} cannot be checked before the rows are written, since an `enum` may take the text for a place in its list; \
             declare a column of text as `varchar(n)`"
        ))
    }

    fn what(&self) -> String {
        self.by.map_or_else(|| "what allows it".into(), |policy| format!("the policy `{}`", policy.name()))
    }
}

/// What holds of no row.
pub(super) fn nothing() -> Expr {
    Expr::Or(Shared::new(Operands::new()))
}

/// Whether a name is this one in lower case, whatever its own case.
pub(super) fn is_called(lower: &str, name: &str) -> bool {
    if lower.is_ascii() && name.is_ascii() {
        return lower.eq_ignore_ascii_case(name);
    }
    lower == name.to_lowercase()
}
