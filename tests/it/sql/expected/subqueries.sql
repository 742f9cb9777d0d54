-- in
PostgreSQL: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts")
    []
MySQL: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts`)
MariaDB: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts`)
SQLite: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts")

-- not in
PostgreSQL: select "users"."id" from "users" where "users"."id" not in (select "posts"."user_id" from "posts")
    []
MySQL: select `users`.`id` from `users` where `users`.`id` not in (select `posts`.`user_id` from `posts`)
MariaDB: select `users`.`id` from `users` where `users`.`id` not in (select `posts`.`user_id` from `posts`)
SQLite: select "users"."id" from "users" where "users"."id" not in (select "posts"."user_id" from "posts")

-- in with a limit
PostgreSQL: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" order by "posts"."id" limit $1)
    [2 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` where `users`.`id` in (select * from (select `posts`.`user_id` from `posts` order by `posts`.`id` limit ?) as `kysera_subquery`)
MariaDB: select `users`.`id` from `users` where `users`.`id` in (select * from (select `posts`.`user_id` from `posts` order by `posts`.`id` limit ?) as `kysera_subquery`)
SQLite: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" order by "posts"."id" limit ?1)

-- in a set operation
PostgreSQL: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" union select coalesce("users"."manager_id", $1) from "users")
    [0 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts` union select coalesce(`users`.`manager_id`, ?) from `users`)
MariaDB: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts` union select coalesce(`users`.`manager_id`, ?) from `users`)
SQLite: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" union select coalesce("users"."manager_id", ?1) from "users")

-- a value in
PostgreSQL: select "users"."id" from "users" where cast($1 as bigint) in (select "posts"."user_id" from "posts")
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` where cast(? as signed) in (select `posts`.`user_id` from `posts`)
MariaDB: select `users`.`id` from `users` where cast(? as signed) in (select `posts`.`user_id` from `posts`)
SQLite: select "users"."id" from "users" where ?1 in (select "posts"."user_id" from "posts")

-- exists
PostgreSQL: select "users"."id" from "users" where exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")
    []
MySQL: select `users`.`id` from `users` where exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
MariaDB: select `users`.`id` from `users` where exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
SQLite: select "users"."id" from "users" where exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")

-- not exists
PostgreSQL: select "users"."id" from "users" where not exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")
    []
MySQL: select `users`.`id` from `users` where not exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
MariaDB: select `users`.`id` from `users` where not exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
SQLite: select "users"."id" from "users" where not exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")

-- not of exists
PostgreSQL: select "users"."id" from "users" where not exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")
    []
MySQL: select `users`.`id` from `users` where not exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
MariaDB: select `users`.`id` from `users` where not exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`)
SQLite: select "users"."id" from "users" where not exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id")

-- exists as a value
PostgreSQL: select "users"."id", exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id") from "users"
    []
MySQL: select `users`.`id`, exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`) from `users`
MariaDB: select `users`.`id`, exists (select `posts`.`id`, `posts`.`user_id`, `posts`.`title`, `posts`.`published`, `posts`.`score` from `posts` where `posts`.`user_id` = `users`.`id`) from `users`
SQLite: select "users"."id", exists (select "posts"."id", "posts"."user_id", "posts"."title", "posts"."published", "posts"."score" from "posts" where "posts"."user_id" = "users"."id") from "users"

-- scalar
PostgreSQL: select "users"."id", (select count(*) from "posts" where "posts"."user_id" = "users"."id") from "users"
    []
MySQL: select `users`.`id`, (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) from `users`
MariaDB: select `users`.`id`, (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) from `users`
SQLite: select "users"."id", (select count(*) from "posts" where "posts"."user_id" = "users"."id") from "users"

-- scalar compared
PostgreSQL: select "users"."id" from "users" where "users"."age" = (select max("users"."age") from "users")
    []
MySQL: select `users`.`id` from `users` where `users`.`age` = (select max(`users`.`age`) from `users`)
MariaDB: select `users`.`id` from `users` where `users`.`age` = (select max(`users`.`age`) from `users`)
SQLite: select "users"."id" from "users" where "users"."age" = (select max("users"."age") from "users")

-- scalar calculated
PostgreSQL: select (select count(*) from "posts" where "posts"."user_id" = "users"."id") + $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) + ? from `users`
MariaDB: select (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) + ? from `users`
SQLite: select (select count(*) from "posts" where "posts"."user_id" = "users"."id") + ?1 from "users"

