//! `for update`, which plugins write.

use std::time::Duration;

use kysera::ast;
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::prelude::*;

use crate::support::schema::*;
use crate::support::{Server, on_each};

fn locked(lock: &str) -> ast::Statement {
    let q = select_from(users::table).filter(users::id.eq(1)).limit(1).select(users::id);
    let ast::Statement::Select(mut select) = q.to_statement() else { unreachable!() };
    select.lock = Some(lock.into());
    select.into()
}

#[test]
fn a_lock_is_written_last_or_refused() {
    let sql = |spec| dialect::compile(&locked("users"), spec).map(|it| it.sql);
    assert_eq!(
        sql(&POSTGRES).unwrap(),
        r#"select "users"."id" from "users" where "users"."id" = $1 limit $2 for update of "users""#
    );
    let expected = "select `users`.`id` from `users` where `users`.`id` = ? limit ? for update";
    assert_eq!((sql(&MYSQL).unwrap().as_str(), sql(&MARIADB).unwrap().as_str()), (expected, expected));
    assert!(sql(&SQLITE).unwrap_err().is_unsupported());
}

#[test]
fn a_locked_operand_is_kept_apart() {
    let ast::Statement::Select(select) = locked("users") else { unreachable!() };
    let mut whole = select.clone();
    whole.limit = None;
    let operand = ast::Query::Select(whole);
    let compound = ast::Compound {
        with: Vec::new(),
        operator: ast::SetOperator::UnionAll,
        operands: vec![operand.clone(), operand],
        order_by: ast::OrderList::new(),
        limit: None,
        offset: None,
    };
    let sql = dialect::compile(&compound.into(), &MYSQL).unwrap().sql;
    assert!(sql.starts_with("(select") && sql.contains("for update) union all (select"), "{sql}");
}

#[test]
fn rows_that_are_locked_wait_for_the_transaction() {
    let servers = [Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb];
    on_each(&servers, async |fresh| {
        filled(&fresh.db).await.unwrap();
        let trx = fresh.db.begin().await.unwrap();
        assert_eq!(kysera::Executor::fetch(&trx, locked("users").into()).await.unwrap().len(), 1);
        let rename = || update(users::table).set(users::name.to("locked")).filter(users::id.eq(1)).execute(&fresh.db);
        assert!(tokio::time::timeout(Duration::from_millis(200), rename()).await.is_err(), "it waits");
        trx.commit().await.unwrap();
        assert_eq!(rename().await.unwrap().rows_affected, 1);
    });
}
