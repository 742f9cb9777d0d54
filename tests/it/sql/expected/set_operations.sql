-- union
PostgreSQL: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1

-- union all
PostgreSQL: select "users"."name" from "users" union all select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union all select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` union all select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: select "users"."name" from "users" union all select "posts"."title" from "posts" where "posts"."id" > ?1

-- intersect
PostgreSQL: select "users"."name" from "users" intersect select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` intersect select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` intersect select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: select "users"."name" from "users" intersect select "posts"."title" from "posts" where "posts"."id" > ?1

-- intersect all
PostgreSQL: select "users"."name" from "users" intersect all select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` intersect all select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` intersect all select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: error: SQLite has no `intersect all` and `except all`; number equal rows by a window function

-- except
PostgreSQL: select "users"."name" from "users" except select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` except select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` except select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: select "users"."name" from "users" except select "posts"."title" from "posts" where "posts"."id" > ?1

-- except all
PostgreSQL: select "users"."name" from "users" except all select "posts"."title" from "posts" where "posts"."id" > $1
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` except all select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: select `users`.`name` from `users` except all select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: error: SQLite has no `intersect all` and `except all`; number equal rows by a window function

-- three
PostgreSQL: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1 union select "users"."name" from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? union select `users`.`name` from `users`
MariaDB: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? union select `users`.`name` from `users`
SQLite: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1 union select "users"."name" from "users"

-- mixed, left
PostgreSQL: (select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1) intersect select "users"."name" from "users"
    [1 (a 64-bit integer)]
MySQL: (select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ?) intersect select `users`.`name` from `users`
MariaDB: (select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ?) intersect select `users`.`name` from `users`
SQLite: select * from (select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1) intersect select "users"."name" from "users"

-- mixed, right
PostgreSQL: select "users"."name" from "users" union (select "posts"."title" from "posts" where "posts"."id" > $1 intersect select "users"."name" from "users")
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union (select `posts`.`title` from `posts` where `posts`.`id` > ? intersect select `users`.`name` from `users`)
MariaDB: select `users`.`name` from `users` union (select `posts`.`title` from `posts` where `posts`.`id` > ? intersect select `users`.`name` from `users`)
SQLite: select "users"."name" from "users" union select * from (select "posts"."title" from "posts" where "posts"."id" > ?1 intersect select "users"."name" from "users")

-- except of except
PostgreSQL: select "users"."name" from "users" except (select "posts"."title" from "posts" where "posts"."id" > $1 except select "users"."name" from "users")
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` except (select `posts`.`title` from `posts` where `posts`.`id` > ? except select `users`.`name` from `users`)
MariaDB: select `users`.`name` from `users` except (select `posts`.`title` from `posts` where `posts`.`id` > ? except select `users`.`name` from `users`)
SQLite: select "users"."name" from "users" except select * from (select "posts"."title" from "posts" where "posts"."id" > ?1 except select "users"."name" from "users")

-- order, limit, offset
PostgreSQL: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1 order by "name" desc limit $2 offset $3
    [1 (a 64-bit integer), 2 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? order by `name` desc limit ? offset ?
MariaDB: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? order by `name` desc limit ? offset ?
SQLite: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1 order by "name" desc limit ?2 offset ?3

-- offset alone
PostgreSQL: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1 offset $2
    [1 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? limit 18446744073709551615 offset ?
MariaDB: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? limit 18446744073709551615 offset ?
SQLite: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1 limit -1 offset ?2

-- nulls last
PostgreSQL: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1 order by "name" nulls last
    [1 (a 64-bit integer)]
MySQL: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? order by `name` is null, `name`
MariaDB: select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? order by `name` is null, `name`
SQLite: select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1 order by "name" nulls last

-- operands with order and limit
PostgreSQL: (select "users"."name" from "users" order by "users"."id" limit $1) union all (select "users"."name" from "users" order by "users"."id" limit $2)
    [1 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: (select `users`.`name` from `users` order by `users`.`id` limit ?) union all (select `users`.`name` from `users` order by `users`.`id` limit ?)
MariaDB: (select `users`.`name` from `users` order by `users`.`id` limit ?) union all (select `users`.`name` from `users` order by `users`.`id` limit ?)
SQLite: select * from (select "users"."name" from "users" order by "users"."id" limit ?1) union all select * from (select "users"."name" from "users" order by "users"."id" limit ?2)

-- one operand with a limit
PostgreSQL: select "posts"."title" from "posts" where "posts"."id" > $1 union (select "users"."name" from "users" order by "users"."id" limit $2)
    [1 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: select `posts`.`title` from `posts` where `posts`.`id` > ? union (select `users`.`name` from `users` order by `users`.`id` limit ?)
MariaDB: select `posts`.`title` from `posts` where `posts`.`id` > ? union (select `users`.`name` from `users` order by `users`.`id` limit ?)
SQLite: select "posts"."title" from "posts" where "posts"."id" > ?1 union select * from (select "users"."name" from "users" order by "users"."id" limit ?2)

-- a compound with a limit in a compound
PostgreSQL: (select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > $1 limit $2) union select "posts"."title" from "posts" where "posts"."id" > $3
    [1 (a 64-bit integer), 1 (a 64-bit integer), 1 (a 64-bit integer)]
MySQL: (select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? limit ?) union select `posts`.`title` from `posts` where `posts`.`id` > ?
MariaDB: (select `users`.`name` from `users` union select `posts`.`title` from `posts` where `posts`.`id` > ? limit ?) union select `posts`.`title` from `posts` where `posts`.`id` > ?
SQLite: select * from (select "users"."name" from "users" union select "posts"."title" from "posts" where "posts"."id" > ?1 limit ?2) union select "posts"."title" from "posts" where "posts"."id" > ?3

-- several columns
PostgreSQL: select "users"."id", "users"."name" from "users" union select "posts"."id", "posts"."title" from "posts"
    []
MySQL: select `users`.`id`, `users`.`name` from `users` union select `posts`.`id`, `posts`.`title` from `posts`
MariaDB: select `users`.`id`, `users`.`name` from `users` union select `posts`.`id`, `posts`.`title` from `posts`
SQLite: select "users"."id", "users"."name" from "users" union select "posts"."id", "posts"."title" from "posts"

-- values
PostgreSQL: select cast($1 as bigint) from "users" union select cast($2 as bigint) from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select cast(? as signed) from `users` union select cast(? as signed) from `users`
MariaDB: select cast(? as signed) from `users` union select cast(? as signed) from `users`
SQLite: select ?1 from "users" union select ?2 from "users"