-- scalar ordered
PostgreSQL: select "users"."id" from "users" order by (select count(*) from "posts" where "posts"."user_id" = "users"."id") desc
    []
MySQL: select `users`.`id` from `users` order by (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) desc
MariaDB: select `users`.`id` from `users` order by (select count(*) from `posts` where `posts`.`user_id` = `users`.`id`) desc
SQLite: select "users"."id" from "users" order by (select count(*) from "posts" where "posts"."user_id" = "users"."id") desc

-- having a subquery
PostgreSQL: select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id" having "posts"."user_id" in (select "users"."id" from "users")
    []
MySQL: select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id` having `posts`.`user_id` in (select `users`.`id` from `users`)
MariaDB: select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id` having `posts`.`user_id` in (select `users`.`id` from `users`)
SQLite: select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id" having "posts"."user_id" in (select "users"."id" from "users")

-- in a join
PostgreSQL: select "users"."id" from "users" inner join "posts" on "posts"."user_id" = "users"."id" and "posts"."id" in (select "comments"."post_id" from "comments")
    []
MySQL: select `users`.`id` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id` and `posts`.`id` in (select `comments`.`post_id` from `comments`)
MariaDB: select `users`.`id` from `users` inner join `posts` on `posts`.`user_id` = `users`.`id` and `posts`.`id` in (select `comments`.`post_id` from `comments`)
SQLite: select "users"."id" from "users" inner join "posts" on "posts"."user_id" = "users"."id" and "posts"."id" in (select "comments"."post_id" from "comments")

-- derived
PostgreSQL: select "totals"."user_id", "totals"."n" from (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id") as "totals" where "totals"."n" > $1
    [1 (a 64-bit integer)]
MySQL: select `totals`.`user_id`, `totals`.`n` from (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id`) as `totals` where `totals`.`n` > ?
MariaDB: select `totals`.`user_id`, `totals`.`n` from (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id`) as `totals` where `totals`.`n` > ?
SQLite: select "totals"."user_id", "totals"."n" from (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id") as "totals" where "totals"."n" > ?1

-- derived and joined
PostgreSQL: select "users"."id", "totals"."n" from "users" left join (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id") as "totals" on "totals"."user_id" = "users"."id"
    []
MySQL: select `users`.`id`, `totals`.`n` from `users` left join (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id`) as `totals` on `totals`.`user_id` = `users`.`id`
MariaDB: select `users`.`id`, `totals`.`n` from `users` left join (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id`) as `totals` on `totals`.`user_id` = `users`.`id`
SQLite: select "users"."id", "totals"."n" from "users" left join (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id") as "totals" on "totals"."user_id" = "users"."id"

-- derived set operation
PostgreSQL: select "totals"."user_id", "totals"."n" from (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id" union all select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") as "totals" order by "totals"."n"
    []
MySQL: select `totals`.`user_id`, `totals`.`n` from (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id` union all select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) as `totals` order by `totals`.`n`
MariaDB: select `totals`.`user_id`, `totals`.`n` from (select `posts`.`user_id` as `user_id`, count(`posts`.`id`) as `n` from `posts` group by `posts`.`user_id` union all select `posts`.`user_id`, count(`posts`.`id`) from `posts` group by `posts`.`user_id`) as `totals` order by `totals`.`n`
SQLite: select "totals"."user_id", "totals"."n" from (select "posts"."user_id" as "user_id", count("posts"."id") as "n" from "posts" group by "posts"."user_id" union all select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") as "totals" order by "totals"."n"

-- in three levels
PostgreSQL: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" where "posts"."id" in (select "comments"."post_id" from "comments" where "comments"."body" like $1))
    ["%x%"]
MySQL: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts` where `posts`.`id` in (select `comments`.`post_id` from `comments` where `comments`.`body` like ?))
MariaDB: select `users`.`id` from `users` where `users`.`id` in (select `posts`.`user_id` from `posts` where `posts`.`id` in (select `comments`.`post_id` from `comments` where `comments`.`body` like ?))
SQLite: select "users"."id" from "users" where "users"."id" in (select "posts"."user_id" from "posts" where "posts"."id" in (select "comments"."post_id" from "comments" where "comments"."body" like ?1 escape '\'))

