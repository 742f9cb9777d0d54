//! Tree in, SQL out: one writer, and a [`Spec`] for each dialect.
//!
//! A dialect difference is a field of [`Spec`], asked at one place. It may be same shape in other words, or another
//! shape that means exactly the same; anything else is refused as [`Unsupported`](crate::error::Unsupported).
//! Nothing of the tree is left out, and a value is always bound.

mod mariadb;
mod mysql;
mod postgres;
mod spec;
mod sqlite;

pub use self::spec::*;
use crate::ast::{Expr, Raw, RawPart, SelectItem, Statement};
use crate::error::Result;
use crate::value::Value;

/// SQL for a server, and what is bound to its placeholders.
///
/// `Debug` shows the text and the kinds of the values, never the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The statement.
    pub sql: String,
    /// The values, in the order of their placeholders.
    pub params: Vec<Value>,
}

/// Writes a statement in a dialect.
///
/// # Errors
///
/// Where the dialect cannot say it.
pub fn compile(statement: &Statement, _: &Spec) -> Result<Compiled> {
    let mut compiled = Compiled { sql: String::new(), params: Vec::new() };
    let mut raw = |Raw { parts }: &Raw| {
        for part in parts {
            match part {
                RawPart::Text(text) => compiled.sql.push_str(text),
                RawPart::Ident(name) => compiled.sql.push_str(name.as_str()),
                RawPart::Expr(Expr::Value(value)) => {
                    compiled.params.push(value.clone());
                    compiled.sql.push_str(&format!("${}", compiled.params.len()));
                }
                RawPart::Expr(_) => {}
            }
        }
    };
    match statement {
        Statement::Raw(it) => raw(it),
        Statement::Select(it) => {
            raw(&Raw { parts: [RawPart::Text("select ".into())].into_iter().collect() });
            for item in &it.columns {
                if let SelectItem::Expr(it) = item
                    && let Expr::Raw(it) = &it.expr
                {
                    raw(it);
                }
            }
        }
        Statement::Compound(_)
        | Statement::Insert(_)
        | Statement::Update(_)
        | Statement::Delete(_)
        | Statement::CreateTable(_)
        | Statement::DropTable(_) => return Err(crate::Error::invalid("not in the stub")),
    }
    Ok(compiled)
}
