-- =
PostgreSQL: select "users"."id" = $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` = ? from `users`
MariaDB: select `users`.`id` = ? from `users`
SQLite: select "users"."id" = ?1 from "users"

-- <>
PostgreSQL: select "users"."id" <> $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` <> ? from `users`
MariaDB: select `users`.`id` <> ? from `users`
SQLite: select "users"."id" <> ?1 from "users"

-- <
PostgreSQL: select "users"."id" < $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` < ? from `users`
MariaDB: select `users`.`id` < ? from `users`
SQLite: select "users"."id" < ?1 from "users"

-- <=
PostgreSQL: select "users"."id" <= $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` <= ? from `users`
MariaDB: select `users`.`id` <= ? from `users`
SQLite: select "users"."id" <= ?1 from "users"

-- >
PostgreSQL: select "users"."id" > $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` > ? from `users`
MariaDB: select `users`.`id` > ? from `users`
SQLite: select "users"."id" > ?1 from "users"

-- >=
PostgreSQL: select "users"."id" >= $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` >= ? from `users`
MariaDB: select `users`.`id` >= ? from `users`
SQLite: select "users"."id" >= ?1 from "users"

-- columns
PostgreSQL: select "users"."id" = "users"."manager_id" from "users"
    []
MySQL: select `users`.`id` = `users`.`manager_id` from `users`
MariaDB: select `users`.`id` = `users`.`manager_id` from `users`
SQLite: select "users"."id" = "users"."manager_id" from "users"

-- values
PostgreSQL: select cast($1 as bigint) = cast($2 as bigint) from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select cast(? as signed) = cast(? as signed) from `users`
MariaDB: select cast(? as signed) = cast(? as signed) from `users`
SQLite: select ?1 = ?2 from "users"

-- a value first
PostgreSQL: select $1 < "users"."id" from "users"
    [1 (a 64-bit integer)]
MySQL: select ? < `users`.`id` from `users`
MariaDB: select ? < `users`.`id` from `users`
SQLite: select ?1 < "users"."id" from "users"

-- is not distinct from
PostgreSQL: select "users"."age" is not distinct from $1 from "users"
    [1 (a 32-bit integer)]
MySQL: select `users`.`age` <=> ? from `users`
MariaDB: select `users`.`age` <=> ? from `users`
SQLite: select "users"."age" is not distinct from ?1 from "users"

-- is not distinct from null
PostgreSQL: select "users"."age" is not distinct from $1 from "users"
    [null (a 32-bit integer)]
MySQL: select `users`.`age` <=> ? from `users`
MariaDB: select `users`.`age` <=> ? from `users`
SQLite: select "users"."age" is not distinct from ?1 from "users"

-- is distinct from
PostgreSQL: select "users"."age" is distinct from "users"."visits" from "users"
    []
MySQL: select not (`users`.`age` <=> `users`.`visits`) from `users`
MariaDB: select not (`users`.`age` <=> `users`.`visits`) from `users`
SQLite: select "users"."age" is distinct from "users"."visits" from "users"

-- not of is distinct from
PostgreSQL: select not "users"."age" is distinct from $1 from "users"
    [1 (a 32-bit integer)]
MySQL: select not not (`users`.`age` <=> ?) from `users`
MariaDB: select not not (`users`.`age` <=> ?) from `users`
SQLite: select not "users"."age" is distinct from ?1 from "users"

-- is null
PostgreSQL: select "users"."age" is null from "users"
    []
MySQL: select `users`.`age` is null from `users`
MariaDB: select `users`.`age` is null from `users`
SQLite: select "users"."age" is null from "users"

-- is not null
PostgreSQL: select "users"."age" is not null from "users"
    []
MySQL: select `users`.`age` is not null from `users`
MariaDB: select `users`.`age` is not null from `users`
SQLite: select "users"."age" is not null from "users"

-- a value is null
PostgreSQL: select cast($1 as integer) is null from "users"
    [null (a 32-bit integer)]
MySQL: select cast(? as signed) is null from `users`
MariaDB: select cast(? as signed) is null from `users`
SQLite: select ?1 is null from "users"

-- between
PostgreSQL: select "users"."age" between $1 and $2 from "users"
    [1 (a 32-bit integer), 9 (a 32-bit integer)]
MySQL: select `users`.`age` between ? and ? from `users`
MariaDB: select `users`.`age` between ? and ? from `users`
SQLite: select "users"."age" between ?1 and ?2 from "users"

