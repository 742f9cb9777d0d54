//! Statements that write.

use super::*;

pub(super) fn insert(source: InsertSource) -> Insert {
    Insert {
        with: Vec::new(),
        into: name_of("copies"),
        columns: vec!["id".into(), "note".into()],
        source,
        conflict: None,
        returning: SelectList::new(),
    }
}

fn values(values: impl IntoIterator<Item = Expr>) -> InsertSource {
    InsertSource::Values(Values { values: values.into_iter().map(InsertValue::Expr).collect() })
}

fn note(value: Expr) -> Vec<Assignment> {
    vec![Assignment { column: "note".into(), value }]
}

fn target(name: &str) -> Table {
    Table { name: name_of(name), alias: None }
}

fn renamed(name: &str, alias: &str) -> Table {
    Table { name: name_of(name), alias: Some(alias.into()) }
}

pub(super) fn returned(expr: Expr) -> SelectList {
    smallvec![SelectItem::Expr(SelectExpr { expr, alias: None })]
}

pub(super) fn update(name: &str, column: &str, value: Expr, filter: Expr) -> Update {
    Update {
        with: Vec::new(),
        table: target(name),
        assignments: vec![Assignment { column: column.into(), value }],
        from: smallvec![],
        filter: Some(filter),
        all_rows: false,
        returning: SelectList::new(),
    }
}

pub(super) fn delete(name: &str, filter: Expr) -> Delete {
    Delete {
        with: Vec::new(),
        from: target(name),
        using: smallvec![],
        filter: Some(filter),
        all_rows: false,
        returning: SelectList::new(),
    }
}

