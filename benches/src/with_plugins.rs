//! Statements, and databases with plugins that nothing is ever sent to.

use kysera::ast::{self, Node, VisitMut};
use kysera::dialect::{POSTGRES, Spec};
use kysera::driver::{BoxFuture, Connection, Driver, PoolStatus};
use kysera::plugin::{Context, Plugin, RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;

use crate::Input;
use crate::with_kysera::{q1_statement, q2_statement};

/// The sets of plugins.
pub const PLUGINS: [&str; 5] = ["none", "noop1", "noop3", "noop5", "builtin3"];

/// Builds a statement.
pub type Build = fn(&Input) -> ast::Statement;

/// What is built.
pub const STATEMENTS: [(&str, Build); 5] = [
    ("q1", |input| q1_statement(input).tree().into()),
    ("q2", |input| q2_statement(input).tree().into()),
    ("nested", |input| nested(input, 4)),
    ("nested8", |input| nested(input, 8)),
    ("nested16", |input| nested(input, 16)),
];

/// Walks the whole statement as what rewrites it, and changes nothing.
struct Noop(String);

struct Visitor;

impl VisitMut for Visitor {}

impl Plugin for Noop {
    fn name(&self) -> &str {
        &self.0
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        statement.accept_mut(&mut Visitor)?;
        Ok(statement)
    }
}

struct Tenant(i64);

/// A database with a set of plugins: so many that do nothing, or soft deletes, timestamps and row policies.
pub fn database(plugins: &str) -> Db {
    let builder = Db::with_driver(Nowhere);
    let builder = match (plugins, plugins.strip_prefix("noop")) {
        ("builtin3", _) => builder
            .plugin(SoftDelete::new())
            .plugin(Timestamps::new())
            .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into())),
        ("soft_delete", _) => builder.plugin(SoftDelete::new()),
        ("timestamps", _) => builder.plugin(Timestamps::new()),
        (_, Some(count)) => {
            let count: usize = count.parse().expect("how many");
            (0..count).fold(builder, |builder, number| builder.plugin(Noop(format!("noop {number}"))))
        }
        (_, None) => builder,
    };
    builder.build().expect("plugins that go together").with(Tenant(7))
}

/// Users with a post that has a post, and so on: so many queries within one another.
fn nested(input: &Input, depth: usize) -> ast::Statement {
    use crate::with_kysera::{posts, users};

    let mut ids = select_from(posts::table).filter(posts::score.gt(input.score)).select(posts::user_id);
    for _ in 1..depth {
        ids = select_from(posts::table)
            .filter(posts::score.gt(input.score).and(posts::user_id.in_(ids)))
            .select(posts::user_id);
    }
    select_from(users::table).filter(users::id.in_(ids)).select((users::id, users::name)).to_statement()
}

/// A driver of no server.
#[derive(Debug)]
struct Nowhere;

impl Driver for Nowhere {
    fn spec(&self) -> &Spec {
        &POSTGRES
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async { Err(Error::closed("there is no server")) })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn status(&self) -> PoolStatus {
        PoolStatus::default()
    }
}

/// Prints one line for each set of plugins and query: its figure over that without plugins, and whether the figure of
/// nested queries is linear in their size.
pub fn print_ratios(what: &str, figure: impl Fn(&str, &str) -> f64) {
    let figures: Vec<Vec<f64>> =
        STATEMENTS.iter().map(|(query, _)| PLUGINS.iter().map(|plugins| figure(query, plugins)).collect()).collect();
    for ((query, _), figures) in STATEMENTS.iter().zip(&figures) {
        for (plugins, figure) in PLUGINS.iter().zip(figures).skip(1) {
            println!("{what} {query} {plugins}/none {:.3}", figure / figures[0]);
        }
    }
    // What one level more costs, of few and of many: the same where the cost is linear in the size.
    let [.., nested, nested8, nested16] = figures.as_slice() else { return };
    for (at, plugins) in PLUGINS.iter().enumerate() {
        let (few, many) = (nested8[at] - nested[at], nested16[at] - nested8[at]);
        println!("{what} nested {plugins} many-levels/few-levels {:.2}", many / 8.0 / (few / 4.0));
    }
}
