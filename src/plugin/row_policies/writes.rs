//! What is inserted and set: no row is put into the hands of another, and none is written that policies keep out.

use std::cell::{Cell, RefCell};

use super::asker::Asker;
use super::computed::changes_too;
use super::rule::{ColumnRule, is_column};
use super::stored::is_kept_of;
use super::verdict::{Texts, Verdict, Will, after, as_in_column, is_same, may_be_place, verdict};
use super::{Known, RowPolicies};
use crate::ast::{
    Assignment, Call, ColumnDescription, Conflict, ConflictAction, Cte, DataType, DefaultValue, Excluded, Expr,
    Generated, Ident, Insert, InsertSource, InsertValue, Node, PolicyCommand, Raw, Role, Statement, Table, TableName,
    TableRef, TableUse, Update, Values, Visit, VisitMut,
};
use crate::dialect::TextEquality;
use crate::error::{Error, Result};
use crate::plugin::{Context, functions};
use crate::value::Value;

/// Adds the columns of rules to what is inserted, and ends at any other value of them, and at rows that policies keep out.
pub(super) struct Writes<'a> {
    policies: &'a RowPolicies,
    context: &'a Context<'a>,
    /// The names of all common table expressions, wherever they are seen.
    ctes: Vec<Ident>,
}

impl RowPolicies {
    /// Sees to what a statement inserts and sets.
    pub(super) fn check_writes(&self, statement: &mut Statement, context: &Context<'_>) -> Result<()> {
        let mut names = CteNames(Vec::new());
        if !self.policies.is_empty() {
            statement.accept(&mut names)?;
        }
        let CteNames(ctes) = names;
        statement.accept_mut(&mut Writes { policies: self, context, ctes })
    }
}

struct CteNames(Vec<Ident>);

impl Visit for CteNames {
    fn visit_cte(&mut self, node: &Cte) -> Result<()> {
        self.0.push(node.name.clone());
        node.walk(self)
    }
}

impl VisitMut for Writes<'_> {
    fn visit_insert(&mut self, node: &mut Insert) -> Result<()> {
        node.walk_mut(self)?;
        let into = node.into.clone();
        let asker = self.asker();
        self.policies.each_rule(&self.known(&into), |rule, declared| {
            let value = self.value(rule, &asker)?;
            let given = self.position(rule, &into, &node.columns)?;
            give(rule, declared, node, given, &value)?;
            let conflict = &node.conflict;
            if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter: _ } }) = conflict {
                self.check(rule, &into, assignments, &value, Within::Upsert)?;
            }
            Ok(())
        })?;
        if !self.policies.has_policies(&into) {
            return Ok(());
        }
        self.check_rows(node, &asker)?;
        if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter } }) = &mut node.conflict
        {
            let table = TableUse::new(&into, &into.name, Role::Conflict);
            if let Some(more) = self.check_new(&table, &[], assignments, &asker)? {
                Expr::restrict(filter, more);
            }
        }
        Ok(())
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        node.walk_mut(self)?;
        let Update { with: _, table, assignments, from, filter, all_rows, returning: _ } = node;
        let asker = self.asker();
        self.policies.each_rule(&self.known(&table.name), |rule, _| {
            let value = self.value(rule, &asker)?;
            self.check(rule, &table.name, assignments, &value, Within::Update)
        })?;
        if !self.policies.has_policies(&table.name) {
            return Ok(());
        }
        let known_as = table.alias.as_ref().unwrap_or(&table.name.name);
        let table = TableUse::new(&table.name, known_as, Role::Update);
        let more = self.check_new(&table, from, assignments, &asker)?;
        // One that does not say which rows it means stays refused.
        if let Some(more) = more
            && (filter.is_some() || *all_rows)
        {
            Expr::restrict(filter, more);
        }
        Ok(())
    }
}

/// Where something is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Update,
    Upsert,
}

