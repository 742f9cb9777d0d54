//! The same three statements, built and compiled for PostgreSQL by several contenders.
//!
//! | query | what it is |
//! |---|---|
//! | `q1` | four columns of a table, by key, with a limit |
//! | `q2` | a join of two tables: four columns, five comparisons, an `in` of ten, two order terms, limit and offset |
//! | `q3` | an insert of 100 rows of `i64`, text, text, `i32`, `bool` |
//!
//! | contender | what is measured |
//! |---|---|
//! | `hand` | `push_str` into a `String`, and a `Vec` of values: the floor |
//! | `kysera` | the builder, `compile(&POSTGRES)` |
//! | `kysera_owned` | the same with rows that own their text, as structs made by `#[derive(Table)]` do |
//! | `diesel` | the builder, `to_sql`, `collect_binds` |
//! | `diesel_boxed` | the same with `into_boxed`; an insert cannot be boxed |
//! | `seaquery` | the builder, `build(PostgresQueryBuilder)` |
//!
//! Rules, the same for all: what is bound comes as `&str` and numbers, and everybody makes of it what they need.
//! The tree, the SQL and the values are made and dropped within the measured part. Diesel writes an `in` of its
//! `eq_any` as `= any($1)`, one array; here it is given an expression that writes the list as the others do. On a
//! connection, Diesel keeps the SQL of a statement whose type tells it, and saves `to_sql` the second time; the
//! statements here are all written anew.
//!
//! Every contender is built as a program gets it by `cargo build --release`, with its default features.

pub mod by_hand;
pub mod rounds;
pub mod with_diesel;
pub mod with_kysera;
pub mod with_plugins;
pub mod with_seaquery;

/// A statement and its values, as a contender gives them.
pub struct Built {
    /// The statement.
    pub sql: String,
    /// Its values.
    pub binds: Binds,
}

/// Values, as a contender gives them.
pub enum Binds {
    /// Those of Kysera, and of the floor.
    Values(Vec<kysera::Value>),
    /// Those of Diesel, serialised.
    Bytes(with_diesel::Collector),
    /// Those of SeaQuery.
    SeaQuery(sea_query::Values),
}

impl Binds {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Bytes(collector) => collector.binds.len(),
            Self::SeaQuery(values) => values.0.len(),
        }
    }
}

/// What the statements are about.
pub struct Input {
    /// A key, for `q1`.
    pub id: i64,
    /// What is compared with, for `q2`.
    pub active: bool,
    /// The same.
    pub age: i32,
    /// The same.
    pub email: &'static str,
    /// The same.
    pub title: &'static str,
    /// The same.
    pub score: i32,
    /// The ten values of `in`.
    pub ids: [i64; 10],
    /// For `q1` and `q2`. A `u32` because Diesel takes an `i64`, the others a `u64`.
    pub limit: u32,
    /// For `q2`.
    pub offset: u32,
    /// What is inserted by `q3`.
    pub rows: Vec<Row>,
}

/// A row that `q3` inserts.
pub struct Row {
    pub id: i64,
    pub name: &'static str,
    pub note: &'static str,
    pub quantity: i32,
    pub active: bool,
}

impl Default for Input {
    fn default() -> Self {
        const NAMES: [&str; 4] = ["bolt", "washer", "a longer name of a thing", "nut"];
        const NOTES: [&str; 3] = ["in stock", "is sold by the hundred and not by the piece", "none"];
        let rows = (0..100_u8).map(|at| Row {
            id: 1_000 + i64::from(at),
            name: NAMES[usize::from(at) % NAMES.len()],
            note: NOTES[usize::from(at) % NOTES.len()],
            quantity: i32::from(at) * 3,
            active: at % 2 == 0,
        });
        Self {
            id: 42,
            active: true,
            age: 18,
            email: "%@example.com",
            title: "%rust%",
            score: 90,
            ids: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29],
            limit: 20,
            offset: 40,
            rows: rows.collect(),
        }
    }
}

/// One statement by one contender.
#[derive(Clone, Copy)]
pub struct Entry {
    /// `q1`, `q2` or `q3`.
    pub query: &'static str,
    /// The contender.
    pub contender: &'static str,
    /// Builds and compiles the statement.
    pub build: fn(&Input) -> Built,
}

const fn entry(query: &'static str, contender: &'static str, build: fn(&Input) -> Built) -> Entry {
    Entry { query, contender, build }
}

/// All statements by all contenders.
pub const ENTRIES: [Entry; 15] = [
    entry("q1", "hand", by_hand::q1),
    entry("q1", "kysera", with_kysera::q1),
    entry("q1", "diesel", with_diesel::q1),
    entry("q1", "diesel_boxed", with_diesel::q1_boxed),
    entry("q1", "seaquery", with_seaquery::q1),
    entry("q2", "hand", by_hand::q2),
    entry("q2", "kysera", with_kysera::q2),
    entry("q2", "diesel", with_diesel::q2),
    entry("q2", "diesel_boxed", with_diesel::q2_boxed),
    entry("q2", "seaquery", with_seaquery::q2),
    entry("q3", "hand", by_hand::q3),
    entry("q3", "kysera", with_kysera::q3),
    entry("q3", "kysera_owned", with_kysera::q3_owned),
    entry("q3", "diesel", with_diesel::q3),
    entry("q3", "seaquery", with_seaquery::q3),
];

/// Prints one line for each pair: the floor below Kysera, and each peer above it.
///
/// # Panics
///
/// Where a figure is missing.
pub fn print_ratios(what: &str, figure: impl Fn(&Entry) -> f64) {
    for query in ["q1", "q2", "q3"] {
        let of =
            |contender: &str| ENTRIES.iter().find(|it| it.query == query && it.contender == contender).map(&figure);
        let kysera = of("kysera").expect("kysera is among the contenders");
        if let Some(hand) = of("hand") {
            println!("{what} {query} kysera/hand {:.2}", kysera / hand);
        }
        for peer in ["diesel", "diesel_boxed", "seaquery", "kysera_owned"] {
            if let Some(peer_figure) = of(peer) {
                println!("{what} {query} {peer}/kysera {:.2}", peer_figure / kysera);
            }
        }
    }
}
