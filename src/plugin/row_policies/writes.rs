//! What is inserted and set: no row is put into the hands of another, and none is written that policies keep out.

use std::cell::Cell;

use super::asker::Asker;
use super::rule::{ColumnRule, is_column};
use super::verdict::{Texts, Verdict, Will, after, is_same, may_be_place, verdict};
use super::{Known, RowPolicies};
use crate::ast::{
    Assignment, Call, ColumnDescription, Conflict, ConflictAction, DataType, DefaultValue, Excluded, Expr, Generated,
    Ident, Insert, InsertSource, InsertValue, Node, PolicyCommand, Raw, Role, TableName, TableUse, Update, Values,
    Visit, VisitMut,
};
use crate::error::{Error, Result};
use crate::plugin::{Context, functions};
use crate::value::{Kind, Value};

/// Adds the columns of rules to what is inserted, and ends at any other value of them, and at rows that policies keep out.
pub(super) struct Writes<'a> {
    pub(super) policies: &'a RowPolicies,
    pub(super) context: &'a Context<'a>,
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
            if let Some(more) = self.check_new(&table, assignments, &asker)? {
                Expr::restrict(filter, more);
            }
        }
        Ok(())
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        node.walk_mut(self)?;
        let Update { with: _, table, assignments, from: _, filter, all_rows, returning: _ } = node;
        let asker = self.asker();
        self.policies.each_rule(&self.known(&table.name), |rule, _| {
            let value = self.value(rule, &asker)?;
            self.check(rule, &table.name, assignments, &value, Within::Update)
        })?;
        if !self.policies.has_policies(&table.name) {
            return Ok(());
        }
        let known_as = table.alias.as_ref().unwrap_or(&table.name.name);
        let more = self.check_new(&TableUse::new(&table.name, known_as, Role::Update), assignments, &asker)?;
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
        Ok(())
    }

    /// Ends at a row that policies do not let be inserted, and at one of which nobody knows.
    fn check_rows(&self, insert: &Insert, asker: &Asker<'_>) -> Result<()> {
        let Insert { with: _, into, columns, source, conflict: _, returning: _ } = insert;
        let table = TableUse::new(into, &into.name, Role::Insert);
        let demands = self.policies.demands_of_new(&table, PolicyCommand::Insert, asker)?;
        let rows: Vec<Option<&[InsertValue]>> = match source {
            InsertSource::Values(Values { values }) => values.chunks(columns.len().max(1)).map(Some).collect(),
            InsertSource::Query(_) => vec![None],
            InsertSource::Default => vec![Some(&[])],
        };
        for row in rows {
            for demand in &demands {
                let mut condition = demand.condition.clone();
                let texts = Cell::new(Texts::Themselves);
                after(&mut condition, &into.name, &|column| {
                    let will = self.inserted(into, columns, row, column)?;
                    if let Will::Be(value @ Expr::Value(_)) = &will {
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
        Ok(())
    }

    /// What a column of an inserted row will be; of the row of a query, nobody knows.
    fn inserted(
        &self,
        into: &TableName,
        columns: &[Ident],
        row: Option<&[InsertValue]>,
        column: &Ident,
    ) -> Result<Will> {
        let mut given = None;
        for (at, other) in columns.iter().enumerate() {
            if is_column(column.as_str(), into, other.as_str(), self.context)? {
                given = Some(at);
            }
        }
        Ok(match given {
            Some(at) => match row.and_then(|row| row.get(at)) {
                Some(InsertValue::Expr(value)) => Will::Be(value.clone()),
                Some(InsertValue::Default) => self.default(into, column),
                Some(InsertValue::NextNumber) | None => Will::Stay,
            },
            None => self.default(into, column),
        })
    }

    /// What a column is where it is left out, as far as that is declared.
    fn default(&self, table: &TableName, column: &Ident) -> Will {
        let Some(declared) = self.context.column(table, column.as_str()) else {
            return Will::Stay;
        };
        match (declared.default, declared.generated) {
            (Some(DefaultValue::Bool(it)), _) => Will::Be(it.into()),
            (Some(DefaultValue::Integer(it)), _) => Will::Be(it.into()),
            (Some(DefaultValue::Text(it)), _) => Will::Be(it.into()),
            (None, Generated::Never) if declared.nullable => Will::Be(Expr::Value(Value::Null(Kind::Unknown))),
            (Some(DefaultValue::Now | DefaultValue::Sql(_)) | None, _) => Will::Stay,
        }
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

    /// Whether the server computes a column from one that is set, or from another that it computes.
    fn changes_too(&self, table: &TableName, column: &Ident, assignments: &[Assignment]) -> bool {
        let Some(from) = self.context.column(table, column.as_str()).and_then(|it| it.expression) else {
            return false;
        };
        let from = from.to_lowercase();
        let names = |name: &str| from.contains(&name.to_lowercase());
        let others = self.context.declared(table).into_iter().flat_map(|it| it.columns);
        assignments.iter().any(|it| names(it.column.as_str()))
            || others
                .filter(|it| it.expression.is_some())
                .any(|it| it.name.text() != column.as_str() && names(it.name.text()))
    }

    /// What must hold of a row that is set before it is, so that policies hold afterwards. Ends where none can.
    fn check_new(&self, table: &TableUse<'_>, assignments: &[Assignment], asker: &Asker<'_>) -> Result<Option<Expr>> {
        let mut more = None;
        for mut demand in self.policies.demands_of_new(table, PolicyCommand::Update, asker)? {
            let texts = Cell::new(Texts::Themselves);
            let changed = after(&mut demand.condition, table.known_as(), &|column| {
                let mut set = None;
                for Assignment { column: other, value } in assignments {
                    if is_column(column.as_str(), table.name(), other.as_str(), self.context)? {
                        set = Some(value);
                    }
                }
                match set {
                    Some(value) => {
                        value.accept(&mut Certain(column))?;
                        self.note(&texts, table, column, value);
                        Ok(Will::Be(value.clone()))
                    }
                    None if self.changes_too(table.name(), column, assignments) => Err(unclear(column)),
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

fn unclear(column: &Ident) -> Error {
    Error::invalid(format!(
        "what becomes of the column `{}` cannot be checked before the row is written; give it a value",
        column.as_str()
    ))
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
