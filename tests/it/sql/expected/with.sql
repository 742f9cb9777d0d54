-- one
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") select "totals"."user_id", "totals"."n" from "totals" where "totals"."n" > $1
    [1 (a 64-bit integer)]
MySQL: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`user_id`, `totals`.`n` from `totals` where `totals`.`n` > ?
MariaDB: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`user_id`, `totals`.`n` from `totals` where `totals`.`n` > ?
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") select "totals"."user_id", "totals"."n" from "totals" where "totals"."n" > ?1

-- two
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id"), "tree" ("id", "depth") as (select "totals"."user_id", "totals"."n" from "totals") select "tree"."depth", "totals"."n" from "tree" inner join "totals" on "totals"."user_id" = "tree"."id"
    []
MySQL: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`), `tree` (`id`, `depth`) as (select `totals`.`user_id`, `totals`.`n` from `totals`) select `tree`.`depth`, `totals`.`n` from `tree` inner join `totals` on `totals`.`user_id` = `tree`.`id`
MariaDB: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`), `tree` (`id`, `depth`) as (select `totals`.`user_id`, `totals`.`n` from `totals`) select `tree`.`depth`, `totals`.`n` from `tree` inner join `totals` on `totals`.`user_id` = `tree`.`id`
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id"), "tree" ("id", "depth") as (select "totals"."user_id", "totals"."n" from "totals") select "tree"."depth", "totals"."n" from "tree" inner join "totals" on "totals"."user_id" = "tree"."id"

-- recursive
PostgreSQL: with recursive "tree" ("id", "depth") as (select "users"."id", cast($1 as bigint) from "users" where "users"."manager_id" is null union all select "users"."id", "tree"."depth" + $2 from "tree" inner join "users" on "users"."manager_id" = "tree"."id") select "tree"."id", "tree"."depth" from "tree" order by "tree"."depth"
    [0 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: with recursive `tree` (`id`, `depth`) as (select `users`.`id`, cast(? as signed) from `users` where `users`.`manager_id` is null union all select `users`.`id`, `tree`.`depth` + ? from `tree` inner join `users` on `users`.`manager_id` = `tree`.`id`) select `tree`.`id`, `tree`.`depth` from `tree` order by `tree`.`depth`
MariaDB: with recursive `tree` (`id`, `depth`) as (select `users`.`id`, cast(? as signed) from `users` where `users`.`manager_id` is null union all select `users`.`id`, `tree`.`depth` + ? from `tree` inner join `users` on `users`.`manager_id` = `tree`.`id`) select `tree`.`id`, `tree`.`depth` from `tree` order by `tree`.`depth`
SQLite: with recursive "tree" ("id", "depth") as (select "users"."id", ?1 from "users" where "users"."manager_id" is null union all select "users"."id", "tree"."depth" + ?2 from "tree" inner join "users" on "users"."manager_id" = "tree"."id") select "tree"."id", "tree"."depth" from "tree" order by "tree"."depth"

-- plain and recursive
PostgreSQL: with recursive "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id"), "tree" ("id", "depth") as (select "users"."id", cast($1 as bigint) from "users" where "users"."manager_id" is null union all select "users"."id", "tree"."depth" + $2 from "tree" inner join "users" on "users"."manager_id" = "tree"."id") select "tree"."id", "tree"."depth" from "tree"
    [0 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: with recursive `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`), `tree` (`id`, `depth`) as (select `users`.`id`, cast(? as signed) from `users` where `users`.`manager_id` is null union all select `users`.`id`, `tree`.`depth` + ? from `tree` inner join `users` on `users`.`manager_id` = `tree`.`id`) select `tree`.`id`, `tree`.`depth` from `tree`
MariaDB: with recursive `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`), `tree` (`id`, `depth`) as (select `users`.`id`, cast(? as signed) from `users` where `users`.`manager_id` is null union all select `users`.`id`, `tree`.`depth` + ? from `tree` inner join `users` on `users`.`manager_id` = `tree`.`id`) select `tree`.`id`, `tree`.`depth` from `tree`
SQLite: with recursive "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id"), "tree" ("id", "depth") as (select "users"."id", ?1 from "users" where "users"."manager_id" is null union all select "users"."id", "tree"."depth" + ?2 from "tree" inner join "users" on "users"."manager_id" = "tree"."id") select "tree"."id", "tree"."depth" from "tree"

