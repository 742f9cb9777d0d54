//! Text within statements is one expression, and what calls functions is seen in it: no word begins another clause, whether it
//! stands by itself or is glued to a number, and no operator is taken for a function.

use kysera::expr::{call, ident};
use kysera::plugin::{HarmlessFunctions, ReadOnly};
use kysera::prelude::*;
use kysera::{Executor, ast};

use super::tenants::{NewDoc, Tenant, countries, docs, of_the_other, two};
use crate::support::on_all;

/// `select <text>`, with an expression in each of its slots.
fn selecting(text: &str) -> ast::Statement {
    let mut raw = ast::Raw::default();
    for (at, part) in text.split("{}").enumerate() {
        if at > 0 {
            raw.parts.push(ast::RawPart::Expr(ast::Expr::from(1_i64).equals(2_i64)));
        }
        raw.parts.push(ast::RawPart::Text(part.to_owned().into()));
    }
    let item = ast::SelectExpr { expr: ast::Expr::Raw(ast::Shared::new(raw)), alias: None };
    let columns = [ast::SelectItem::Expr(item)].into_iter().collect();
    ast::Select { columns, ..ast::Select::default() }.into()
}

#[test]
fn ordinary_text_is_one_expression() {
    let functions = HarmlessFunctions::new();
    for text in [
        "id = 1 and not title = 'x' or id is not null",
        "title not like '100!% _%' escape '!'",
        "id between 1 and 2",
        "id is not distinct from 3",
        "id not in (1, 2) and (id, 2) in ((1, 2))",
        "case when id = 1 then 'a' else title end = 'a'",
        "case id when (1) then ('a') end",
        "case when id = 1 then case when 2 = 2 then 3 else 4 end end + 1 = 2",
        "id = 1 and title collate binary = 'x' collate \"C\" or t.end = t.case",
        "count(*) over w + 1",
        "*",
        "docs.*",
        "distinct docs.title",
        "data is null or interval '1-2' is null",
        "title::text = 'a' and at::timestamp without time zone is null",
        "id::double precision > 1.5e3 + .5 - 1e+3 + 0xff",
        "at at time zone 'utc' > timestamp '2026-01-01' - interval '1' day",
        "at > current_date - interval 7 day and date_add(at, interval 1 hour) < now()",
        "count(*) filter (where id > 1) over (partition by (title) order by id rows between 1 preceding and current row)",
        "sum(id) over (order by id rows 3 preceding) as total",
        "first_value(id) ignore nulls over w",
        "title collate nocase asc nulls last",
        "title similar to 'a|b' or title ilike any ('x') or id = any (1)",
        "title regexp binary 'x' or title sounds like 'y' or 1 member of ('[1]')",
        "match (title) against ('x' in boolean mode)",
        "cast(title as decimal(4, 1)) + cast(id as signed) = convert(id, char(3))",
        "trim(both 'x' from title) || substring(title from 1 for 2) || overlay(title placing 'x' from 1)",
        "extract(year from at) = 2026 and exists (1)",
        "distinct title",
        "docs.* is null or docs.id = 1",
        "xor_id xor id div 2 mod 3",
        "json_object('a' value id) is json",
        "to_tsvector(title) @@ to_tsquery('x') and tags <@ {} and title ilike 'x' and title is not null",
        "value ilike 'x' or rows = 1 or document like ('x')",
    ] {
        functions.check(&selecting(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

#[test]
fn no_word_begins_another_clause() {
    let functions = HarmlessFunctions::new();
    for text in [
        "1 = 1 on conflict do update set tenant_id = 1",
        "1 = 1 on duplicate key update tenant_id = 1",
        "1 on duplicate key update tenant_id = 1",
        "1 = 1 right",
        "1 = 1 natural",
        "true and left join",
        "id limit 5",
        "id offset 5",
        "id group by id",
        "id order by id",
        "id having 1",
        "id for share",
        "id lock in share mode",
        "id window w as ()",
        "id procedure analyse",
        "(id) docs",
        "'a' docs",
        "docs.* docs",
        // Some server has a column of that name.
        "1 = 1 collate binary right",
        "id collate binary limit + 1",
        "1 = zone right",
        "1 = interval right",
        "1 = match full",
        "1 = @ having (1 = 1)",
        "1 = {d '2026-01-01'} having (1)",
        // It is not over where the text is.
        "1 = 1 and",
        "not",
        "docs.",
        "id =",
        "case when 1 = 1 then 1",
        "1 = 1 then 1 end = 1 or 1 = 1 or case when 1 = 1",
        "1 end or 1 = 1 or case when 1 then 1",
        "1 when 2",
        "1 else 2",
        // Two servers read a number and a word.
        "1 = 1.0join docs",
        "1e0straight_join docs",
        "max(title), 1.0from docs",
        "1e+1from docs",
        "1.e5join docs",
        "1.join docs",
        ".5join docs",
        "0x1from docs",
        "0b1from docs",
        "(1.0union (2))",
        "12abc",
        "1e0into",
    ] {
        for refused in [functions.check(&selecting(text)), functions.check(&selecting(&text.to_uppercase()))] {
            assert!(refused.is_err_and(|error| error.is_invalid()), "{text}");
        }
    }
}

/// What some server lets a database call its own function is an operator only where one may stand.
#[test]
fn no_operator_is_a_function() {
    let functions = HarmlessFunctions::new();
    for word in "against array binary by cube double escape filter ilike is lateral limit of offset over overlaps \
                 partition range regexp rlike rollup rows sets signed symmetric timetz timestamptz unsigned value varbit varbinary \
                 varying within xor zone some"
        .split_ascii_whitespace()
    {
        let outside = ["(select {word}(1))", "count(*) filter (where {word}(id))", "trim(both {word}(1) from title)", "data ? {word}(1)"];
        for text in outside.map(|it| it.replace("{word}", word)) {
            assert!(functions.check(&selecting(&text)).is_err_and(|error| error.is_invalid()), "{text}");
        }
        for text in [format!("{word}(1)"), format!("id + {word} (1)"), format!("coalesce({word}(1))"), format!("{word} {{}}")] {
            let error = functions.check(&selecting(&text)).expect_err(&text);
            assert!(error.is_invalid(), "{text}: {error}");
        }
    }
}

/// Words that some server has for what comes before an operand, or for a part of a name: an operator that comes after an
/// operand elsewhere is a function of the database's own behind them.
#[test]
fn no_operand_is_taken_for_complete() {
    let functions = HarmlessFunctions::new();
    for text in [
        "all filter(docs.title)",
        "max(all filter(docs.title))",
        "max(distinctrow ilike('x'))",
        "string_agg(all over(title), ',')",
        "xmlparse(content filter('x'))::text",
        "xmlserialize(content rows('x') as text)",
        "xmlexists('//x' passing by ref rows('x'))",
        "(@case filter('x') when 'mine' then 1 else 2 end) = 1",
        "json_object('k': not rlike('x'))",
        "json_object('k': case filter('x') when 'y' then 1 else 2 end)::text",
        "exists (select 1 fetch first separator('x') rows only)",
        "(select bool_and(over and passing('x')) from (select true as over) as t)",
        "(select bool_and(docs.as and passing('x')))",
        "t.collate and passing('x')",
        "sql_no_cache ilike('x')",
        "high_priority ilike('x')",
        "unique ilike('x')",
        "binary ilike('x') like '%secret%'",
        "date_add('2020-01-01', interval placing('x') day)",
        "1 = @a. or ilike('x') like '%secret%'",
        "1 = @. or ilike('x')",
        "1 = @\u{b}or ilike('x')",
        "1 = @ or ilike('x')",
        "(select straight_join passing('x')) >= 0",
        "(select count(*) for system_time as of passing('x')) >= 0",
        "1 = @a. having -1",
        "1 = @ having -1",
        "'lower'('x')",
        "distinct on {} rlike('docs')",
        "(select distinct on {} filter('docs'))",
        "1 = @.. right",
        "1 = @.a.. right",
        "(row(1, 2)).*",
        "{}.*",
        "cast(@@identity as signed)",
        "@@session.last_insert_id = 1",
        "(x).a.b.c.d.leak > 1",
        "(x).unnest.*",
        "{}.json_each.*",
        "(x).\"count\".*",
        "@@session.'identity' = 1",
        "@@session.\"identity\" = 1",
        "@@LAST_INSERT_ID = 1",
    ] {
        let error = functions.check(&selecting(text)).expect_err(text);
        assert!(error.is_invalid(), "{text}: {error}");
    }
}

/// A function that is allowed in a schema is not one of the same name in a schema of other letters, as far as servers tell
/// those apart.
#[test]
fn a_schema_is_that_which_is_allowed() {
    let functions = HarmlessFunctions::new().allow_function("geo.distance");
    for text in [
        "geo.distance(1)",
        "\"geo\".distance(1)",
        "geo . DISTANCE(1)",
        "PG_CATALOG.lower('x')",
        "DOCS.title > LOWER(Docs.title)",
    ] {
        assert!(functions.check(&selecting(text)).is_ok(), "{text}");
    }
    for text in [
        "\"geo.distance\"(1)",
        "\"PG_CATALOG\".lower('x')",
        "GEO.distance(1)",
        "\"GEO\".distance(1)",
        "Geo . distance(1)",
        "a.geo.distance(1)",
    ] {
        let error = functions.check(&selecting(text)).expect_err(text);
        assert!(error.is_invalid(), "{text}: {error}");
    }
}

/// Text of any length ends no stack. What it costs must not grow with the square of that, or this takes hours.
#[test]
fn long_text_is_read_to_its_end() {
    let functions = HarmlessFunctions::new();
    for text in [
        format!("{}a(1)", "a.".repeat(200_000)),
        format!("{}a", "a.".repeat(200_000)),
        format!("(x){}", ".a".repeat(200_000)),
        format!("1 = @{}a", ".".repeat(200_000)),
    ] {
        assert!(functions.check(&selecting(&text)).is_err_and(|error| error.is_invalid()), "{}", &text[..20]);
    }
    // To whom it is one expression, it still is.
    assert!(functions.check(&selecting(&format!("{}like('x', 'y')", "not ".repeat(200_000)))).is_ok());
}

/// A table that is called as the schema of a server's own.
#[derive(PartialEq, Table)]
#[table(name = "main")]
pub struct Main {
    #[column(primary_key)]
    pub pragma_optimize: i64,
}

/// Each of these changed, or gave, rows of the other tenant on some server.
#[test]
fn no_text_gets_around_policies() {
    alias!(other = countries);
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let own = db.with(Tenant(1));
        let before = of_the_other(&all).await;
        macro_rules! taken_over {
            ($text:literal) => {{
                let rows = || select_from(countries::table).filter(sql!($text));
                let columns = (docs::id, docs::tenant_id, docs::code, docs::title);
                let given = rows().select((countries::id + 7001, countries::id * 1, countries::name, countries::name));
                insert_into(docs::table).from_select(columns, given).to_statement()
            }};
        }
        macro_rules! joined {
            ($text:literal) => {{
                let joined = select_from(countries::table).inner_join(other, sql!($text));
                let left = joined.left_join(docs::table, docs::id.eq(countries::id));
                left.select(sql!("docs.title").typed::<String>()).to_statement()
            }};
        }
        // The tenant is in the place of the parent, if the first value is two.
        let shifted = insert_into(docs::table).set((
            docs::id.to(sql!("(row(7003::bigint, 2::bigint)).*").typed::<i64>()),
            docs::tenant_id.to(1),
            docs::parent_id.to(sql!("(row('planted', 'by one')).*").typed::<Option<i64>>()),
            docs::code.to(sql!("(row()).*").typed::<String>()),
            docs::title.to(sql!("(row()).*").typed::<String>()),
        ));
        let set = docs::title.to(sql!("'hacked' on conflict do update set title = title").typed::<String>());
        let upsert = insert_into(docs::table).values(NewDoc::new(7001, 1, "c", "new"));
        let hidden = ")is null)or(1=1)or(1=1 or @lower(";
        let lower = || call::<String, _>("lower", (sql!("{}", ident(hidden)).typed::<String>(),));
        let titles = || select_from(docs::table).select(docs::title);
        let ended = sql!("1 = 1 then 1 end = 1 or 1 = 1 or case when 1 = 1");
        let case = kysera::expr::case::<i64>().when(ended, 1).otherwise(0);
        for statement in [
            taken_over!("1 = 1 on conflict on constraint docs_pkey do update set tenant_id = 1"),
            taken_over!("1 = 1 on conflict do update set tenant_id = 1"),
            taken_over!("1 = 1 on duplicate key update tenant_id = 1"),
            upsert.on_conflict(docs::id).do_update(set).to_statement(),
            joined!("1 = 1.0join docs"),
            joined!("1 = 1e0straight_join docs"),
            joined!("1=1 right"),
            titles().filter(case.eq(1)).to_statement(),
            titles().filter(sql!("not ilike('docs')")).to_statement(),
            titles().filter(sql!("\"LOWER\"('docs') = 'x'")).to_statement(),
            titles().filter(sql!("\"PG_CATALOG\".lower('docs') = 'x'")).to_statement(),
            titles().filter(sql!("@{}", lower())).to_statement(),
            titles().filter(sql!(":{}", lower())).to_statement(),
            titles().filter(sql!("#{}", lower())).to_statement(),
            titles().filter(sql!("evil.{} = 'x'", lower())).to_statement(),
            titles().filter(sql!("{}.{} = 'x'", ident("evil"), lower())).to_statement(),
            titles().filter(sql!("{}.lower('x') = 'x'", docs::title)).to_statement(),
            titles().filter(sql!("{}.a.lower('x') = 'x'", docs::title)).to_statement(),
            shifted.to_statement(),
        ] {
            let error = own.execute(statement.into()).await.unwrap_err();
            assert!(error.is_invalid() || error.is_unsupported(), "{error}");
        }
        assert_eq!(of_the_other(&all).await, before);

        let read = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        for statement in [
            titles().filter(sql!("1.0into outfile '/tmp/leak'")).to_statement(),
            select_from(docs::table).select((docs::title, sql!("1e0into @leak").typed::<f64>())).to_statement(),
            titles().filter(sql!("(select count(*) from pragma_optimize where arg = 65538) > 0")).to_statement(),
            titles().filter(sql!("(select count(*) from 'pragma_optimize' where arg = 65538) >= 0")).to_statement(),
            titles().filter(sql!("(select count(*) from 'PRAGMA_optimize'(65538)) >= 0")).to_statement(),
            titles().filter(sql!("(select count(*) from \"main\".'pragma_optimize'(65538)) >= 0")).to_statement(),
            select_from(main::table)
                .filter(sql!("(select count(*) from {} where arg = 65538) >= 0", main::pragma_optimize))
                .select(main::pragma_optimize)
                .to_statement(),
            titles().filter(sql!("1 = 1 for share")).to_statement(),
            titles().filter(sql!("1 = 1 lock in share mode")).to_statement(),
        ] {
            assert!(read.execute(statement.into()).await.unwrap_err().is_invalid());
        }
        read.close().await.unwrap();
    });
}
