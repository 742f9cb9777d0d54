//! [`sql!`](crate::sql): the escape hatch, typed.

use std::fmt;
use std::marker::PhantomData;

use super::{Both, Condition, Expr, Expression, IntoExpr, Nothing};
use crate::ast::{self, RawPart, Shared};
use crate::types::SqlType;

/// SQL of a program's author, with columns, expressions and values in its slots. [`sql!`](crate::sql) makes it.
///
/// It is a condition as it stands, and [`typed`](Self::typed) makes any other expression of it.
pub struct Raw<N> {
    raw: Shared<ast::Raw>,
    marker: PhantomData<fn() -> N>,
}

impl<N> Raw<N> {
    /// The same as an expression of type `V`; say `Option` where it may be `null`.
    #[must_use]
    pub fn typed<V: SqlType>(self) -> Expr<V, N> {
        Expr::new(ast::Expr::Raw(self.raw))
    }

    /// The statement that this text is, to be run on its own.
    #[must_use]
    pub fn statement(self) -> ast::Statement {
        self.raw.into()
    }

    pub(crate) fn tree(&self) -> ast::StatementRef<'_> {
        (&self.raw).into()
    }
}

impl<N> Clone for Raw<N> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), marker: PhantomData }
    }
}

impl<N> fmt::Debug for Raw<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<N> Expression for Raw<N> {
    type Sql = Option<bool>;
    type Needs = N;

    fn into_node(self) -> ast::Expr {
        ast::Expr::Raw(self.raw)
    }
}

#[diagnostic::do_not_recommend]
impl<N> Condition for Raw<N> {
    type Tables = N;
}

/// The text of [`sql!`](crate::sql), whose slots are filled one after the other; [`sql!`](crate::sql) calls it.
#[doc(hidden)]
pub fn raw(text: &'static str) -> Slots<Nothing> {
    let mut raw = ast::Raw::default();
    let rest = push_text(&mut raw, text);
    Slots { raw: Raw { raw: Shared::new(raw), marker: PhantomData }, rest }
}

/// A text of [`sql!`](crate::sql) whose slots are being filled.
#[doc(hidden)]
#[derive(Debug)]
#[must_use]
pub struct Slots<N> {
    raw: Raw<N>,
    rest: &'static str,
}

impl<N> Slots<N> {
    /// Fills the next slot.
    pub fn slot<B, M, O: IntoSlot<B, M>>(self, value: O) -> Slots<Both<N, M>> {
        let mut raw = self.raw.raw;
        raw.parts.push(RawPart::Expr(value.into_slot()));
        let rest = push_text(&mut raw, self.rest);
        Slots { raw: Raw { raw, marker: PhantomData }, rest }
    }

    /// The whole, when all slots are filled.
    pub fn finish(self) -> Raw<N> {
        self.raw
    }
}

/// What can stand in a slot of [`sql!`](crate::sql), with tables `N`: what [`IntoExpr`] takes, of whatever type.
///
/// It is a trait of its own because a slot expects no type that an error could name. The tables are a parameter of it,
/// since the compiler would tell of a type within it in the words of [`IntoExpr`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a slot of `sql!`",
    label = "expected a value, a column, an expression or a name by `ident`",
    note = "an `Option` goes in by `value(..)`; `=` is never true of a `null`"
)]
pub trait IntoSlot<B, N> {
    /// The expression in the tree.
    fn into_slot(self) -> ast::Expr;
}

#[diagnostic::do_not_recommend]
impl<B, N, O: IntoExpr<B, Needs = N>> IntoSlot<B, N> for O {
    fn into_slot(self) -> ast::Expr {
        self.into_expr()
    }
}

/// SQL text that is not a literal of the program.
///
/// **Whoever chooses the text can run any SQL.** Values and names of users belong into the slots of
/// [`sql!`](crate::sql), never here. The name is there for reviewers to find.
#[must_use]
pub fn raw_unchecked(text: String) -> Raw<Nothing> {
    let mut raw = ast::Raw::default();
    raw.parts.push(RawPart::Text(text.into()));
    Raw { raw: Shared::new(raw), marker: PhantomData }
}

/// A name for a slot of [`sql!`](crate::sql): it is quoted, whatever it holds.
#[derive(Clone, Debug)]
pub struct Identifier(ast::Ident);

/// A name for a slot of [`sql!`](crate::sql): it is quoted, whatever it holds.
///
/// ```
/// use kysera::dialect;
/// use kysera::expr::ident;
///
/// let count = kysera::sql!("select count(*) from {}", ident("strange \" name")).statement();
/// assert_eq!(
///     dialect::compile(&count, &dialect::SQLITE)?.sql,
///     r#"select count(*) from "strange "" name""#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
pub fn ident(name: impl Into<ast::Ident>) -> Identifier {
    Identifier(name.into())
}

#[diagnostic::do_not_recommend]
impl IntoExpr<Self> for Identifier {
    type Needs = Nothing;
    type Null = crate::types::NotNull;

    fn into_expr(self) -> ast::Expr {
        ast::Expr::Column(ast::Column::new(None, self.0))
    }
}

/// A brace in the text of [`sql!`](crate::sql).
enum Brace {
    /// `{}`
    Slot,
    /// `{{` or `}}`
    Escaped,
    /// Any other.
    Stray,
}

