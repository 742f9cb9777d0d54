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
    raw: ast::Raw,
    marker: PhantomData<fn() -> N>,
}

impl<N> Raw<N> {
    /// The same as an expression of type `V`; say `Option` where it may be `null`.
    #[must_use]
    pub fn typed<V: SqlType>(self) -> Expr<V, N> {
        Expr::new(ast::Expr::Raw(Shared::new(self.raw)))
    }

    /// Fills the next slot; [`sql!`](crate::sql) calls it.
    #[doc(hidden)]
    #[must_use]
    pub fn slot<B, O: IntoExpr<B>>(mut self, text_after: &'static str, value: O) -> Raw<Both<N, O::Needs>> {
        self.raw.parts.push(RawPart::Expr(value.into_expr()));
        push_text(&mut self.raw, text_after);
        Raw { raw: self.raw, marker: PhantomData }
    }

    /// The statement that this text is, to be run on its own.
    #[must_use]
    pub fn statement(self) -> ast::Statement {
        self.raw.into()
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
        ast::Expr::Raw(Shared::new(self.raw))
    }
}

#[diagnostic::do_not_recommend]
impl<N> Condition for Raw<N> {
    type Tables = N;
}

fn push_text(raw: &mut ast::Raw, text: &'static str) {
    if !text.is_empty() {
        raw.parts.push(RawPart::Text(text.into()));
    }
}

/// The text before the first slot; [`sql!`](crate::sql) calls it.
#[doc(hidden)]
#[must_use]
pub fn raw(text: &'static str) -> Raw<Nothing> {
    let mut raw = ast::Raw::default();
    push_text(&mut raw, text);
    Raw { raw, marker: PhantomData }
}

/// SQL text that is not a literal of the program.
///
/// **Whoever chooses the text can run any SQL.** Values and names of users belong into the slots of
/// [`sql!`](crate::sql), never here. The name is there for reviewers to find.
#[must_use]
pub fn raw_unchecked(text: String) -> Raw<Nothing> {
    let mut raw = ast::Raw::default();
    raw.parts.push(RawPart::Text(text.into()));
    Raw { raw, marker: PhantomData }
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
        ast::Expr::Column(ast::Column { table: None, name: self.0 })
    }
}

/// How many slots a text has.
#[doc(hidden)]
#[must_use]
pub const fn count_slots(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut slots = 0;
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b'{' && bytes[at + 1] == b'}' {
            slots += 1;
            at += 1;
        }
        at += 1;
    }
    slots
}

/// The text before the slot of that number, or after the last one.
#[doc(hidden)]
#[must_use]
pub fn text_at(text: &'static str, number: usize) -> &'static str {
    text.split("{}").nth(number).unwrap_or("")
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
#[macro_export]
macro_rules! sql {
    ($text:literal $(, $slot:expr)* $(,)?) => {{
        const SLOTS: usize = 0 $(+ { let _ = stringify!($slot); 1 })*;
        const _: () = assert!(
            $crate::expr::count_slots($text) == SLOTS,
            "`sql!` needs one argument for each `{{}}` of its text",
        );
        let raw = $crate::expr::raw($crate::expr::text_at($text, 0));
        $crate::sql!(@slots raw, $text, 0usize; $($slot,)*)
    }};
    (@slots $raw:ident, $text:literal, $number:expr;) => { $raw };
    (@slots $raw:ident, $text:literal, $number:expr; $slot:expr, $($rest:expr,)*) => {{
        let raw = $raw.slot($crate::expr::text_at($text, $number + 1), $slot);
        $crate::sql!(@slots raw, $text, $number + 1; $($rest,)*)
    }};
    ($($other:tt)*) => {
        ::core::compile_error!("the text of `sql!` is a literal; for other text there is `kysera::expr::raw_unchecked`")
    };
}
