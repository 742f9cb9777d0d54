//! What follows from each kind of policy: on what is read, changed and written.

use kysera::ast;
use kysera::expr::call;
use kysera::plugin::{Command, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Error, Value};

use super::policies::{open, reason};
use super::tenants::{NewDoc, Tenant, countries, docs, fill, policies, tags, two};
use crate::support::on_all;
use crate::support::servers::{Fresh, Server, run};

struct User {
    id: i64,
    teams: Vec<i64>,
    boss: Option<i64>,
}

/// What an order comes to is computed by the server.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "orders")]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub price: i64,
    pub note: i64,
    #[column(generated_sql = "price * 2")]
    pub total: i64,
}

fn somebody() -> User {
    User { id: 1, teams: vec![1, 7001], boss: None }
}

fn facts() -> RowPolicies {
    policies()
        .fact("user_id", |user: &User| user.id)
        .fact("teams", |user: &User| user.teams.clone())
        .fact("boss", |user: &User| user.boss)
}

async fn with(fresh: &Fresh, policies: RowPolicies) -> Db {
    open(fresh, policies).await.with(Tenant(1)).with(somebody())
}

async fn ids(db: &Db) -> Vec<i64> {
    select_from(docs::table).order_by(docs::id).select(docs::id).fetch_all(db).await.unwrap()
}

fn yes(table: &str, commands: impl IntoIterator<Item = Command>) -> Policy {
    Policy::allow(table, commands, |_, _| Ok(true.into()))
}

fn no(table: &str, commands: impl IntoIterator<Item = Command>) -> Policy {
    Policy::deny(table, commands, |_, _| Ok(true.into()))
}

fn title_is(title: &'static str) -> Policy {
    Policy::filter("docs", move |docs, _| Ok(docs.column("title").equals(title)))
}

