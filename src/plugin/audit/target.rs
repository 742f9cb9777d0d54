//! A table that is written, and its rows as they are before and after.

use std::collections::{HashMap, HashSet};

use smallvec::smallvec;

use super::{json, record, value};
use crate::ast::{
    Column, ColumnDescription, Cte, Direction, Expr, Ident, In, Nulls, Operands, Operation, OrderItem, Select,
    SelectExpr, SelectItem, Shared, Table, TableName, TableRef,
};
use crate::dialect::{RowLocks, Spec};
use crate::error::{Error, Result};
use crate::plugin::Runner;
use crate::row::Rows;
use crate::value::Value;

/// How many rows are read by one statement.
const ROWS: usize = 1_000;

/// A table that is written, of which a log is kept.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Its name in the database.
    pub(super) name: TableName,
    /// Its name in the log: the program's.
    pub(super) called: TableName,
    columns: Vec<NamedColumn>,
    /// The columns of its primary key, in their order.
    key: Vec<NamedColumn>,
}

/// A column, and its name in the database.
#[derive(Clone, Debug)]
pub(super) struct NamedColumn {
    pub(super) description: &'static ColumnDescription,
    pub(super) name: Ident,
}

/// A row as it is at some time.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// Its key, as values to compare with.
    key: Vec<Value>,
    /// Its key as text.
    pub(super) key_text: String,
    /// All its columns.
    pub(super) json: String,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) operation: Operation,
    pub(super) key_text: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Target {
    /// A table of these columns, unless it has no primary key.
    pub(super) fn new(name: TableName, called: TableName, columns: Vec<NamedColumn>) -> Option<Self> {
        let key: Vec<_> = columns.iter().filter(|column| column.description.primary_key).cloned().collect();
        (!key.is_empty()).then_some(Self { name, called, columns, key })
    }

    pub(super) fn key(&self) -> &[NamedColumn] {
        &self.key
    }

    /// The columns of the key, for `returning`.
    pub(super) fn key_columns(&self) -> impl Iterator<Item = Expr> {
        self.key.iter().map(|column| Expr::Column(Column::new(Some(self.name.name.clone()), &column.name)))
    }

    /// Whether a column is of the key.
    pub(super) fn has_in_key(&self, column: &Ident) -> bool {
        self.key.iter().any(|it| it.name == *column)
    }

    /// A key that was read, as values to compare with.
    pub(super) fn bindable(&self, key: &[Value]) -> Vec<Value> {
        let key = self.key.iter().zip(key);
        key.map(|(column, value)| value::as_key(value.clone(), column.description.data_type)).collect()
    }

    /// How many keys can be bound in one statement, beside as much again of its own.
    pub(super) fn most_keys(&self, spec: &Spec) -> usize {
        spec.max_params / 2 / self.key.len()
    }

    /// Whether a row of the table, as the statement knows it, is one of these.
    pub(super) fn is_one_of(&self, known_as: &Ident, images: &[Image]) -> Expr {
        self.has_key(known_as, images.iter().map(|image| &image.key))
    }

    /// Whether the key of a row is one of these.
    pub(super) fn has_key<'k>(&self, known_as: &Ident, keys: impl Iterator<Item = &'k Vec<Value>>) -> Expr {
        let names: Vec<Ident> = self.key.iter().map(|column| column.name.clone()).collect();
        is_among(known_as, &names, keys.map(Vec::as_slice))
    }

    /// A query of all columns of its rows, locked where the server locks rows.
    pub(super) fn query(
        &self,
        spec: &Spec,
        with: Vec<Cte>,
        table: Table,
        others: &[TableRef],
        filter: Option<Expr>,
    ) -> Select {
        let known_as = table.alias.clone().unwrap_or_else(|| table.name.name.clone());
        let column = |it: &NamedColumn| Expr::Column(Column::new(Some(known_as.clone()), &it.name));
        let by_key = self.key.iter().map(|it| OrderItem {
            expr: column(it),
            direction: Direction::Ascending,
            nulls: Nulls::Default,
        });
        let mut from = smallvec![TableRef::Table(table)];
        from.extend(others.iter().cloned());
        Select {
            with,
            columns: self
                .columns
                .iter()
                .map(|it| SelectItem::Expr(SelectExpr { expr: column(it), alias: None }))
                .collect(),
            from,
            filter,
            // In one order, so that two that lock the same rows wait for each other and do not end in a deadlock.
            order_by: by_key.collect(),
            lock: (spec.row_locks != RowLocks::None).then_some(known_as),
            ..Select::default()
        }
    }

    /// Reads and locks the rows for which a condition on the table alone holds.
    pub(super) async fn read(&self, runner: &mut Runner<'_>, filter: Expr) -> Result<Vec<Image>> {
        let table = Table { name: self.name.clone(), alias: None };
        let query = self.query(runner.spec(), Vec::new(), table, &[], Some(filter));
        self.images(runner.fetch(query).await?)
    }

    /// Reads and locks the rows of these keys.
    pub(super) async fn read_keys(&self, runner: &mut Runner<'_>, keys: &[Vec<Value>]) -> Result<Vec<Image>> {
        let most = self.most_keys(runner.spec()).min(ROWS);
        let (mut images, mut seen) = (Vec::new(), HashSet::new());
        for keys in keys.chunks(most) {
            let found = self.read(runner, self.has_key(&self.name.name, keys.iter())).await?;
            // To the server a key of these may be the same as one that was read before.
            images.extend(found.into_iter().filter(|image| seen.insert(image.key_text.clone())));
        }
        Ok(images)
    }

    /// The rows of a [`query`](Self::query); a row that a join gave several times is there once.
    ///
    /// # Errors
    ///
    /// Where a row has a key that the log cannot have.
    pub(super) fn images(&self, mut rows: Rows) -> Result<Vec<Image>> {
        let mut images: Vec<Image> = Vec::with_capacity(rows.len());
        for row in rows.iter_mut() {
            let image = self.image(row.values());
            self.check_key(&image.key)?;
            // They are ordered by key.
            if images.last().is_none_or(|last| last.key_text != image.key_text) {
                images.push(image);
            }
        }
        Ok(images)
    }

    /// Refuses a key by which its row is not found again, or for which the log has no room.
    pub(super) fn check_key(&self, key: &[Value]) -> Result<()> {
        if key.iter().any(Value::is_null) {
            let name = self.called.name.as_str();
            return Err(Error::invalid(format!("a row of `{name}` has a primary key that is null, which is no key")));
        }
        record::has_room(&self.key_text(key), "the primary key of a row", record::KEY_LENGTH)
    }

    fn image(&self, values: &[Value]) -> Image {
        let mut json = String::from("{");
        for (at, (NamedColumn { description, name: _ }, value)) in self.columns.iter().zip(values).enumerate() {
            json.push_str(if at == 0 { "" } else { "," });
            json::write_text(description.name.text(), &mut json);
            json.push(':');
            value::write(value, description.data_type, &mut json);
        }
        json.push('}');
        let of_row = self.columns.iter().map(|it| it.description).zip(values);
        let key: Vec<Value> = of_row
            .filter(|(column, _)| column.primary_key)
            .map(|(column, value)| value::as_key(value.clone(), column.data_type))
            .collect();
        Image { key_text: self.key_text(&key), key, json }
    }

    /// A key as text: the value of its one column, or a JSON array of those of several.
    pub(super) fn key_text(&self, key: &[Value]) -> String {
        let mut parts = self.key.iter().zip(key).map(|(column, value)| {
            let mut json = String::new();
            value::write_in_key(value, column.description.data_type, &mut json);
            json
        });
        match (parts.next(), self.key.len()) {
            (Some(only), 1) => json::text_of(&only).unwrap_or(only),
            (first, _) => format!("[{}]", first.into_iter().chain(parts).collect::<Vec<_>>().join(",")),
        }
    }
}

