//! What a page reads of a million rows, on every server: counted, held to a limit, and printed into the guide.
//!
//! `UPDATE_GUIDE=1` writes the numbers anew.

use std::fs;

use futures_util::future::join_all;
use kysera::pagination::{Cursors, Place};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::million::{Entry, ORDERS, Order, ROWS, entries, fill, insertable};
use super::reads::Counting;
use crate::architecture::root;
use crate::support::servers::{Fresh, Server, on, run};

const LIMIT: usize = 20;

/// The rows of the page, one more to know that there are more, and one of the other side.
const MOST: usize = LIMIT + 2;

/// A page of an order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Page {
    Number(usize),
    /// The last one before rows with `null` begin or end.
    BeforeTheBorder,
    /// The first one behind that.
    BehindTheBorder,
}

impl Page {
    fn all(order: &Order) -> Vec<Self> {
        let borders = [Self::BeforeTheBorder, Self::BehindTheBorder];
        let borders = borders.into_iter().filter(|_| order.is_split_by_null());
        [Self::Number(1), Self::Number(40_000)].into_iter().chain(borders).collect()
    }

    fn name(self) -> String {
        match self {
            Self::Number(1) => "1".into(),
            Self::Number(_) => "40,000".into(),
            Self::BeforeTheBorder => "before `null` begins or ends".into(),
            Self::BehindTheBorder => "behind that".into(),
        }
    }

    /// How many rows there are before it.
    fn rows_before(self, border: usize) -> usize {
        match self {
            Self::Number(number) => (number - 1) * LIMIT,
            Self::BeforeTheBorder => border - LIMIT,
            Self::BehindTheBorder => border,
        }
    }
}

/// How many rows were read for a page that was come to from the one before it, and from the one after it.
#[derive(Clone, Copy, Debug)]
struct Reads {
    forwards: usize,
    backwards: usize,
}

