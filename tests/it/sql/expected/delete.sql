-- one row
PostgreSQL: delete from "users" where "users"."id" = $1
    [1 (a 64-bit integer)]
MySQL: delete from `users` where `users`.`id` = ?
MariaDB: delete from `users` where `users`.`id` = ?
SQLite: delete from "users" where "users"."id" = ?1

-- all rows
PostgreSQL: delete from "users"
    []
MySQL: delete from `users`
MariaDB: delete from `users`
SQLite: delete from "users"

-- no filter
PostgreSQL: error: a `delete` without `filter`; say `.all_rows()` where all rows are meant
MySQL: error: a `delete` without `filter`; say `.all_rows()` where all rows are meant
MariaDB: error: a `delete` without `filter`; say `.all_rows()` where all rows are meant
SQLite: error: a `delete` without `filter`; say `.all_rows()` where all rows are meant

-- a condition on another table
PostgreSQL: delete from "users" where "users"."id" in (select "posts"."user_id" from "posts")
    []
MySQL: delete from `users` where `users`.`id` in (select `posts`.`user_id` from `posts`)
MariaDB: delete from `users` where `users`.`id` in (select `posts`.`user_id` from `posts`)
SQLite: delete from "users" where "users"."id" in (select "posts"."user_id" from "posts")

-- a condition on the same table
PostgreSQL: delete from "posts" where "posts"."id" in (select "posts"."id" from "posts" order by "posts"."id" limit $1)
    [1 (a 64-bit integer)]
MySQL: delete from `posts` where `posts`.`id` in (select * from (select `posts`.`id` from `posts` order by `posts`.`id` limit ?) as `kysera_subquery`)
MariaDB: delete from `posts` where `posts`.`id` in (select * from (select `posts`.`id` from `posts` order by `posts`.`id` limit ?) as `kysera_subquery`)
SQLite: delete from "posts" where "posts"."id" in (select "posts"."id" from "posts" order by "posts"."id" limit ?1)

-- using
PostgreSQL: delete from "posts" using "users" where "posts"."user_id" = "users"."id" and "users"."name" = $1
    ["x"]
MySQL: delete from `posts` using `posts`, `users` where `posts`.`user_id` = `users`.`id` and `users`.`name` = ?
MariaDB: delete from `posts` using `posts`, `users` where `posts`.`user_id` = `users`.`id` and `users`.`name` = ?
SQLite: delete from "posts" where exists (select 1 from "users" where "posts"."user_id" = "users"."id" and "users"."name" = ?1)

-- using two
PostgreSQL: delete from "posts" using "users", "comments" where "posts"."user_id" = "users"."id" and "comments"."post_id" = "posts"."id"
    []
MySQL: delete from `posts` using `posts`, `users`, `comments` where `posts`.`user_id` = `users`.`id` and `comments`.`post_id` = `posts`.`id`
MariaDB: delete from `posts` using `posts`, `users`, `comments` where `posts`.`user_id` = `users`.`id` and `comments`.`post_id` = `posts`.`id`
SQLite: delete from "posts" where exists (select 1 from "users", "comments" where "posts"."user_id" = "users"."id" and "comments"."post_id" = "posts"."id")

-- returning
PostgreSQL: delete from "users" where "users"."id" = $1 returning "users"."id", "users"."name"
    [1 (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: delete from `users` where `users`.`id` = ? returning `users`.`id`, `users`.`name`
SQLite: delete from "users" where "users"."id" = ?1 returning "users"."id", "users"."name"

-- returning all
PostgreSQL: delete from "users" where "users"."id" = $1 returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"
    [1 (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: delete from `users` where `users`.`id` = ? returning `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at`
SQLite: delete from "users" where "users"."id" = ?1 returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"

-- using, returning
PostgreSQL: delete from "posts" using "users" where "posts"."user_id" = "users"."id" returning "posts"."id", "users"."name"
    []
MySQL: error: MySQL has no `returning` on a `delete` with other tables; filter by `in`
MariaDB: error: MariaDB has no `returning` on a `delete` with other tables; filter by `in`
SQLite: error: SQLite has no columns of other tables in `returning`; give back the target's own columns, without an alias

-- using, returning its own
PostgreSQL: delete from "posts" using "users" where "posts"."user_id" = "users"."id" returning "posts"."id"
    []
MySQL: error: MySQL has no `returning` on a `delete` with other tables; filter by `in`
MariaDB: error: MariaDB has no `returning` on a `delete` with other tables; filter by `in`
SQLite: delete from "posts" where exists (select 1 from "users" where "posts"."user_id" = "users"."id") returning "posts"."id"