/// Statements that write, with tables and queries in every place of theirs.
pub fn writes() -> Vec<Shape> {
    let some = || greater(item_id(), 0_i64);
    let from_items = |filter: Option<Expr>| {
        let query =
            select([Expr::binary(item_id(), BinaryOperator::Add, Expr::from(10_i64)), item_id()], table("items"));
        InsertSource::Query(Query::Select(Select { filter, ..query }.into()))
    };
    let ids_of_marks = || {
        Expr::InQuery(Shared::new(InQuery {
            negated: false,
            value: item_id(),
            query: Query::Select(select([column("marks", "item_id")], table("marks")).into()),
        }))
    };
    let marked = || select([column("marks", "item_id")], table("marks"));
    let from_w = |column_of: Expr| {
        Expr::InQuery(Shared::new(InQuery {
            negated: false,
            value: column_of,
            query: Query::Select(select([column("w", "id")], table("w")).into()),
        }))
    };
    vec![
        shape("insert values", insert(values([Expr::from(10_i64), marks_count()]))),
        shape("insert select", insert(from_items(None))),
        shape("insert select where", insert(from_items(Some(greater(marks_of("items"), 0_i64))))),
        shape(
            "insert select with",
            Insert {
                with: vec![with("w", &["id"], false, marked())],
                ..insert(InsertSource::Query(Query::Select(
                    select(
                        [Expr::binary(max(column("w", "id")), BinaryOperator::Add, Expr::from(10_i64)), count()],
                        table("w"),
                    )
                    .into(),
                )))
            },
        ),
        shape(
            "insert returning",
            Insert { returning: returned(marks_count()), ..insert(values([Expr::from(10_i64), Expr::from(1_i64)])) },
        ),
        shape("update", update("items", "kind", Expr::from("x"), some())),
        shape(
            "update all rows",
            Update { filter: None, all_rows: true, ..update("items", "kind", Expr::from("x"), some()) },
        ),
        shape("update by an alias", {
            let own = greater(column("i", "id"), 0_i64);
            Update { table: renamed("items", "i"), ..update("items", "kind", Expr::from("x"), own) }
        }),
        shape("update from, by an alias", {
            let joined = column("marks", "item_id").equals(column("i", "id"));
            let update = update("items", "kind", Expr::from("x"), joined);
            Update { table: renamed("items", "i"), from: smallvec![table("marks")], ..update }
        }),
        shape("update a hidden row", update("items", "kind", Expr::from("x"), item_id().equals(3_i64))),
        shape("update set", update("items", "parent_id", marks_count(), some())),
        shape("update where", update("items", "kind", Expr::from("x"), ids_of_marks())),
        shape(
            "update from",
            Update {
                from: smallvec![table("marks")],
                ..update("items", "parent_id", column("marks", "item_id"), column("marks", "item_id").equals(item_id()))
            },
        ),
        shape(
            "update from derived",
            Update {
                from: smallvec![derived(marked(), "d")],
                ..update("items", "kind", Expr::from("x"), column("d", "item_id").equals(item_id()))
            },
        ),
        shape(
            "update with",
            Update {
                with: vec![with("w", &["id"], false, marked())],
                ..update("items", "kind", Expr::from("x"), from_w(item_id()))
            },
        ),
        shape(
            "update returning",
            Update { returning: returned(marks_count()), ..update("items", "kind", Expr::from("x"), some()) },
        ),
        shape("delete", delete("items", some())),
        shape("delete all rows", Delete { filter: None, all_rows: true, ..delete("items", some()) }),
        shape("delete by an alias", {
            Delete { from: renamed("items", "i"), ..delete("items", greater(column("i", "id"), 0_i64)) }
        }),
        shape("delete using, by an alias", {
            let joined = column("marks", "item_id").equals(column("i", "id"));
            Delete { from: renamed("items", "i"), using: smallvec![table("marks")], ..delete("items", joined) }
        }),
        shape("delete a hidden row", delete("items", item_id().equals(3_i64))),
        shape("delete where", delete("items", ids_of_marks())),
        shape(
            "delete using",
            Delete {
                using: smallvec![table("marks")],
                ..delete("items", column("marks", "item_id").equals(item_id()))
            },
        ),
        shape(
            "delete with",
            Delete { with: vec![with("w", &["id"], false, marked())], ..delete("items", from_w(item_id())) },
        ),
        shape("delete returning", Delete { returning: returned(item_id()), ..delete("items", some()) }),
        shape("delete returning a query", Delete { returning: returned(marks_count()), ..delete("items", some()) }),
        shape(
            "with update",
            Select {
                with: vec![with(
                    "w",
                    &["id"],
                    false,
                    Update { returning: returned(item_id()), ..update("items", "kind", Expr::from("x"), some()) },
                )],
                ..select([column("w", "id")], table("w"))
            },
        ),
        shape(
            "with delete",
            Select {
                with: vec![with(
                    "w",
                    &["id"],
                    false,
                    Delete { returning: returned(item_id()), ..delete("items", some()) },
                )],
                ..select([column("w", "id")], table("w"))
            },
        ),
        shape(
            "with insert",
            Select {
                with: vec![with(
                    "w",
                    &["id"],
                    false,
                    Insert { returning: returned(column("copies", "id")), ..insert(from_items(None)) },
                )],
                ..select([column("w", "id")], table("w"))
            },
        ),
    ]
}

/// Upserts, each of the key that it names, and of whichever key is taken: servers have the one or the other.
pub fn upserts() -> Vec<Shape> {
    let keys = [("", ConflictTarget::Columns(vec!["id".into()])), (", any key", ConflictTarget::Any)];
    // The key of a row that is shown, and that of one that is hidden.
    let row = || values([1_i64, 7, 2, 7].map(Expr::from));
    let rows = || InsertSource::Query(Query::Select(select([item_id(), Expr::from(7_i64)], table("items")).into()));
    let sets = |value, filter| ConflictAction::Update { assignments: note(value), filter };
    keys.iter()
        .flat_map(|(key, target)| {
            let upsert = |source, action| Insert {
                conflict: Some(Conflict { target: target.clone(), action }),
                ..insert(source)
            };
            let counted = Some(marks_are_right());
            let query = Expr::Excluded(Excluded { column: "note".into() });
            [
                ("upsert", upsert(row(), sets(marks_count(), None))),
                ("upsert where", upsert(row(), sets(Expr::from(5_i64), counted))),
                ("upsert, do nothing", upsert(row(), ConflictAction::Nothing)),
                ("upsert of a query", upsert(rows(), sets(query, None))),
                ("upsert of a query, do nothing", upsert(rows(), ConflictAction::Nothing)),
            ]
            .map(|(name, insert)| shape(format!("{name}{key}"), insert))
        })
        .collect()
}