-- a value between columns
PostgreSQL: select $1 between "users"."visits" and "users"."age" from "users"
    [5 (a 32-bit integer)]
MySQL: select ? between `users`.`visits` and `users`.`age` from `users`
MariaDB: select ? between `users`.`visits` and `users`.`age` from `users`
SQLite: select ?1 between "users"."visits" and "users"."age" from "users"

-- in
PostgreSQL: select "users"."id" in ($1, $2, $3) from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer), 3 (a 64-bit integer)]
MySQL: select `users`.`id` in (?, ?, ?) from `users`
MariaDB: select `users`.`id` in (?, ?, ?) from `users`
SQLite: select "users"."id" in (?1, ?2, ?3) from "users"

-- in one
PostgreSQL: select "users"."id" in ($1) from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` in (?) from `users`
MariaDB: select `users`.`id` in (?) from `users`
SQLite: select "users"."id" in (?1) from "users"

-- in none
PostgreSQL: select false from "users"
    []
MySQL: select false from `users`
MariaDB: select false from `users`
SQLite: select false from "users"

-- not in
PostgreSQL: select "users"."id" not in ($1, $2) from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select `users`.`id` not in (?, ?) from `users`
MariaDB: select `users`.`id` not in (?, ?) from `users`
SQLite: select "users"."id" not in (?1, ?2) from "users"

-- not in none
PostgreSQL: select true from "users"
    []
MySQL: select true from `users`
MariaDB: select true from `users`
SQLite: select true from "users"

-- in columns
PostgreSQL: select $1 in ("users"."id", "users"."id") from "users"
    [1 (a 64-bit integer)]
MySQL: select ? in (`users`.`id`, `users`.`id`) from `users`
MariaDB: select ? in (`users`.`id`, `users`.`id`) from `users`
SQLite: select ?1 in ("users"."id", "users"."id") from "users"

-- like
PostgreSQL: select "users"."name" like $1 from "users"
    ["a%"]
MySQL: select `users`.`name` like ? from `users`
MariaDB: select `users`.`name` like ? from `users`
SQLite: select "users"."name" like ?1 escape '\' from "users"

-- not like
PostgreSQL: select "users"."name" not like $1 from "users"
    ["a%"]
MySQL: select `users`.`name` not like ? from `users`
MariaDB: select `users`.`name` not like ? from `users`
SQLite: select "users"."name" not like ?1 escape '\' from "users"

-- like a column
PostgreSQL: select "users"."name" like "users"."email" from "users"
    []
MySQL: select `users`.`name` like `users`.`email` from `users`
MariaDB: select `users`.`name` like `users`.`email` from `users`
SQLite: select "users"."name" like "users"."email" escape '\' from "users"

-- contains
PostgreSQL: select "users"."name" like $1 escape '!' from "users"
    ["%50!%!_!!%"]
MySQL: select `users`.`name` like ? escape '!' from `users`
MariaDB: select `users`.`name` like ? escape '!' from `users`
SQLite: select "users"."name" like ?1 escape '!' from "users"

-- starts with
PostgreSQL: select "users"."name" like $1 escape '!' from "users"
    ["a%"]
MySQL: select `users`.`name` like ? escape '!' from `users`
MariaDB: select `users`.`name` like ? escape '!' from `users`
SQLite: select "users"."name" like ?1 escape '!' from "users"

-- ends with
PostgreSQL: select "users"."name" like $1 escape '!' from "users"
    ["%a"]
MySQL: select `users`.`name` like ? escape '!' from `users`
MariaDB: select `users`.`name` like ? escape '!' from `users`
SQLite: select "users"."name" like ?1 escape '!' from "users"

-- concat
PostgreSQL: select ("users"."name" || $1) || "users"."email" from "users"
    [" "]
MySQL: select concat(concat(`users`.`name`, ?), `users`.`email`) from `users`
MariaDB: select concat(concat(`users`.`name`, ?), `users`.`email`) from `users`
SQLite: select ("users"."name" || ?1) || "users"."email" from "users"

-- concat compared
PostgreSQL: select "users"."name" || $1 = $2 from "users"
    ["x", "y"]
MySQL: select concat(`users`.`name`, ?) = ? from `users`
MariaDB: select concat(`users`.`name`, ?) = ? from `users`
SQLite: select "users"."name" || ?1 = ?2 from "users"

-- coalesce
PostgreSQL: select coalesce("users"."age", $1) from "users"
    [0 (a 32-bit integer)]
MySQL: select coalesce(`users`.`age`, ?) from `users`
MariaDB: select coalesce(`users`.`age`, ?) from `users`
SQLite: select coalesce("users"."age", ?1) from "users"

-- coalesce of values
PostgreSQL: select coalesce(cast($1 as integer), cast($2 as integer)) from "users"
    [null (a 32-bit integer), 0 (a 32-bit integer)]
MySQL: select coalesce(cast(? as signed), cast(? as signed)) from `users`
MariaDB: select coalesce(cast(? as signed), cast(? as signed)) from `users`
SQLite: select coalesce(?1, ?2) from "users"

-- coalesce of coalesce
PostgreSQL: select coalesce("users"."age", "users"."visits") = $1 from "users"
    [3 (a 32-bit integer)]
MySQL: select coalesce(`users`.`age`, `users`.`visits`) = ? from `users`
MariaDB: select coalesce(`users`.`age`, `users`.`visits`) = ? from `users`
SQLite: select coalesce("users"."age", "users"."visits") = ?1 from "users"

-- nullif
PostgreSQL: select nullif("users"."visits", $1) from "users"
    [0 (a 32-bit integer)]
MySQL: select nullif(`users`.`visits`, ?) from `users`
MariaDB: select nullif(`users`.`visits`, ?) from `users`
SQLite: select nullif("users"."visits", ?1) from "users"

-- cast to text
PostgreSQL: select cast("users"."id" as text) from "users"
    []
MySQL: select cast(`users`.`id` as char) from `users`
MariaDB: select cast(`users`.`id` as char) from `users`
SQLite: select cast("users"."id" as text) from "users"

-- cast to integer
PostgreSQL: select cast("users"."name" as integer) from "users"
    []
MySQL: select cast(`users`.`name` as signed) from `users`
MariaDB: select cast(`users`.`name` as signed) from `users`
SQLite: select cast("users"."name" as integer) from "users"

-- cast to bigint
PostgreSQL: select cast("users"."visits" as bigint) from "users"
    []
MySQL: select cast(`users`.`visits` as signed) from `users`
MariaDB: select cast(`users`.`visits` as signed) from `users`
SQLite: select cast("users"."visits" as integer) from "users"

-- cast to double
PostgreSQL: select cast("users"."visits" as double precision) from "users"
    []
MySQL: select cast(`users`.`visits` as double) from `users`
MariaDB: select cast(`users`.`visits` as double) from `users`
SQLite: select cast("users"."visits" as real) from "users"

-- cast to boolean
PostgreSQL: select cast("users"."visits" as boolean) from "users"
    []
MySQL: error: MySQL has no cast to such a type; convert the value in Rust
MariaDB: error: MariaDB has no cast to such a type; convert the value in Rust
SQLite: error: SQLite has no cast to such a type; convert the value in Rust

-- cast to bytes
PostgreSQL: select cast("users"."name" as bytea) from "users"
    []
MySQL: select cast(`users`.`name` as binary) from `users`
MariaDB: select cast(`users`.`name` as binary) from `users`
SQLite: select cast("users"."name" as blob) from "users"

-- cast to date
PostgreSQL: select cast("users"."created_at" as date) from "users"
    []
MySQL: select cast(`users`.`created_at` as date) from `users`
MariaDB: select cast(`users`.`created_at` as date) from `users`
SQLite: error: SQLite has no cast to such a type; convert the value in Rust

-- cast of a value
PostgreSQL: select cast(cast($1 as integer) as bigint) from "users"
    [1 (a 32-bit integer)]
MySQL: select cast(cast(? as signed) as signed) from `users`
MariaDB: select cast(cast(? as signed) as signed) from `users`
SQLite: select cast(?1 as integer) from "users"

-- +
PostgreSQL: select "users"."visits" + $1 from "users"
    [1 (a 32-bit integer)]
MySQL: select `users`.`visits` + ? from `users`
MariaDB: select `users`.`visits` + ? from `users`
SQLite: select "users"."visits" + ?1 from "users"

-- -
PostgreSQL: select "users"."visits" - $1 from "users"
    [1 (a 32-bit integer)]
MySQL: select `users`.`visits` - ? from `users`
MariaDB: select `users`.`visits` - ? from `users`
SQLite: select "users"."visits" - ?1 from "users"

-- *
PostgreSQL: select "users"."visits" * $1 from "users"
    [2 (a 32-bit integer)]
MySQL: select `users`.`visits` * ? from `users`
MariaDB: select `users`.`visits` * ? from `users`
SQLite: select "users"."visits" * ?1 from "users"

-- /
PostgreSQL: select "users"."visits" / $1 from "users"
    [2 (a 32-bit integer)]
MySQL: select `users`.`visits` div ? from `users`
MariaDB: select `users`.`visits` div ? from `users`
SQLite: select "users"."visits" / ?1 from "users"

-- %
PostgreSQL: select "users"."visits" % $1 from "users"
    [2 (a 32-bit integer)]
MySQL: select `users`.`visits` % ? from `users`
MariaDB: select `users`.`visits` % ? from `users`
SQLite: select "users"."visits" % ?1 from "users"

-- negative
PostgreSQL: select -"users"."visits" from "users"
    []
MySQL: select -`users`.`visits` from `users`
MariaDB: select -`users`.`visits` from `users`
SQLite: select -"users"."visits" from "users"

-- negative of negative
PostgreSQL: select -(-"users"."visits") from "users"
    []
MySQL: select -(-`users`.`visits`) from `users`
MariaDB: select -(-`users`.`visits`) from `users`
SQLite: select -(-"users"."visits") from "users"

-- minus a negative
PostgreSQL: select "users"."visits" - (-"users"."visits") from "users"
    []
MySQL: select `users`.`visits` - (-`users`.`visits`) from `users`
MariaDB: select `users`.`visits` - (-`users`.`visits`) from `users`
SQLite: select "users"."visits" - (-"users"."visits") from "users"

-- negative of a value
PostgreSQL: select -cast($1 as integer) from "users"
    [1 (a 32-bit integer)]
MySQL: select -cast(? as signed) from `users`
MariaDB: select -cast(? as signed) from `users`
SQLite: select -?1 from "users"

-- sum of products
PostgreSQL: select "users"."visits" * $1 + "users"."visits" * $2 from "users"
    [2 (a 32-bit integer), 3 (a 32-bit integer)]
MySQL: select `users`.`visits` * ? + `users`.`visits` * ? from `users`
MariaDB: select `users`.`visits` * ? + `users`.`visits` * ? from `users`
SQLite: select "users"."visits" * ?1 + "users"."visits" * ?2 from "users"

-- product of sums
PostgreSQL: select ("users"."visits" + $1) * ("users"."visits" - $2) from "users"
    [2 (a 32-bit integer), 3 (a 32-bit integer)]
MySQL: select (`users`.`visits` + ?) * (`users`.`visits` - ?) from `users`
MariaDB: select (`users`.`visits` + ?) * (`users`.`visits` - ?) from `users`
SQLite: select ("users"."visits" + ?1) * ("users"."visits" - ?2) from "users"

-- difference of differences
PostgreSQL: select "users"."visits" - ("users"."visits" - ("users"."visits" - $1)) from "users"
    [1 (a 32-bit integer)]
MySQL: select `users`.`visits` - (`users`.`visits` - (`users`.`visits` - ?)) from `users`
MariaDB: select `users`.`visits` - (`users`.`visits` - (`users`.`visits` - ?)) from `users`
SQLite: select "users"."visits" - ("users"."visits" - ("users"."visits" - ?1)) from "users"

-- quotient of quotients
PostgreSQL: select ("users"."visits" / ("users"."visits" / $1)) / $2 from "users"
    [2 (a 32-bit integer), 3 (a 32-bit integer)]
MySQL: select (`users`.`visits` div (`users`.`visits` div ?)) div ? from `users`
MariaDB: select (`users`.`visits` div (`users`.`visits` div ?)) div ? from `users`
SQLite: select ("users"."visits" / ("users"."visits" / ?1)) / ?2 from "users"

-- and
PostgreSQL: select "users"."id" = $1 and "users"."age" > $2 from "users"
    [1 (a 64-bit integer), 2 (a 32-bit integer)]
MySQL: select `users`.`id` = ? and `users`.`age` > ? from `users`
MariaDB: select `users`.`id` = ? and `users`.`age` > ? from `users`
SQLite: select "users"."id" = ?1 and "users"."age" > ?2 from "users"

-- or
PostgreSQL: select "users"."id" = $1 or "users"."age" > $2 from "users"
    [1 (a 64-bit integer), 2 (a 32-bit integer)]
MySQL: select `users`.`id` = ? or `users`.`age` > ? from `users`
MariaDB: select `users`.`id` = ? or `users`.`age` > ? from `users`
SQLite: select "users"."id" = ?1 or "users"."age" > ?2 from "users"

-- and of or
PostgreSQL: select "users"."id" = $1 and ("users"."age" > $2 or "users"."age" < $3) from "users"
    [1 (a 64-bit integer), 2 (a 32-bit integer), 1 (a 32-bit integer)]
MySQL: select `users`.`id` = ? and (`users`.`age` > ? or `users`.`age` < ?) from `users`
MariaDB: select `users`.`id` = ? and (`users`.`age` > ? or `users`.`age` < ?) from `users`
SQLite: select "users"."id" = ?1 and ("users"."age" > ?2 or "users"."age" < ?3) from "users"

-- or of and
PostgreSQL: select "users"."id" = $1 or "users"."age" > $2 and "users"."age" < $3 from "users"
    [1 (a 64-bit integer), 2 (a 32-bit integer), 1 (a 32-bit integer)]
MySQL: select `users`.`id` = ? or `users`.`age` > ? and `users`.`age` < ? from `users`
MariaDB: select `users`.`id` = ? or `users`.`age` > ? and `users`.`age` < ? from `users`
SQLite: select "users"."id" = ?1 or "users"."age" > ?2 and "users"."age" < ?3 from "users"

-- not
PostgreSQL: select not "users"."id" = $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select not `users`.`id` = ? from `users`
MariaDB: select not `users`.`id` = ? from `users`
SQLite: select not "users"."id" = ?1 from "users"

-- not of and
PostgreSQL: select not ("users"."id" = $1 and "users"."id" = $2) from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select not (`users`.`id` = ? and `users`.`id` = ?) from `users`
MariaDB: select not (`users`.`id` = ? and `users`.`id` = ?) from `users`
SQLite: select not ("users"."id" = ?1 and "users"."id" = ?2) from "users"

-- not of not
PostgreSQL: select not not "users"."id" = $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select not not `users`.`id` = ? from `users`
MariaDB: select not not `users`.`id` = ? from `users`
SQLite: select not not "users"."id" = ?1 from "users"

-- not compared
PostgreSQL: select (not "users"."id" = $1) = $2 from "users"
    [1 (a 64-bit integer), true]
MySQL: select (not `users`.`id` = ?) = ? from `users`
MariaDB: select (not `users`.`id` = ?) = ? from `users`
SQLite: select (not "users"."id" = ?1) = ?2 from "users"

-- comparison compared
PostgreSQL: select ("users"."id" = $1) = ("users"."age" > $2) from "users"
    [1 (a 64-bit integer), 2 (a 32-bit integer)]
MySQL: select (`users`.`id` = ?) = (`users`.`age` > ?) from `users`
MariaDB: select (`users`.`id` = ?) = (`users`.`age` > ?) from `users`
SQLite: select ("users"."id" = ?1) = ("users"."age" > ?2) from "users"

-- comparison in
PostgreSQL: select ("users"."id" = $1) in ($2, $3) from "users"
    [1 (a 64-bit integer), true, false]
MySQL: select (`users`.`id` = ?) in (?, ?) from `users`
MariaDB: select (`users`.`id` = ?) in (?, ?) from `users`
SQLite: select ("users"."id" = ?1) in (?2, ?3) from "users"

-- all
PostgreSQL: select "users"."id" = $1 and "users"."id" = $2 from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select `users`.`id` = ? and `users`.`id` = ? from `users`
MariaDB: select `users`.`id` = ? and `users`.`id` = ? from `users`
SQLite: select "users"."id" = ?1 and "users"."id" = ?2 from "users"

-- any
PostgreSQL: select "users"."id" = $1 or "users"."id" = $2 from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select `users`.`id` = ? or `users`.`id` = ? from `users`
MariaDB: select `users`.`id` = ? or `users`.`id` = ? from `users`
SQLite: select "users"."id" = ?1 or "users"."id" = ?2 from "users"

-- any of one
PostgreSQL: select "users"."id" = $1 and "users"."id" = $2 from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select `users`.`id` = ? and `users`.`id` = ? from `users`
MariaDB: select `users`.`id` = ? and `users`.`id` = ? from `users`
SQLite: select "users"."id" = ?1 and "users"."id" = ?2 from "users"

-- all of none
PostgreSQL: select true from "users"
    []
MySQL: select true from `users`
MariaDB: select true from `users`
SQLite: select true from "users"

-- any of none
PostgreSQL: select "users"."id" = $1 from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` = ? from `users`
MariaDB: select `users`.`id` = ? from `users`
SQLite: select "users"."id" = ?1 from "users"

