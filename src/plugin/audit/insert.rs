//! Inserts and upserts: which rows were there before, and by which keys those that are there now are found.

use std::collections::HashSet;

use smallvec::smallvec;

use super::target::{Image, Target, changes, is_among};
use super::{Audit, answer_of, lost};
use crate::ast::{
    Assignment, Conflict, ConflictAction, ConflictTarget, Expr, Insert, InsertSource, InsertValue, Operation, Raw,
    RawPart, SelectExpr, SelectItem, Values,
};
use crate::dialect::{Identity, RowLocks, Spec, Upsert};
use crate::driver::Outcome;
use crate::error::{Error, Result, Unsupported};
use crate::plugin::{Answer, Context, Next, Runner, Wanted};
use crate::row::Rows;
use crate::types::SqlType;
use crate::value::Value;

/// A statement that was run.
struct Inserted {
    answer: Answer,
    /// The rows that were there before, and that it may have updated.
    before: Vec<Image>,
    /// The keys of all rows that it may have written.
    keys: Vec<Vec<Value>>,
    /// How many of them must be there now.
    expected: usize,
    /// Whether it updated more rows than were there before: another transaction has inserted one in between.
    lost: bool,
}

impl Audit {
    pub(super) async fn insert(&self, target: &Target, insert: Insert, mut next: Next<'_>) -> Result<Answer> {
        let context = *next.context();
        let spec = context.spec();
        // A key of null is one that the database makes.
        let given = keys_of(target, &insert).unwrap_or_default();
        given.iter().filter(|key| !key.iter().any(Value::is_null)).try_for_each(|key| target.check_key(key))?;
        let inserted = match &insert.conflict {
            Some(_) if spec.upsert == Upsert::OnDuplicateKey => upsert_by_key(target, insert, &mut next).await?,
            Some(Conflict { target: key, action: ConflictAction::Update { assignments, filter: _ } }) => {
                let there = conflicting(target, &insert, key, assignments, spec)?;
                upsert(target, insert, there, &mut next).await?
            }
            Some(_) | None if spec.insert_returning => returning(target, insert, Vec::new(), &mut next).await?,
            Some(_) | None => numbered(target, insert, &mut next).await?,
        };
        let Inserted { answer, before, keys, expected, lost: is_lost } = inserted;
        let mut runner = next.runner();
        let after = target.read_keys(&mut runner, &keys).await?;
        if after.len() < expected {
            return Err(refused(spec, "audit of an insert whose rows are not found by their keys", BY_KEY));
        }
        if is_lost {
            return Err(lost());
        }
        let changes = changes(before, after);
        if changes.iter().any(|it| it.operation == Operation::Delete) {
            return Err(refused(spec, "audit of an upsert that changes a primary key", BY_KEY));
        }
        self.record(&target.called, changes, &context, &mut runner).await?;
        Ok(answer)
    }
}

const BY_KEY: &str = "give each row its primary key, or insert and update by statements of their own";

fn refused(spec: &Spec, feature: &'static str, hint: &'static str) -> Error {
    Unsupported::new(spec.name, feature, hint).into()
}

/// The keys without those that are there twice.
fn distinct(target: &Target, keys: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let mut seen = HashSet::new();
    keys.into_iter().filter(|key| seen.insert(target.key_text(key))).collect()
}

