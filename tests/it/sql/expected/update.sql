-- one column
PostgreSQL: update "users" set "name" = $1 where "users"."id" = $2
    ["x", 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`name` = ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`name` = ? where `users`.`id` = ?
SQLite: update "users" set "name" = ?1 where "users"."id" = ?2

-- several columns
PostgreSQL: update "users" set "name" = $1, "age" = $2, "visits" = "users"."visits" + $3 where "users"."id" = $4
    ["x", null (a 32-bit integer), 1 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`name` = ?, `users`.`age` = ?, `users`.`visits` = `users`.`visits` + ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`name` = ?, `users`.`age` = ?, `users`.`visits` = `users`.`visits` + ? where `users`.`id` = ?
SQLite: update "users" set "name" = ?1, "age" = ?2, "visits" = "users"."visits" + ?3 where "users"."id" = ?4

-- several sets
PostgreSQL: update "users" set "name" = $1, "visits" = $2 where "users"."id" = $3
    ["x", 1 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`name` = ?, `users`.`visits` = ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`name` = ?, `users`.`visits` = ? where `users`.`id` = ?
SQLite: update "users" set "name" = ?1, "visits" = ?2 where "users"."id" = ?3

-- a patch
PostgreSQL: update "users" set "name" = $1, "age" = $2 where "users"."id" = $3
    ["x", null (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`name` = ?, `users`.`age` = ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`name` = ?, `users`.`age` = ? where `users`.`id` = ?
SQLite: update "users" set "name" = ?1, "age" = ?2 where "users"."id" = ?3

-- an empty patch
PostgreSQL: error: an `update` without assignments
MySQL: error: an `update` without assignments
MariaDB: error: an `update` without assignments
SQLite: error: an `update` without assignments

-- all rows
PostgreSQL: update "users" set "visits" = $1
    [0 (a 32-bit integer)]
MySQL: update `users` set `users`.`visits` = ?
MariaDB: update `users` set `users`.`visits` = ?
SQLite: update "users" set "visits" = ?1

-- no filter
PostgreSQL: error: `update` without `filter`; say `.all_rows()` where all rows are meant
MySQL: error: `update` without `filter`; say `.all_rows()` where all rows are meant
MariaDB: error: `update` without `filter`; say `.all_rows()` where all rows are meant
SQLite: error: `update` without `filter`; say `.all_rows()` where all rows are meant

-- a column twice
PostgreSQL: error: the column "visits" is set twice
MySQL: error: the column "visits" is set twice
MariaDB: error: the column "visits" is set twice
SQLite: error: the column "visits" is set twice

-- in the right order
PostgreSQL: update "users" set "age" = "users"."visits", "visits" = $1 where "users"."id" = $2
    [0 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`age` = `users`.`visits`, `users`.`visits` = ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`age` = `users`.`visits`, `users`.`visits` = ? where `users`.`id` = ?
SQLite: update "users" set "age" = "users"."visits", "visits" = ?1 where "users"."id" = ?2

-- in the wrong order
PostgreSQL: update "users" set "visits" = $1, "age" = "users"."visits" where "users"."id" = $2
    [0 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`age` = `users`.`visits`, `users`.`visits` = ? where `users`.`id` = ?
MariaDB: update `users` set `users`.`age` = `users`.`visits`, `users`.`visits` = ? where `users`.`id` = ?
SQLite: update "users" set "visits" = ?1, "age" = "users"."visits" where "users"."id" = ?2

-- in a circle
PostgreSQL: update "users" set "visits" = coalesce("users"."age", $1), "age" = "users"."visits" where "users"."id" = $2
    [0 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: error: MySQL has no assignments that read each other's columns in a circle; read the row first, or take the old values by a subquery
MariaDB: error: MariaDB has no assignments that read each other's columns in a circle; read the row first, or take the old values by a subquery
SQLite: update "users" set "visits" = coalesce("users"."age", ?1), "age" = "users"."visits" where "users"."id" = ?2

-- a case
PostgreSQL: update "users" set "visits" = case when "users"."age" > $1 then cast($2 as integer) else cast($3 as integer) end where "users"."id" = $4
    [1 (a 32-bit integer), 1 (a 32-bit integer), 2 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: update `users` set `users`.`visits` = case when `users`.`age` > ? then cast(? as signed) else cast(? as signed) end where `users`.`id` = ?
MariaDB: update `users` set `users`.`visits` = case when `users`.`age` > ? then cast(? as signed) else cast(? as signed) end where `users`.`id` = ?
SQLite: update "users" set "visits" = case when "users"."age" > ?1 then ?2 else ?3 end where "users"."id" = ?4

-- now
PostgreSQL: update "users" set "created_at" = current_timestamp where "users"."id" = $1
    [1 (a 64-bit integer)]
MySQL: update `users` set `users`.`created_at` = utc_timestamp(6) where `users`.`id` = ?
MariaDB: update `users` set `users`.`created_at` = utc_timestamp(6) where `users`.`id` = ?
SQLite: update "users" set "created_at" = strftime('%Y-%m-%d %H:%M:%f000', 'now') where "users"."id" = ?1

-- a subquery on the same table
PostgreSQL: update "users" set "age" = (select max("users"."age") from "users") where "users"."id" = $1
    [1 (a 64-bit integer)]
MySQL: update `users` set `users`.`age` = (select * from (select max(`users`.`age`) from `users`) as `kysera_subquery`) where `users`.`id` = ?
MariaDB: update `users` set `users`.`age` = (select max(`users`.`age`) from `users`) where `users`.`id` = ?
SQLite: update "users" set "age" = (select max("users"."age") from "users") from (select 1) where "users"."id" = ?1

-- a condition on the same table
PostgreSQL: update "users" set "visits" = $1 where "users"."age" = (select max("users"."age") from "users")
    [1 (a 32-bit integer)]
MySQL: update `users` set `users`.`visits` = ? where `users`.`age` = (select * from (select max(`users`.`age`) from `users`) as `kysera_subquery`)
MariaDB: update `users` set `users`.`visits` = ? where `users`.`age` = (select max(`users`.`age`) from `users`)
SQLite: update "users" set "visits" = ?1 from (select 1) where "users"."age" = (select max("users"."age") from "users")

-- a condition on another table
PostgreSQL: update "users" set "visits" = $1 where "users"."id" in (select "posts"."user_id" from "posts")
    [1 (a 32-bit integer)]
MySQL: update `users` set `users`.`visits` = ? where `users`.`id` in (select `posts`.`user_id` from `posts`)
MariaDB: update `users` set `users`.`visits` = ? where `users`.`id` in (select `posts`.`user_id` from `posts`)
SQLite: update "users" set "visits" = ?1 where "users"."id" in (select "posts"."user_id" from "posts")

-- from
PostgreSQL: update "users" set "name" = "posts"."title", "visits" = "users"."visits" + $1 from "posts" where "posts"."user_id" = "users"."id"
    [1 (a 32-bit integer)]
MySQL: update `users`, `posts` set `users`.`name` = `posts`.`title`, `users`.`visits` = `users`.`visits` + ? where `posts`.`user_id` = `users`.`id`
    sql parser error: Expected: SET, found: , at Line: 1, Column: 15
MariaDB: update `users`, `posts` set `users`.`name` = `posts`.`title`, `users`.`visits` = `users`.`visits` + ? where `posts`.`user_id` = `users`.`id`
    sql parser error: Expected: SET, found: , at Line: 1, Column: 15
SQLite: update "users" set "name" = "posts"."title", "visits" = "users"."visits" + ?1 from "posts" where "posts"."user_id" = "users"."id"

-- from, in an order
PostgreSQL: update "users" set "visits" = $1, "age" = "users"."visits" from "posts" where "posts"."user_id" = "users"."id"
    [0 (a 32-bit integer)]
MySQL: error: MySQL has no assignments of a joined `update` that read each other's columns; take the other table's values by subqueries
MariaDB: error: MariaDB has no assignments of a joined `update` that read each other's columns; take the other table's values by subqueries
SQLite: update "users" set "visits" = ?1, "age" = "users"."visits" from "posts" where "posts"."user_id" = "users"."id"

-- from a derived table
PostgreSQL: update "users" set "visits" = cast("totals"."n" as integer) from (select "posts"."user_id" as "user_id", count(*) as "n" from "posts" group by "posts"."user_id") as "totals" where "totals"."user_id" = "users"."id"
    []
MySQL: update `users`, (select `posts`.`user_id` as `user_id`, count(*) as `n` from `posts` group by `posts`.`user_id`) as `totals` set `users`.`visits` = cast(`totals`.`n` as signed) where `totals`.`user_id` = `users`.`id`
    sql parser error: Expected: SET, found: , at Line: 1, Column: 15
MariaDB: update `users`, (select `posts`.`user_id` as `user_id`, count(*) as `n` from `posts` group by `posts`.`user_id`) as `totals` set `users`.`visits` = cast(`totals`.`n` as signed) where `totals`.`user_id` = `users`.`id`
    sql parser error: Expected: SET, found: , at Line: 1, Column: 15
SQLite: update "users" set "visits" = cast("totals"."n" as integer) from (select "posts"."user_id" as "user_id", count(*) as "n" from "posts" group by "posts"."user_id") as "totals" where "totals"."user_id" = "users"."id"

-- returning
PostgreSQL: update "users" set "visits" = $1 where "users"."id" = $2 returning "users"."id", "users"."visits"
    [1 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: error: MariaDB has no `returning` on this statement; read the rows in the same transaction
SQLite: update "users" set "visits" = ?1 where "users"."id" = ?2 returning "users"."id", "users"."visits"

-- returning all
PostgreSQL: update "users" set "visits" = $1 where "users"."id" = $2 returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"
    [1 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: error: MariaDB has no `returning` on this statement; read the rows in the same transaction
SQLite: update "users" set "visits" = ?1 where "users"."id" = ?2 returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"

-- from, returning
PostgreSQL: update "users" set "visits" = $1 from "posts" where "posts"."user_id" = "users"."id" returning "users"."id", "posts"."title"
    [1 (a 32-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: error: MariaDB has no `returning` on this statement; read the rows in the same transaction
SQLite: error: SQLite has no columns of other tables in `returning`; give back the target's own columns, without an alias

-- from, returning its own
PostgreSQL: update "users" set "visits" = $1 from "posts" where "posts"."user_id" = "users"."id" returning "users"."id"
    [1 (a 32-bit integer)]
MySQL: error: MySQL has no `returning` on this statement; read the rows in the same transaction
MariaDB: error: MariaDB has no `returning` on this statement; read the rows in the same transaction
SQLite: update "users" set "visits" = ?1 from "posts" where "posts"."user_id" = "users"."id" returning "users"."id"

