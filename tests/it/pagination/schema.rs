//! A table whose columns have ties, NULLs and values that are hard to keep.

use chrono::{DateTime, Utc};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use rust_decimal::Decimal;

use crate::support::Random;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "items")]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub grade: i32,
    pub score: Option<i32>,
    #[column(type = "varchar(40)")]
    pub name: Option<String>,
    pub price: Option<Decimal>,
    pub at: DateTime<Utc>,
    pub seen: Option<DateTime<Utc>>,
    pub token: uuid::Uuid,
    pub big: i64,
    pub share: f64,
    pub done: bool,
}

/// A row by chance. There are few values, so that many are the same.
pub fn item(id: i64, random: &mut Random) -> Item {
    let mut few = |count: u64| i64::try_from(random.below(count)).unwrap();
    let instant = |micros: i64| DateTime::from_timestamp_micros(1_700_000_000_000_000 + micros).unwrap();
    Item {
        id,
        grade: i32::try_from(few(3)).unwrap(),
        score: Some(few(5)).filter(|it| *it > 1).map(|it| i32::try_from(it).unwrap() - 3),
        name: Some(few(5))
            .filter(|it| *it > 0)
            .map(|it| ["", "a", "b", "Ünïcode 🙂", "it's"][usize::try_from(it).unwrap()].into()),
        price: Some(few(5)).filter(|it| *it > 0).map(|it| Decimal::new(it * 95 - 200, 2)),
        // Two of them are less than a millisecond apart.
        at: instant(few(3) * 7),
        seen: Some(few(4)).filter(|it| *it > 0).map(instant),
        token: uuid::Uuid::from_u128(u128::try_from(few(4)).unwrap() << 60),
        // Above 2^53, where a float cannot tell one from the next.
        big: 9_007_199_254_740_992 + few(3),
        share: [0.1, 1.0 / 3.0, -2.5e300, 0.0][usize::try_from(few(4)).unwrap()],
        done: few(2) == 1,
    }
}

pub fn insertable(item: Item) -> NewItem {
    let Item { id, grade, score, name, price, at, seen, token, big, share, done } = item;
    NewItem { score, name, price, seen, ..NewItem::new(id, grade, at, token, big, share, done) }
}

/// Makes the table, with `count` rows in it whose ids are even.
pub async fn create(db: &Db, count: i64, random: &mut Random) -> Vec<Item> {
    create_table_for::<Item>().execute(db).await.unwrap();
    let rows: Vec<_> = (1..=count).map(|at| item(at * 2, random)).collect();
    insert_into(items::table)
        .values(rows.iter().cloned().map(insertable).collect::<Vec<_>>())
        .execute(db)
        .await
        .unwrap();
    rows
}