-- case
PostgreSQL: select case when "users"."id" = $1 then $2 when "users"."id" = $3 then "users"."age" else $4 end from "users"
    [1 (a 64-bit integer), 1 (a 32-bit integer), 2 (a 64-bit integer), 3 (a 32-bit integer)]
MySQL: select case when `users`.`id` = ? then ? when `users`.`id` = ? then `users`.`age` else ? end from `users`
MariaDB: select case when `users`.`id` = ? then ? when `users`.`id` = ? then `users`.`age` else ? end from `users`
SQLite: select case when "users"."id" = ?1 then ?2 when "users"."id" = ?3 then "users"."age" else ?4 end from "users"

-- case of values
PostgreSQL: select case when "users"."id" = $1 then cast($2 as text) else cast($3 as text) end from "users"
    [1 (a 64-bit integer), "a", "b"]
MySQL: select case when `users`.`id` = ? then ? else ? end from `users`
MariaDB: select case when `users`.`id` = ? then ? else ? end from `users`
SQLite: select case when "users"."id" = ?1 then ?2 else ?3 end from "users"

-- case without else
PostgreSQL: select case when "users"."id" = $1 then cast($2 as integer) end from "users"
    [1 (a 64-bit integer), 1 (a 32-bit integer)]
MySQL: select case when `users`.`id` = ? then cast(? as signed) end from `users`
MariaDB: select case when `users`.`id` = ? then cast(? as signed) end from `users`
SQLite: select case when "users"."id" = ?1 then ?2 end from "users"