/// The first brace at or after a position, and where it is.
const fn next_brace(text: &str, mut at: usize) -> Option<(usize, Brace)> {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if matches!(bytes[at], b'{' | b'}') {
            let next = if at + 1 < bytes.len() { bytes[at + 1] } else { 0 };
            let brace = match (bytes[at], next) {
                (b'{', b'}') => Brace::Slot,
                (b'{', b'{') | (b'}', b'}') => Brace::Escaped,
                _ => Brace::Stray,
            };
            return Some((at, brace));
        }
        at += 1;
    }
    None
}

/// How many slots a text has; none where it has a brace that is neither a slot nor doubled.
#[doc(hidden)]
#[must_use]
pub const fn count_slots(text: &str) -> Option<usize> {
    let mut slots = 0;
    let mut at = 0;
    while let Some((found, brace)) = next_brace(text, at) {
        match brace {
            Brace::Slot => slots += 1,
            Brace::Escaped => {}
            Brace::Stray => return None,
        }
        at = found + 2;
    }
    Some(slots)
}

/// Whether a slot stands in quotes, as far as no server sees it otherwise: where a text has other quotes, a comment or a
/// backslash, the compiler of its dialect looks.
#[doc(hidden)]
#[must_use]
pub const fn quotes_a_slot(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut quoted = false;
    let mut at = 0;
    while at < bytes.len() {
        let next = if at + 1 < bytes.len() { bytes[at + 1] } else { 0 };
        match (bytes[at], next) {
            (b'{', b'}') if quoted => return true,
            (b'{', b'{') | (b'}', b'}') => at += 1,
            (b'\'', _) => quoted = !quoted,
            (b'\\', _) => return false,
            (b'"' | b'`' | b'$' | b'#' | b'[', _) | (b'-', b'-') | (b'/', b'*') if !quoted => return false,
            _ => {}
        }
        at += 1;
    }
    false
}

/// Adds the text up to the next slot, with single braces for doubled ones, and gives the text after that slot.
fn push_text(raw: &mut ast::Raw, text: &'static str) -> &'static str {
    let mut add = |part: &'static str| {
        if !part.is_empty() {
            raw.parts.push(RawPart::Text(part.into()));
        }
    };
    let mut rest = text;
    while let Some((at, brace)) = next_brace(rest, 0) {
        match brace {
            Brace::Slot => {
                add(&rest[..at]);
                return &rest[at + 2..];
            }
            Brace::Escaped => {
                add(&rest[..=at]);
                rest = &rest[at + 2..];
            }
            Brace::Stray => {
                add(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    add(rest);
    ""
}

/// SQL text with slots: `sql!("lower({}) = {}", users::email, needle)`.
///
/// Columns are written by their quoted names, expressions as they are, values are bound, [`ident`](crate::expr::ident)
/// is a quoted name. The text is a literal; for other text there is [`raw_unchecked`](crate::expr::raw_unchecked).
/// The tables of the columns must be part of the query, as everywhere.
///
/// As it stands, it is a condition. `.typed::<V>()` makes it an expression of another type:
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String }
/// use kysera::dialect;
///
/// let needle = "ann@x.io";
/// let q = select_from(users::table)
///     .filter(sql!("lower({}) = {}", users::email, needle))
///     .select(sql!("upper({})", users::email).typed::<String>());
/// assert_eq!(
///     q.compile(&dialect::POSTGRES)?.sql,
///     r#"select upper("users"."email") from "users" where lower("users"."email") = cast($1 as text)"#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
///
/// As many slots as arguments, or it does not compile:
///
/// ```compile_fail
/// kysera::sql!("lower({})");
/// ```
///
/// A slot in quotes or a comment of the text is refused, by the compiler or when the statement is compiled: nothing would be
/// bound there. A slot stands apart from words, quotes and other slots, too.
///
/// ```compile_fail
/// kysera::sql!("name like '%{}%'", "ann"); // "name like concat('%', {}, '%')"
/// ```
///
/// There are no slots but `{}`; a brace that belongs to the SQL is doubled, as in `format!`:
///
/// ```
/// use kysera::dialect;
///
/// let empty = kysera::sql!("select '{{}}'::jsonb").statement();
/// assert_eq!(dialect::compile(&empty, &dialect::POSTGRES)?.sql, "select '{}'::jsonb");
/// # Ok::<(), kysera::Error>(())
/// ```
#[macro_export]
macro_rules! sql {
    ($text:literal $(, $slot:expr)* $(,)?) => {{
        const SLOTS: ::core::option::Option<usize> = $crate::expr::count_slots($text);
        const _: () = assert!(
            SLOTS.is_some(),
            "`sql!` has no slots but `{{}}`, each for the next argument; a brace of the SQL is written twice",
        );
        const _: () = assert!(
            !$crate::expr::quotes_a_slot($text),
            "a slot of `sql!` stands in quotes, where nothing is bound; join the parts by `concat`",
        );
        const ARGUMENTS: usize = 0 $(+ { let _ = stringify!($slot); 1 })*;
        const _: () = assert!(
            matches!(SLOTS, ::core::option::Option::None | ::core::option::Option::Some(ARGUMENTS)),
            "`sql!` needs one argument for each `{{}}` of its text; a brace of the SQL is written twice",
        );
        $crate::expr::raw($text)$(.slot($slot))*.finish()
    }};
    ($($other:tt)*) => {
        ::core::compile_error!("the text of `sql!` is a literal; for other text there is `kysera::expr::raw_unchecked`")
    };
}