#[test]
fn pg7_a_page_reads_its_rows_and_two_more_at_any_depth() {
    let servers = Server::chosen();
    let counted = run(join_all(servers.iter().map(|server| async move {
        let mut counted = Vec::new();
        on(*server, async |fresh| counted = count(fresh).await).await;
        counted
    })));
    let each = servers.iter().zip(&counted).flat_map(|(server, counted)| counted.iter().map(|it| (*server, *it)));
    let wrong: Vec<_> = each.filter_map(|(server, (order, page, reads))| wrong(server, order, page, reads)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    check_guide(&servers, &counted);
}

type Counted = Vec<(&'static Order, Page, Reads)>;

/// What is wrong with what was read for a page, if something is.
fn wrong(server: Server, order: &Order, page: Page, reads: Reads) -> Option<String> {
    let Reads { forwards, backwards } = reads;
    // Where a stretch of the order ends on the page or beside it, these read the row behind the stretch too, or count
    // that there is none: it may be one for each column.
    let counts_ends = matches!(server, Server::Mysql9 | Server::Mariadb) && page != Page::Number(40_000);
    let ends = if counts_ends { (order.terms)().len() } else { 0 };
    let most_forwards = if page == Page::Number(1) { MOST } else { MOST + ends };
    let is_right_backwards = if server == Server::Mysql9 && order.is_mixed() {
        // It takes conditions to an index of different directions only forwards: for this order it has none, and sorts.
        backwards >= ROWS
    } else {
        backwards <= MOST + ends
    };
    let is_right = forwards <= most_forwards && is_right_backwards;
    (!is_right).then(|| format!("{}, {}, page {}: {reads:?}", server.name(), order.name, page.name()))
}

async fn count(fresh: &Fresh) -> Counted {
    fill(fresh).await;
    let small = Fresh::new(fresh.server).await;
    create_table_for::<Entry>().execute(&small.db).await.unwrap();
    let counting = Counting::new(fresh).await;
    let nulls = select_from(entries::table).filter(entries::n.is_null()).fetch_count(&fresh.db).await.unwrap();
    let nulls = usize::try_from(nulls).unwrap();
    let mut counted = Vec::new();
    for order in &ORDERS {
        // The server's own place of `null`.
        let starts_with_null = fresh.server.is_postgres() == order.name.ends_with("desc");
        let border = if starts_with_null { nulls } else { ROWS - nulls };
        for page in Page::all(order) {
            let reads = reads(fresh, &small, &counting, order, page.rows_before(border)).await;
            counted.push((order, page, reads));
        }
    }
    if fresh.server == Server::Mysql9 {
        // An index that is read forwards for the way back.
        fresh.db.batch("create index entries_back on entries (a desc, b, id)").await.unwrap();
        for order in ORDERS.iter().filter(|it| it.is_mixed()) {
            let Reads { forwards, backwards } = reads(fresh, &small, &counting, order, 800_000 - LIMIT).await;
            assert!(forwards <= MOST && backwards <= MOST, "{forwards}, {backwards}");
        }
    }
    counting.close().await;
    small.drop().await;
    counted
}

/// What is read for the page that so many rows are before.
async fn reads(fresh: &Fresh, small: &Fresh, counting: &Counting, order: &Order, before: usize) -> Reads {
    // The page, and the rows beside it, whose places the cursors are of.
    let from = before.saturating_sub(1);
    let count = before - from + LIMIT + 1;
    let ids = select_from(entries::table).select(entries::id).order_by(order.with_key());
    let ids = ids.limit(number(count)).offset(number(from)).fetch_all(&fresh.db).await.unwrap();
    let rows = select_from(entries::table).filter(entries::id.in_(ids)).order_by(order.with_key());
    let rows = rows.fetch_all(&fresh.db).await.unwrap();

    // A cursor is of a place, whether there are other rows or not, so that it need not be paged to.
    delete_from(entries::table).all_rows().execute(&small.db).await.unwrap();
    let inserted = rows.iter().cloned().map(insertable).collect::<Vec<_>>();
    insert_into(entries::table).values(inserted).execute(&small.db).await.unwrap();
    let cursors = Cursors::unsigned();
    let one = |place| select_from(entries::table).paginate_by((order.terms)(), place, 1).fetch(&small.db, &cursors);
    let forwards = match before {
        0 => Place::First,
        _ => Place::After(one(Place::First).await.unwrap().next_cursor.unwrap()),
    };
    let backwards = Place::Before(one(Place::Last).await.unwrap().prev_cursor.unwrap());

    let expected = &rows[before - from..count - 1];
    let count = async |place| {
        let (page, count) = counting.page(order, &place, i64::try_from(LIMIT).unwrap()).await;
        assert_eq!(page.data, expected, "{}, {}, {place:?}", fresh.server.name(), order.name);
        assert_eq!((page.has_next, page.has_prev), (true, before > 0));
        count
    };
    Reads { forwards: count(forwards).await, backwards: count(backwards).await }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

const BEGIN: &str = "<!-- printed by tests/it/pagination/plans.rs: begin -->\n";
const END: &str = "<!-- end -->\n";

/// The numbers are those of the guide. Of a server that was not asked for, those of the guide stand.
fn check_guide(servers: &[Server], counted: &[Counted]) {
    let path = root().join("docs/guide/pages.md");
    let guide = fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (table, after) = rest.split_once(END).unwrap();
    let expected = print(table, servers, counted);
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert_eq!(table, expected, "docs/guide/pages.md says something else; run this test with UPDATE_GUIDE=1");
    }
}

fn print(table: &str, servers: &[Server], counted: &[Counted]) -> String {
    let mut lines = vec![
        "| order | page | SQLite | PostgreSQL 15 | PostgreSQL 18 | MySQL 9 | MariaDB |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let rows = ORDERS.iter().flat_map(|order| Page::all(order).into_iter().map(move |page| (order, page)));
    for (at, (order, page)) in rows.enumerate() {
        let known: Vec<_> = table.lines().nth(at + 2).unwrap_or_default().split(" | ").collect();
        let cells =
            Server::ALL.iter().enumerate().map(|(column, server)| match servers.iter().position(|it| it == server) {
                Some(chosen) => {
                    let Reads { forwards, backwards } = counted[chosen][at].2;
                    format!("{}, {}", in_words(forwards), in_words(backwards))
                }
                None => known.get(column + 2).unwrap_or(&"").trim_end_matches(" |").to_owned(),
            });
        let cells = cells.collect::<Vec<_>>().join(" | ");
        lines.push(format!("| `{}` | {} | {cells} |", order.name, page.name()));
    }
    lines.join("\n") + "\n"
}

fn in_words(count: usize) -> String {
    if count < ROWS { count.to_string() } else { "all".into() }
}