#[test]
fn rl1_policies_have_commands_names_and_ranks() {
    let shown = |policy: Policy| format!("{policy:?}");
    assert!(
        shown(title_is("x"))
            .contains(r#"name: "filter select", table: "docs", effect: Filter, commands: [Select], priority: 0"#)
    );
    assert!(shown(no("DOCS", [Command::Update, Command::Delete])).contains(r#""deny update delete", table: "docs""#));
    assert!(shown(no("docs", [Command::All])).contains("priority: 100"));
    assert!(shown(yes("docs", [Command::All]).priority(-3).named("all")).contains("priority: -3"));
    let all = RowPolicies::new().policy(yes("docs", [Command::All]));
    for command in [Command::Select, Command::Insert, Command::Update, Command::Delete] {
        assert_eq!(all.names_of("Docs", command).collect::<Vec<_>>(), ["allow all"]);
        assert_eq!(all.names_of("tags", command).count(), 0);
    }
    // A filter is for what is read.
    assert_eq!(RowPolicies::new().policy(title_is("x")).names_of("docs", Command::Insert).count(), 0);
}

#[test]
fn rl2_what_cannot_be_meant_is_said() {
    let wrong: [(RowPolicies, &str); 7] = [
        (RowPolicies::new().policy(no("", [Command::All])), "a policy for a table without a name"),
        (RowPolicies::new().policy(no("docs", [])), "the policy `deny ` of `docs` is for no command"),
        (RowPolicies::new().policy(no("docs", [Command::All]).named("")), "a policy of `docs` is named by nothing"),
        (
            RowPolicies::new().policy(Policy::check("docs", [Command::Delete], |_, _| Ok(true.into()))),
            "the policy `check delete` of `docs` checks what writes no row",
        ),
        (RowPolicies::new().fact("a", |_: &User| 1_i64).fact("a", |_: &User| 2_i64), "two facts are called `a`"),
        (RowPolicies::new().fact("", |_: &User| 1_i64), "a fact without a name"),
        (RowPolicies::new().tenant("", |tenant: &Tenant| tenant.0.into()), "a rule for no column"),
    ];
    run(async {
        for (policies, problem) in wrong {
            let error = policies.validate().unwrap_err();
            assert!(error.is_invalid() && error.to_string() == problem, "{error}");
            // And nothing runs.
            let db = Db::builder("sqlite::memory:").plugin(policies).connect().await.unwrap();
            assert_eq!(reason(select_from(countries::table).fetch_all(&db).await), problem);
        }
    });
    facts().validate().unwrap();
}

#[test]
fn rl3_policies_are_kept_by_rank_and_name() {
    let names = |policies: &RowPolicies| policies.names_of("docs", Command::Delete).collect::<Vec<_>>();
    let first = RowPolicies::new().policies([
        yes("docs", [Command::All]),
        no("docs", [Command::Delete]),
        yes("docs", [Command::Delete]).priority(7).named("seven"),
        no("docs", [Command::Delete]),
        yes("tags", [Command::All]),
    ]);
    assert_eq!(names(&first), ["deny delete", "deny delete 2", "seven", "allow all"]);
    // Another of the same name takes its place, and its own rank.
    let second =
        first.policies([yes("docs", [Command::Delete]).named("seven"), yes("tags", [Command::All]).named("seven")]);
    assert_eq!(names(&second), ["deny delete", "deny delete 2", "allow all", "seven"]);
}

#[test]
fn rl5_reads_are_filtered() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        // Several are joined by `and`, with the tenant.
        let db = with(
            fresh,
            facts().policies([
                Policy::filter("docs", |docs, user| user.matches(docs.column("id"), "user_id")),
                title_is("mine"),
            ]),
        );
        assert_eq!(ids(&db.await).await, [1]);
        let db = with(fresh, facts().policies([title_is("mine"), title_is("mine too")])).await;
        assert!(ids(&db).await.is_empty());
        // A list is `in`, an empty one nothing, and `null` is `is null`.
        let teams = || Policy::filter("docs", |docs, user| user.matches(docs.column("id"), "teams"));
        let db = open(fresh, facts().policy(teams())).await.with(Tenant(1));
        assert_eq!(ids(&db.with(somebody())).await, [1]);
        assert!(ids(&db.with(User { teams: Vec::new(), ..somebody() })).await.is_empty());
        let boss = Policy::filter("docs", |docs, user| user.matches(docs.column("parent_id"), "boss"));
        let db = open(fresh, facts().policy(boss)).await.with(Tenant(1));
        assert_eq!(ids(&db.with(somebody())).await, [1]);
        assert_eq!(ids(&db.with(User { boss: Some(7001), ..somebody() })).await, [2]);
        // What nobody said fails closed, and so does a fact that there is not.
        assert!(reason(select_from(docs::table).fetch_all(&db).await).contains("nothing says the fact `boss`"));
        let unknown = Policy::filter("docs", |docs, user| user.matches(docs.column("id"), "nonsense"));
        let db = with(fresh, facts().policy(unknown)).await;
        assert!(reason(select_from(docs::table).fetch_all(&db).await).contains("there is no fact `nonsense`"));
        // An alias is known by its name, on either side of a join.
        alias!(other = docs);
        let db = with(fresh, facts().policy(title_is("mine too"))).await;
        let joined = select_from(docs::table).left_join(other, other.id.lt(docs::id)).select((docs::id, other.id));
        assert_eq!(joined.fetch_all(&db).await.unwrap(), [(2, None)]);
        // A condition that is always true, or never, is told before.
        let db = with(fresh, facts().policy(yes("docs", [Command::Select]))).await;
        assert_eq!(ids(&db).await, [1, 2]);
        assert!(ids(&with(fresh, facts().policy(no("docs", [Command::Select]))).await).await.is_empty());
        drop(all);
    });
}

