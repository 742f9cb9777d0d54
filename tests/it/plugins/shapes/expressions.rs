//! Expressions with a query in them.

use std::iter::successors;

use super::*;

/// Every expression that can hold a query, with one in it: each such that what is counted too much shows, in each of its
/// queries.
pub fn expressions() -> Vec<Expr> {
    let truth = || greater(marks_count(), 3_i64);
    successors(Some(marks_count()), |it| {
        Some(match it {
            Expr::Subquery(_) => marks_are_right().and(marks_are_right()),
            Expr::And(_) => truth().or(truth()),
            Expr::Or(_) => Expr::Unary(Shared::new(Unary { operator: UnaryOperator::Negate, operand: marks_count() })),
            Expr::Unary(_) => Expr::binary(marks_count(), BinaryOperator::Add, Expr::from(1_i64)),
            Expr::Binary(_) => Expr::Rows(Shared::new(RowComparison {
                operator: RowOperator::GreaterOrEqual,
                parts: vec![
                    RowPart { left: column("items", "tenant_id"), right: Expr::from(1_i64) },
                    RowPart {
                        left: marks_of("items"),
                        right: Expr::binary(marks_count(), BinaryOperator::Subtract, Expr::from(2_i64)),
                    },
                ],
            })),
            Expr::Rows(_) => Expr::Like(Shared::new(Like {
                negated: false,
                left: Expr::Subquery(Query::Select(
                    select([Expr::call("max", vec![column("items", "kind")])], table("items")).into(),
                )),
                pattern: Expr::from("d%"),
                escape: None,
            })),
            Expr::Like(_) => Expr::Between(Shared::new(Between {
                negated: false,
                value: column("items", "id"),
                low: marks_count(),
                high: Expr::from(9_i64),
            })),
            Expr::Between(_) => Expr::In(Shared::new(In {
                negated: false,
                value: column("items", "id"),
                list: vec![Expr::from(1_i64), marks_count()],
            })),
            Expr::In(_) => Expr::InQuery(Shared::new(InQuery {
                negated: false,
                value: column("items", "id"),
                query: Query::Select(select([column("marks", "item_id")], table("marks")).into()),
            })),
            Expr::InQuery(_) => {
                let own = column("marks", "item_id").equals(column("items", "id"));
                let query = Query::Select(where_(own, select([column("marks", "id")], table("marks"))).into());
                Expr::Exists(Shared::new(Exists { negated: true, query }))
            }
            Expr::Exists(_) => {
                let hidden = column("marks", "id").equals(3_i64);
                Expr::Subquery(Query::Select(where_(hidden, select([column("marks", "id")], table("marks"))).into()))
                    .is_null()
            }
            Expr::IsNull(_) => Expr::Case(Shared::new(Case {
                whens: vec![
                    When { condition: truth(), value: Expr::from(9_i64) },
                    When { condition: greater(item_id(), 4_i64), value: marks_count() },
                ],
                otherwise: Some(marks_of("items")),
            })),
            Expr::Case(_) => Expr::Cast(Shared::new(Cast { value: marks_count(), data_type: DataType::BigInt })),
            Expr::Cast(_) => {
                let own = column("marks", "item_id").equals(item_id());
                let last = where_(own, select([max(column("marks", "id"))], table("marks")));
                Expr::call("coalesce", vec![Expr::Subquery(Query::Select(last.into())), marks_count()])
            }
            Expr::Call(_) => Expr::Raw(Shared::new(Raw {
                parts: smallvec![
                    RawPart::Text("1 + ".into()),
                    RawPart::Expr(marks_count()),
                    RawPart::Text(" - 1".into())
                ],
            })),
            Expr::Raw(_) => Expr::Aggregate(Shared::new(Aggregate {
                name: "sum".into(),
                quantifier: Quantifier::All,
                arguments: vec![marks_of("items")],
                filter: Some(marks_are_right()),
                span: Span::Group,
                result: None,
            })),
            Expr::Aggregate(_) => return None,
            Expr::Column(_) | Expr::Value(_) | Expr::Excluded(_) | Expr::Now => {
                unreachable!("it holds no query, and nothing leads to it")
            }
        })
    })
    .collect()
}
