-- one row
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4)
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?)
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4)

-- several rows
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12)
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer), "b", "x", null (a 32-bit integer), null (a 64-bit integer), "c", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4), (?5, ?6, ?7, ?8), (?9, ?10, ?11, ?12)

-- a vector of rows
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4)
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?)
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4)

-- no rows
PostgreSQL: error: an `insert` needs at least one row, and in each a value for every column
MySQL: error: an `insert` needs at least one row, and in each a value for every column
MariaDB: error: an `insert` needs at least one row, and in each a value for every column
SQLite: error: an `insert` needs at least one row, and in each a value for every column

-- tuples of borrowed values
PostgreSQL: insert into "users" ("email", "name", "age") values ($1, $2, $3), ($4, $5, $6)
    ["a", "b", 1 (a 32-bit integer), "c", "d", null (a 32-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`) values (?, ?, ?), (?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`) values (?, ?, ?), (?, ?, ?)
SQLite: insert into "users" ("email", "name", "age") values (?1, ?2, ?3), (?4, ?5, ?6)

-- tuples with expressions
PostgreSQL: insert into "users" ("email", "name") values ($1, cast($2 as text) || cast($3 as text))
    ["a", "b", "c"]
MySQL: insert into `users` (`email`, `name`) values (?, concat(?, ?))
MariaDB: insert into `users` (`email`, `name`) values (?, concat(?, ?))
SQLite: insert into "users" ("email", "name") values (?1, ?2 || ?3)

-- no tuples
PostgreSQL: error: an `insert` needs at least one row, and in each a value for every column
MySQL: error: an `insert` needs at least one row, and in each a value for every column
MariaDB: error: an `insert` needs at least one row, and in each a value for every column
SQLite: error: an `insert` needs at least one row, and in each a value for every column

-- rows that leave out different columns
PostgreSQL: insert into "users" ("email", "name", "age", "visits", "manager_id") values ($1, $2, $3, default, $4), ($5, $6, $7, $8, $9)
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer), "b", "x", null (a 32-bit integer), 1 (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `visits`, `manager_id`) values (?, ?, ?, default, ?), (?, ?, ?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`, `visits`, `manager_id`) values (?, ?, ?, default, ?), (?, ?, ?, ?, ?)
SQLite: error: SQLite has no `default` among the values of a row; insert rows that leave out different columns by different statements

-- rows that leave out the same columns
PostgreSQL: insert into "users" ("email", "name", "age", "visits", "manager_id") values ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10)
    ["a", "x", 2 (a 32-bit integer), 1 (a 32-bit integer), null (a 64-bit integer), "b", "x", null (a 32-bit integer), 3 (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `visits`, `manager_id`) values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)
MariaDB: insert into `users` (`email`, `name`, `age`, `visits`, `manager_id`) values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)
SQLite: insert into "users" ("email", "name", "age", "visits", "manager_id") values (?1, ?2, ?3, ?4, ?5), (?6, ?7, ?8, ?9, ?10)

-- expressions
PostgreSQL: insert into "users" ("email", "name") values ($1, cast($2 as text) || cast($3 as text))
    ["a", "b", "c"]
MySQL: insert into `users` (`email`, `name`) values (?, concat(?, ?))
MariaDB: insert into `users` (`email`, `name`) values (?, concat(?, ?))
SQLite: insert into "users" ("email", "name") values (?1, ?2 || ?3)

-- a subquery
PostgreSQL: insert into "posts" ("user_id", "title", "published") values (coalesce((select max("users"."id") from "users"), $1), $2, $3)
    [1 (a 64-bit integer), "x", true]
MySQL: insert into `posts` (`user_id`, `title`, `published`) values (coalesce((select max(`users`.`id`) from `users`), ?), ?, ?)
MariaDB: insert into `posts` (`user_id`, `title`, `published`) values (coalesce((select max(`users`.`id`) from `users`), ?), ?, ?)
SQLite: insert into "posts" ("user_id", "title", "published") values (coalesce((select max("users"."id") from "users"), ?1), ?2, ?3)

-- a column twice
PostgreSQL: error: the column "email" is set twice
MySQL: error: the column "email" is set twice
MariaDB: error: the column "email" is set twice
SQLite: error: the column "email" is set twice

-- defaults
PostgreSQL: insert into "users" default values
    []
MySQL: insert into `users` () values ()
MariaDB: insert into `users` () values ()
SQLite: insert into "users" default values

-- from a query
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where "posts"."id" > ?1

-- from a query whose column is never null, into one that can be
PostgreSQL: insert into "users" ("email", "name", "age") select "users"."email", "users"."name", "users"."visits" from "users"
    []
MySQL: insert into `users` (`email`, `name`, `age`) select `users`.`email`, `users`.`name`, `users`.`visits` from `users`
MariaDB: insert into `users` (`email`, `name`, `age`) select `users`.`email`, `users`.`name`, `users`.`visits` from `users`
SQLite: insert into "users" ("email", "name", "age") select "users"."email", "users"."name", "users"."visits" from "users"

-- from a query without conditions
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts"
    []
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts`
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts`
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts"

-- from a set operation
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" union select "posts"."title", "posts"."title" from "posts"
    []
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` union select `posts`.`title`, `posts`.`title` from `posts`
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` union select `posts`.`title`, `posts`.`title` from `posts`
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" union select "posts"."title", "posts"."title" from "posts"

-- do nothing
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict do nothing
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) on duplicate key update `email` = `users`.`email`
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) on duplicate key update `email` = `users`.`email`
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict do nothing

-- do nothing, returning
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict do nothing returning "users"."id"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on `insert`; read the row back by its key or `last_insert_id`
MariaDB: error: MariaDB has no `returning` with `on_conflict_do_nothing`; read the row back by its key
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict do nothing returning "users"."id"

-- do nothing of one key
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict ("email") do nothing
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
MariaDB: error: MariaDB has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict ("email") do nothing

-- do update
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict ("email") do update set "name" = excluded."name", "visits" = "users"."visits" + excluded."visits"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
MariaDB: error: MariaDB has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict ("email") do update set "name" = excluded."name", "visits" = "users"."visits" + excluded."visits"

-- do update where
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict ("email") do update set "name" = excluded."name" where "users"."visits" < excluded."visits"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
MariaDB: error: MariaDB has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict ("email") do update set "name" = excluded."name" where "users"."visits" < excluded."visits"

-- on duplicate key update
PostgreSQL: error: PostgreSQL has no update on a conflict with any key; name the key by `on_conflict`
MySQL: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) on duplicate key update `name` = values(`name`), `visits` = `users`.`visits` + values(`visits`)
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) on duplicate key update `name` = values(`name`), `visits` = `users`.`visits` + values(`visits`)
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict do update set "name" = excluded."name", "visits" = "users"."visits" + excluded."visits"

-- from a query, do nothing
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where "posts"."id" > $1 on conflict do nothing
    [1 (a 64-bit integer)]
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` where `posts`.`id` > ? on duplicate key update `email` = `users`.`email`
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` where `posts`.`id` > ? on duplicate key update `email` = `users`.`email`
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where "posts"."id" > ?1 on conflict do nothing

-- from a query without conditions, do nothing
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" on conflict do nothing
    []
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `email` = `users`.`email`
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `email` = `users`.`email`
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where true on conflict do nothing

-- from a set operation, do nothing
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" union select "posts"."title", "posts"."title" from "posts" on conflict do nothing
    []
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` union select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `email` = `users`.`email`
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` union select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `email` = `users`.`email`
SQLite: insert into "users" ("email", "name") select * from (select "posts"."title", "posts"."title" from "posts" union select "posts"."title", "posts"."title" from "posts") where true on conflict do nothing

-- from a query, do update
PostgreSQL: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" on conflict ("email") do update set "name" = excluded."name"
    []
MySQL: error: MySQL has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
MariaDB: error: MariaDB has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where true on conflict ("email") do update set "name" = excluded."name"

-- from a query, on duplicate key update
PostgreSQL: error: PostgreSQL has no update on a conflict with any key; name the key by `on_conflict`
MySQL: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `visits` = `users`.`visits` + values(`visits`)
    []
MariaDB: insert into `users` (`email`, `name`) select `posts`.`title`, `posts`.`title` from `posts` on duplicate key update `visits` = `users`.`visits` + values(`visits`)
SQLite: insert into "users" ("email", "name") select "posts"."title", "posts"."title" from "posts" where true on conflict do update set "visits" = "users"."visits" + excluded."visits"

-- defaults, do nothing
PostgreSQL: insert into "users" default values on conflict do nothing
    []
MySQL: error: MySQL has no `on_conflict_do_nothing` for a row of defaults; insert some value
MariaDB: error: MariaDB has no `on_conflict_do_nothing` for a row of defaults; insert some value
SQLite: error: SQLite has no upsert of a row of defaults; insert some value

-- returning
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) returning "users"."id", "users"."created_at"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on `insert`; read the row back by its key or `last_insert_id`
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) returning `users`.`id`, `users`.`created_at`
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) returning "users"."id", "users"."created_at"

-- returning all
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no `returning` on `insert`; read the row back by its key or `last_insert_id`
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) returning `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at`
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) returning "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at"

-- returning an expression
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) returning "users"."id" + $5, "users"."name" || $6 as "n"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer), 1 (a 64-bit integer), "!"]
MySQL: error: MySQL has no `returning` on `insert`; read the row back by its key or `last_insert_id`
MariaDB: insert into `users` (`email`, `name`, `age`, `manager_id`) values (?, ?, ?, ?) returning `users`.`id` + ?, concat(`users`.`name`, ?) as `n`
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) returning "users"."id" + ?5, "users"."name" || ?6 as "n"

-- do update, returning
PostgreSQL: insert into "users" ("email", "name", "age", "manager_id") values ($1, $2, $3, $4) on conflict ("email") do update set "visits" = "users"."visits" + excluded."visits" returning "users"."visits"
    ["a", "x", null (a 32-bit integer), null (a 64-bit integer)]
MySQL: error: MySQL has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
MariaDB: error: MariaDB has no conflict with one key among several; use `on_duplicate_key_update` or `on_conflict_do_nothing`, which mean all unique keys
SQLite: insert into "users" ("email", "name", "age", "manager_id") values (?1, ?2, ?3, ?4) on conflict ("email") do update set "visits" = "users"."visits" + excluded."visits" returning "users"."visits"