#[test]
fn rl7_deny_comes_before_allow_and_nothing_is_allowed_by_itself() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let remove = || delete_from(docs::table).all_rows();
        // Denied whatever allows it, and whoever asks.
        let denied = facts().policies([yes("docs", [Command::All]), no("docs", [Command::Delete]).named("docs stay")]);
        let db = with(fresh, denied).await;
        assert_eq!(reason(remove().execute(&db).await), "the policy `docs stay` does not let it pass");
        assert_eq!(ids(&db).await, [1, 2]);
        // By the rows: those that are denied are as if they were not there.
        let denied = Policy::deny("docs", [Command::Delete], |docs, _| Ok(docs.column("title").equals("mine")));
        let db = with(fresh, facts().policies([yes("docs", [Command::All]), denied])).await;
        assert_eq!(remove().execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(ids(&db).await, [1]);
        fill(&all).await.unwrap();
        // A table that something is allowed on is closed to all else.
        let db = with(fresh, facts().policy(yes("docs", [Command::Select]))).await;
        assert_eq!(ids(&db).await, [1, 2]);
        let insert = || insert_into(docs::table).values(NewDoc::new(30, 1, "q", "q"));
        assert_eq!(reason(remove().execute(&db).await), "no policy allows it");
        assert_eq!(
            reason(update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await),
            "no policy allows it"
        );
        let error = insert().execute(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "the plugin `row policies` refused this insert of `docs`: no policy allows it");
        assert_eq!(reason::<()>(Err(error)), "no policy allows it");
        assert!(ids(&with(fresh, facts().policy(yes("docs", [Command::Insert]))).await).await.is_empty());
        // Of several, one is enough.
        let either = |title: &'static str| {
            Policy::allow("docs", [Command::All], move |docs, _| Ok(docs.column("title").equals(title)))
        };
        let db = with(fresh, facts().policies([either("mine"), either("mine too"), either("q")])).await;
        assert_eq!(ids(&db).await, [1, 2]);
        insert().execute(&db).await.unwrap();
        assert_eq!(ids(&db).await, [1, 2, 30]);
        // An error of a policy is its own, and not a violation; reads end by it too.
        let failing = Policy::deny("docs", [Command::All], |_, _| Err(Error::invalid("the moon is full")));
        let db = with(fresh, facts().policy(failing)).await;
        assert_eq!(reason(select_from(docs::table).fetch_all(&db).await), "the moon is full");
        assert_eq!(reason(insert().execute(&db).await), "the moon is full");
        // A condition that is `null` allows nothing and denies all.
        let null =
            |docs: &kysera::ast::TableUse<'_>| Ok(docs.column("id").equals(Value::Null(kysera::value::Kind::I64)));
        let db = with(fresh, facts().policy(Policy::allow("docs", [Command::All], move |docs, _| null(docs)))).await;
        assert!(ids(&db).await.is_empty());
        let db = with(fresh, facts().policy(Policy::deny("docs", [Command::All], move |docs, _| null(docs)))).await;
        assert!(ids(&db).await.is_empty());
        // A row that is not there is none, and no violation.
        let db = with(fresh, facts().policy(yes("docs", [Command::All]))).await;
        let missing = select_from(docs::table).filter(docs::id.eq(99)).fetch_one(&db).await;
        assert!(missing.unwrap_err().is_not_found());
    });
}

/// No doc is called so, when it is written.
fn no_x() -> Policy {
    let is_no_x = |docs: &kysera::ast::TableUse<'_>| !docs.column("title").equals("x");
    Policy::check("docs", [Command::Insert, Command::Update], move |docs, _| Ok(is_no_x(docs))).named("no x")
}

#[test]
fn rl7_what_is_written_is_checked() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let db = with(fresh, facts().policy(no_x())).await;
        let row = |id: i64, title: &str| NewDoc::new(id, 1, format!("code {id}"), title);
        let violated = "the policy `no x` does not let it pass";
        let unclear = "the policy `no x` cannot be checked before the rows are written; give their values";
        // Each row of an insert.
        insert_into(docs::table).values([row(30, "y"), row(31, "z")]).execute(&db).await.unwrap();
        assert_eq!(reason(insert_into(docs::table).values([row(32, "y"), row(33, "x")]).execute(&db).await), violated);
        // What is not known is not let pass: expressions, rows of queries, text that some server takes for the same.
        let by_expression = (
            docs::id.to(34),
            docs::code.to("c34"),
            docs::title.to(call::<String, _>("lower", (value("Y".to_owned()),))),
        );
        assert_eq!(reason(insert_into(docs::table).set(by_expression).execute(&db).await), unclear);
        alias!(source = docs);
        let copy = select_from(source).select((source.id + 100, source.title, source.title));
        let columns = (docs::id, docs::code, docs::title);
        assert_eq!(reason(insert_into(docs::table).from_select(columns, copy).execute(&db).await), unclear);
        for near in ["X", "x ", "\u{e9}"] {
            assert_eq!(reason(insert_into(docs::table).values(row(35, near)).execute(&db).await), unclear);
        }
        assert_eq!(ids(&db).await, [1, 2, 30, 31]);
        // An update, by its values or by the rows.
        let set = |title: &str| update(docs::table).set(docs::title.to(title)).filter(docs::id.eq(1));
        assert_eq!(reason(set("x").execute(&db).await), violated);
        assert_eq!(set("y").execute(&db).await.unwrap().rows_affected, 1);
        let lowered = update(docs::table).set(docs::title.to(call::<String, _>("lower", (docs::code,)))).all_rows();
        update(docs::table).set(docs::code.to("X")).filter(docs::id.eq(2)).execute(&all).await.unwrap();
        if fresh.server.spec().text_as_place {
            assert!(reason(lowered.execute(&db).await).contains("an `enum` may take the text for a place"));
        } else {
            assert_eq!(lowered.execute(&db).await.unwrap().rows_affected, 3);
        }
        let two = select_from(docs::table).filter(docs::id.eq(2)).select(docs::title);
        assert_eq!(two.fetch_one(&db).await.unwrap(), "mine too");
        // What may be another value the second time that the server makes it is refused, whatever it is the first time.
        let unknown = sql!("case when 1 = 1 then 'y' else 'x' end").typed::<String>();
        assert!(
            update(docs::table).set(docs::title.to(unknown)).all_rows().execute(&db).await.unwrap_err().is_invalid()
        );
        let hidden = sql!(r#"cast(U&"lo!0077er" UESCAPE '!' ('Y') as text)"#).typed::<String>();
        assert!(select_from(docs::table).select(hidden).fetch_all(&db).await.unwrap_err().is_invalid());
        // Both branches of an upsert.
        let upsert = |title: &str| insert_into(docs::table).values(row(1, title));
        let upsert = |title: &str, to: &str| match fresh.server.spec().quote {
            '"' => upsert(title).on_conflict(docs::id).do_update(docs::title.to(to)),
            _ => upsert(title).on_duplicate_key_update(docs::title.to(to)),
        };
        assert_eq!(reason(upsert("x", "y").execute(&db).await), violated);
        assert_eq!(reason(upsert("y", "x").execute(&db).await), violated);
        match upsert("y", "z").execute(&db).await {
            Ok(_) => {}
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
        let titles = select_from(docs::table).filter(docs::title.eq("x")).fetch_all(&all).await.unwrap();
        assert!(titles.is_empty());
    });
}