/// Runs an insert that gives the keys of its rows back, behind what the program wants of them.
async fn returning(target: &Target, mut insert: Insert, before: Vec<Image>, next: &mut Next<'_>) -> Result<Inserted> {
    let (width, wanted) = (target.key().len(), next.wanted());
    let key_is_given =
        target.key().iter().all(|column| insert.columns.iter().any(|it| it.as_str() == column.name.as_str()));
    insert.returning.extend(target.key_columns().map(|expr| SelectItem::Expr(SelectExpr { expr, alias: None })));
    let identity = next.context().spec().identity;
    let mut rows = next.fetch(insert.into()).await?;
    let own = rows.columns().len().saturating_sub(width);
    let mut given = Rows::new(rows.columns().iter().take(own).cloned().collect());
    let (mut keys, mut count) = (Vec::new(), 0);
    for row in rows.iter_mut() {
        let (of_program, key) = row.values().split_at(own);
        of_program.iter().for_each(|value| given.push(value.clone()));
        keys.push(target.bindable(key));
        count += 1;
    }
    let answer = match wanted {
        Wanted::Rows => Answer::Rows(given),
        Wanted::Outcome => {
            let was_there: HashSet<&str> = before.iter().map(|image| image.key_text.as_str()).collect();
            let mut inserted = keys.iter().filter(|key| !was_there.contains(target.key_text(key).as_str()));
            let key = match identity {
                Identity::Generated => None,
                Identity::AutoIncrement if key_is_given => inserted.next_back(),
                Identity::AutoIncrement => inserted.next(),
                Identity::PrimaryKey => inserted.next_back(),
            };
            Answer::Outcome(Outcome::new(count, key.and_then(|key| number(key))))
        }
    };
    // What was there and is left as it was is not given back.
    let keys = distinct(target, before.iter().map(Image::key).chain(keys).collect());
    Ok(Inserted { answer, before, expected: keys.len(), keys, lost: false })
}

/// The number that a key is.
fn number(key: &[Value]) -> Option<i64> {
    match key {
        [only] => i64::from_value(only.clone()).ok(),
        _ => None,
    }
}

/// The condition on the rows that an upsert finds, where it is known from its values.
fn conflicting(
    target: &Target,
    insert: &Insert,
    key: &ConflictTarget,
    assignments: &[Assignment],
    spec: &Spec,
) -> Result<Expr> {
    let Insert { with: _, into, columns, source, conflict: _, returning: _ } = insert;
    let ConflictTarget::Columns(key) = key else {
        return Err(refused(spec, "audit of an upsert on any key", "name the key by `on_conflict`"));
    };
    if assignments.iter().any(|it| target.has_in_key(&it.column)) {
        return Err(refused(spec, "audit of an upsert that changes a primary key", BY_KEY));
    }
    let rows = match source {
        InsertSource::Values(Values { values }) => literals(columns, values, key.iter().map(|it| it.as_str())),
        InsertSource::Query(_) | InsertSource::Default => None,
    };
    let Some(rows) = rows else {
        return Err(refused(spec, "audit of an upsert whose keys are not known before", BY_KEY));
    };
    let rows: Vec<Vec<Value>> = rows.into_iter().filter(|row| !row.iter().any(Value::is_null)).collect();
    Ok(is_among(&into.name, key, rows.iter().map(Vec::as_slice)))
}

/// The values of some columns in each row, where they are bound.
fn literals<'n>(
    columns: &[crate::ast::Ident],
    values: &[InsertValue],
    wanted: impl Iterator<Item = &'n str>,
) -> Option<Vec<Vec<Value>>> {
    let places = wanted.map(|name| columns.iter().position(|it| it.as_str() == name)).collect::<Option<Vec<_>>>()?;
    let rows = values.chunks(columns.len().max(1));
    rows.map(|row| {
        let of_row = places.iter().map(|at| match row.get(*at)? {
            InsertValue::Expr(Expr::Value(value)) => Some(value.clone()),
            InsertValue::Expr(_) | InsertValue::NextNumber | InsertValue::Default => None,
        });
        of_row.collect()
    })
    .collect()
}

/// Runs an upsert that names its key. Where other transactions may write, it updates the rows that were read, and no
/// others.
async fn upsert(target: &Target, mut insert: Insert, there: Expr, next: &mut Next<'_>) -> Result<Inserted> {
    let others_write = next.context().spec().row_locks != RowLocks::None;
    let before = target.read(&mut next.runner(), there).await?;
    if others_write
        && let Some(Conflict { target: _, action: ConflictAction::Update { assignments: _, filter } }) =
            &mut insert.conflict
    {
        Expr::restrict(filter, target.is_one_of(&insert.into.name, &before));
    }
    let rows = count_of_rows(&insert);
    let (found, was_there) = (before.len(), before.iter().map(|image| image.key_text.clone()).collect::<HashSet<_>>());
    let inserted = returning(target, insert, before, next).await?;
    let new = inserted.keys.iter().filter(|key| !was_there.contains(&target.key_text(key))).count();
    // A row that was neither read nor inserted is of another transaction, and was left as it is.
    Ok(Inserted { lost: others_write && new + found < rows, ..inserted })
}

