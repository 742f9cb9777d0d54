//! A plugin as another crate would have it: tables under legal hold, of which nothing is changed or deleted any more.
//! `cargo run --example plugin`
#![allow(missing_docs, clippy::print_stdout, reason = "a program that shows something, and no library")]

use kysera::ast::{self, Role};
use kysera::plugin::{Context, Plugin};
use kysera::prelude::*;
use kysera::schema::create_table_for;

#[derive(Debug, Table)]
#[table(name = "invoices")]
pub struct Invoice {
    #[column(primary_key, generated)]
    pub id: i64,
    pub cents: i64,
}

/// Refuses what would change a row of the tables, wherever in a statement it stands. New rows may still come.
struct LegalHold(&'static [&'static str]);

impl Plugin for LegalHold {
    fn name(&self) -> &str {
        "legal hold"
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        statement.restrict_tables(|table| {
            let changes = matches!(table.role(), Role::Update | Role::Delete | Role::Conflict | Role::Define);
            let held = |name: &&str| name.eq_ignore_ascii_case(table.name().name.as_str());
            match self.0.iter().find(|name| changes && held(name)) {
                Some(name) => Err(Error::invalid(format!("the table `{name}` is under legal hold"))),
                None => Ok(None),
            }
        })?;
        Ok(statement)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let db = Db::builder("sqlite::memory:").plugin(LegalHold(&["invoices"])).connect().await?;
    let past = db.without_plugin("legal hold")?; // by name, so that a review finds it
    create_table_for::<Invoice>().execute(&past).await?;
    insert_into(invoices::table).values(NewInvoice::new(1_999)).execute(&db).await?;
    let refused = delete_from(invoices::table).filter(invoices::cents.lt(5_000)).execute(&db).await;
    if let Err(error) = refused {
        println!("{error}");
    }
    println!("{} invoices are left", select_from(invoices::table).fetch_all(&db).await?.len());
    Ok(())
}