impl Image {
    pub(super) fn key(&self) -> Vec<Value> {
        self.key.clone()
    }
}

/// Whether the columns of a table have, all together, one of these lists of values.
pub(super) fn is_among<'v>(known_as: &Ident, columns: &[Ident], lists: impl Iterator<Item = &'v [Value]>) -> Expr {
    let column = |name: &Ident| Expr::Column(Column::new(Some(known_as.clone()), name.clone()));
    if let [only] = columns {
        let list = lists.flatten().map(|value| Expr::Value(value.clone())).collect();
        return Expr::In(Shared::new(In { negated: false, value: column(only), list }));
    }
    let each = lists.filter_map(|list| {
        let equal = columns.iter().zip(list).map(|(name, value)| column(name).equals(Expr::Value(value.clone())));
        equal.reduce(Expr::and)
    });
    each.reduce(Expr::or).unwrap_or(Expr::Or(Shared::new(Operands::new())))
}

/// What became of the rows that were there before, and of those that are there after.
pub(super) fn changes(before: Vec<Image>, mut after: Vec<Image>) -> Vec<Changed> {
    let mut places: HashMap<String, usize> =
        after.iter().enumerate().map(|(at, image)| (image.key_text.clone(), at)).collect();
    let mut changes = Vec::new();
    for Image { key: _, key_text, json: old } in before {
        match places.remove(&key_text) {
            Some(at) => {
                let new = std::mem::take(&mut after[at].json);
                if old != new {
                    let (old, new) = (Some(old), Some(new));
                    changes.push(Changed { operation: Operation::Update, key_text, old, new });
                }
            }
            None => changes.push(Changed { operation: Operation::Delete, key_text, old: Some(old), new: None }),
        }
    }
    let inserted = after.into_iter().filter(|image| places.contains_key(&image.key_text));
    changes.extend(inserted.map(|Image { key: _, key_text, json }| Changed {
        operation: Operation::Insert,
        key_text,
        old: None,
        new: Some(json),
    }));
    changes
}
