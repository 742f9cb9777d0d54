//! The writer and its vocabulary: text, names, values, optional parts, lists.

use std::fmt::Write as _;

use super::once::Once;
use super::own_target::{OwnTarget, Reading};
use super::param::Typed;
use super::placeholder::{DOLLARS, HUNDREDS, QUESTIONS, TENS};
use super::spec::{NameLimit, Placeholder, Spec};
use super::type_name::TypeName;
use crate::ast::{Column, DataType, Ident, TableName};
use crate::error::{Error, Result, Unsupported};
use crate::value::Value;

/// How deep a tree may be, so that no tree can exhaust the stack. Lists of conditions are flat, so only what stands
/// within something else counts. A server may take less: of subqueries within subqueries, SQLite takes some ten to forty,
/// and says so by an error.
const MAX_DEPTH: usize = 200;

/// What becomes of the values of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// They are bound.
    Bound,
    /// They are bound, equal ones once where placeholders have numbers: in the clauses of a `select` that merges rows.
    Once,
    /// They are written as literals: in definitions, which take no parameters, and for reading.
    Literal,
}

/// Writes one statement. It is spread over the `write_*` files by family of nodes.
pub(super) struct Writer<'a> {
    pub(super) spec: &'a Spec,
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
    pub(super) values: Values,
    /// For tests: parentheses around every operator.
    pub(super) all_parentheses: bool,
    /// The table that the statement writes, where its subqueries may not read it as any other.
    pub(super) target: Option<(OwnTarget<'a>, Reading)>,
    /// Whether there is a row that could not be inserted.
    pub(super) in_upsert: bool,
    /// What is bound once.
    pub(super) once: Option<Box<Once>>,
    /// How many aggregates were written.
    pub(super) aggregates: usize,
    /// How many lists of common table expressions were written.
    pub(super) withs: usize,
    /// Whether the columns of the next query need names that differ, as those of a derived table do.
    pub(super) names_differ: bool,
    depth: usize,
}

