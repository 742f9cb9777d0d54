//! Queries whose rows are merged: by aggregates, groups and `distinct`.

use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::expr::all;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::schema::*;
use crate::support::{on_all, reading};

fn none() -> Vec<i64> {
    Vec::new()
}

#[test]
fn an_aggregate_that_is_looked_for_in_nothing_still_makes_one_row() {
    reading(async |_, db| {
        let q = select_from(users::table).select(count_all().in_(none()));
        assert_eq!(q.fetch_all(db).await.unwrap(), [false]);
        let q = select_from(users::table).filter(users::id.lt(0)).select(count_all().not_in(none()));
        assert_eq!(q.fetch_all(db).await.unwrap(), [true]);
        let q = select_from(users::table).select((users::name, count_all().in_(none())));
        assert!(q.fetch_all(db).await.unwrap_err().is_invalid());
        // What is no aggregate needs no row more than the table has.
        let q = select_from(users::table).select(users::id.in_(none()));
        assert_eq!(q.fetch_all(db).await.unwrap(), [false; 3]);
    });
}

/// Text to Rust, and three types to PostgreSQL.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "padded")]
pub struct Padded {
    #[column(primary_key)]
    pub id: i64,
    #[column(type_name = "char(3)")]
    pub fixed: String,
    #[column(type = "varchar(20)")]
    pub text: String,
}

#[test]
fn equal_values_of_conditions_are_bound_one_by_one() {
    let q = select_from(users::table)
        .filter(users::name.eq("a").and(users::email.eq("a")))
        .group_by(users::name.concat("a"))
        .having(count_all().gt(1).or(users::name.max().eq("a")))
        .select((users::name.concat("a"), count_all()));
    assert_eq!(
        q.compile(&POSTGRES).unwrap().sql,
        "select \"users\".\"name\" || $1, count(*) from \"users\" \
         where \"users\".\"name\" = $2 and \"users\".\"email\" = $3 group by 1 \
         having count(*) > $4 or max(\"users\".\"name\") = $1"
    );
    on_all(async |fresh| {
        if !fresh.server.is_postgres() {
            return;
        }
        kysera::Executor::batch(&fresh.db, "create table padded (id bigint, fixed char(3), text text)").await.unwrap();
        kysera::Executor::batch(&fresh.db, "insert into padded values (1, 'ab', 'ab ')").await.unwrap();
        let q = select_from(padded::table)
            .filter(padded::fixed.eq("ab "))
            .filter(padded::text.eq("ab "))
            .select(padded::id);
        assert_eq!(q.clone().fetch_all(&fresh.db).await.unwrap(), [1]);
        assert_eq!(q.distinct().fetch_all(&fresh.db).await.unwrap(), [1]);
    });
}

/// A table of floats.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "floats")]
pub struct Float {
    #[column(primary_key)]
    pub id: i64,
    pub value: Option<f64>,
}

#[test]
fn floats_that_are_equal_and_not_the_same_are_bound_one_by_one() {
    let zeros = select_from(users::table).distinct().select((value(0.0_f64), value(-0.0_f64)));
    assert_eq!(zeros.compile(&SQLITE).unwrap().params.len(), 2);
    on_all(async |fresh| {
        create_table_for::<Float>().execute(&fresh.db).await.unwrap();
        let new = NewFloat { value: None, ..NewFloat::new(1) };
        insert_into(floats::table).values(new).execute(&fresh.db).await.unwrap();
        if fresh.server.is_postgres() {
            let shown = || floats::value.coalesce(f64::NAN);
            let q = select_from(floats::table).group_by(shown()).select((shown(), count_all()));
            let rows = q.fetch_all(&fresh.db).await.unwrap();
            assert!(rows.len() == 1 && rows[0].0.is_nan() && rows[0].1 == 1);
        }
    });
}

#[test]
fn a_condition_on_groups_needs_groups() {
    for q in [
        select_from(users::table).having(count_all().not_in(none())).select(users::id),
        select_from(users::table).having(count_all().gt(0)).select(users::id),
        select_from(users::table).having(all(vec![count_all().gt(0)])).select(users::id),
    ] {
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            let error = q.compile(spec).unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("`having` without `group by`"), "{error}");
        }
    }
    reading(async |_, db| {
        let q = select_from(users::table).having(count_all().gt(2)).select(count_all());
        assert_eq!(q.fetch_all(db).await.unwrap(), [3]);
        let q = select_from(users::table).having(count_all().gt(3)).select(count_all());
        assert_eq!(q.fetch_all(db).await.unwrap(), [0_i64; 0]);
    });
}

#[test]
fn an_order_by_an_aggregate_makes_one_row_too() {
    let by_name = select_from(users::table).order_by(users::id.max().desc()).select((users::id, users::name));
    let by_count = select_from(users::table).order_by(count_all()).select(users::name);
    let of_rows = select_from(users::table).order_by(users::name).select(count_all());
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        for statement in [by_name.to_statement(), by_count.to_statement(), of_rows.to_statement()] {
            assert!(dialect::compile(&statement, spec).unwrap_err().is_invalid());
        }
    }
    reading(async |_, db| {
        let q = select_from(users::table).order_by(count_all()).select(users::id.max());
        assert_eq!(q.fetch_all(db).await.unwrap(), [Some(3)]);
    });
}

#[test]
fn an_aggregate_of_outer_columns_belongs_to_the_outer_query() {
    let of_user = || select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        let outer = select_from(users::table).select(of_user().select(users::id.count()).scalar());
        let error = outer.compile(spec).unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("of a query around it"), "{error}");
    }
    reading(async |_, db| {
        let own = of_user().select(posts::id.count()).scalar();
        let both = of_user().select((posts::id + users::id).count()).scalar();
        let q = select_from(users::table).order_by(users::id).select((own, both));
        assert!(q.fetch_all(db).await.unwrap().iter().all(|(own, both)| own == both));
    });
}

#[test]
fn a_group_with_a_value_is_selected_once_where_placeholders_have_no_numbers() {
    let signed = || users::name.concat("x");
    let q = select_from(users::table).group_by(signed()).select((signed(), signed()));
    assert!(q.compile(&MYSQL).unwrap_err().is_unsupported());
    assert!(q.compile(&MARIADB).unwrap_err().is_unsupported());
    reading(async |server, db| {
        if server.is_postgres() {
            assert_eq!(q.clone().fetch_all(db).await.unwrap().len(), 3);
        }
    });
}
