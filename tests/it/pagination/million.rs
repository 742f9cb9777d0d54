//! A table of a million rows with many ties, and an index for each order that pages of it are read in.

use kysera::expr::{Of, Ordered};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::servers::{Fresh, Server};

/// As many as [`fill`] makes.
pub const ROWS: usize = 1_000_000;

/// A value of `a` is in 1000 rows, and one of `n` too; one of `a` and `b` in 100, and one of all three in 50. `n` is `null` in
/// nearly a third of the rows.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "entries")]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub a: i32,
    pub b: i32,
    pub c: i32,
    pub n: Option<i32>,
    #[column(type = "varchar(40)")]
    pub note: String,
}

pub fn insertable(Entry { id, a, b, c, n, note }: Entry) -> NewEntry {
    NewEntry { n, ..NewEntry::new(id, a, b, c, note) }
}

type Terms = Vec<Ordered<Of<entries::table>>>;

/// An order of the table.
pub struct Order {
    pub name: &'static str,
    /// What it is without the key.
    pub terms: fn() -> Terms,
    /// The key, as a page adds it.
    pub key: fn() -> Ordered<Of<entries::table>>,
}

impl Order {
    /// The order that a page is read in.
    pub fn with_key(&self) -> Terms {
        (self.terms)().into_iter().chain([(self.key)()]).collect()
    }

    /// Whether its terms go different ways.
    pub fn is_mixed(&self) -> bool {
        self.name == "a, b desc"
    }

    /// Whether all rows with `null` are before all others, or after them.
    pub fn is_split_by_null(&self) -> bool {
        self.name.starts_with('n')
    }
}

pub const ORDERS: [Order; 9] = [
    Order { name: "a", terms: || vec![entries::a.asc()], key: || entries::id.asc() },
    Order { name: "a desc", terms: || vec![entries::a.desc()], key: || entries::id.desc() },
    Order { name: "a, b", terms: || vec![entries::a.asc(), entries::b.asc()], key: || entries::id.asc() },
    Order { name: "a desc, b desc", terms: || vec![entries::a.desc(), entries::b.desc()], key: || entries::id.desc() },
    Order { name: "a, b desc", terms: || vec![entries::a.asc(), entries::b.desc()], key: || entries::id.desc() },
    Order {
        name: "a, b, c",
        terms: || vec![entries::a.asc(), entries::b.asc(), entries::c.asc()],
        key: || entries::id.asc(),
    },
    Order { name: "n", terms: || vec![entries::n.asc()], key: || entries::id.asc() },
    Order { name: "n desc", terms: || vec![entries::n.desc()], key: || entries::id.desc() },
    Order { name: "a, n", terms: || vec![entries::a.asc(), entries::n.asc()], key: || entries::id.asc() },
];

/// Each with the key, since a page is read in an order that tells all rows apart.
const INDEXES: [&str; 6] = ["a, id", "a, b, id", "a, b, c, id", "a, b desc, id desc", "n, id", "a, n, id"];

/// The number of a row is scattered over its columns. Ties begin 75 rows earlier than at round numbers, so that the page of a
/// round number begins and ends among them. The first and the last rows have no `null`: of a place with few rows on one side of it by
/// the key, servers rather read those, and where `null` begins and ends it would always be such a place.
const COLUMNS: &str = "id, (scattered + 75) div 1000, (scattered + 75) div 100 % 10, (scattered + 75) div 50 % 2, \
     case when id between 10001 and 990000 and otherwise < 300000 then null else (otherwise + 75) div 1000 end, 'some words'";

/// Makes the table and fills it, inside of the server.
pub async fn fill(fresh: &Fresh) {
    let numbers = "with recursive thousand as (select 0 as i union all select i + 1 from thousand where i < 999), \
         numbers as (select x.i * 1000 + y.i + 1 as id from thousand x cross join thousand y)";
    let rows = "select id, id * 7919 % 1000000 as scattered, id * 48271 % 1000000 as otherwise from";
    let filled = match fresh.server {
        Server::Postgres15 | Server::Postgres18 => {
            format!(
                "insert into entries select {COLUMNS} from ({rows} generate_series(1::bigint, 1000000) as it (id)) as it"
            )
        }
        Server::Sqlite => format!("insert into entries {numbers} select {COLUMNS} from ({rows} numbers) as it"),
        Server::Mysql9 | Server::Mariadb => {
            format!("insert into entries {numbers} select {COLUMNS} from ({rows} numbers) as it order by id")
        }
    };
    let filled = match fresh.server {
        Server::Mysql9 | Server::Mariadb => filled,
        _ => filled.replace(" div ", " / "),
    };
    let (before, indexed, after) = match fresh.server {
        Server::Postgres15 | Server::Postgres18 => {
            ("set maintenance_work_mem = '256MB'", each_index(), "vacuum analyze entries")
        }
        Server::Sqlite => ("pragma synchronous = off; pragma cache_size = -200000", each_index(), ""),
        Server::Mysql9 => ("set innodb_ddl_buffer_size = 134217728", all_indexes(), "analyze table entries"),
        Server::Mariadb => ("set max_recursive_iterations = 1000", all_indexes(), "analyze table entries"),
    };
    // SQLite knows nothing of the values, as it does not until it is told to. After `analyze`, it finds `n is null` by skipping
    // through the index of `a, n`, and reads all of them.
    create_table_for::<Entry>().execute(&fresh.db).await.unwrap();
    let connection = fresh.db.acquire().await.unwrap();
    for sql in [before, &filled, &indexed, after] {
        connection.batch_unchecked(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn each_index() -> String {
    let each = INDEXES.iter().enumerate();
    each.map(|(at, columns)| format!("create index entries_{at} on entries ({columns});")).collect()
}

/// In one statement, which reads the table once.
fn all_indexes() -> String {
    format!("alter table entries {}", INDEXES.map(|columns| format!("add index ({columns})")).join(", "))
}