impl<'a> Writer<'a> {
    #[inline]
    pub(super) fn new(spec: &'a Spec, values: Values) -> Self {
        Self {
            spec,
            // Room for nearly all statements: to grow beyond it costs as much as to write them, since allocators tidy up for
            // what they take for large.
            sql: String::with_capacity(1000),
            params: Vec::with_capacity(24),
            values,
            all_parentheses: false,
            target: None,
            in_upsert: false,
            once: None,
            aggregates: 0,
            withs: 0,
            names_differ: false,
            depth: 0,
        }
    }

    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Writes `prefix` and the items, or nothing where there are none.
    #[inline(always)]
    pub(super) fn list<T>(
        &mut self,
        prefix: &str,
        items: &'a [T],
        separator: &str,
        write: impl Fn(&mut Self, &'a T) -> Result<()>,
    ) -> Result<()> {
        match items.split_first() {
            Some((first, others)) => self.items(prefix, first, others, separator, write),
            None => Ok(()),
        }
    }

    #[inline]
    fn items<T>(
        &mut self,
        prefix: &str,
        first: &'a T,
        others: &'a [T],
        separator: &str,
        write: impl Fn(&mut Self, &'a T) -> Result<()>,
    ) -> Result<()> {
        self.text(prefix);
        write(self, first)?;
        for item in others {
            self.text(separator);
            write(self, item)?;
        }
        Ok(())
    }

    /// Writes `prefix` and the part, or nothing where it is missing.
    #[inline(always)]
    pub(super) fn optional<T>(
        &mut self,
        prefix: &str,
        part: &'a Option<T>,
        write: impl Fn(&mut Self, &'a T) -> Result<()>,
    ) -> Result<()> {
        let Some(part) = part else { return Ok(()) };
        self.text(prefix);
        write(self, part)
    }

    /// Writes something between parentheses, one level deeper.
    pub(super) fn parentheses(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.text("(");
        self.deeper(write)?;
        self.text(")");
        Ok(())
    }

    /// Goes one level deeper into the tree, and refuses to go too deep.
    pub(super) fn deeper(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    /// Whether what is written stands within something else.
    pub(super) const fn is_nested(&self) -> bool {
        self.depth > 0
    }

    pub(super) fn unsupported<T>(&self, feature: &'static str, hint: &'static str) -> Result<T> {
        Err(Unsupported::new(self.spec.name, feature, hint).into())
    }

    /// Writes a name in quotes. This is the only way for a name into SQL.
    #[inline]
    pub(super) fn ident(&mut self, ident: &Ident) -> Result<()> {
        if let Ident::Static(name) = ident
            && let Some(quoted) = name.quoted(self.spec.quote)
        {
            self.text(quoted);
            return Ok(());
        }
        self.other_ident(ident.as_str())
    }

    /// Writes the name of a column, after that of its table.
    #[inline]
    pub(super) fn column(&mut self, it: &Column) -> Result<()> {
        match it.quoted(self.spec.quote) {
            Some(both) => {
                self.text(both);
                Ok(())
            }
            None => self.other_column(it),
        }
    }

    #[inline(never)]
    fn other_column(&mut self, it: &Column) -> Result<()> {
        if let Some(table) = it.table() {
            self.ident(&table)?;
            self.text(".");
        }
        self.ident(&it.name())
    }

    /// Checks and quotes a name that is not known to be harmless.
    #[inline(never)]
    fn other_ident(&mut self, name: &str) -> Result<()> {
        if let Some(problem) = self.name_problem(name) {
            let shown: String = name.chars().take(24).collect();
            return Err(Error::invalid(format!("{} does not take the name {shown:?}: {problem}", self.spec.name)));
        }
        let quote = self.spec.quote;
        self.sql.push(quote);
        for character in name.chars() {
            if character == quote {
                self.sql.push(quote);
            }
            self.sql.push(character);
        }
        self.sql.push(quote);
        Ok(())
    }

    fn name_problem(&self, name: &str) -> Option<String> {
        if name.is_empty() {
            return Some("it is empty".into());
        }
        if name.contains('\0') {
            return Some("it holds NUL".into());
        }
        if !self.spec.supplementary_names && name.chars().any(|character| character > '\u{ffff}') {
            return Some("it holds a character beyond U+FFFF".into());
        }
        if !self.spec.outer_space_names {
            // An alias loses every character before the first that can be seen.
            if name.starts_with(|first: char| first.is_ascii() && !first.is_ascii_graphic()) {
                return Some("it begins with a space or control character".into());
            }
            if name.ends_with(|last: char| last.is_ascii_whitespace() || last == '\u{b}') {
                return Some("it ends in a space".into());
            }
        }
        match self.spec.name_limit {
            NameLimit::Bytes(most) if name.len() > most => Some(format!("it is longer than {most} bytes")),
            NameLimit::Chars(most) if name.chars().count() > most => {
                Some(format!("it is longer than {most} characters"))
            }
            NameLimit::Bytes(_) | NameLimit::Chars(_) | NameLimit::Unlimited => None,
        }
    }

    #[inline]
    pub(super) fn table_name(&mut self, name: &'a TableName) -> Result<()> {
        let TableName { schema, name } = name;
        if let Some(schema) = schema {
            self.ident(schema)?;
            self.text(".");
        }
        self.ident(name)
    }

    /// Writes a value: its placeholder, in a cast where the server needs one, or its literal.
    pub(super) fn value(&mut self, value: &Value, typed: Typed) -> Result<()> {
        self.value_of_many(value, typed)
    }

    /// The same, for loops that write hundreds of them.
    #[inline(always)]
    pub(super) fn value_of_many(&mut self, value: &Value, typed: Typed) -> Result<()> {
        let number = match self.values {
            Values::Bound => self.bind(value),
            Values::Once => self.bind_once(value),
            Values::Literal => return self.literal(value),
        };
        match (self.spec.param_cast)(value, typed) {
            None => self.placeholder(number),
            Some(data_type) => return self.cast_placeholder(number, data_type),
        }
        Ok(())
    }

    /// Adds a value to those that are bound, and tells its number.
    #[inline]
    fn bind(&mut self, value: &Value) -> usize {
        self.params.push(value.clone());
        self.params.len()
    }

    /// The same, but for a value that is bound already.
    #[inline(never)]
    fn bind_once(&mut self, value: &Value) -> usize {
        if self.spec.placeholder == Placeholder::Question {
            return self.bind(value);
        }
        if let Some(number) = self.once.as_ref().and_then(|once| once.number(value, &self.params)) {
            return number;
        }
        let number = self.bind(value);
        self.once.get_or_insert_default().add(value, number);
        number
    }

    #[inline(always)]
    fn placeholder(&mut self, number: usize) {
        match self.spec.placeholder {
            Placeholder::Question => self.text("?"),
            Placeholder::Dollar => self.numbered(DOLLARS, number),
            Placeholder::NumberedQuestion => self.numbered(QUESTIONS, number),
        }
    }

    /// Writes one of many placeholders. Its length is known in each case, which makes a copy cheap.
    #[inline(always)]
    fn numbered(&mut self, all: &'static str, number: usize) {
        match number {
            0..10 => {
                let at = 2 * number;
                self.text(&all[at..at + 2]);
            }
            10..100 => {
                let at = TENS + 3 * (number - 10);
                self.text(&all[at..at + 3]);
            }
            100..1_000 => {
                let at = HUNDREDS + 4 * (number - 100);
                self.text(&all[at..at + 4]);
            }
            1_000.. => {
                self.text(&all[..1]);
                self.number(number);
            }
        }
    }

    #[inline(never)]
    fn cast_placeholder(&mut self, number: usize, data_type: &DataType) -> Result<()> {
        self.text("cast(");
        self.placeholder(number);
        self.text(" as ");
        self.cast_type(data_type)?;
        self.text(")");
        Ok(())
    }

    #[inline(never)]
    pub(super) fn number(&mut self, number: usize) {
        self.text(itoa::Buffer::new().format(number));
    }

    /// The type of a column.
    pub(super) fn data_type(&self, data_type: &DataType) -> Result<TypeName> {
        match (self.spec.data_type)(data_type) {
            Some(name) => Ok(name),
            None if matches!(data_type, DataType::Named(_)) => {
                self.unsupported("column type of a name of your own", "choose a type that all your databases have")
            }
            // Of the types that have no name of their own, arrays are the only one that a dialect may lack.
            None => self.unsupported("column type for an array", "choose a type that all your databases have"),
        }
    }

    pub(super) fn cast_type(&mut self, data_type: &DataType) -> Result<()> {
        match (self.spec.cast_type)(data_type) {
            Some(name) => self.type_name(name),
            None => self.unsupported("cast to such a type", "convert the value in Rust"),
        }
    }

    pub(super) fn type_name(&mut self, name: TypeName) -> Result<()> {
        match name {
            TypeName::Plain(name) | TypeName::Checked(name, _) => self.text(name),
            TypeName::Sized(name, size) => _ = write!(self.sql, "{name}({size})"),
            TypeName::Precise(name, precision, scale) => _ = write!(self.sql, "{name}({precision}, {scale})"),
            TypeName::ArrayOf(element) => {
                self.type_name(*element)?;
                self.text("[]");
            }
            TypeName::Named(name) => self.ident(&name)?,
        }
        Ok(())
    }
}

#[cold]
fn too_deep() -> Error {
    Error::invalid(format!("the query nests more than {MAX_DEPTH} levels deep"))
}
