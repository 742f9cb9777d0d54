//! Places of tables, and of expressions, in queries.

use super::*;

/// Places of tables in queries.
pub fn places() -> Vec<Shape> {
    let ids = || select([item_id()], table("items"));
    let mark_items = || select([column("marks", "item_id")], table("marks"));
    let mut shapes = vec![
        shape("from", ids()),
        shape(
            "from, all columns",
            Select {
                columns: smallvec![SelectItem::AllColumns(AllColumns {
                    table: Some("items".into()),
                    columns: items::table::DESCRIPTION.columns,
                })],
                ..ids()
            },
        ),
        shape(
            "from two",
            Select {
                from: smallvec![table("items"), table("marks")],
                ..select([item_id(), column("marks", "id")], table("items"))
            },
        ),
        shape(
            "from two, right join",
            Select {
                from: smallvec![table("items"), table("marks")],
                joins: smallvec![join(
                    JoinKind::Right,
                    aliased("items", "parent"),
                    Some(column("parent", "id").equals(column("marks", "item_id")))
                )],
                ..select([item_id(), column("marks", "id"), column("parent", "id")], table("items"))
            },
        ),
        shape("alias", select([column("i", "id")], aliased("items", "i"))),
        shape(
            "alias named as the other table",
            Select {
                joins: smallvec![join(
                    JoinKind::Inner,
                    aliased("items", "marks"),
                    Some(column("marks", "parent_id").equals(column("items", "id")))
                )],
                ..select([column("items", "id"), column("marks", "id")], table("items"))
            },
        ),
        shape("count", select([count()], table("items"))),
        shape("distinct", Select { distinct: Distinct::Distinct, ..select([column("items", "kind")], table("items")) }),
        shape(
            "self join",
            Select {
                joins: smallvec![join(
                    JoinKind::Left,
                    aliased("items", "parent"),
                    Some(column("items", "parent_id").equals(column("parent", "id")))
                )],
                ..select([item_id(), column("parent", "id")], table("items"))
            },
        ),
        shape("derived", select([column("d", "id")], derived(ids(), "d"))),
        shape(
            "join of a derived table",
            Select {
                joins: smallvec![join(
                    JoinKind::Left,
                    derived(mark_items(), "d"),
                    Some(column("d", "item_id").equals(item_id()))
                )],
                ..select([item_id(), column("d", "item_id")], table("items"))
            },
        ),
        shape(
            "three queries deep",
            select(
                [column("d", "id")],
                derived(where_(greater(marks_of("items"), 0_i64), select([item_id()], table("items"))), "d"),
            ),
        ),
        shape(
            "with",
            Select { with: vec![with("w", &["id"], false, ids())], ..select([column("w", "id")], table("w")) },
        ),
        shape(
            "with of a table's name",
            Select {
                with: vec![with("marks", &["id"], false, ids())],
                ..select([column("marks", "id")], table("marks"))
            },
        ),
        shape(
            "with, later one reads the first",
            Select {
                with: vec![
                    with("w", &["id"], false, ids()),
                    with("v", &["id"], false, select([column("w", "id")], table("w"))),
                ],
                // Not by the key: what is hidden in the one would then be hidden in the other.
                joins: smallvec![join(
                    JoinKind::Inner,
                    table("items"),
                    Some(column("items", "parent_id").equals(column("v", "id")))
                )],
                ..select([column("v", "id")], table("v"))
            },
        ),
        shape(
            "with within a subquery",
            where_(
                Expr::InQuery(Shared::new(InQuery {
                    negated: false,
                    value: item_id(),
                    query: Query::Select(
                        Select {
                            with: vec![with("w", &["id"], false, mark_items())],
                            ..select([column("w", "id")], table("w"))
                        }
                        .into(),
                    ),
                })),
                ids(),
            ),
        ),
        shape(
            "recursive",
            Select {
                with: vec![with(
                    "tree",
                    &["id"],
                    true,
                    compound(
                        SetOperator::UnionAll,
                        [
                            where_(column("items", "parent_id").is_null(), ids()),
                            Select {
                                joins: smallvec![join(
                                    JoinKind::Inner,
                                    table("tree"),
                                    Some(column("items", "parent_id").equals(column("tree", "id")))
                                )],
                                ..ids()
                            },
                        ],
                    ),
                )],
                ..select([column("tree", "id")], table("tree"))
            },
        ),
        shape(
            "compound in from",
            select(
                [column("d", "id")],
                TableRef::Derived(Derived {
                    query: Query::Compound(compound(SetOperator::UnionAll, [ids(), mark_items()]).into()),
                    alias: "d".into(),
                }),
            ),
        ),
        shape(
            "compound of a compound",
            Compound {
                operands: vec![
                    Query::Select(ids().into()),
                    Query::Compound(compound(SetOperator::UnionAll, [mark_items(), ids()]).into()),
                ],
                ..compound(SetOperator::UnionAll, [])
            },
        ),
        shape(
            "compound with",
            Compound {
                with: vec![with("w", &["id"], false, ids())],
                ..compound(SetOperator::UnionAll, [select([column("w", "id")], table("w")), mark_items()])
            },
        ),
    ];
    for (name, operator) in [
        ("union", SetOperator::Union),
        ("union all", SetOperator::UnionAll),
        ("intersect", SetOperator::Intersect),
        ("intersect all", SetOperator::IntersectAll),
        ("except", SetOperator::Except),
        ("except all", SetOperator::ExceptAll),
    ] {
        shapes.push(shape(name, compound(operator, [ids(), mark_items()])));
    }
    for (name, kind) in [
        ("inner join", JoinKind::Inner),
        ("left join", JoinKind::Left),
        ("right join", JoinKind::Right),
        ("full join", JoinKind::Full),
        ("cross join", JoinKind::Cross),
    ] {
        let on = || if kind == JoinKind::Cross { None } else { on_marks() };
        shapes.push(shape(name, joined([join(kind, table("marks"), on())])));
        let parent = |kind| {
            let on = Some(column("parent", "id").equals(column("items", "parent_id")));
            join(kind, aliased("items", "parent"), on)
        };
        for (after, second) in [
            ("left join", JoinKind::Left),
            ("inner join", JoinKind::Inner),
            ("right join", JoinKind::Right),
            ("full join", JoinKind::Full),
        ] {
            shapes.push(shape(format!("{name}, {after}"), joined([join(kind, table("marks"), on()), parent(second)])));
        }
    }
    shapes
}

