//! Milliseconds of page 40,000 of a million rows, on each server, read in three ways:
//!
//! * `offset`: `paginate`, by its number and without a total;
//! * `keyset`: `paginate_by`, after the cursor of page 39,999;
//! * `naive`: by hand, with the condition that is right on every server and that this one has no use of an index for:
//!   `(a, b, id) > (?, ?, ?)` on MySQL and MariaDB, `a > ? or (a = ? and (b > ? or ..))` on PostgreSQL and SQLite. In an
//!   order of mixed directions there is only the latter, which on MySQL and MariaDB is what `keyset` sends too.
//!
//! All three go through Kysera and its drivers, read one row more than the page has to know of more, and must give the
//! same rows; `keyset` also finds out whether there is a page before. There is an index for each order. The median
//! counts.

use std::time::Instant;

use kysera::pagination::{Cursors, Place};
use kysera::prelude::*;
use kysera::schema::create_table_for;

const PAGE: i64 = 40_000;
const LIMIT: i64 = 20;

/// How often each is read: one that takes a second does not vary by much.
const FAST: usize = 101;
const SLOW: usize = 7;

/// A value of `a` is in 1000 rows, and one of `a` and `b` in 100.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "entries")]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub a: i32,
    pub b: i32,
    #[column(type = "varchar(40)")]
    pub note: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Family {
    Postgres,
    Mysql,
    Mariadb,
    Sqlite,
}

const SERVERS: [(&str, Family); 5] = [
    ("postgres15", Family::Postgres),
    ("postgres18", Family::Postgres),
    ("mysql9", Family::Mysql),
    ("mariadb", Family::Mariadb),
    ("sqlite", Family::Sqlite),
];

#[derive(Clone, Copy)]
enum Order {
    /// `a, b`, and the key.
    Uniform,
    /// `a, b desc`, and the key.
    Mixed,
}

/// Milliseconds of each way to read the page.
struct Times {
    offset: f64,
    keyset: f64,
    naive: Option<f64>,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (mut uniform, mut mixed) = (Vec::new(), Vec::new());
        for (name, family) in SERVERS {
            let home = Home::new(name, family).await?;
            let db = Db::connect(home.url.clone()).await?;
            fill(&db, family).await?;
            uniform.push((name, measure(&db, family, Order::Uniform).await?));
            mixed.push((name, measure(&db, family, Order::Mixed).await?));
            db.close().await?;
            home.drop().await?;
        }
        for (word, all) in [("uniform", &uniform), ("mixed", &mixed)] {
            for (name, Times { offset, keyset, naive }) in all {
                println!("milliseconds {name} {word} offset {offset:.2}");
                println!("milliseconds {name} {word} keyset {keyset:.2}");
                if let Some(naive) = naive {
                    println!("milliseconds {name} {word} naive {naive:.2}");
                }
            }
        }
        print_ratios("ratio-mixed", &mixed);
        print_ratios("ratio", &uniform);
        Ok(())
    })
}

fn print_ratios(word: &str, all: &[(&str, Times)]) {
    for (name, Times { offset, keyset, naive }) in all {
        println!("{word} {name} offset/keyset {:.0}", offset / keyset);
        if let Some(naive) = naive {
            println!("{word} {name} naive/keyset {:.0}", naive / keyset);
        }
    }
}

async fn measure(db: &Db, family: Family, order: Order) -> Result<Times> {
    let terms = || match order {
        Order::Uniform => vec![entries::a.asc(), entries::b.asc()],
        Order::Mixed => vec![entries::a.asc(), entries::b.desc()],
    };
    let cursors = Cursors::unsigned();
    let before = PAGE - 1;
    let rows = before * LIMIT;
    let first = select_from(entries::table).paginate_by(terms(), Place::First, rows).max_limit(u32::MAX);
    let mut first = first.fetch(db, &cursors).await?;
    let last = first.data.pop().expect("rows before the page");
    let place = Place::from(first.next_cursor);

    let (offset, by_number) = median(SLOW, async || {
        let page = select_from(entries::table).order_by(terms()).paginate(PAGE, LIMIT).without_total();
        Ok(page.fetch(db).await?.data)
    })
    .await?;
    let (keyset, by_key) = median(FAST, async || {
        let page = select_from(entries::table).paginate_by(terms(), place.clone(), LIMIT);
        Ok(page.fetch(db, &cursors).await?.data)
    })
    .await?;
    assert_eq!(by_number, by_key, "the page is the same, however it is read");

    let has_naive = matches!((family, order), (Family::Postgres | Family::Sqlite, _) | (_, Order::Uniform));
    let naive = if has_naive {
        let (naive, by_hand) = median(SLOW, async || by_hand(db, family, order, &last).await).await?;
        assert_eq!(by_hand[..by_key.len()], by_key, "the page is the same, however it is read");
        Some(naive)
    } else {
        None
    };
    Ok(Times { offset, keyset, naive })
}

