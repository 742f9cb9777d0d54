//! What `select distinct` is ordered by: what is refused, and that the servers refuse just that.

use kysera::dialect::{self, DistinctOrder, Spec};
use kysera::driver::Query;
use kysera::executor::{Access, Request};
use kysera::expr::call;
use kysera::prelude::*;
use kysera::{Executor, ast};

use crate::support::on_all;
use crate::support::schema::{create, posts, users};

/// Statements, and who refuses them: nobody, those that order by what is selected alone, or those that want its columns too.
fn statements() -> Vec<(ast::Statement, DistinctOrder)> {
    use DistinctOrder::{Anything, Columns, Expressions};
    let users = || select_from(users::table).distinct();
    let name = || users().select(users::name);
    let grouped = || users().group_by(users::name);
    let joined = || users().inner_join(posts::table, posts::user_id.eq(users::id));
    let lowered = || call::<String, _>("lower", (users::name,));
    vec![
        (name().order_by(users::name).to_statement(), Expressions),
        (name().order_by(users::name.desc().nulls_last()).to_statement(), Expressions),
        (name().order_by(users::age).to_statement(), Anything),
        (name().order_by((users::name, users::age)).to_statement(), Anything),
        (name().order_by(lowered()).to_statement(), Columns),
        (name().order_by(users::visits + 1).to_statement(), Anything),
        (users().select(lowered()).order_by(lowered()).to_statement(), Expressions),
        (users().select(lowered()).order_by(users::name).to_statement(), Anything),
        (users().select((users::name, users::age)).order_by(users::age.desc()).to_statement(), Expressions),
        (users().select(users::name.alias("n")).order_by(users::name).to_statement(), Expressions),
        (users().select(users::visits + 1).order_by(users::visits + 1).to_statement(), Expressions),
        (users().select(users::visits).order_by(users::visits + 1).to_statement(), Columns),
        (users().order_by(users::age).to_statement(), Expressions),
        (users().order_by(lowered()).to_statement(), Columns),
        (grouped().select(users::name).order_by(users::id.count()).to_statement(), Columns),
        (grouped().select(users::name).order_by(users::age.max()).to_statement(), Columns),
        (grouped().select((users::name, users::id.count())).order_by(users::id.count()).to_statement(), Expressions),
        (joined().select(users::name).order_by(posts::title).to_statement(), Anything),
        (joined().select((users::name, posts::title)).order_by(posts::title).to_statement(), Expressions),
        (joined().select(users::name).order_by(sql!("{}", users::name)).to_statement(), Expressions),
        (users().select(sql!("{}", users::name).typed::<String>()).order_by(users::name).to_statement(), Expressions),
    ]
}

#[test]
fn what_is_refused_is_what_the_servers_refuse() {
    on_all(async |fresh| {
        create(&fresh.db).await.unwrap();
        let spec = fresh.server.spec();
        let careless = Spec { distinct_order: DistinctOrder::Anything, ..spec.clone() };
        for (statement, least) in statements() {
            let sent = dialect::compile(&statement, &careless).unwrap();
            let query = Query { sql: &sent.sql, params: &sent.params };
            let taken = fresh.db.fetch(Request::Compiled { query, access: Access::Read }).await;
            let expected = match spec.distinct_order {
                DistinctOrder::Anything => true,
                DistinctOrder::Columns => least != DistinctOrder::Anything,
                DistinctOrder::Expressions => least == DistinctOrder::Expressions,
            };
            assert_eq!(taken.is_ok(), expected, "{}: {}", spec.name, sent.sql);
            match dialect::compile(&statement, spec) {
                Ok(_) => assert!(expected, "{}: {}", spec.name, sent.sql),
                Err(error) => {
                    assert!(error.is_unsupported() && !expected, "{}: {}", spec.name, sent.sql);
                    let what = "order of `select distinct` by what is not selected";
                    let hint = "select it too, or group by what is selected";
                    assert_eq!(error.to_string(), format!("{} has no {what}; {hint}", spec.name));
                }
            }
        }
    });
}
