//! Tree in, SQL out: one writer, and a [`Spec`] for each dialect.
//!
//! A dialect difference is a field of [`Spec`], asked at one place. It may be same shape in other words, or another
//! shape that means exactly the same; anything else is refused as [`Unsupported`](crate::error::Unsupported).
//! Nothing of the tree is left out, and a value is always bound.

mod constants;
mod literal;
mod lower;
mod mariadb;
mod mysql;
mod once;
mod own_target;
mod param;
mod placeholder;
mod postgres;
mod precedence;
mod quotes;
mod refuse_select;
mod spec;
mod sqlite;
mod tags;
mod type_name;
mod with_names;
mod write_ddl;
mod write_decimal;
mod write_expr;
mod write_insert;
mod write_row_security;
mod write_select;
mod write_update;
mod writer;

pub use self::constants::{MARIADB, MYSQL, POSTGRES, SQLITE};
pub use self::param::Typed;
pub use self::spec::*;
pub use self::tags::Tags;
pub use self::type_name::{FIT, Fit, TypeName};
use self::writer::{Values, Writer};
use crate::ast::{Statement, StatementRef};
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
    compile_ref(statement.into(), spec)
}

pub(crate) fn compile_ref(statement: StatementRef<'_>, spec: &Spec) -> Result<Compiled> {
    compile_with(statement, Writer::new(spec, Values::Bound), &Tags::default())
}

/// Like [`compile`], with a comment behind the statement.
///
/// # Errors
///
/// Those of [`compile`]; and where a tag has no name, or all of them together are longer than 4096 bytes.
pub fn compile_tagged(statement: &Statement, spec: &Spec, tags: &Tags) -> Result<Compiled> {
    compile_with(statement.into(), Writer::new(spec, Values::Bound), tags)
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
    compile_with(statement.into(), writer, &Tags::default())
}

/// Writes a statement with its values inlined, for people to read. It is never to be run.
///
/// # Errors
///
/// Those of [`compile`], and values that no literal can hold.
pub fn debug_sql(statement: &Statement, spec: &Spec) -> Result<String> {
    compile_with(statement.into(), Writer::new(spec, Values::Literal), &Tags::default()).map(|compiled| compiled.sql)
}

#[inline(always)]
fn compile_with<'a>(statement: StatementRef<'a>, mut writer: Writer<'a>, tags: &Tags) -> Result<Compiled> {
    writer.one_statement(statement)?;
    if !tags.is_empty() {
        writer.tags(tags)?;
    }
    let spec = writer.spec;
    if writer.withs > 0 {
        writer.check_names_of_with(statement)?;
    }
    let (sql, params) = (writer.sql, writer.params);
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
        let around = self.target.take();
        self.one_statement(it.into())?;
        self.target = around;
        Ok(())
    }

    #[inline]
    fn one_statement(&mut self, it: StatementRef<'a>) -> Result<()> {
        match it {
            StatementRef::Select(it) => self.select(it),
            StatementRef::Compound(it) => self.compound(it),
            StatementRef::Insert(it) => self.insert(it),
            StatementRef::Update(it) => self.update(it),
            StatementRef::Delete(it) => self.delete(it),
            StatementRef::CreateTable(it) => self.create_table(it),
            StatementRef::DropTable(it) => self.drop_table(it),
            StatementRef::RowSecurity(it) => self.row_security(it),
            StatementRef::Raw(it) => self.raw(it),
        }
    }
}