#[test]
fn rl8_a_query_may_ask_what_may_be_done() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let many: Vec<_> = (100..1100).map(|id| NewDoc::new(id, 1 + id % 10, format!("code {id}"), "many")).collect();
        insert_into(docs::table).values(many).execute(&all).await.unwrap();
        let db = with(
            fresh,
            facts().policies([
                yes("docs", [Command::All]),
                Policy::deny("docs", [Command::Update], |docs, _| Ok(docs.column("title").equals("mine"))),
                Policy::deny("docs", [Command::Delete], |docs, _| Ok(!docs.column("title").equals("mine"))),
                no("tags", [Command::Delete]),
            ]),
        )
        .await;
        let one = || select_from(docs::table).filter(docs::id.eq(1)).select(docs::id);
        assert_eq!(one().fetch_all(&db).await.unwrap(), [1]);
        assert!(one().with(RowPolicies::may_update()).fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(one().with(RowPolicies::may_delete()).fetch_all(&db).await.unwrap(), [1]);
        assert!(select_from(tags::table).with(RowPolicies::may_delete()).fetch_all(&db).await.unwrap().is_empty());
        // The server filters, in order, and one row in ten is the tenant's.
        let many = select_from(docs::table).filter(docs::id.ge(100)).order_by(docs::id.desc()).select(docs::id);
        let found = many.with(RowPolicies::may_update()).fetch_all(&db).await.unwrap();
        assert!(found.len() == 100 && found.is_sorted_by(|left, right| left > right));
        // The one way round has a name.
        let all = db.without_plugin("row policies").unwrap();
        assert_eq!(select_from(docs::table).fetch_all(&all).await.unwrap().len(), 1004);
    });
}

#[test]
fn rl12_rules_and_policies_go_together() {
    on_all(async |fresh| {
        two(fresh).await;
        // The tenant's, of those the owner's, of those what a module lets be seen, and what another took over.
        let owner = |policies: RowPolicies| policies.owner(["docs"], "id", |user: &User| user.id.into());
        let db = with(fresh, owner(facts())).await;
        assert_eq!(ids(&db).await, [1]);
        assert!(
            reason(update(docs::table).set(docs::id.to(9)).all_rows().execute(&db).await).contains("the column `id`")
        );
        let other = db.with(User { id: 7001, ..somebody() });
        assert!(ids(&other).await.is_empty());
        let module = || [title_is("nothing").named("visible"), no("docs", [Command::Update])];
        let db = with(fresh, owner(facts()).policies(module())).await;
        assert!(ids(&db).await.is_empty());
        let db = with(fresh, owner(facts()).policies(module()).policy(title_is("mine").named("visible"))).await;
        assert_eq!(ids(&db).await, [1]);
        // Other tables are the tenant's alone.
        assert_eq!(select_from(tags::table).fetch_all(&db).await.unwrap().len(), 2);
    });
}

#[test]
fn what_becomes_of_a_computed_column_is_not_known_before() {
    on_all(async |fresh| {
        create_table_for::<Order>().execute(&fresh.db).await.unwrap();
        let check =
            Policy::check("orders", [Command::Update], |orders, _| Ok(!orders.column("total").equals(2000_i64)));
        insert_into(orders::table).values(NewOrder::new(1, 10, 0)).execute(&fresh.db).await.unwrap();
        let db = open(fresh, RowPolicies::new().policy(check)).await.with(somebody());
        let price = update(orders::table).set(orders::price.to(1000)).filter(orders::id.eq(1));
        assert!(reason(price.execute(&db).await).contains("`total` cannot be checked"));
        let note = update(orders::table).set(orders::note.to(1)).filter(orders::id.eq(1));
        assert_eq!(note.execute(&db).await.unwrap().rows_affected, 1);
    });
}