impl<'a> Writes<'a> {
    fn asker(&self) -> Asker<'a> {
        Asker::of_statement(&self.policies.facts, self.context)
    }

    fn known<'n>(&self, name: &'n TableName) -> Known<'n>
    where
        'a: 'n,
    {
        Known { name, declared: self.context.known(name) }
    }

    /// The value of whoever asks.
    fn value(&self, rule: &ColumnRule, asker: &Asker<'_>) -> Result<Value> {
        asker.own_value(rule, self.context)
    }

    /// Where among the columns that are given the rule's is.
    fn position(&self, rule: &ColumnRule, table: &TableName, columns: &[Ident]) -> Result<Option<usize>> {
        let mut position = None;
        for (at, column) in columns.iter().enumerate() {
            if rule.is_column(table, column, self.context)? {
                position = Some(at);
            }
        }
        Ok(position)
    }

    fn check(
        &self,
        rule: &ColumnRule,
        table: &TableName,
        assignments: &[Assignment],
        value: &Value,
        within: Within,
    ) -> Result<()> {
        for Assignment { column, value: given } in assignments {
            let fits = match given {
                _ if !rule.is_column(table, column, self.context)? => true,
                Expr::Value(given) => is_same(given, value),
                // The value that was to be inserted has been looked at.
                Expr::Excluded(Excluded { column }) => within == Within::Upsert && *column == rule.column,
                _ => false,
            };
            if !fits {
                return Err(rule.refused(table));
            }
        }
        // A column that the server computes goes along with what it is computed from.
        match changes_too(table, &rule.column, assignments, self.context)? {
            true => Err(unclear(&rule.column)),
            false => Ok(()),
        }
    }

    /// Ends at a row that policies do not let be inserted, and at one of which nobody knows. What it takes for the value of a
    /// column that is left out, it has the statement say, since the server may have a default of which no declaration tells.
    fn check_rows(&self, insert: &mut Insert, asker: &Asker<'_>) -> Result<()> {
        let Insert { with: _, into, columns, source, conflict: _, returning: _ } = &*insert;
        let table = TableUse::new(into, &into.name, Role::Insert);
        let demands = self.policies.demands_of_new(&table, PolicyCommand::Insert, asker)?;
        let rows: Vec<Option<&[InsertValue]>> = match source {
            InsertSource::Values(Values { values }) => values.chunks(columns.len().max(1)).map(Some).collect(),
            InsertSource::Query(_) => vec![None],
            InsertSource::Default => vec![Some(&[])],
        };
        let defaults = RefCell::new(Vec::new());
        for row in rows {
            for demand in &demands {
                let mut condition = demand.condition.clone();
                let texts = Cell::new(Texts::Themselves);
                after(&mut condition, &into.name, &|column| {
                    let will = self.inserted(into, columns, row, column, &mut defaults.borrow_mut())?;
                    if let Will::Be(value @ Expr::Value(_)) = &will {
                        self.check_kept(&table, &[], column, value)?;
                        self.note(&texts, &table, column, value);
                    }
                    Ok(will)
                })?;
                match verdict(&condition, texts.get()) {
                    Verdict::Holds => {}
                    Verdict::Fails => return Err(demand.violated()),
                    Verdict::Open if texts.get() == Texts::Places => return Err(demand.unclear_place()),
                    Verdict::Open => return Err(demand.unclear()),
                }
            }
        }
        defaults.into_inner().into_iter().for_each(|(column, value)| say(insert, column, &value));
        Ok(())
    }

    /// What a column of an inserted row will be; of the row of a query, nobody knows.
    fn inserted(
        &self,
        into: &TableName,
        columns: &[Ident],
        row: Option<&[InsertValue]>,
        column: &Ident,
        defaults: &mut Vec<(Ident, Expr)>,
    ) -> Result<Will> {
        let mut given = None;
        for (at, other) in columns.iter().enumerate() {
            if is_column(column, into, other, self.context)? {
                given = Some(at);
            }
        }
        let given = match given {
            Some(at) => match row.and_then(|row| row.get(at)) {
                Some(InsertValue::Expr(value)) => return Ok(Will::Be(value.clone())),
                Some(InsertValue::NextNumber) | None => return Ok(Will::Stay),
                Some(InsertValue::Default) => self.default(into, column),
            },
            None => self.default(into, column),
        };
        Ok(match given {
            Some(value) => {
                if !defaults.iter().any(|(it, _)| it == column) {
                    defaults.push((column.clone(), value.clone()));
                }
                Will::Be(value)
            }
            None => Will::Stay,
        })
    }

    /// What a column is where it is left out, as far as that is declared.
    fn default(&self, table: &TableName, column: &Ident) -> Option<Expr> {
        let declared = self.context.column(table, column.as_str())?;
        match (declared.default, declared.generated) {
            (Some(DefaultValue::Bool(it)), _) => Some(it.into()),
            (Some(DefaultValue::Integer(it)), _) => Some(it.into()),
            (Some(DefaultValue::Text(it)), _) => Some(it.into()),
            (None, Generated::Never) if declared.nullable => Some(Expr::Value(Value::Null(declared.data_type.kind()))),
            (Some(DefaultValue::Now | DefaultValue::Sql(_)) | None, _) => None,
        }
    }

    /// Ends at a value of which the column, as it is declared, may hold another one: a check of the value would be none of what
    /// is stored.
    fn check_kept(&self, table: &TableUse<'_>, others: &[TableRef], column: &Ident, value: &Expr) -> Result<()> {
        // By each declaration: one of them may say less than another.
        let of_table = |table, name: &str| -> Vec<_> {
            let declared = self.context.known(table);
            declared.each_column().filter(|it| it.name.text() == name).map(|it| it.data_type).collect()
        };
        let own = |name: &str| of_table(table.name(), name);
        let types = |of: Option<Ident>, name: &str| match of.filter(|it| it != table.known_as()) {
            None => Some(own(name)).filter(|it| !it.is_empty() || self.context.declared(table.name()).is_none()),
            Some(other) => Some(of_table(self.table_of(others, &other)?, name)).filter(|it| !it.is_empty()),
        };
        if own(column.as_str()).into_iter().all(|data_type| is_kept_of(value, data_type, &types)) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the column `{}` may store another value than it is given, so that it cannot be checked; give it one that is of \
             its type as it is declared",
            column.as_str()
        )))
    }

    /// The table that a statement reads by this name, unless it may be a common table expression.
    fn table_of<'t>(&self, others: &'t [TableRef], name: &Ident) -> Option<&'t TableName> {
        others.iter().find(|it| it.name() == name).and_then(|it| match it {
            TableRef::Table(Table { name, alias: _ }) if !self.ctes.contains(&name.name) => Some(name),
            TableRef::Table(_) | TableRef::Derived(_) => None,
        })
    }

    /// Notes that a value may become another one when it is written to a column: text of a number, which an enumeration takes
    /// for a place in its list. That a column is none, only a type with a length says, since enumerations are read as text.
    fn note(&self, texts: &Cell<Texts>, table: &TableUse<'_>, column: &Ident, value: &Expr) {
        let declared = self.context.column(table.name(), column.as_str()).map(|it| it.data_type);
        let is_enumeration = match declared {
            None | Some(DataType::Text | DataType::Named(_)) => self.context.spec().text_as_place,
            Some(
                DataType::Boolean
                | DataType::SmallInt
                | DataType::Integer
                | DataType::BigInt
                | DataType::Real
                | DataType::Double
                | DataType::Decimal { precision: _, scale: _ }
                | DataType::Varchar(_)
                | DataType::Bytes
                | DataType::Uuid
                | DataType::Date
                | DataType::Time
                | DataType::Timestamp
                | DataType::TimestampTz
                | DataType::Json
                | DataType::Array(_),
            ) => false,
        };
        let is_itself = || match value {
            Expr::Column(it) => it.name() == *column && it.table().is_none_or(|it| it == *table.known_as()),
            _ => false,
        };
        if is_enumeration && !is_itself() && may_be_place(value) {
            texts.set(Texts::Places);
        }
    }

    /// What is set, for a condition that the server is asked: where text is the same by the collation of its column, it is given
    /// that one.
    fn compared(&self, table: &TableUse<'_>, column: &Ident, value: &Expr) -> Expr {
        let may_be_text = match value {
            Expr::Value(it) => matches!(it, Value::Text(_) | Value::Named(_)),
            _ => self.context.column(table.name(), column.as_str()).is_none_or(|it| is_text(it.data_type)),
        };
        match self.context.spec().text_equality {
            TextEquality::Collation if may_be_text => as_in_column(table.column(column), value.clone()),
            TextEquality::Collation | TextEquality::Letters => value.clone(),
        }
    }

    /// What must hold of a row that is set before it is, so that policies hold afterwards. Ends where none can.
    fn check_new(
        &self,
        table: &TableUse<'_>,
        others: &[TableRef],
        assignments: &[Assignment],
        asker: &Asker<'_>,
    ) -> Result<Option<Expr>> {
        let mut more = None;
        for mut demand in self.policies.demands_of_new(table, PolicyCommand::Update, asker)? {
            let texts = Cell::new(Texts::Themselves);
            let changed = after(&mut demand.condition, table.known_as(), &|column| {
                let mut set = None;
                for Assignment { column: other, value } in assignments {
                    if is_column(column, table.name(), other, self.context)? {
                        set = Some(value);
                    }
                }
                match set {
                    Some(value) => {
                        value.accept(&mut Certain(column))?;
                        self.check_kept(table, others, column, value)?;
                        self.note(&texts, table, column, value);
                        Ok(Will::Be(self.compared(table, column, value)))
                    }
                    None if changes_too(table.name(), column, assignments, self.context)? => Err(unclear(column)),
                    None => Ok(Will::Stay),
                }
            })?;
            // What is not changed is as it is read, and stands there already.
            if changed || demand.is_check() {
                match verdict(&demand.condition, texts.get()) {
                    Verdict::Holds => {}
                    Verdict::Fails => return Err(demand.violated()),
                    // The server would be asked about the text, and not about what becomes of it.
                    Verdict::Open if texts.get() == Texts::Places => return Err(demand.unclear_place()),
                    Verdict::Open => Expr::restrict(&mut more, demand.condition),
                }
            }
        }
        Ok(more)
    }
}