/// Places of expressions in queries.
pub fn conditions() -> Vec<Shape> {
    let ids = || select([item_id()], table("items"));
    let kinds = || select([column("items", "kind"), count()], table("items"));
    vec![
        shape("where", where_(greater(marks_of("items"), 0_i64), ids())),
        shape(
            "on",
            joined([join(
                JoinKind::Left,
                table("marks"),
                Some(
                    column("marks", "item_id").equals(item_id()).and(
                        Expr::Subquery(Query::Select(select([count()], aliased("items", "i")).into())).equals(4_i64),
                    ),
                ),
            )]),
        ),
        shape("group by", Select { group_by: vec![marks_of("items")], ..select([count()], table("items")) }),
        shape(
            "having",
            Select {
                group_by: vec![column("items", "kind")],
                having: Some(greater(marks_count(), 3_i64).or(greater(count(), 1_i64))),
                ..kinds()
            },
        ),
        shape(
            "order by",
            ordered(
                ids(),
                Expr::binary(
                    Expr::binary(marks_of("items"), BinaryOperator::Multiply, Expr::from(10_i64)),
                    BinaryOperator::Add,
                    item_id(),
                ),
            ),
        ),
        shape("limit", ordered(Select { limit: Some(marks_count()), ..ids() }, item_id())),
        shape(
            "offset",
            ordered(Select { limit: Some(Expr::from(9_i64)), offset: Some(marks_count()), ..ids() }, item_id()),
        ),
        shape(
            "order by of a compound",
            Compound {
                // The greatest first where there are three marks, and the least where there are more.
                order_by: smallvec![OrderItem {
                    expr: Expr::binary(
                        Expr::Column(Column::new(None, "id")),
                        BinaryOperator::Multiply,
                        Expr::binary(marks_count(), BinaryOperator::Subtract, Expr::from(4_i64)),
                    ),
                    direction: Direction::Ascending,
                    nulls: Nulls::Default
                }],
                ..compound(SetOperator::UnionAll, [ids(), select([column("marks", "id")], table("marks"))])
            },
        ),
        shape(
            "offset of a compound",
            Compound {
                limit: Some(Expr::from(9_i64)),
                offset: Some(marks_count()),
                order_by: smallvec![OrderItem {
                    expr: Expr::Column(Column::new(None, "id")),
                    direction: Direction::Ascending,
                    nulls: Nulls::Default
                }],
                ..compound(SetOperator::UnionAll, [ids(), select([column("marks", "id")], table("marks"))])
            },
        ),
        shape(
            "limit of a compound",
            Compound {
                // So many that each hidden row would be among them.
                limit: Some(Expr::binary(marks_count(), BinaryOperator::Add, Expr::from(3_i64))),
                order_by: smallvec![OrderItem {
                    expr: Expr::Column(Column::new(None, "id")),
                    direction: Direction::Descending,
                    nulls: Nulls::Default
                }],
                ..compound(SetOperator::UnionAll, [ids(), select([column("marks", "item_id")], table("marks"))])
            },
        ),
    ]
}
