//! What row policies tell of a condition before it runs is what every server says of it.

use std::sync::{Arc, Mutex};

use kysera::ast::{self, Between, BinaryOperator, Expr, In, Shared};
use kysera::plugin::{Policy, RowPolicies};
use kysera::prelude::*;
use kysera::value::Kind;
use kysera::{Executor, Value};

use super::policies::open;
use super::tenants::{countries, two};
use crate::support::{Random, on_all};

const COMPARISONS: [BinaryOperator; 8] = [
    BinaryOperator::Equal,
    BinaryOperator::NotEqual,
    BinaryOperator::Less,
    BinaryOperator::LessOrEqual,
    BinaryOperator::Greater,
    BinaryOperator::GreaterOrEqual,
    BinaryOperator::IsDistinctFrom,
    BinaryOperator::IsNotDistinctFrom,
];

fn index(random: &mut Random, limit: usize) -> usize {
    usize::try_from(random.below(limit as u64)).unwrap()
}

/// A value of a kind, whose values servers compare with each other.
fn value(random: &mut Random, is_text: bool) -> Expr {
    let texts = ["a", "A", "a ", "b", "", "\u{e9}", "e"];
    Expr::Value(match (is_text, random.below(8)) {
        (true, 0) => Value::Null(Kind::Text),
        (true, _) => texts[index(random, texts.len())].into(),
        (false, 0) => Value::Null(Kind::I64),
        (false, 1) => Value::I16(1),
        (false, other) => Value::I64(i64::try_from(other).unwrap() - 3),
    })
}

fn condition(random: &mut Random, depth: usize) -> Expr {
    if depth > 0 && random.below(3) > 0 {
        let first = condition(random, depth - 1);
        return match random.below(3) {
            0 => !first,
            1 => first.and(condition(random, depth - 1)),
            _ => first.or(condition(random, depth - 1)),
        };
    }
    let (is_text, negated) = (random.below(2) == 0, random.below(2) == 0);
    let it = value(random, is_text);
    match random.below(6) {
        0 => {
            let list = (0..random.below(4)).map(|_| value(random, is_text)).collect();
            Expr::In(Shared::new(In { negated, value: it, list }))
        }
        1 => {
            let (low, high) = (value(random, is_text), value(random, is_text));
            Expr::Between(Shared::new(Between { negated, value: it, low, high }))
        }
        2 if negated => it.is_not_null(),
        2 => it.is_null(),
        _ => Expr::binary(it, COMPARISONS[index(random, COMPARISONS.len())], value(random, is_text)),
    }
}

#[test]
fn what_is_told_before_is_what_servers_say() {
    on_all(async |fresh| {
        two(fresh).await;
        let current = Arc::new(Mutex::new(Expr::from(true)));
        let asked = Arc::clone(&current);
        let policy = Policy::filter("countries", move |_, _| Ok(asked.lock().unwrap().clone()));
        let db = open(fresh, RowPolicies::new().policy(policy)).await;
        let all = select_from(countries::table).select(countries::name).to_statement();
        let (mut random, mut told) = (Random::new(7), 0);
        for _ in 0..400 {
            let condition = condition(&mut random, 3);
            let ast::Statement::Select(mut select) = all.clone() else { unreachable!() };
            select.filter = Some(condition.clone());
            let expected = fresh.db.fetch(ast::Statement::from(select).into()).await.unwrap().len();
            *current.lock().unwrap() = condition.clone();
            // With what is open, the server is asked the same again.
            let sql = db.compile(all.clone()).unwrap().0.sql;
            let verdict = if sql.ends_with(" where false") { Some(0) } else { (!sql.contains(" where ")).then_some(1) };
            told += usize::from(verdict.is_some());
            assert_eq!(verdict.unwrap_or(expected), expected, "{condition:?}");
        }
        assert!((200..400).contains(&told), "{told}");
    });
}
