//! Every operator and function, alone and within others.

use kysera::expr::{call, ident};
use kysera::prelude::*;

use crate::support::check_all;
use crate::support::schema::*;

#[test]
fn operators() {
    macro_rules! selected {
        ($($name:literal: $expr:expr;)*) => {
            check_all("expressions", &[$(($name, &select_from(users::table).select($expr))),*]);
        };
    }
    selected! {
        "=": users::id.eq(1);
        "<>": users::id.ne(1);
        "<": users::id.lt(1);
        "<=": users::id.le(1);
        ">": users::id.gt(1);
        ">=": users::id.ge(1);
        "columns": users::id.eq(users::manager_id);
        "values": value(1_i64).eq(2);
        "a value first": value(1_i64).lt(users::id);
        "is not distinct from": users::age.is_not_distinct_from(1);
        "is not distinct from null": users::age.is_not_distinct_from(None::<i32>);
        "is distinct from": users::age.is_distinct_from(users::visits);
        "not of is distinct from": not(users::age.is_distinct_from(1));
        "is null": users::age.is_null();
        "is not null": users::age.is_not_null();
        "a value is null": value(None::<i32>).is_null();
        "between": users::age.between(1, 9);
        "a value between columns": value(5).between(users::visits, users::age);
        "in": users::id.in_([1, 2, 3]);
        "in one": users::id.in_([1]);
        "in none": users::id.in_(Vec::<i64>::new());
        "not in": users::id.not_in(vec![1, 2]);
        "not in none": users::id.not_in(Vec::<i64>::new());
        "in columns": value(1_i64).in_([users::id, users::id]);
        "like": users::name.like("a%");
        "not like": users::name.not_like("a%");
        "like a column": users::name.like(users::email);
        "contains": users::name.contains("50%_!");
        "starts with": users::name.starts_with("a");
        "ends with": users::name.ends_with("a");
        "concat": users::name.concat(" ").concat(users::email);
        "concat compared": users::name.concat("x").eq("y");
        "coalesce": users::age.coalesce(0);
        "coalesce of values": value(None::<i32>).coalesce(0);
        "coalesce of coalesce": users::age.coalesce(users::visits).eq(3);
        "nullif": users::visits.null_if(0);
        "cast to text": users::id.cast::<String>();
        "cast to integer": users::name.cast::<i32>();
        "cast to bigint": users::visits.cast::<i64>();
        "cast to double": users::visits.cast::<f64>();
        "cast to boolean": users::visits.cast::<bool>();
        "cast to bytes": users::name.cast::<Vec<u8>>();
        "cast to date": users::created_at.cast::<chrono::NaiveDate>();
        "cast of a value": value(1_i32).cast::<i64>();
        "+": users::visits + 1;
        "-": users::visits - 1;
        "*": users::visits * 2;
        "/": users::visits / 2;
        "%": users::visits % 2;
        "negative": -users::visits;
        "negative of negative": -(-users::visits);
        "minus a negative": users::visits - -users::visits;
        "negative of a value": -value(1_i32);
        "sum of products": users::visits * 2 + users::visits * 3;
        "product of sums": (users::visits + 2) * (users::visits - 3);
        "difference of differences": users::visits - (users::visits - (users::visits - 1));
        "quotient of quotients": users::visits / (users::visits / 2) / 3;
        "and": users::id.eq(1).and(users::age.gt(2));
        "or": users::id.eq(1).or(users::age.gt(2));
        "and of or": users::id.eq(1).and(users::age.gt(2).or(users::age.lt(1)));
        "or of and": users::id.eq(1).or(users::age.gt(2).and(users::age.lt(1)));
        "not": not(users::id.eq(1));
        "not of and": not(users::id.eq(1).and(users::id.eq(2)));
        "not of not": not(not(users::id.eq(1)));
        "not compared": not(users::id.eq(1)).eq(true);
        "comparison compared": users::id.eq(1).eq(users::age.gt(2));
        "comparison in": users::id.eq(1).in_([true, false]);
        "all": all([users::id.eq(1), users::id.eq(2)]);
        "any": any([users::id.eq(1), users::id.eq(2)]);
        "any of one": any([users::id.eq(1)]).and(users::id.eq(2));
        "all of none": all(Vec::<kysera::expr::Expr<bool>>::new());
        "any of none": any(Vec::<kysera::expr::Expr<bool>>::new()).or(users::id.eq(1));
        "case": case::<i32>().when(users::id.eq(1), 1).when(users::id.eq(2), users::age).otherwise(3);
        "case of values": case::<String>().when(users::id.eq(1), "a").otherwise("b");
        "case without else": case::<i32>().when(users::id.eq(1), 1).end();
        "case calculated": case::<i32>().when(users::id.eq(1), 1).otherwise(2) + 1;
        "call": call::<String, _>("upper", (users::name,));
        "now": now::<chrono::DateTime<chrono::Utc>>();
        "sql": sql!("{} + {}", users::id, 1_i64).typed::<i64>();
        "sql compared": sql!("{} + {}", users::id, 1_i64).typed::<i64>().eq(2);
        "sql in and": users::age.eq(3).and(sql!("{} = 1 or {} = 2", users::id, users::id));
        "sql with a name": sql!("{}", ident("name")).typed::<String>();
    }
}
