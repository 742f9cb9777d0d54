//! What can be told of a condition before any server sees it.

use std::cmp::Ordering;

use super::policy::nothing;
use crate::ast::{
    Between, Binary, BinaryOperator, Case, Column, Expr, Ident, In, IsNull, Node, Query, Raw, RawPart, Shared, Unary,
    UnaryOperator, Visit, VisitMut, When,
};
use crate::error::{Error, Result};
use crate::value::Value;

/// What can be told of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds.
    Holds,
    /// It does not, or is `null`.
    Fails,
    /// It depends on the rows that are there, or on how a server compares.
    Open,
}

/// What text in a condition stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// Itself.
    Themselves,
    /// Perhaps what the server makes of it when it is written to an enumeration or a set: of a number, the value in that place.
    Places,
}

/// What can be told of a condition by the values in it.
pub(super) fn verdict(condition: &Expr, texts: Texts) -> Verdict {
    match truth(condition, texts) {
        Some(Some(true)) => Verdict::Holds,
        Some(Some(false) | None) => Verdict::Fails,
        None => Verdict::Open,
    }
}

/// Truth, falsehood or `null`, if it can be told.
type Truth = Option<Option<bool>>;

fn truth(condition: &Expr, texts: Texts) -> Truth {
    match condition {
        Expr::Value(Value::Bool(it)) => Some(Some(*it)),
        Expr::Value(Value::Null(_)) => Some(None),
        Expr::And(all) => chain(all, false, texts),
        Expr::Or(any) => chain(any, true, texts),
        Expr::Unary(it) => {
            let Unary { operator, operand } = &**it;
            match operator {
                UnaryOperator::Not => truth(operand, texts).map(|it| it.map(|it| !it)),
                UnaryOperator::Negate => None,
            }
        }
        Expr::Binary(it) => {
            let Binary { left, operator, right } = &**it;
            compared(value(left)?, *operator, value(right)?, texts)
        }
        Expr::Between(it) => {
            let Between { negated, value: it, low, high } = &**it;
            let (it, low, high) = (value(it)?, value(low)?, value(high)?);
            let above = compared(it, BinaryOperator::GreaterOrEqual, low, texts)?;
            let below = compared(it, BinaryOperator::LessOrEqual, high, texts)?;
            Some(negate(and(above, below), *negated))
        }
        Expr::In(it) => {
            let In { negated, value: it, list } = &**it;
            let mut found = Some(false);
            for other in list {
                found = or(found, compared(value(it)?, BinaryOperator::Equal, value(other)?, texts)?);
            }
            Some(negate(found, *negated))
        }
        Expr::IsNull(it) => {
            let IsNull { negated, value: it } = &**it;
            Some(Some(value(it)?.is_null() != *negated))
        }
        Expr::Column(_)
        | Expr::Value(_)
        | Expr::Rows(_)
        | Expr::Like(_)
        | Expr::InQuery(_)
        | Expr::Exists(_)
        | Expr::Case(_)
        | Expr::Cast(_)
        | Expr::Call(_)
        | Expr::Aggregate(_)
        | Expr::Subquery(_)
        | Expr::Excluded(_)
        | Expr::Now
        | Expr::Raw(_) => None,
    }
}

/// A chain that one operand decides, whatever the others are: a true one of `or`, a false one of `and`.
fn chain(operands: &[Expr], decides: bool, texts: Texts) -> Truth {
    let (mut is_open, mut so_far) = (false, Some(!decides));
    for operand in operands {
        match truth(operand, texts) {
            Some(Some(it)) if it == decides => return Some(Some(decides)),
            Some(it) => so_far = if decides { or(so_far, it) } else { and(so_far, it) },
            None => is_open = true,
        }
    }
    if is_open { None } else { Some(so_far) }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    negate(and(negate(left, true), negate(right, true)), true)
}

fn negate(it: Option<bool>, negated: bool) -> Option<bool> {
    it.map(|it| it != negated)
}

fn value(it: &Expr) -> Option<&Value> {
    match it {
        Expr::Value(it) => Some(it),
        Expr::Case(it) => {
            let Case { whens, otherwise } = &**it;
            let is_never = |it: &When| verdict(&it.condition, Texts::Themselves) == Verdict::Fails;
            if whens.iter().all(is_never) { otherwise.as_ref().and_then(value) } else { None }
        }
        // Not a value: what a server makes of it, nobody knows here.
        _ => None,
    }
}

/// A value that is compared as the column that it is written to, and not as text of the connection.
pub(super) fn as_in_column(column: Expr, value: Expr) -> Expr {
    let never = When { condition: nothing(), value: column };
    Expr::Case(Shared::new(Case { whens: vec![never], otherwise: Some(value) }))
}

fn compared(left: &Value, operator: BinaryOperator, right: &Value, texts: Texts) -> Truth {
    let is_null_safe = matches!(operator, BinaryOperator::IsDistinctFrom | BinaryOperator::IsNotDistinctFrom);
    if left.is_null() || right.is_null() {
        let same = left.is_null() && right.is_null();
        return Some(is_null_safe.then_some(same == (operator == BinaryOperator::IsNotDistinctFrom)));
    }
    let order = order(left, right, texts)?;
    Some(Some(match operator {
        BinaryOperator::Equal | BinaryOperator::IsNotDistinctFrom => order == Ordering::Equal,
        BinaryOperator::NotEqual | BinaryOperator::IsDistinctFrom => order != Ordering::Equal,
        // Which text comes first, each server has its own opinion.
        _ if text(left).is_some() && order != Ordering::Equal => return None,
        BinaryOperator::Less => order == Ordering::Less,
        BinaryOperator::LessOrEqual => order != Ordering::Greater,
        BinaryOperator::Greater => order == Ordering::Greater,
        BinaryOperator::GreaterOrEqual => order != Ordering::Less,
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::DivideInteger
        | BinaryOperator::Remainder
        | BinaryOperator::Concat => return None,
    }))
}