/// Ends at what may be another value the second time that the server makes it, once to check it and once to store it: text,
/// and functions of which nothing is known. It is the value of this column.
struct Certain<'a>(&'a Ident);

impl Visit for Certain<'_> {
    fn visit_raw(&mut self, _: &Raw) -> Result<()> {
        Err(unclear(self.0))
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        if functions::is_certain(node.name.as_str()) { node.walk(self) } else { Err(unclear(self.0)) }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Text | DataType::Varchar(_) | DataType::Named(_))
}

fn unclear(column: &Ident) -> Error {
    Error::invalid(format!(
        "what becomes of the column `{}` cannot be checked before the row is written; give it a value",
        column.as_str()
    ))
}

/// Has every row that is inserted and does not say what a column holds say this.
fn say(insert: &mut Insert, column: Ident, value: &Expr) {
    let Some(at) = insert.columns.iter().position(|it| *it == column) else {
        // A name that no other column of a query has, since it may be written as a derived table.
        let name = format!("value of {}", column.as_str());
        return insert.give(column, value, Some(name.into()));
    };
    if let InsertSource::Values(Values { values }) = &mut insert.source {
        let left_out = values.iter_mut().skip(at).step_by(insert.columns.len());
        left_out.filter(|it| **it == InsertValue::Default).for_each(|it| *it = InsertValue::Expr(value.clone()));
    }
}

/// Has every row that is inserted have the value.
fn give(
    rule: &ColumnRule,
    declared: Option<&'static ColumnDescription>,
    insert: &mut Insert,
    given: Option<usize>,
    value: &Value,
) -> Result<()> {
    let own = || Expr::Value(value.clone());
    let Some(at) = given else {
        let column = declared.map_or_else(|| rule.column.clone(), |it| Ident::Static(it.name));
        insert.give(column, &own(), None);
        return Ok(());
    };
    let InsertSource::Values(Values { values }) = &mut insert.source else { return Err(rule.refused(&insert.into)) };
    for it in values.iter_mut().skip(at).step_by(insert.columns.len()) {
        match it {
            InsertValue::Expr(Expr::Value(given)) if is_same(given, value) => {}
            InsertValue::Expr(_) => return Err(rule.refused(&insert.into)),
            InsertValue::NextNumber | InsertValue::Default => *it = InsertValue::Expr(own()),
        }
    }
    Ok(())
}