/// The rows after one, with the condition that the server does not like.
async fn by_hand(db: &Db, family: Family, order: Order, last: &Entry) -> Result<Vec<Entry>> {
    let (id, a, b) = (last.id, last.a, last.b);
    let query = select_from(entries::table).limit(u64::try_from(LIMIT + 1).expect("a small number"));
    let uniform = query.clone().order_by((entries::a, entries::b, entries::id));
    let query = match (order, family) {
        (Order::Uniform, Family::Mysql | Family::Mariadb) => {
            uniform.filter(kysera::sql!("({}, {}, {}) > ({}, {}, {})", entries::a, entries::b, entries::id, a, b, id))
        }
        (Order::Uniform, Family::Postgres | Family::Sqlite) => {
            let same_a = entries::b.gt(b).or(entries::b.eq(b).and(entries::id.gt(id)));
            uniform.filter(entries::a.gt(a).or(entries::a.eq(a).and(same_a)))
        }
        (Order::Mixed, _) => {
            let same_a = entries::b.lt(b).or(entries::b.eq(b).and(entries::id.lt(id)));
            let mixed = query.order_by((entries::a, entries::b.desc(), entries::id.desc()));
            mixed.filter(entries::a.gt(a).or(entries::a.eq(a).and(same_a)))
        }
    };
    query.fetch_all(db).await
}

/// The median of so many runs, in milliseconds, and what the last one gave. One run before them is not counted.
async fn median(runs: usize, read: impl AsyncFn() -> Result<Vec<Entry>>) -> Result<(f64, Vec<Entry>)> {
    let mut rows = read().await?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        rows = read().await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[runs / 2], rows))
}

/// Makes the table inside of the server.
async fn fill(db: &Db, family: Family) -> Result<()> {
    create_table_for::<Entry>().execute(db).await?;
    let columns = "id, (id * 7919 % 1000000 + 75) div 1000, (id * 7919 % 1000000 + 75) div 100 % 10, 'some words'";
    let numbers = match family {
        Family::Postgres => "insert into entries select COLUMNS from generate_series(1::bigint, 1000000) as it (id)",
        Family::Mysql | Family::Mariadb | Family::Sqlite => {
            "insert into entries with recursive \
             thousand as (select 0 as i union all select i + 1 from thousand where i < 999), \
             numbers as (select x.i * 1000 + y.i + 1 as id from thousand x cross join thousand y) \
             select COLUMNS from numbers"
        }
    };
    let filled = match family {
        Family::Postgres | Family::Sqlite => numbers.replace("COLUMNS", &columns.replace("div", "/")),
        Family::Mysql | Family::Mariadb => numbers.replace("COLUMNS", columns),
    };
    db.batch_unchecked(&filled).await?;
    db.batch("create index entries_uniform on entries (a, b, id)").await?;
    db.batch("create index entries_mixed on entries (a, b desc, id desc)").await?;
    db.batch(match family {
        Family::Postgres => "vacuum analyze entries",
        Family::Mysql | Family::Mariadb => "analyze table entries",
        Family::Sqlite => "analyze",
    })
    .await
}

/// A database, or a schema or file, that is there for as long as it is needed.
struct Home {
    url: String,
    family: Family,
    server: String,
    name: String,
}

impl Home {
    async fn new(server: &str, family: Family) -> Result<Self> {
        let name = format!("kysera_pages_{}", std::process::id());
        let address = || {
            let variable = format!("KYSERA_{}_URL", server.to_uppercase());
            std::env::var(&variable).unwrap_or_else(|_| panic!("{variable} is not set; `make bench-pages` sets it"))
        };
        let (url, server) = match family {
            Family::Sqlite => {
                let file = std::env::temp_dir().join(format!("{name}.db")).display().to_string();
                (format!("sqlite:{file}"), file)
            }
            Family::Postgres => {
                let server = address();
                run(&server, &format!("create schema {name}")).await?;
                (format!("{server}?options=-c%20search_path%3D{name}"), server)
            }
            Family::Mysql | Family::Mariadb => {
                let server = address();
                run(&server, &format!("create database {name}")).await?;
                let (host, _) = server.rsplit_once('/').expect("a database in the URL");
                (format!("{host}/{name}"), server)
            }
        };
        Ok(Self { url, family, server, name })
    }

    async fn drop(self) -> Result<()> {
        let Self { url: _, family, server, name } = self;
        match family {
            Family::Sqlite => {
                for suffix in ["", "-wal", "-shm"] {
                    // Those that were not made are not there.
                    let _ = std::fs::remove_file(format!("{server}{suffix}"));
                }
                Ok(())
            }
            Family::Postgres => run(&server, &format!("drop schema {name} cascade")).await,
            Family::Mysql | Family::Mariadb => run(&server, &format!("drop database {name}")).await,
        }
    }
}

async fn run(url: &str, sql: &str) -> Result<()> {
    let db = Db::connect(url).await?;
    db.batch_unchecked(sql).await?;
    db.close().await
}
