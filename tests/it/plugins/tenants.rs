//! The tables of two tenants, and a database that keeps them apart.

use kysera::plugin::RowPolicies;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Result};

use crate::support::servers::Fresh;

/// Whose rows are meant.
pub struct Tenant(pub i64);

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "docs")]
pub struct Doc {
    #[column(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    #[column(unique, type = "varchar(40)")]
    pub code: String,
    pub title: String,
    pub parent_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub tenant_id: i64,
    pub doc_id: i64,
    pub label: String,
}

/// Belongs to all.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "countries")]
pub struct Country {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

/// The shape of common table expressions.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "shape")]
pub struct Shape {
    pub id: i64,
    pub title: String,
}

/// `docs` declared anew, as if it were no tenant's.
pub mod again {
    use kysera::prelude::*;

    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "docs")]
    pub struct Bare {
        #[column(primary_key)]
        pub id: i64,
        pub title: String,
    }
    pub use self::docs as bare;
}

pub fn policies() -> RowPolicies {
    RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()).except(["countries"])
}

/// The database that keeps tenants apart, and the one that does not, on one server.
pub async fn two(fresh: &Fresh) -> (Db, Db) {
    let db = Db::builder(fresh.url.clone()).plugin(policies()).table(docs::table).connect().await.unwrap();
    let all = db.without_plugin("row policies").unwrap();
    create_table_for::<Doc>().execute(&all).await.unwrap();
    create_table_for::<Tag>().execute(&all).await.unwrap();
    create_table_for::<Country>().execute(&all).await.unwrap();
    fill(&all).await.unwrap();
    (db, all)
}

/// Two rows of each table for each tenant; some of the first one refer to those of the second.
pub async fn fill(all: &Db) -> Result<()> {
    delete_from(tags::table).all_rows().execute(all).await?;
    delete_from(docs::table).all_rows().execute(all).await?;
    delete_from(countries::table).all_rows().execute(all).await?;
    let doc = |id, tenant_id, code: &str, title: &str, parent_id| Doc {
        id,
        tenant_id,
        code: code.into(),
        title: title.into(),
        parent_id,
    };
    let rows = [
        doc(1, 1, "a", "mine", None),
        doc(2, 1, "b", "mine too", Some(7001)),
        doc(7001, 2, "c", "secret", Some(1)),
        doc(7002, 2, "d", "secret too", Some(7001)),
    ];
    for Doc { id, tenant_id, code, title, parent_id } in rows {
        let row = NewDoc { parent_id, ..NewDoc::new(id, tenant_id, code, title) };
        insert_into(docs::table).values(row).execute(all).await?;
    }
    for (id, tenant_id, doc_id, label) in
        [(1, 1, 1, "x"), (2, 1, 7001, "y"), (7001, 2, 7001, "secret tag"), (7002, 2, 1, "x")]
    {
        insert_into(tags::table).values(NewTag::new(id, tenant_id, doc_id, label)).execute(all).await?;
    }
    insert_into(countries::table).values(NewCountry::new(1, "fr")).execute(all).await?;
    Ok(())
}

/// All that the second tenant has.
pub async fn of_the_other(all: &Db) -> (Vec<Doc>, Vec<Tag>) {
    let docs = select_from(docs::table).filter(docs::id.gt(7000)).order_by(docs::id).fetch_all(all).await.unwrap();
    let tags = select_from(tags::table).filter(tags::id.gt(7000)).order_by(tags::id).fetch_all(all).await.unwrap();
    (docs, tags)
}

/// How many rows say that they are the second tenant's.
pub async fn count_of_the_other(all: &Db) -> usize {
    select_from(docs::table).filter(docs::tenant_id.ne(1)).fetch_all(all).await.unwrap().len()
}