-- set operation within
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id" union select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") select "totals"."user_id", "totals"."n" from "totals"
    []
MySQL: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id` union select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`user_id`, `totals`.`n` from `totals`
MariaDB: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id` union select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`user_id`, `totals`.`n` from `totals`
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id" union select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") select "totals"."user_id", "totals"."n" from "totals"

-- before insert
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") insert into "comments" ("post_id", "body") select "totals"."n", cast($1 as text) from "totals"
    ["x"]
MySQL: insert into `comments` (`post_id`, `body`) with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`n`, ? from `totals`
MariaDB: insert into `comments` (`post_id`, `body`) with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) select `totals`.`n`, ? from `totals`
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") insert into "comments" ("post_id", "body") select "totals"."n", ?1 from "totals"

-- before insert of values
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") insert into "comments" ("post_id", "body") values ($1, $2)
    [1 (a 64-bit integer), "x"]
MySQL: error: MySQL has no `with` before `insert .. values`; insert from a query
MariaDB: error: MariaDB has no `with` before `insert .. values`; insert from a query
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") insert into "comments" ("post_id", "body") values (?1, ?2)

-- before update
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") update "users" set "visits" = $1 where "users"."id" in (select "totals"."user_id" from "totals")
    [0 (a 32-bit integer)]
MySQL: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) update `users` set `users`.`visits` = ? where `users`.`id` in (select `totals`.`user_id` from `totals`)
MariaDB: error: MariaDB has no `with` before `update` and `delete`; use subqueries
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") update "users" set "visits" = ?1 where "users"."id" in (select "totals"."user_id" from "totals")

-- before delete
PostgreSQL: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") delete from "users" where "users"."id" in (select "totals"."user_id" from "totals")
    []
MySQL: with `totals` (`user_id`, `n`) as (select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) delete from `users` where `users`.`id` in (select `totals`.`user_id` from `totals`)
MariaDB: error: MariaDB has no `with` before `update` and `delete`; use subqueries
SQLite: with "totals" ("user_id", "n") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") delete from "users" where "users"."id" in (select "totals"."user_id" from "totals")

-- that deletes
PostgreSQL: with "totals" ("user_id", "n") as (delete from "posts" where "posts"."id" > $1 returning "posts"."user_id", "posts"."id") select "totals"."user_id", "totals"."n" from "totals"
    [9 (a 64-bit integer)]
MySQL: error: MySQL has no `with` that writes; run the statements one after the other in a transaction
MariaDB: error: MariaDB has no `with` that writes; run the statements one after the other in a transaction
SQLite: error: SQLite has no `with` that writes; run the statements one after the other in a transaction

-- that inserts
PostgreSQL: with "totals" ("user_id", "n") as (insert into "posts" ("user_id", "title", "published", "score") values ($1, $2, $3, $4) returning "posts"."user_id", "posts"."id") select "totals"."user_id", "totals"."n" from "totals"
    [1 (a 64-bit integer), "x", true, null (a 32-bit integer)]
MySQL: error: MySQL has no `with` that writes; run the statements one after the other in a transaction
MariaDB: error: MariaDB has no `with` that writes; run the statements one after the other in a transaction
SQLite: error: SQLite has no `with` that writes; run the statements one after the other in a transaction

-- that updates
PostgreSQL: with "totals" ("user_id", "n") as (update "posts" set "score" = $1 returning "posts"."user_id", "posts"."id") select "totals"."user_id", "totals"."n" from "totals"
    [1 (a 32-bit integer)]
MySQL: error: MySQL has no `with` that writes; run the statements one after the other in a transaction
MariaDB: error: MariaDB has no `with` that writes; run the statements one after the other in a transaction
SQLite: error: SQLite has no `with` that writes; run the statements one after the other in a transaction

