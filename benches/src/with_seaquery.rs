//! SeaQuery.

use sea_query::{Expr, ExprTrait, Iden, Order, PostgresQueryBuilder, Query, Values};

use crate::{Binds, Built, Input};

#[derive(Iden)]
enum Users {
    Table,
    Id,
    Email,
    Name,
    Age,
    Active,
}

#[derive(Iden)]
enum Posts {
    Table,
    Id,
    UserId,
    Title,
    Score,
}

#[derive(Iden)]
enum Items {
    Table,
    Id,
    Name,
    Note,
    Quantity,
    Active,
}

fn built((sql, values): (String, Values)) -> Built {
    Built { sql, binds: Binds::SeaQuery(values) }
}

pub fn q1(input: &Input) -> Built {
    built(
        Query::select()
            .columns([
                (Users::Table, Users::Id),
                (Users::Table, Users::Email),
                (Users::Table, Users::Name),
                (Users::Table, Users::Age),
            ])
            .from(Users::Table)
            .and_where(Expr::col((Users::Table, Users::Id)).eq(input.id))
            .limit(input.limit.into())
            .build(PostgresQueryBuilder),
    )
}

pub fn q2(input: &Input) -> Built {
    built(
        Query::select()
            .column((Users::Table, Users::Id))
            .column((Users::Table, Users::Name))
            .column((Posts::Table, Posts::Title))
            .column((Posts::Table, Posts::Score))
            .from(Users::Table)
            .inner_join(Posts::Table, Expr::col((Posts::Table, Posts::UserId)).equals((Users::Table, Users::Id)))
            .and_where(Expr::col((Users::Table, Users::Active)).eq(input.active))
            .and_where(Expr::col((Users::Table, Users::Age)).gte(input.age))
            .and_where(Expr::col((Users::Table, Users::Email)).like(input.email))
            .and_where(Expr::col((Posts::Table, Posts::Title)).like(input.title))
            .and_where(Expr::col((Posts::Table, Posts::Score)).lt(input.score))
            .and_where(Expr::col((Posts::Table, Posts::Id)).is_in(input.ids))
            .order_by((Posts::Table, Posts::Score), Order::Desc)
            .order_by((Users::Table, Users::Id), Order::Asc)
            .limit(input.limit.into())
            .offset(input.offset.into())
            .build(PostgresQueryBuilder),
    )
}

pub fn q3(input: &Input) -> Built {
    let mut insert = Query::insert();
    insert.into_table(Items::Table).columns([Items::Id, Items::Name, Items::Note, Items::Quantity, Items::Active]);
    for row in &input.rows {
        insert
            .values([row.id.into(), row.name.into(), row.note.into(), row.quantity.into(), row.active.into()])
            .expect("a value for each column");
    }
    built(insert.build(PostgresQueryBuilder))
}