#[test]
fn a_column_that_is_set_twice_is_set_once_by_another_name() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let check = Policy::check("docs", [Command::Update], |docs, _| Ok(!docs.column("title").equals("x")));
        let db = with(fresh, facts().policy(check)).await;
        let mut twice = ast::Update {
            with: Vec::new(),
            table: ast::Table { name: "docs".into(), alias: None },
            assignments: Vec::new(),
            from: Default::default(),
            filter: None,
            all_rows: true,
            returning: Default::default(),
        };
        for (column, value) in [("title", "y"), ("TITLE", "x")] {
            twice.assignments.push(ast::Assignment { column: column.into(), value: value.to_owned().into() });
        }
        assert!(db.execute(ast::Statement::from(twice).into()).await.unwrap_err().is_invalid());
        let titles = select_from(docs::table).select(docs::title).fetch_all(&all).await.unwrap();
        assert!(!titles.contains(&"x".to_owned()) && !titles.contains(&"y".to_owned()), "{titles:?}");
    });
}

/// What only some servers have a list of, and no declaration tells from text.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "papers")]
pub struct Paper {
    #[column(primary_key)]
    pub id: i64,
    pub status: String,
    pub labels: String,
    #[column(type = "varchar(20)")]
    pub code: String,
}

#[test]
fn text_that_a_server_takes_for_a_place_in_a_list_is_not_taken_for_another_value() {
    on_all(async |fresh| {
        let places = matches!(fresh.server, Server::Mysql9 | Server::Mariadb);
        let types = if places {
            "status enum('draft', 'published') not null, labels set('hot', 'new') not null"
        } else {
            "status text not null, labels text not null"
        };
        let create = format!("create table papers (id bigint primary key, {types}, code varchar(20) not null)");
        fresh.db.batch_unchecked(&create).await.unwrap();
        let unless = |column: &'static str, value: &'static str| {
            let other = move |papers: &ast::TableUse<'_>| Ok(!papers.column(column).equals(value));
            Policy::check("papers", [Command::Insert, Command::Update], move |papers, _| other(papers))
                .named(format!("{column} {value}"))
        };
        let policies = [("status", "published"), ("labels", "hot,new"), ("labels", "hot"), ("code", "1")];
        let policies = policies.map(|(column, value)| unless(column, value));
        let db = open(fresh, RowPolicies::new().policies(policies)).await;
        let paper = |id: i64, status: &str, labels: &str| NewPaper::new(id, status, labels, "2");
        insert_into(papers::table).values(paper(1, "draft", "new")).execute(&db).await.unwrap();
        let set = |status: &str, labels: &str| {
            update(papers::table).set((papers::status.to(status), papers::labels.to(labels))).all_rows()
        };
        assert_eq!(set("DRAFT", "NEW").execute(&db).await.unwrap().rows_affected, 1);
        let digits = update(papers::table).set(papers::code.to("22")).all_rows();
        assert_eq!(digits.execute(&db).await.unwrap().rows_affected, 1, "it is declared as text");
        let of_another = update(papers::table).set(papers::status.to(papers::code)).all_rows();
        let of_another = of_another.execute(&db).await;
        assert_eq!(of_another.is_err(), places);
        for (status, labels) in [
            ("2", "new"),
            (" 2", "new"),
            ("+2", "new"),
            ("2 ", "new"),
            ("02", "new"),
            ("draft", "1"),
            ("draft", "3"),
            ("draft", "new,hot"),
            ("draft", "hot,hot"),
            ("draft", "HOT,hot"),
        ] {
            let inserted = insert_into(papers::table).values(paper(9, status, labels)).execute(&db).await;
            let updated = set(status, labels).execute(&db).await;
            for refused in [inserted, updated] {
                if places {
                    assert!(reason(refused).contains("may take the text for a place in its list"), "{status} {labels}");
                } else {
                    refused.unwrap();
                }
            }
            delete_from(papers::table).filter(papers::id.eq(9)).execute(&fresh.db).await.unwrap();
        }
        // A number that the policy asks for by its text is that text.
        let only = Policy::check("papers", [Command::Update], |papers, _| Ok(papers.column("status").equals("2")));
        let db = open(fresh, RowPolicies::new().policy(only)).await;
        set("2", "new").execute(&db).await.unwrap();
    });
}
