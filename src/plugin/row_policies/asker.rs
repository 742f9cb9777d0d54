//! Who asks: what is known of them, as a value of a statement or as a setting of the server.

use std::any::Any;
use std::cell::Cell;
use std::fmt;

use super::May;
use super::rule::ColumnRule;
use crate::ast::{Cast, ColumnDescription, DataType, Expr, In, PolicyCommand, Shared};
use crate::error::{Error, Result};
use crate::plugin::Context;
use crate::types::SqlType;
use crate::value::Value;

/// Before the name of each setting.
pub(super) const SETTINGS: &str = "kysera.";

/// Something that is known of whoever asks, by a name.
pub(super) struct Fact {
    pub(super) name: String,
    data_type: DataType,
    pub(super) value: Source,
}

/// Takes a value out of what travels with a statement.
pub(super) struct Source(Box<dyn Fn(&Context<'_>, &mut Expr) + Send + Sync>);

impl Source {
    pub(super) fn new<T: Any>(value: impl Fn(&T) -> Value + Send + Sync + 'static) -> Self {
        Self(Box::new(move |context, place| {
            if let Some(it) = context.get_from_handle::<T>() {
                place.fill(Expr::Value(value(it)));
            }
        }))
    }

    /// Puts the value in place of a [`Expr::Now`], if it is there: where it will be, so that it need not be copied.
    pub(super) fn put(&self, context: &Context<'_>, place: &mut Expr) {
        (self.0)(context, place);
    }

    /// The value, if it is there.
    pub(super) fn value(&self, context: &Context<'_>) -> Option<Value> {
        let mut place = Expr::Now;
        self.put(context, &mut place);
        match place {
            Expr::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl Fact {
    pub(super) fn new<T: Any, V: SqlType>(name: String, value: impl Fn(&T) -> V + Send + Sync + 'static) -> Self {
        Self { name, data_type: V::DATA_TYPE, value: Source::new(move |it: &T| value(it).into_value()) }
    }
}

/// Whoever asks, as a [`Policy`](super::Policy) sees them.
///
/// What it gives stands in the condition: for a statement that is rewritten a bound value, and for a policy that the server
/// is to hold, by [`RowPolicies::native`](super::RowPolicies::native), a setting of the transaction. So one condition is
/// both.
pub struct Asker<'a> {
    facts: &'a [Fact],
    place: Place<'a>,
    /// Whether something was asked of which nothing is there.
    absent: Cell<bool>,
}

/// Where what is known of whoever asks is found.
#[derive(Clone, Copy)]
enum Place<'a> {
    Statement(&'a Context<'a>),
    Server,
}

impl<'a> Asker<'a> {
    pub(super) fn of_statement(facts: &'a [Fact], context: &'a Context<'a>) -> Self {
        Self { facts, place: Place::Statement(context), absent: Cell::new(false) }
    }

    pub(super) fn on_server(facts: &'a [Fact]) -> Self {
        Self { facts, place: Place::Server, absent: Cell::new(false) }
    }

    /// Whether something was asked of which nothing is there.
    pub(super) fn is_absent(&self) -> bool {
        self.absent.get()
    }

    /// What must be let do with the rows that are read, if that is said.
    pub(super) fn may(&self) -> Option<PolicyCommand> {
        match self.place {
            Place::Statement(context) => context.get::<May>().map(|it| it.0),
            Place::Server => None,
        }
    }

    /// A fact of this name.
    ///
    /// # Errors
    ///
    /// Where there is none, or what it is taken from does not travel with the statement.
    pub fn value(&self, fact: &str) -> Result<Expr> {
        let fact = self.fact(fact)?;
        match self.place {
            Place::Statement(context) => match fact.value.value(context) {
                Some(value) => Ok(Expr::Value(value)),
                None => Err(self.nobody_says(&fact.name)),
            },
            Place::Server => Ok(setting(&fact.name, &fact.data_type)),
        }
    }

    /// Whether something is what a fact says: equal to it; among its values, where it is a list, and so nowhere in an empty
    /// one; `null`, where it is `null` (of which a server knows nothing).
    ///
    /// ```
    /// use kysera::plugin::{Policy, RowPolicies};
    ///
    /// struct Member {
    ///     teams: Vec<i64>,
    /// }
    ///
    /// let policies = RowPolicies::new()
    ///     .fact("teams", |member: &Member| member.teams.clone())
    ///     .policy(Policy::filter("docs", |docs, member| member.matches(docs.column("team_id"), "teams")));
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`value`](Self::value).
    pub fn matches(&self, expr: Expr, fact: &str) -> Result<Expr> {
        let is_list = matches!(self.fact(fact)?.data_type, DataType::Array(_));
        Ok(match self.value(fact)? {
            Expr::Value(Value::Array(array)) => {
                let list = array.values.iter().cloned().map(Expr::Value).collect();
                Expr::In(Shared::new(In { negated: false, value: expr, list }))
            }
            Expr::Value(value) if value.is_null() => expr.is_null(),
            list if is_list => expr.equals(Expr::call("any", vec![list])),
            value => expr.equals(value),
        })
    }

    /// What a plugin knows of the place where a statement will run.
    ///
    /// # Errors
    ///
    /// Where there is no statement, but a policy that the server is to hold: it depends on [facts](Self::value) alone.
    pub fn context(&self) -> Result<&'a Context<'a>> {
        match self.place {
            Place::Statement(context) => Ok(context),
            Place::Server => {
                Err(Error::invalid("a policy that the server holds knows no context, but facts, by `Asker::value`"))
            }
        }
    }

    /// Puts the value of a rule, for a column that is declared so, in place of a [`Expr::Now`].
    #[inline]
    pub(super) fn put_own(
        &self,
        rule: &ColumnRule,
        declared: Option<&ColumnDescription>,
        place: &mut Expr,
    ) -> Result<()> {
        match self.place {
            Place::Statement(context) => {
                rule.value.put(context, place);
                match place {
                    Expr::Value(value) if !value.is_null() => rule.check_value(declared, value),
                    other => Err(self.nobody(rule, matches!(other, Expr::Value(_)))),
                }
            }
            Place::Server => match declared {
                Some(column) => {
                    place.fill(setting(rule.column.as_str(), column.data_type));
                    Ok(())
                }
                None => Err(Error::invalid(format!("nobody knows the type of the column `{}`", rule.column.as_str()))),
            },
        }
    }

    /// The value of a rule, as what travels with a statement has it.
    pub(super) fn own_value(&self, rule: &ColumnRule, context: &Context<'_>) -> Result<Value> {
        match rule.value.value(context) {
            Some(value) if !value.is_null() => Ok(value),
            other => Err(self.nobody(rule, other.is_some())),
        }
    }

    #[cold]
    fn nobody(&self, rule: &ColumnRule, is_null: bool) -> Error {
        let of = rule.of;
        if is_null {
            return Error::invalid(format!("the `{of}` is `null`"));
        }
        self.absent.set(true);
        Error::invalid(format!("there is no `{of}` to say whose rows are meant; give it by `Db::with`"))
    }

    fn fact(&self, name: &str) -> Result<&'a Fact> {
        let fact = self.facts.iter().find(|it| it.name == name);
        fact.ok_or_else(|| Error::invalid(format!("there is no fact `{name}`; name it by `RowPolicies::fact`")))
    }

    fn nobody_says(&self, fact: &str) -> Error {
        self.absent.set(true);
        Error::invalid(format!("nothing says the fact `{fact}` of whoever asks; give it by `Db::with`"))
    }
}

impl fmt::Debug for Asker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts: Vec<_> = self.facts.iter().map(|it| &it.name).collect();
        f.debug_struct("Asker").field("facts", &facts).finish_non_exhaustive()
    }
}

/// `cast(nullif(current_setting('kysera.name', true), '') as type)`: `null` where it was not set, and where the transaction
/// that set it has ended.
fn setting(name: &str, data_type: &DataType) -> Expr {
    let text = Expr::call("current_setting", vec![setting_name(name).into(), true.into()]);
    let text = Expr::call("nullif", vec![text, "".into()]);
    let data_type = match data_type {
        // A cast to these cuts off what does not fit, and what is left may be somebody else's.
        DataType::Varchar(_) => DataType::Text,
        DataType::Decimal { precision: _, scale: _ } => DataType::Decimal { precision: 0, scale: 0 },
        other => other.clone(),
    };
    Expr::Cast(Shared::new(Cast { value: text, data_type }))
}

/// What the setting of a fact is called.
pub(super) fn setting_name(name: &str) -> String {
    format!("{SETTINGS}{name}")
}

/// Whether there can be a setting of this name.
pub(super) fn is_setting(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}
