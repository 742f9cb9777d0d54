//! Tree in, SQL out: one writer, and a [`Spec`] for each dialect.
//!
//! A dialect difference is a field of [`Spec`], asked at one place. It may be same shape in other words, or another
//! shape that means exactly the same; anything else is refused as [`Unsupported`](crate::error::Unsupported).
//! Nothing of the tree is left out, and a value is always bound.

mod literal;
mod lower;
mod mariadb;
mod mysql;
mod param;
mod postgres;
mod precedence;
mod spec;
mod sqlite;
mod write_ddl;
mod write_decimal;
mod write_expr;
mod write_insert;
mod write_select;
mod write_update;
mod writer;

pub use self::param::Typed;
pub use self::spec::*;
use self::writer::{Values, Writer};
use crate::ast::Statement;
use crate::error::{Error, Result};
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

/// Writes a statement in a dialect. It changes nothing and asks nobody: the same tree gives the same text.
///
/// # Errors
///
/// [`is_unsupported`](Error::is_unsupported) where the dialect lacks something, [`is_invalid`](Error::is_invalid)
/// where the statement means nothing anywhere, a name cannot be one, or there are more values than can be bound.
pub fn compile(statement: &Statement, spec: &Spec) -> Result<Compiled> {
    let mut writer = Writer::new(spec, Values::Bound);
    compile_with(statement, &mut writer)
}

/// Like [`compile`], with parentheses around every operator: for tests of the precedence rule.
///
/// # Errors
///
/// Those of [`compile`].
#[doc(hidden)]
pub fn compile_explicit(statement: &Statement, spec: &Spec) -> Result<Compiled> {
    let mut writer = Writer::new(spec, Values::Bound);
    writer.all_parentheses = true;
    compile_with(statement, &mut writer)
}

/// Writes a statement with its values inlined, for people to read. It is never to be run.
///
/// # Errors
///
/// Those of [`compile`], and values that no literal can hold.
pub fn debug_sql(statement: &Statement, spec: &Spec) -> Result<String> {
    let mut writer = Writer::new(spec, Values::Literal);
    compile_with(statement, &mut writer).map(|compiled| compiled.sql)
}

fn compile_with<'a>(statement: &'a Statement, writer: &mut Writer<'a>) -> Result<Compiled> {
    writer.statement(statement)?;
    let spec = writer.spec;
    let (sql, params) = (std::mem::take(&mut writer.sql), std::mem::take(&mut writer.params));
    if params.len() > spec.max_params {
        return Err(Error::invalid(format!(
            "{} values are more than the {} that {} can bind; split the statement",
            params.len(),
            spec.max_params,
            spec.name
        )));
    }
    Ok(Compiled { sql, params })
}

impl<'a> Writer<'a> {
    pub(self) fn statement(&mut self, it: &'a Statement) -> Result<()> {
        match it {
            Statement::Select(it) => self.select(it),
            Statement::Compound(it) => self.compound(it),
            Statement::Insert(it) => self.insert(it),
            Statement::Update(it) => self.update(it),
            Statement::Delete(it) => self.delete(it),
            Statement::CreateTable(it) => self.create_table(it),
            Statement::DropTable(it) => self.drop_table(it),
            Statement::Raw(it) => self.raw(it),
        }
    }
}
