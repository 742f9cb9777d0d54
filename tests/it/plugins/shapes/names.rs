//! Names that mean a common table expression in one place of a statement, and a table in another.

use super::*;

/// Where names of common table expressions end, and what they do not hide.
pub fn names(schema: &str) -> Vec<Shape> {
    let ids = || select([item_id()], table("items"));
    let named_marks = || vec![with("marks", &["id"], false, ids())];
    // As many rows as no table has.
    let parents = || {
        let of = where_(
            greater(column("items", "parent_id"), 0_i64),
            select([column("items", "parent_id")], table("items")),
        );
        vec![with("marks", &["id"], false, of)]
    };
    let marks = || select([column("marks", "id")], table("marks"));
    let in_schema = |name: &str, alias: &str| {
        let name = TableName { schema: Some(schema.into()), name: name_of(name).name };
        TableRef::Table(Table { name, alias: Some(alias.into()) })
    };
    let after = |name: &str, statement: Statement| {
        let both = Select {
            from: smallvec![table("w"), table("marks")],
            with: vec![with("w", &["id"], false, statement)],
            ..select([column("w", "id"), column("marks", "id")], table("w"))
        };
        shape(format!("table after a `with` before {name}"), both)
    };
    vec![
        shape("schema", select([column("i", "id")], in_schema("items", "i"))),
        shape(
            "schema, beside a `with` of the same name",
            Select {
                with: named_marks(),
                joins: smallvec![join(
                    JoinKind::Inner,
                    in_schema("marks", "m"),
                    Some(column("m", "item_id").equals(column("marks", "id")))
                )],
                ..select([column("marks", "id"), column("m", "id")], table("marks"))
            },
        ),
        shape(
            "table after a `with` before a query",
            where_(gives_no_hidden(Query::Select(Select { with: named_marks(), ..marks() }.into())), marks()),
        ),
        shape(
            "table after a `with` before a compound",
            where_(
                gives_no_hidden(Query::Compound(
                    Compound { with: named_marks(), ..compound(SetOperator::UnionAll, [marks(), marks()]) }.into(),
                )),
                marks(),
            ),
        ),
        after("an insert", {
            let id = Expr::binary(column("marks", "id"), BinaryOperator::Add, Expr::from(10_i64));
            Insert {
                with: named_marks(),
                returning: writes::returned(column("copies", "id")),
                ..writes::insert(InsertSource::Query(Query::Select(
                    select([id, Expr::from(1_i64)], table("marks")).into(),
                )))
            }
            .into()
        }),
        after("an update", {
            let only = gives_no_hidden(Query::Select(marks().into()));
            let update = writes::update("items", "kind", Expr::from("x"), only);
            Update { with: named_marks(), returning: writes::returned(item_id()), ..update }.into()
        }),
        after("a delete", {
            let only = gives_no_hidden(Query::Select(marks().into()));
            let delete = writes::delete("items", only);
            Delete { with: named_marks(), returning: writes::returned(item_id()), ..delete }.into()
        }),
        shape("with, read in a `with` within", {
            let v = select([count()], table("marks"));
            let within = Select { with: vec![with("v", &["id"], false, v)], ..select([column("v", "id")], table("v")) };
            let read = Expr::Subquery(Query::Select(within.into()));
            Select { with: parents(), ..select([item_id(), read], table("items")) }
        }),
        shape("with, read beside a `with` within", {
            let v = with("v", &["id"], false, ids());
            let both = smallvec![table("marks"), table("v")];
            let within = Select { with: vec![v], from: both, ..select([count()], table("v")) };
            let read = Expr::Subquery(Query::Select(within.into()));
            Select { with: parents(), ..select([item_id(), read], table("items")) }
        }),
        shape(
            "with, that hides one outside",
            Select {
                with: vec![with("w", &["id"], false, ids())],
                ..where_(
                    gives_no_hidden(Query::Select(
                        Select {
                            with: vec![with("w", &["id"], false, marks())],
                            ..select([column("w", "id")], table("w"))
                        }
                        .into(),
                    )),
                    select([column("w", "id")], table("w")),
                )
            },
        ),
    ]
}