fn count_of_rows(insert: &Insert) -> usize {
    match &insert.source {
        InsertSource::Values(Values { values }) => values.len().checked_div(insert.columns.len()).unwrap_or(0),
        InsertSource::Query(_) | InsertSource::Default => 1,
    }
}

/// The primary keys of the rows, where they are bound.
fn keys_of(target: &Target, insert: &Insert) -> Option<Vec<Vec<Value>>> {
    match &insert.source {
        InsertSource::Values(Values { values }) => {
            literals(&insert.columns, values, target.key().iter().map(|column| column.name.as_str()))
        }
        InsertSource::Query(_) | InsertSource::Default => None,
    }
}

/// Runs an upsert on a server where it means all unique keys, of which nobody here knows all, and where nothing keeps
/// others from inserting a row that was not there: so its rows must give their primary keys.
async fn upsert_by_key(target: &Target, insert: Insert, next: &mut Next<'_>) -> Result<Inserted> {
    let spec = next.context().spec();
    let Some(given) = keys_of(target, &insert) else {
        return Err(refused(spec, "audit of an upsert without primary keys", BY_KEY));
    };
    let keys = distinct(target, given.clone());
    if keys.len() < given.len() {
        return Err(refused(spec, "audit of an upsert that gives a row twice", "give each row once"));
    }
    let before = target.read_keys(&mut next.runner(), &keys).await?;
    match &insert.conflict {
        Some(Conflict { target: _, action: ConflictAction::Update { assignments: _, filter: _ } }) => {
            let is_there = are_there(target, &given, &before, &mut next.runner()).await?;
            let answer = upsert_in_parts(target, insert, &is_there, &keys, next).await?;
            Ok(Inserted { answer, before, expected: keys.len(), keys, lost: false })
        }
        Some(Conflict { target: _, action: ConflictAction::Nothing }) | None => {
            let wanted = next.wanted();
            let outcome = next.execute(insert.into()).await?;
            // A row that is there now was inserted here, or by another transaction in between, or was there before.
            let after = target.read_keys(&mut next.runner(), &keys).await?;
            let lost = after.len() as u64 != before.len() as u64 + outcome.rows_affected;
            Ok(Inserted { answer: answer_of(outcome, wanted), before, expected: 0, keys, lost })
        }
    }
}

/// Which of the keys are those of the rows that were read by them. The server says so where their text does not: it may take
/// other letters for the same.
async fn are_there(
    target: &Target,
    given: &[Vec<Value>],
    before: &[Image],
    runner: &mut Runner<'_>,
) -> Result<Vec<bool>> {
    if before.len() == given.len() {
        return Ok(vec![true; given.len()]);
    }
    let was_there: HashSet<&str> = before.iter().map(|image| image.key_text.as_str()).collect();
    let mut are_there: Vec<bool> = given.iter().map(|key| was_there.contains(target.key_text(key).as_str())).collect();
    if are_there.iter().filter(|it| **it).count() == before.len() {
        return Ok(are_there);
    }
    for (is_there, key) in are_there.iter_mut().zip(given).filter(|(is_there, _)| !**is_there) {
        *is_there = !target.read_keys(runner, std::slice::from_ref(key)).await?.is_empty();
    }
    Ok(are_there)
}

