//! Diesel, without a connection: its own way to SQL and to serialised values.

use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::prelude::*;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool};

use crate::{Binds, Built, Input};

/// What Diesel collects values in.
pub type Collector = RawBytesBindCollector<Pg>;

diesel::table! {
    users (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        age -> Integer,
        active -> Bool,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        user_id -> BigInt,
        title -> Text,
        score -> Integer,
    }
}

diesel::table! {
    items (id) {
        id -> BigInt,
        name -> Text,
        note -> Text,
        quantity -> Integer,
        active -> Bool,
    }
}

diesel::joinable!(posts -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts);

#[derive(Insertable)]
#[diesel(table_name = items)]
struct NewItem<'a> {
    id: i64,
    name: &'a str,
    note: &'a str,
    quantity: i32,
    active: bool,
}

/// `column in ($1, $2, ..)`: what `eq_any` is with other servers; for PostgreSQL it binds one array.
#[derive(QueryId)]
struct In<E> {
    column: E,
    list: Vec<i64>,
}

impl<E> Expression for In<E> {
    type SqlType = Bool;
}

impl<E: AppearsOnTable<T>, T> AppearsOnTable<T> for In<E> {}

impl<E, G> diesel::expression::ValidGrouping<G> for In<E> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl<E: QueryFragment<Pg>> QueryFragment<Pg> for In<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        for (at, it) in self.list.iter().enumerate() {
            if at > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<BigInt, _>(it)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

/// PostgreSQL's own types need no look-up.
struct NoLookup;

impl PgMetadataLookup for NoLookup {
    fn lookup_type(&mut self, _type_name: &str, _schema: Option<&str>) -> PgTypeMetadata {
        unreachable!("only built-in types are used")
    }
}

fn built(query: &impl QueryFragment<Pg>) -> Built {
    let mut builder = PgQueryBuilder::new();
    query.to_sql(&mut builder, &Pg).expect("the query can be written");
    let mut collector = Collector::new();
    query.collect_binds(&mut collector, &mut NoLookup, &Pg).expect("the values can be serialised");
    Built { sql: builder.finish(), binds: Binds::Bytes(collector) }
}

pub fn q1(input: &Input) -> Built {
    built(&users::table.filter(users::id.eq(input.id)).limit(input.limit.into()).select((
        users::id,
        users::email,
        users::name,
        users::age,
    )))
}

pub fn q1_boxed(input: &Input) -> Built {
    built(
        &users::table
            .select((users::id, users::email, users::name, users::age))
            .into_boxed()
            .filter(users::id.eq(input.id))
            .limit(input.limit.into()),
    )
}

pub fn q2(input: &Input) -> Built {
    built(
        &users::table
            .inner_join(posts::table)
            .filter(users::active.eq(input.active))
            .filter(users::age.ge(input.age))
            .filter(users::email.like(input.email))
            .filter(posts::title.like(input.title))
            .filter(posts::score.lt(input.score))
            .filter(In { column: posts::id, list: input.ids.to_vec() })
            .order_by((posts::score.desc(), users::id))
            .limit(input.limit.into())
            .offset(input.offset.into())
            .select((users::id, users::name, posts::title, posts::score)),
    )
}

pub fn q2_boxed(input: &Input) -> Built {
    built(
        &users::table
            .inner_join(posts::table)
            .select((users::id, users::name, posts::title, posts::score))
            .into_boxed()
            .filter(users::active.eq(input.active))
            .filter(users::age.ge(input.age))
            .filter(users::email.like(input.email))
            .filter(posts::title.like(input.title))
            .filter(posts::score.lt(input.score))
            .filter(In { column: posts::id, list: input.ids.to_vec() })
            .order_by((posts::score.desc(), users::id))
            .limit(input.limit.into())
            .offset(input.offset.into()),
    )
}

pub fn q3(input: &Input) -> Built {
    let rows = input.rows.iter().map(|row| NewItem {
        id: row.id,
        name: row.name,
        note: row.note,
        quantity: row.quantity,
        active: row.active,
    });
    built(&diesel::insert_into(items::table).values(rows.collect::<Vec<_>>()))
}
