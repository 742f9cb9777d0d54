//! Kysera.

use kysera::dialect::POSTGRES;
use kysera::prelude::*;

use crate::{Binds, Built, Input};

#[derive(Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    pub email: String,
    pub name: String,
    pub age: i32,
    pub active: bool,
    // What plugins look for.
    pub tenant_id: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Table)]
#[table(name = "posts")]
pub struct Post {
    #[column(primary_key, generated)]
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub score: i32,
    pub tenant_id: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Table)]
#[table(name = "items")]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: String,
    pub quantity: i32,
    pub active: bool,
}

fn built(statement: &impl Statement) -> Built {
    let compiled = statement.compile(&POSTGRES).expect("PostgreSQL has it all");
    Built { sql: compiled.sql, binds: Binds::Values(compiled.params) }
}

pub fn q1(input: &Input) -> Built {
    built(&q1_statement(input))
}

#[inline]
pub fn q1_statement(input: &Input) -> impl Statement {
    select_from(users::table).filter(users::id.eq(input.id)).limit(input.limit.into()).select((
        users::id,
        users::email,
        users::name,
        users::age,
    ))
}

pub fn q2(input: &Input) -> Built {
    built(&q2_statement(input))
}

#[inline]
pub fn q2_statement(input: &Input) -> impl Statement {
    select_from(users::table)
        .inner_join(posts::table, posts::user_id.eq(users::id))
        .filter(users::active.eq(input.active))
        .filter(users::age.ge(input.age))
        .filter(users::email.like(input.email))
        .filter(posts::title.like(input.title))
        .filter(posts::score.lt(input.score))
        .filter(posts::id.in_(input.ids))
        .order_by((posts::score.desc(), users::id))
        .limit(input.limit.into())
        .offset(input.offset.into())
        .select((users::id, users::name, posts::title, posts::score))
}

pub fn q3(input: &Input) -> Built {
    let columns = (items::id, items::name, items::note, items::quantity, items::active);
    let rows = input.rows.iter().map(|row| (row.id, row.name, row.note, row.quantity, row.active));
    built(&insert_into(items::table).from_rows(columns, rows))
}

/// The same by the struct that `#[derive(Table)]` makes, which owns its text.
pub fn q3_owned(input: &Input) -> Built {
    let rows = input.rows.iter().map(|row| NewItem::new(row.id, row.name, row.note, row.quantity, row.active));
    built(&insert_into(items::table).values(rows.collect::<Vec<_>>()))
}