-- case calculated
PostgreSQL: select case when "users"."id" = $1 then cast($2 as integer) else cast($3 as integer) end + $4 from "users"
    [1 (a 64-bit integer), 1 (a 32-bit integer), 2 (a 32-bit integer), 1 (a 32-bit integer)]
MySQL: select case when `users`.`id` = ? then cast(? as signed) else cast(? as signed) end + ? from `users`
MariaDB: select case when `users`.`id` = ? then cast(? as signed) else cast(? as signed) end + ? from `users`
SQLite: select case when "users"."id" = ?1 then ?2 else ?3 end + ?4 from "users"

-- call
PostgreSQL: select upper("users"."name") from "users"
    []
MySQL: select upper(`users`.`name`) from `users`
MariaDB: select upper(`users`.`name`) from `users`
SQLite: select upper("users"."name") from "users"

-- now
PostgreSQL: select current_timestamp from "users"
    []
MySQL: select utc_timestamp(6) from `users`
MariaDB: select utc_timestamp(6) from `users`
SQLite: select strftime('%Y-%m-%d %H:%M:%f000', 'now') from "users"

-- sql
PostgreSQL: select "users"."id" + cast($1 as bigint) from "users"
    [1 (a 64-bit integer)]
MySQL: select `users`.`id` + cast(? as signed) from `users`
MariaDB: select `users`.`id` + cast(? as signed) from `users`
SQLite: select "users"."id" + ?1 from "users"

-- sql compared
PostgreSQL: select ("users"."id" + cast($1 as bigint)) = $2 from "users"
    [1 (a 64-bit integer), 2 (a 64-bit integer)]
MySQL: select (`users`.`id` + cast(? as signed)) = ? from `users`
MariaDB: select (`users`.`id` + cast(? as signed)) = ? from `users`
SQLite: select ("users"."id" + ?1) = ?2 from "users"

-- sql in and
PostgreSQL: select "users"."age" = $1 and ("users"."id" = 1 or "users"."id" = 2) from "users"
    [3 (a 32-bit integer)]
MySQL: select `users`.`age` = ? and (`users`.`id` = 1 or `users`.`id` = 2) from `users`
MariaDB: select `users`.`age` = ? and (`users`.`id` = 1 or `users`.`id` = 2) from `users`
SQLite: select "users"."age" = ?1 and ("users"."id" = 1 or "users"."id" = 2) from "users"

-- sql with a name
PostgreSQL: select "name" from "users"
    []
MySQL: select `name` from `users`
MariaDB: select `name` from `users`
SQLite: select "name" from "users"

