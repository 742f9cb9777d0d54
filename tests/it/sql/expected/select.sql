-- all columns
PostgreSQL: select "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at" from "users"
    []
MySQL: select `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at` from `users`
MariaDB: select `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at` from `users`
SQLite: select "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at" from "users"

-- one column
PostgreSQL: select "users"."id" from "users"
    []
MySQL: select `users`.`id` from `users`
MariaDB: select `users`.`id` from `users`
SQLite: select "users"."id" from "users"

-- several columns
PostgreSQL: select "users"."id", "users"."name", "users"."age" from "users"
    []
MySQL: select `users`.`id`, `users`.`name`, `users`.`age` from `users`
MariaDB: select `users`.`id`, `users`.`name`, `users`.`age` from `users`
SQLite: select "users"."id", "users"."name", "users"."age" from "users"

-- nested columns
PostgreSQL: select "users"."id", "users"."name", "users"."age" from "users"
    []
MySQL: select `users`.`id`, `users`.`name`, `users`.`age` from `users`
MariaDB: select `users`.`id`, `users`.`name`, `users`.`age` from `users`
SQLite: select "users"."id", "users"."name", "users"."age" from "users"

-- whole rows
PostgreSQL: select "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at", "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "users" inner join "posts" on "posts"."user_id" = "users"."id"
    []
MySQL: select `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at`, `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id`
MariaDB: select `users`.`id`, `users`.`email`, `users`.`name`, `users`.`age`, `users`.`visits`, `users`.`manager_id`, `users`.`created_at`, `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id`
SQLite: select "users"."id", "users"."email", "users"."name", "users"."age", "users"."visits", "users"."manager_id", "users"."created_at", "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "users" inner join "posts" on "posts"."user_id" = "users"."id"

-- aliases
PostgreSQL: select "users"."id" as "key", "users"."age" + $1 as "next" from "users"
    [1 (a 32-bit integer)]
MySQL: select `users`.`id` as `key`, `users`.`age` + ? as `next` from `users`
MariaDB: select `users`.`id` as `key`, `users`.`age` + ? as `next` from `users`
SQLite: select "users"."id" as "key", "users"."age" + ?1 as "next" from "users"

-- a value
PostgreSQL: select "users"."id", cast($1 as bigint), cast($2 as text), cast($3 as integer) from "users"
    [7 (a 64-bit integer), "x", null (a 32-bit integer)]
MySQL: select `users`.`id`, cast(? as signed), ?, cast(? as signed) from `users`
MariaDB: select `users`.`id`, cast(? as signed), ?, cast(? as signed) from `users`
SQLite: select "users"."id", ?1, ?2, ?3 from "users"

-- distinct
PostgreSQL: select distinct "users"."name" from "users"
    []
MySQL: select distinct `users`.`name` from `users`
MariaDB: select distinct `users`.`name` from `users`
SQLite: select distinct "users"."name" from "users"

-- inner join
PostgreSQL: select "posts"."title" from "users" inner join "posts" on "posts"."user_id" = "users"."id"
    []
MySQL: select `posts`.`title` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id`
MariaDB: select `posts`.`title` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id`
SQLite: select "posts"."title" from "users" inner join "posts" on "posts"."user_id" = "users"."id"

-- left join
PostgreSQL: select "users"."id", "posts"."title" from "users" left join "posts" on "posts"."user_id" = "users"."id"
    []
MySQL: select `users`.`id`, `posts`.`title` from `users` left join `posts` on `posts`.`user_id` = `users`.`id`
MariaDB: select `users`.`id`, `posts`.`title` from `users` left join `posts` on `posts`.`user_id` = `users`.`id`
SQLite: select "users"."id", "posts"."title" from "users" left join "posts" on "posts"."user_id" = "users"."id"

-- right join
PostgreSQL: select "users"."id", "posts"."title" from "users" right join "posts" on "posts"."user_id" = "users"."id"
    []