/// Inserts the rows that were not there, and updates those that were, which nobody else can change: so it is known which
/// is which.
async fn upsert_in_parts(
    target: &Target,
    insert: Insert,
    is_there: &[bool],
    keys: &[Vec<Value>],
    next: &mut Next<'_>,
) -> Result<Answer> {
    let new = Insert { conflict: None, ..rows_where(&insert, is_there, false) };
    let there = rows_where(&insert, is_there, true);
    let count = is_there.iter().filter(|it| **it).count();
    let inserted = if count < keys.len() {
        match next.run(new.into()).await {
            Err(error) if error.is_unique_violation() => {
                // Another transaction has inserted one of the rows, or another key than the primary one is taken.
                let now = target.read_keys(&mut next.runner(), keys).await?.len();
                let feature = "audit of an upsert that another key than the primary hits, or that gives a row twice";
                return Err(if now > count { lost() } else { refused(next.context().spec(), feature, BY_KEY) });
            }
            answer => Some(answer?),
        }
    } else {
        None
    };
    let updated = if count > 0 { Some(next.run(there.into()).await?) } else { None };
    match (inserted, updated) {
        (Some(Answer::Outcome(first)), Some(Answer::Outcome(second))) => Ok(Answer::Outcome(Outcome::new(
            first.rows_affected + second.rows_affected,
            first.last_insert_id.or(second.last_insert_id),
        ))),
        (Some(Answer::Rows(mut first)), Some(Answer::Rows(mut second))) => {
            for row in second.iter_mut() {
                row.values().iter().for_each(|value| first.push(value.clone()));
            }
            Ok(Answer::Rows(first))
        }
        (Some(only), _) | (None, Some(only)) => Ok(only),
        (None, None) => Err(Error::invalid("an `insert` needs at least one row")),
    }
}

/// An insert of some of its rows.
fn rows_where(insert: &Insert, is_there: &[bool], wanted: bool) -> Insert {
    let mut part = insert.clone();
    if let InsertSource::Values(Values { values }) = &mut part.source {
        let rows = std::mem::take(values);
        let rows = rows.chunks(insert.columns.len().max(1)).zip(is_there).filter(|(_, is_there)| **is_there == wanted);
        *values = rows.flat_map(|(row, _)| row.iter().cloned()).collect();
    }
    part
}

/// Runs an insert on a server that gives no keys back, but tells the first number that it gave.
async fn numbered(target: &Target, insert: Insert, next: &mut Next<'_>) -> Result<Inserted> {
    let given = keys_of(target, &insert);
    let rows = count_of_rows(&insert);
    if given.is_none() && !numbers_all(target, &insert) {
        let feature = "audit of an insert whose keys are not known";
        return Err(refused(next.context().spec(), feature, BY_KEY));
    }
    let (wanted, context) = (next.wanted(), *next.context());
    let outcome = next.execute(insert.into()).await?;
    let keys = match (given, outcome.last_insert_id) {
        (Some(given), _) => distinct(target, given),
        (None, Some(first)) => {
            let step = if rows > 1 { step(&context, &mut next.runner()).await? } else { 1 };
            (0..rows as i64).map(|at| vec![Value::I64(first + at * step)]).collect()
        }
        (None, None) => return Err(refused(context.spec(), "audit of an insert whose keys are not known", BY_KEY)),
    };
    let answer = answer_of(outcome, wanted);
    Ok(Inserted { answer, before: Vec::new(), expected: keys.len(), keys, lost: false })
}

/// Whether the database numbers every row. Then the numbers of one statement follow each other, since the server knows
/// before how many there will be.
fn numbers_all(target: &Target, insert: &Insert) -> bool {
    let [key] = target.key() else { return false };
    let place = insert.columns.iter().position(|it| it.as_str() == key.name.as_str());
    key.description.is_numbered()
        && match (&insert.source, place) {
            (InsertSource::Query(_), _) => false,
            (InsertSource::Default, _) | (InsertSource::Values(_), None) => true,
            (InsertSource::Values(Values { values }), Some(at)) => values
                .iter()
                .skip(at)
                .step_by(insert.columns.len())
                .all(|it| matches!(it, InsertValue::NextNumber | InsertValue::Default)),
        }
}

/// How far apart the numbers of one statement are.
async fn step(context: &Context<'_>, runner: &mut Runner<'_>) -> Result<i64> {
    let Some(sql) = context.spec().insert_id_step else { return Ok(1) };
    let raw = Raw { parts: smallvec![RawPart::Text(format!("select {sql}").into())] };
    let mut rows = runner.fetch(raw).await?;
    let first = rows.iter_mut().next().ok_or_else(Error::not_found)?;
    first.reader().read()
}
