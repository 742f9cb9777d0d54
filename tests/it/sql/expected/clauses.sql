-- one filter
PostgreSQL: select "users"."id" from "users" where "users"."id" = $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` where `users`.`id` = ?
MariaDB: select `users`.`id` from `users` where `users`.`id` = ?
SQLite: select "users"."id" from "users" where "users"."id" = ?1

-- two filters
PostgreSQL: select "users"."id" from "users" where "users"."id" = $1 and ("users"."age" > $2 or "users"."age" is null)
    [1 (a 64-bit integer), 2 (a 32-bit integer)]
MySQL: select `users`.`id` from `users` where `users`.`id` = ? and (`users`.`age` > ? or `users`.`age` is null)
MariaDB: select `users`.`id` from `users` where `users`.`id` = ? and (`users`.`age` > ? or `users`.`age` is null)
SQLite: select "users"."id" from "users" where "users"."id" = ?1 and ("users"."age" > ?2 or "users"."age" is null)

-- group by
PostgreSQL: select "posts"."user_id", count(*) from "posts" group by "posts"."user_id"
    []
MySQL: select `posts`.`user_id`, count(*) from `posts` group by `posts`.`user_id`
MariaDB: select `posts`.`user_id`, count(*) from `posts` group by `posts`.`user_id`
SQLite: select "posts"."user_id", count(*) from "posts" group by "posts"."user_id"

-- having
PostgreSQL: select "posts"."user_id" from "posts" group by "posts"."user_id" having count(*) > $1 and cast(sum("posts"."score") as bigint) < $2
    [1 (a 64-bit integer), 9 (a 64-bit integer)]
MySQL: select `posts`.`user_id` from `posts` group by `posts`.`user_id` having count(*) > ? and sum(`posts`.`score`) < ?
MariaDB: select `posts`.`user_id` from `posts` group by `posts`.`user_id` having count(*) > ? and sum(`posts`.`score`) < ?
SQLite: select "posts"."user_id" from "posts" group by "posts"."user_id" having count(*) > ?1 and sum("posts"."score") < ?2

-- group by an expression with values
PostgreSQL: select "users"."age" / $1, count(*) from "users" group by 1 order by 1
    [10 (a 32-bit integer)]
MySQL: select `users`.`age` div ?, count(*) from `users` group by 1 order by 1
MariaDB: select `users`.`age` div ?, count(*) from `users` group by 1 order by 1
SQLite: select "users"."age" / ?1, count(*) from "users" group by 1 order by 1

-- distinct and order
PostgreSQL: select distinct "users"."age" + $1 from "users" order by 1 desc
    [1 (a 32-bit integer)]
MySQL: select distinct `users`.`age` + ? from `users` order by 1 desc
MariaDB: select distinct `users`.`age` + ? from `users` order by 1 desc
SQLite: select distinct "users"."age" + ?1 from "users" order by 1 desc

-- order by
PostgreSQL: select "users"."id" from "users" order by "users"."name", "users"."id" desc
    []
MySQL: select `users`.`id` from `users` order by `users`.`name`, `users`.`id` desc
MariaDB: select `users`.`id` from `users` order by `users`.`name`, `users`.`id` desc
SQLite: select "users"."id" from "users" order by "users"."name", "users"."id" desc

-- order by twice
PostgreSQL: select "users"."id" from "users" order by "users"."name", "users"."id"
    []
MySQL: select `users`.`id` from `users` order by `users`.`name`, `users`.`id`
MariaDB: select `users`.`id` from `users` order by `users`.`name`, `users`.`id`
SQLite: select "users"."id" from "users" order by "users"."name", "users"."id"

-- order by nulls first
PostgreSQL: select "users"."id" from "users" order by "users"."age" nulls first
    []
MySQL: select `users`.`id` from `users` order by `users`.`age`
MariaDB: select `users`.`id` from `users` order by `users`.`age`
SQLite: select "users"."id" from "users" order by "users"."age" nulls first

-- order by nulls last
PostgreSQL: select "users"."id" from "users" order by "users"."age" desc nulls last, "users"."id"
    []
MySQL: select `users`.`id` from `users` order by `users`.`age` desc, `users`.`id`
MariaDB: select `users`.`id` from `users` order by `users`.`age` desc, `users`.`id`
SQLite: select "users"."id" from "users" order by "users"."age" desc nulls last, "users"."id"

-- order by an expression and nulls
PostgreSQL: select "users"."id" from "users" order by "users"."age" + $1 nulls last
    [1 (a 32-bit integer)]
MySQL: select `users`.`id` from `users` order by `users`.`age` + ? is null, `users`.`age` + ?
    [1 (a 32-bit integer), 1 (a 32-bit integer)]
MariaDB: select `users`.`id` from `users` order by `users`.`age` + ? is null, `users`.`age` + ?
SQLite: select "users"."id" from "users" order by "users"."age" + ?1 nulls last
    [1 (a 32-bit integer)]

-- order by a case
PostgreSQL: select "users"."id" from "users" order by case when "users"."id" = $1 then cast($2 as integer) else cast($3 as integer) end
    [1 (a 64-bit integer), 0 (a 32-bit integer), 1 (a 32-bit integer)]
MySQL: select `users`.`id` from `users` order by case when `users`.`id` = ? then cast(? as signed) else cast(? as signed) end
MariaDB: select `users`.`id` from `users` order by case when `users`.`id` = ? then cast(? as signed) else cast(? as signed) end
SQLite: select "users"."id" from "users" order by case when "users"."id" = ?1 then ?2 else ?3 end

-- order by an alias
PostgreSQL: select "users"."id" as "n" from "users" order by "n" desc
    []
MySQL: select `users`.`id` as `n` from `users` order by `n` desc
MariaDB: select `users`.`id` as `n` from `users` order by `n` desc
SQLite: select "users"."id" as "n" from "users" order by "n" desc

-- limit
PostgreSQL: select "users"."id" from "users" limit $1
    [5 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` limit ?