MySQL: select `users`.`id`, `posts`.`title` from `users` right join `posts` on `posts`.`user_id` = `users`.`id`
MariaDB: select `users`.`id`, `posts`.`title` from `users` right join `posts` on `posts`.`user_id` = `users`.`id`
SQLite: select "users"."id", "posts"."title" from "users" right join "posts" on "posts"."user_id" = "users"."id"

-- full join
PostgreSQL: select "users"."id", "posts"."title" from "users" full join "posts" on "posts"."user_id" = "users"."id"
    []
MySQL: error: MySQL has no `full join`; unite a left join with the rows that only the right side has
MariaDB: error: MariaDB has no `full join`; unite a left join with the rows that only the right side has
SQLite: select "users"."id", "posts"."title" from "users" full join "posts" on "posts"."user_id" = "users"."id"

-- cross join
PostgreSQL: select "users"."id", "posts"."id" from "users" cross join "posts"
    []
MySQL: select `users`.`id`, `posts`.`id` from `users` cross join `posts`
MariaDB: select `users`.`id`, `posts`.`id` from `users` cross join `posts`
SQLite: select "users"."id", "posts"."id" from "users" cross join "posts"

-- three tables
PostgreSQL: select "users"."id", "comments"."body" from "users" left join "posts" on "posts"."user_id" = "users"."id" and "posts"."published" = $1 inner join "comments" on "comments"."post_id" = "posts"."id"
    [true]
MySQL: select `users`.`id`, `comments`.`body` from `users` left join `posts` on `posts`.`user_id` = `users`.`id` and `posts`.`published` = ? inner join `comments` on `comments`.`post_id` = `posts`.`id`
MariaDB: select `users`.`id`, `comments`.`body` from `users` left join `posts` on `posts`.`user_id` = `users`.`id` and `posts`.`published` = ? inner join `comments` on `comments`.`post_id` = `posts`.`id`
SQLite: select "users"."id", "comments"."body" from "users" left join "posts" on "posts"."user_id" = "users"."id" and "posts"."published" = ?1 inner join "comments" on "comments"."post_id" = "posts"."id"

-- the same table twice
PostgreSQL: select "users"."name", "manager"."name" from "users" left join "users" as "manager" on "manager"."id" = "users"."manager_id"
    []
MySQL: select `users`.`name`, `manager`.`name` from `users` left join `users` as `manager` on `manager`.`id` = `users`.`manager_id`
MariaDB: select `users`.`name`, `manager`.`name` from `users` left join `users` as `manager` on `manager`.`id` = `users`.`manager_id`
SQLite: select "users"."name", "manager"."name" from "users" left join "users" as "manager" on "manager"."id" = "users"."manager_id"

-- an alias alone
PostgreSQL: select "manager"."id", "manager"."email", "manager"."name", "manager"."age", "manager"."visits", "manager"."manager_id", "manager"."created_at" from "users" as "manager" where "manager"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `manager`.`id`, `manager`.`email`, `manager`.`name`, `manager`.`age`, `manager`.`visits`, `manager`.`manager_id`, `manager`.`created_at` from `users` as `manager` where `manager`.`id` > ?
MariaDB: select `manager`.`id`, `manager`.`email`, `manager`.`name`, `manager`.`age`, `manager`.`visits`, `manager`.`manager_id`, `manager`.`created_at` from `users` as `manager` where `manager`.`id` > ?
SQLite: select "manager"."id", "manager"."email", "manager"."name", "manager"."age", "manager"."visits", "manager"."manager_id", "manager"."created_at" from "users" as "manager" where "manager"."id" > ?1

-- when
PostgreSQL: select "users"."id" from "users" where "users"."id" = $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` where `users`.`id` = ?
MariaDB: select `users`.`id` from `users` where `users`.`id` = ?
SQLite: select "users"."id" from "users" where "users"."id" = ?1