fn order(left: &Value, right: &Value, texts: Texts) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (text(left), text(right)) {
        // Text that is equal but for its case is equal to some servers and not to others.
        let equal = (left == right).then_some(Ordering::Equal);
        let is_another = match texts {
            Texts::Themselves => is_another(left, right),
            Texts::Places => is_another(left, right) && is_another_set(left, right),
        };
        return equal.or_else(|| is_another.then_some(Ordering::Less));
    }
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Uuid(left), Value::Uuid(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right))
        | (Value::Timestamp(left), Value::Timestamp(right))
        | (Value::TimestampTz(left), Value::TimestampTz(right)) => Some(left.cmp(right)),
        // Not of one kind, or of one that servers compare each in their own way.
        _ => None,
    }
}

/// Text, of whichever column type.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(it) => Some(it),
        Value::Named(it) => Some(&it.text),
        _ => None,
    }
}

/// Whether text is another to every server: also without its case, without the spaces at its end, to those that pass over what
/// cannot be seen, and in languages that take several letters for one.
fn is_another(left: &str, right: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(|it| it.is_ascii_graphic() || it == b' ');
    is_plain(left) && is_plain(right) && letters(left) != letters(right)
}

/// Text in the letters that every collation tells apart: some in Latin take `j` for `i` and `v` for `u`, and some in Lithuanian
/// and Latvian `y` for `i` and `ch` for `c`.
fn letters(text: &str) -> String {
    let text = text.trim_end().to_ascii_lowercase().replace("ch", "c");
    let letter = |it| match it {
        'j' | 'y' => 'i',
        'v' => 'u',
        it => it,
    };
    text.chars().map(letter).collect()
}

/// Whether text is another to every server also where it is the values of a set, in any order and any number of times, and
/// neither is a place in a list.
fn is_another_set(left: &str, right: &str) -> bool {
    let holds = |all: &str, one: &str| all.split(',').any(|it| it.trim().eq_ignore_ascii_case(one.trim()));
    let is_within = |part: &str, all: &str| part.split(',').all(|one| one.trim().is_empty() || holds(all, one));
    let is_same_set = is_within(left, right) && is_within(right, left);
    !(is_like_number(left) || is_like_number(right) || is_same_set)
}

/// Whether a server may take text for a number, which is then more than it looks like: a place in a list, or an instant.
fn is_like_number(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_hexdigit() || it.is_ascii_whitespace() || "+-.:/".contains(it);
    text.chars().all(is_part) && text.contains(|it: char| it.is_ascii_digit())
}

/// Whether a value may become another one where it is written to an enumeration or a set.
pub(super) fn may_be_place(it: &Expr) -> bool {
    match value(it) {
        Some(it) => !it.is_null() && text(it).is_none_or(|text| is_like_number(text) || text.contains(',')),
        None => true,
    }
}

/// Whether both are the same value; of whole numbers, whatever their width.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::I16(it) => Some((*it).into()),
        Value::I32(it) => Some((*it).into()),
        Value::I64(it) => Some(*it),
        _ => None,
    }
}

/// What a column of a row will be.
pub(super) enum Will {
    /// As it is, or nobody knows.
    Stay,
    /// This.
    Be(Expr),
}

/// Puts what the columns of a row will be in place of them, in a condition on the row. Gives back whether anything changed.
///
/// # Errors
///
/// Where a column that changes is used by a query within the condition, or may be by text: what it is there, nobody knows.
pub(super) fn after(condition: &mut Expr, table: &Ident, will: &dyn Fn(&Ident) -> Result<Will>) -> Result<bool> {
    let mut after = After { table, will, changed: false };
    condition.accept_mut(&mut after)?;
    Ok(after.changed)
}

struct After<'a> {
    table: &'a Ident,
    will: &'a dyn Fn(&Ident) -> Result<Will>,
    changed: bool,
}

impl After<'_> {
    fn is_own(&self, column: &Column) -> bool {
        column.table().is_none_or(|it| it == *self.table)
    }
}

impl VisitMut for After<'_> {
    fn visit_expr(&mut self, node: &mut Expr) -> Result<()> {
        if let Expr::Column(column) = node {
            if self.is_own(column)
                && let Will::Be(value) = (self.will)(&column.name())?
            {
                *node = value;
                self.changed = true;
            }
            return Ok(());
        }
        node.walk_mut(self)
    }

    fn visit_query(&mut self, node: &mut Query) -> Result<()> {
        node.accept(&mut Within(self))
    }

    fn visit_raw(&mut self, node: &mut Raw) -> Result<()> {
        node.accept(&mut Within(self))
    }
}

/// Ends at a column that changes.
struct Within<'a, 'b>(&'a After<'b>);

impl Visit for Within<'_, '_> {
    fn visit_column(&mut self, node: &Column) -> Result<()> {
        if self.0.is_own(node)
            && let Will::Be(_) = (self.0.will)(&node.name())?
        {
            return Err(Error::invalid(format!(
                "what a policy says of the column `{}` is said in a query or in text, which cannot be checked when it is \
                 written",
                node.name().as_str()
            )));
        }
        Ok(())
    }

    fn visit_raw_part(&mut self, node: &RawPart) -> Result<()> {
        if let RawPart::Text(text) = node {
            for word in text.split(|it: char| !(it.is_alphanumeric() || it == '_')).filter(|it| !it.is_empty()) {
                self.visit_column(&Column::new(None, word))?;
            }
        }
        node.walk(self)
    }
}
