//! What the dialects make of one query, side by side: where they differ most.

use kysera::prelude::*;
use kysera::types::SqlType as _;

use crate::support::Expected::{Is, Unsupported};
use crate::support::schema::*;
use crate::support::{Sql, check};

#[test]
fn returning_what_was_deleted() {
    check(
        delete_from(users::table).filter(users::id.eq(1)).returning(users::name),
        Sql {
            postgres: Is(r#"delete from "users" where "users"."id" = $1 returning "users"."name""#),
            mysql: Unsupported("`returning` on this statement"),
            mariadb: Is("delete from `users` where `users`.`id` = ? returning `users`.`name`"),
            sqlite: Is(r#"delete from "users" where "users"."id" = ?1 returning "users"."name""#),
            params: vec![1_i64.into()],
        },
    );
}

#[test]
fn a_join_with_itself() {
    alias!(manager = users);
    check(
        select_from(users::table)
            .left_join(manager, manager.id.eq(users::manager_id))
            .filter(users::age.gt(17))
            .select((users::name, manager.name)),
        Sql {
            postgres: Is(
                r#"select "users"."name", "manager"."name" from "users" left join "users" as "manager" on "manager"."id" = "users"."manager_id" where "users"."age" > $1"#,
            ),
            mysql: Is(
                "select `users`.`name`, `manager`.`name` from `users` left join `users` as `manager` on `manager`.`id` = `users`.`manager_id` where `users`.`age` > ?",
            ),
            mariadb: Is(
                "select `users`.`name`, `manager`.`name` from `users` left join `users` as `manager` on `manager`.`id` = `users`.`manager_id` where `users`.`age` > ?",
            ),
            sqlite: Is(
                r#"select "users"."name", "manager"."name" from "users" left join "users" as "manager" on "manager"."id" = "users"."manager_id" where "users"."age" > ?1"#,
            ),
            params: vec![17.into()],
        },
    );
}

#[test]
fn equal_or_both_null() {
    check(
        select_from(users::table).filter(users::age.is_not_distinct_from(None)).select(users::id),
        Sql {
            postgres: Is(r#"select "users"."id" from "users" where "users"."age" is not distinct from $1"#),
            mysql: Is("select `users`.`id` from `users` where `users`.`age` <=> ?"),
            mariadb: Is("select `users`.`id` from `users` where `users`.`age` <=> ?"),
            sqlite: Is(r#"select "users"."id" from "users" where "users"."age" is not distinct from ?1"#),
            params: vec![None::<i32>.into_value()],
        },
    );
}

#[test]
fn text_put_together() {
    check(
        select_from(users::table).select(users::name.concat("!")),
        Sql {
            postgres: Is(r#"select "users"."name" || $1 from "users""#),
            mysql: Is("select concat(`users`.`name`, ?) from `users`"),
            mariadb: Is("select concat(`users`.`name`, ?) from `users`"),
            sqlite: Is(r#"select "users"."name" || ?1 from "users""#),
            params: vec!["!".into()],
        },
    );
}

#[test]
fn all_rows_of_both_sides() {
    check(
        select_from(users::table).full_join(posts::table, posts::user_id.eq(users::id)).select((users::id, posts::id)),
        Sql {
            postgres: Is(
                r#"select "users"."id", "posts"."id" from "users" full join "posts" on "posts"."user_id" = "users"."id""#,
            ),
            mysql: Unsupported("full join"),
            mariadb: Unsupported("full join"),
            sqlite: Is(
                r#"select "users"."id", "posts"."id" from "users" full join "posts" on "posts"."user_id" = "users"."id""#,
            ),
            params: vec![],
        },
    );
}