MariaDB: select `users`.`id` from `users` limit ?
SQLite: select "users"."id" from "users" limit ?1

-- offset
PostgreSQL: select "users"."id" from "users" offset $1
    [5 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` limit 18446744073709551615 offset ?
MariaDB: select `users`.`id` from `users` limit 18446744073709551615 offset ?
SQLite: select "users"."id" from "users" limit -1 offset ?1

-- limit and offset
PostgreSQL: select "users"."id" from "users" limit $1 offset $2
    [5 (a 64-bit integer), 10 (a 64-bit integer)]
MySQL: select `users`.`id` from `users` limit ? offset ?
MariaDB: select `users`.`id` from `users` limit ? offset ?
SQLite: select "users"."id" from "users" limit ?1 offset ?2

-- everything
PostgreSQL: select distinct "users"."name", count("posts"."id") from "users" left join "posts" on "posts"."user_id" = "users"."id" where "users"."age" > $1 group by "users"."id", "users"."name" having count("posts"."id") >= $2 order by "users"."name" limit $3 offset $4
    [18 (a 32-bit integer), 1 (a 64-bit integer), 3 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: select distinct `users`.`name`, count(`posts`.`id`) from `users` left join `posts` on `posts`.`user_id` = `users`.`id` where `users`.`age` > ? group by `users`.`id`, `users`.`name` having count(`posts`.`id`) >= ? order by `users`.`name` limit ? offset ?
MariaDB: select distinct `users`.`name`, count(`posts`.`id`) from `users` left join `posts` on `posts`.`user_id` = `users`.`id` where `users`.`age` > ? group by `users`.`id`, `users`.`name` having count(`posts`.`id`) >= ? order by `users`.`name` limit ? offset ?
SQLite: select distinct "users"."name", count("posts"."id") from "users" left join "posts" on "posts"."user_id" = "users"."id" where "users"."age" > ?1 group by "users"."id", "users"."name" having count("posts"."id") >= ?2 order by "users"."name" limit ?3 offset ?4

-- count
PostgreSQL: select count(*), count("users"."age"), count(distinct "users"."age") from "users"
    []
MySQL: select count(*), count(`users`.`age`), count(distinct `users`.`age`) from `users`
MariaDB: select count(*), count(`users`.`age`), count(distinct `users`.`age`) from `users`
SQLite: select count(*), count("users"."age"), count(distinct "users"."age") from "users"

-- sum, avg, min, max
PostgreSQL: select cast(sum("users"."age") as bigint), avg(cast("users"."age" as double precision)), min("users"."age"), max("users"."age") from "users"
    []
MySQL: select sum(`users`.`age`), avg(cast(`users`.`age` as double)), min(`users`.`age`), max(`users`.`age`) from `users`
MariaDB: select sum(`users`.`age`), avg(cast(`users`.`age` as double)), min(`users`.`age`), max(`users`.`age`) from `users`
SQLite: select sum("users"."age"), avg("users"."age"), min("users"."age"), max("users"."age") from "users"

-- sum distinct
PostgreSQL: select cast(sum(distinct "users"."age") as bigint), avg(distinct cast("users"."age" as double precision)) from "users"
    []
MySQL: select sum(distinct `users`.`age`), avg(distinct cast(`users`.`age` as double)) from `users`
MariaDB: select sum(distinct `users`.`age`), avg(distinct cast(`users`.`age` as double)) from `users`
SQLite: select sum(distinct "users"."age"), avg(distinct "users"."age") from "users"

-- aggregates of some rows
PostgreSQL: select count(*) filter (where "users"."age" > $1), cast(sum("users"."age") filter (where "users"."age" > $2 and "users"."age" < $3) as bigint), avg(cast("users"."age" as double precision)) filter (where "users"."age" is not null), count(distinct "users"."name") filter (where "users"."id" > $4) from "users"
    [18 (a 32-bit integer), 18 (a 32-bit integer), 60 (a 32-bit integer), 1 (a 64-bit integer)]
MySQL: select count(case when `users`.`age` > ? then 1 end), sum(case when `users`.`age` > ? and `users`.`age` < ? then `users`.`age` end), avg(case when `users`.`age` is not null then cast(`users`.`age` as double) end), count(distinct case when `users`.`id` > ? then `users`.`name` end) from `users`
MariaDB: select count(case when `users`.`age` > ? then 1 end), sum(case when `users`.`age` > ? and `users`.`age` < ? then `users`.`age` end), avg(case when `users`.`age` is not null then cast(`users`.`age` as double) end), count(distinct case when `users`.`id` > ? then `users`.`name` end) from `users`
SQLite: select count(*) filter (where "users"."age" > ?1), sum("users"."age") filter (where "users"."age" > ?2 and "users"."age" < ?3), avg("users"."age") filter (where "users"."age" is not null), count(distinct "users"."name") filter (where "users"."id" > ?4) from "users"

-- a function
PostgreSQL: select lower("users"."name") from "users"
    []
MySQL: select lower(`users`.`name`) from `users`
MariaDB: select lower(`users`.`name`) from `users`
SQLite: select lower("users"."name") from "users"

