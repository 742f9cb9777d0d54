//! The same policies held by PostgreSQL, for a role that owns nothing: what the server lets through is what the plugin does.

use kysera::plugin::{Command, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::{Db, Executor, Result, ast, dialect};

use super::escapes::{Then, outcome, reads, writes};
use super::tenants::{Doc, Tag, Tenant, count_of_the_other, docs, fill, of_the_other, policies, tags, two};
use super::why;
use crate::support::on_each;
use crate::support::servers::{Fresh, Server};

const POSTGRES: [Server; 2] = [Server::Postgres15, Server::Postgres18];

/// Who asks.
#[derive(Clone)]
struct User {
    id: i64,
    role: &'static str,
    teams: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "papers")]
struct Paper {
    #[column(primary_key)]
    id: i64,
    tenant_id: i64,
    author_id: i64,
    team_id: i64,
    status: String,
}

/// A role that may log in and use the tables, and owns none; its database is the same.
async fn login(fresh: &Fresh, plugin: RowPolicies) -> (String, Db) {
    let (role, schema) = (format!("{}_app", fresh.name()), fresh.name());
    let made = format!(
        "create role {role} login password 'app'; grant usage on schema {schema} to {role}; \
         grant select, insert, update, delete on all tables in schema {schema} to {role}"
    );
    fresh.db.batch_unchecked(&made).await.unwrap();
    let (_, server) = fresh.url.split_once('@').unwrap();
    let db = Db::builder(format!("postgres://{role}:app@{server}")).plugin(plugin).connect().await.unwrap();
    (role, db)
}

async fn drop_role(fresh: &Fresh, role: &str, db: Db) {
    db.close().await.unwrap();
    fresh.db.batch_unchecked(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
}

async fn run_all(db: &Db, statements: Vec<ast::Statement>) {
    db.transaction(async |trx| {
        for statement in statements {
            trx.execute(statement.into()).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

/// Runs a statement as the server holds its policies.
async fn natively(db: &Db, statement: &ast::Statement) -> Result<Vec<String>> {
    db.transaction(async |trx| {
        trx.execute(RowPolicies::set_local().into()).await?;
        outcome(trx, statement).await
    })
    .await
}

async fn everything(all: &Db) -> (Vec<Doc>, Vec<Tag>) {
    let docs = select_from(docs::table).order_by(docs::id).fetch_all(all).await.unwrap();
    (docs, select_from(tags::table).order_by(tags::id).fetch_all(all).await.unwrap())
}

/// Docs and tags, in a schema where the server holds the rule of tenants.
async fn held(fresh: &Fresh) -> (String, Db, Db) {
    let (_, all) = two(fresh).await;
    let policies = policies();
    let native = policies.native().table(docs::table).table(tags::table);
    run_all(&all, native.create().unwrap()).await;
    // What the plugin adds to inserts, a default does.
    let own = "default cast(nullif(current_setting('kysera.tenant_id', true), '') as bigint)";
    let default = format!("alter table docs alter tenant_id set {own}; alter table tags alter tenant_id set {own}");
    all.batch_unchecked(&default).await.unwrap();
    let (role, db) = login(fresh, super::tenants::policies().leave_to_server()).await;
    (role, db, all)
}

#[test]
fn rl10_every_attempt_to_read_gives_what_it_gives_by_the_plugin() {
    on_each(&POSTGRES, async |fresh| {
        let (role, db, all) = held(fresh).await;
        let plugin = Db::builder(fresh.url.clone()).plugin(policies()).table(docs::table).connect().await.unwrap();
        let mut compared = 0;
        for tenant in [1, 2, 3] {
            for (name, then, statement) in reads() {
                let found = natively(&db.with(Tenant(tenant)), &statement).await;
                if let (Then::Runs, Ok(expected)) = (then, outcome(&plugin.with(Tenant(tenant)), &statement).await) {
                    assert_eq!(found.unwrap(), expected, "{name} of {tenant}");
                    compared += 1;
                }
            }
        }
        assert!(compared >= 120, "{compared}");
        drop((all, plugin));
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn rl10_every_attempt_to_write_leaves_what_it_leaves_by_the_plugin() {
    on_each(&POSTGRES, async |fresh| {
        let (role, db, all) = held(fresh).await;
        let plugin = Db::builder(fresh.url.clone()).plugin(policies()).table(docs::table).connect().await.unwrap();
        let (db, plugin) = (db.with(Tenant(1)), plugin.with(Tenant(1)));
        let before = of_the_other(&all).await;
        for (name, then, statement) in writes(fresh.server.spec()) {
            let found = natively(&db, &statement).await;
            let left = everything(&all).await;
            assert_eq!((of_the_other(&all).await, count_of_the_other(&all).await), (before.clone(), 2), "{name}");
            fill(&all).await.unwrap();
            if then == Then::Runs {
                let expected = outcome(&plugin, &statement).await.unwrap();
                assert_eq!(left, everything(&all).await, "{name}");
                // What the plugin passes over, such as the row of an upsert, the server may refuse.
                if let Ok(found) = found {
                    assert_eq!(found, expected, "{name}");
                }
                fill(&all).await.unwrap();
            }
        }
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn rl10_without_a_setting_nothing_is_seen() {
    on_each(&POSTGRES, async |fresh| {
        let (role, db, all) = held(fresh).await;
        let before = everything(&all).await;
        let ids = select_from(docs::table).order_by(docs::id).select(docs::id);
        assert!(ids.clone().fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(
            update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await.unwrap().rows_affected,
            0
        );
        assert_eq!(delete_from(docs::table).all_rows().execute(&db).await.unwrap().rows_affected, 0);
        let row = super::tenants::NewDoc::new(9, 1, "z", "z");
        let refused = insert_into(docs::table).values(row).execute(&db).await.unwrap_err();
        assert_eq!(refused.as_database().unwrap().code(), "42501");
        // A setting ends with its transaction, on the same connection.
        let connection = db.with(Tenant(1)).acquire().await.unwrap();
        let trx = connection.begin().await.unwrap();
        trx.execute(RowPolicies::set_local().into()).await.unwrap();
        assert_eq!(ids.clone().fetch_all(&trx).await.unwrap(), [1, 2]);
        trx.commit().await.unwrap();
        assert!(ids.clone().fetch_all(&connection).await.unwrap().is_empty());
        // Outside of a transaction, it ends with the statement.
        connection.execute(RowPolicies::set_local().into()).await.unwrap();
        assert!(ids.fetch_all(&connection).await.unwrap().is_empty());
        drop(connection);
        // Of nobody there is nothing to set.
        assert!(db.execute(RowPolicies::set_local().into()).await.unwrap_err().is_invalid());
        // Text is held too.
        assert!(db.fetch(sql!("select id from docs").statement().into()).await.unwrap().is_empty());
        assert_eq!(everything(&all).await, before);
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn rl10_a_database_without_the_plugin_does_not_take_it_for_done() {
    on_each(&POSTGRES, async |fresh| {
        let error = fresh.db.execute(RowPolicies::set_local().into()).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), "42883");
    });
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        let (db, _) = two(fresh).await;
        let error = db.with(Tenant(1)).execute(RowPolicies::set_local().into()).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    });
}

/// Policies of every kind.
fn of_papers() -> RowPolicies {
    RowPolicies::new()
        .tenant("tenant_id", |tenant: &Tenant| tenant.0.into())
        .fact("user_id", |user: &User| user.id)
        .fact("role", |user: &User| user.role.to_owned())
        .fact("teams", |user: &User| user.teams.clone())
        .policies([
            Policy::filter("papers", |papers, user| {
                Ok((!papers.column("status").equals("secret")).or(user.value("role")?.equals("admin")))
            })
            .named("secrets"),
            Policy::allow("papers", [Command::All], |papers, user| user.matches(papers.column("author_id"), "user_id"))
                .named("authors"),
            Policy::allow("papers", [Command::All], |_, user| Ok(user.value("role")?.equals("admin"))).named("admins"),
            Policy::allow("papers", [Command::Select], |papers, user| user.matches(papers.column("team_id"), "teams"))
                .named("teams"),
            Policy::deny("papers", [Command::Delete], |papers, _| Ok(papers.column("status").equals("published")))
                .named("published stay"),
            Policy::deny("papers", [Command::Update], |papers, user| {
                Ok(papers.column("status").equals("archived").and(!user.value("role")?.equals("admin")))
            })
            .named("archived are locked"),
            Policy::check("papers", [Command::Insert, Command::Update], |papers, user| {
                Ok((!papers.column("status").equals("published")).or(user.value("role")?.equals("editor")))
            })
            .named("editors publish"),
        ])
}

const USERS: [(i64, i64, &str, &[i64]); 7] = [
    (1, 10, "author", &[5]),
    (1, 10, "editor", &[]),
    (1, 11, "author", &[5, 6]),
    (1, 12, "admin", &[]),
    (2, 20, "author", &[5]),
    (2, 10, "admin", &[5]),
    (3, 10, "author", &[5]),
];

/// What the server ends at the first row that may not be, and the plugin passes over: here, rows that are published already
/// by others than editors, and those that an upsert finds.
const PASSED_OVER: [&str; 7] =
    ["change team", "give away", "take", "move", "upsert archived", "upsert of another", "upsert of another tenant"];

async fn fill_papers(all: &Db) {
    delete_from(papers::table).all_rows().execute(all).await.unwrap();
    let mut rows = Vec::new();
    for (at, status) in ["draft", "published", "archived", "secret"].into_iter().enumerate() {
        for (by, (tenant_id, author_id, team_id)) in
            [(1, 10, 5), (1, 11, 5), (1, 12, 6), (2, 10, 5), (2, 20, 6)].into_iter().enumerate()
        {
            let id = i64::try_from(at * 10 + by).unwrap();
            rows.push(Paper { id, tenant_id, author_id, team_id, status: status.into() });
        }
    }
    for Paper { id, tenant_id, author_id, team_id, status } in rows {
        let row = NewPaper::new(id, tenant_id, author_id, team_id, status);
        insert_into(papers::table).values(row).execute(all).await.unwrap();
    }
}

fn statements_on_papers() -> Vec<(&'static str, ast::Statement)> {
    let paper = |tenant, author, status: &str| NewPaper::new(100, tenant, author, 5, status);
    let to = |status: &str| update(papers::table).set(papers::status.to(status));
    let upsert = |id| insert_into(papers::table).values(NewPaper::new(id, 1, 10, 5, "draft")).on_conflict(papers::id);
    alias!(other = papers);
    vec![
        ("read", select_from(papers::table).to_statement()),
        (
            "count",
            select_from(papers::table).group_by(papers::status).select((papers::status, count_all())).to_statement(),
        ),
        ("join", {
            let joined = select_from(papers::table).left_join(other, other.author_id.eq(papers::author_id));
            joined.select((papers::id, other.id)).to_statement()
        }),
        ("publish all", to("published").all_rows().to_statement()),
        ("archive all", to("archived").all_rows().to_statement()),
        ("draft all", to("draft").all_rows().returning(papers::id).to_statement()),
        ("hide all", to("secret").all_rows().to_statement()),
        ("publish drafts", to("published").filter(papers::status.eq("draft")).to_statement()),
        ("unlock", to("draft").filter(papers::status.eq("archived")).to_statement()),
        ("give away", update(papers::table).set(papers::author_id.to(11)).all_rows().to_statement()),
        ("take", update(papers::table).set(papers::author_id.to(10)).all_rows().to_statement()),
        ("move", update(papers::table).set(papers::tenant_id.to(2)).all_rows().to_statement()),
        ("change team", update(papers::table).set(papers::team_id.to(papers::team_id + 1)).all_rows().to_statement()),
        ("delete all", delete_from(papers::table).all_rows().to_statement()),
        ("delete drafts", delete_from(papers::table).filter(papers::status.eq("draft")).to_statement()),
        ("delete published", {
            delete_from(papers::table).filter(papers::status.eq("published")).returning(papers::id).to_statement()
        }),
        ("insert", insert_into(papers::table).values(paper(1, 10, "draft")).to_statement()),
        ("insert published", insert_into(papers::table).values(paper(1, 10, "published")).to_statement()),
        ("insert for another", insert_into(papers::table).values(paper(1, 11, "draft")).to_statement()),
        ("insert for another tenant", insert_into(papers::table).values(paper(2, 20, "draft")).to_statement()),
        ("upsert", upsert(0).do_update(papers::team_id.to(7)).to_statement()),
        ("upsert published", upsert(10).do_update(papers::status.to("published")).to_statement()),
        ("upsert archived", upsert(20).do_update(papers::team_id.to(7)).to_statement()),
        ("upsert of another", upsert(1).do_update(papers::team_id.to(7)).to_statement()),
        ("upsert of another tenant", upsert(3).do_update(papers::team_id.to(7)).to_statement()),
    ]
}

#[test]
fn rl10_policies_of_every_kind_say_the_same_in_both_places() {
    on_each(&POSTGRES, async |fresh| {
        kysera::schema::create_table_for::<Paper>().execute(&fresh.db).await.unwrap();
        let policies = of_papers();
        let native = policies.native().table(papers::table);
        let (role, db) = login(fresh, of_papers().leave_to_server()).await;
        run_all(&fresh.db, native.role(role.as_str()).create().unwrap()).await;
        let plugin = Db::builder(fresh.url.clone()).plugin(of_papers()).connect().await.unwrap();
        let all = async || select_from(papers::table).order_by(papers::id).fetch_all(&fresh.db).await.unwrap();
        fill_papers(&fresh.db).await;
        let before = all().await;
        let (mut changed, mut refused) = (0, 0);
        for (tenant, id, name, teams) in USERS {
            let user = User { id, role: name, teams: teams.to_vec() };
            let (db, plugin) = (db.with(Tenant(tenant)).with(user.clone()), plugin.with(Tenant(tenant)).with(user));
            for (what, statement) in statements_on_papers() {
                let (found, left) = (natively(&db, &statement).await, all().await);
                fill_papers(&fresh.db).await;
                let (expected, wanted) = (outcome(&plugin, &statement).await, all().await);
                let who = format!("{what} by {name} {id} of {tenant}: {found:?} {expected:?}");
                match (&found, &expected) {
                    (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{who}"),
                    (Err(error), Ok(_)) if PASSED_OVER.contains(&what) => {
                        assert_eq!(error.as_database().unwrap().code(), "42501", "{who}");
                        assert_eq!(left, before, "{who}");
                        refused += 1;
                    }
                    (Err(_), Err(_)) => refused += 1,
                    // What the plugin can tell of values, it says even of no rows.
                    (Ok(_), Err(_)) if tenant == 3 => assert_eq!(left, before, "{who}"),
                    (Err(_), Ok(_)) | (Ok(_), Err(_)) => panic!("{who}"),
                }
                if found.is_ok() {
                    assert_eq!(left, wanted, "{who}");
                    changed += usize::from(left != before);
                }
                fill_papers(&fresh.db).await;
            }
        }
        assert!(changed >= 20 && refused >= 20, "{changed} {refused}");
        drop(plugin);
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn rl10_what_is_created_is_dropped_again() {
    on_each(&POSTGRES, async |fresh| {
        kysera::schema::create_table_for::<Paper>().execute(&fresh.db).await.unwrap();
        let policies = of_papers();
        let native = policies.native().table(papers::table).schema(fresh.name()).prefix("app_");
        let count = async || {
            let created = sql!("select policyname from pg_policies where schemaname = {}", fresh.name());
            fresh.db.fetch(created.statement().into()).await.unwrap().len()
        };
        for _ in 0..2 {
            run_all(&fresh.db, native.create().unwrap()).await;
            assert!(count().await >= 10);
            run_all(&fresh.db, native.drop().unwrap()).await;
            assert_eq!(count().await, 0);
        }
        // Nothing is left to drop.
        run_all(&fresh.db, native.drop().unwrap()).await;
    });
}

/// A filter whose values and name try to be SQL.
fn hostile() -> RowPolicies {
    let title = "x' or title = 'secret";
    RowPolicies::new().fact("title", |user: &User| user.role.to_owned()).policy(
        Policy::filter("docs", move |docs, user| {
            Ok(user.matches(docs.column("title"), "title")?.or(docs.column("title").equals(title)))
        })
        .named(r#"p" on docs using (true) --"#),
    )
}

#[test]
fn rl10_names_are_quoted_and_values_are_literals() {
    on_each(&POSTGRES, async |fresh| {
        let (_, all) = two(fresh).await;
        let (role, db) = login(fresh, hostile().leave_to_server()).await;
        run_all(&all, hostile().native().table(docs::table).role(role.as_str()).prefix("o'\"").create().unwrap()).await;
        let user = |role| User { id: 1, role, teams: Vec::new() };
        let read = || select_from(docs::table).select(docs::title).to_statement();
        assert_eq!(natively(&db.with(user("secret")), &read()).await.unwrap(), ["secret"]);
        for attempt in ["' or 'a' = 'a", "\\' or true --", "secret' --"] {
            assert!(natively(&db.with(user(attempt)), &read()).await.unwrap().is_empty());
        }
        let names = sql!("select policyname from pg_policies where schemaname = {}", fresh.name()).statement().into();
        let names = all.fetch(names).await.unwrap();
        assert_eq!(names.len(), 4);
        drop_role(fresh, &role, db).await;
    });
}

/// Why the policies of docs cannot be created.
fn cannot(policies: RowPolicies) -> String {
    policies.native().table(docs::table).create().unwrap_err().to_string()
}

#[test]
fn rl10_what_a_server_cannot_hold_is_said() {
    let nobody = || RowPolicies::new().fact("id", |user: &User| user.id);
    assert_eq!(cannot(nobody()), "no policy is about the table `docs`");
    assert!(cannot(policies().fact("a.b; c", |user: &User| user.id)).starts_with("`a.b; c` names no setting"));
    assert!(cannot(policies().fact("9a", |user: &User| user.id)).starts_with("`9a` names no setting"));
    let by_context = Policy::filter("docs", |_, user| Ok(user.context()?.get::<User>().is_some().into()));
    assert!(cannot(policies().policy(by_context)).contains("knows no context, but facts"));
    let lacking = RowPolicies::new().tenant("owner_id", |tenant: &Tenant| tenant.0.into());
    assert!(cannot(lacking).starts_with("`docs` is declared without the column `owner_id`"));
    assert!(cannot(policies().policy(Policy::deny("docs", [], |_, _| Ok(true.into())))).contains("for no command"));
    for spec in [&dialect::MYSQL, &dialect::MARIADB, &dialect::SQLITE] {
        for statement in policies().native().table(docs::table).create().unwrap() {
            assert!(dialect::compile(&statement, spec).unwrap_err().is_unsupported(), "{}", spec.name);
        }
    }
}

#[test]
fn rl10_policies_have_names_of_their_own() {
    on_each(&POSTGRES, async |fresh| {
        let (_, all) = two(fresh).await;
        let long = |end: &str| format!("{} {end}", "a long name".repeat(6));
        let names = [
            "no x".to_owned(),
            "no_x".into(),
            "no  x".into(),
            "No x".into(),
            " no x".into(),
            "no x read".into(),
            "allowed".into(),
            "tenant".into(),
            long("1"),
            long("2"),
            format!("{}1", "\u{e9}".repeat(40)),
            format!("{}2", "\u{e9}".repeat(40)),
        ];
        let deny = |name: &String| {
            Policy::deny("docs", [Command::All], |docs, _| Ok(docs.column("title").equals("x"))).named(name.clone())
        };
        let allow = || Policy::allow("docs", [Command::All], |_, _| Ok(true.into()));
        let rules = || policies().policies(names.iter().map(deny)).policy(allow());
        let policies_there = async || {
            let count =
                sql!("select cast(count(*) as bigint) as count from pg_policies where schemaname = current_schema()");
            #[derive(FromRow)]
            struct Count {
                count: i64,
            }
            let counted: Vec<Count> = count.fetch_all_as(&all).await.unwrap();
            usize::try_from(counted[0].count).unwrap()
        };
        let rules = rules();
        let native = rules.native().table(docs::table);
        let created = native.create().unwrap();
        run_all(&all, created.clone()).await;
        assert_eq!(policies_there().await, created.len() - 2);
        assert!(created.len() > 12 * 6, "{}", created.len());
        // A program that has but one of them drops that one, by the name that it had among the others.
        let before = policies_there().await;
        let one = policies().policy(deny(&names[1]));
        run_all(&all, one.native().table(docs::table).drop().unwrap()).await;
        assert_eq!(policies_there().await, before - 7, "its six, and the rule");
        run_all(&all, native.drop().unwrap()).await;
        assert_eq!(policies_there().await, 0);
    });
    let twice = policies().owner(["docs"], "tenant_id", |user: &User| user.id.into());
    let error = twice.native().table(docs::table).create().unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(error.to_string(), "two policies of the table `docs` would be called `kysera_tenant_id`");
    // What was called so before is called so still.
    let plain = policies().policy(deny_nothing());
    let sql: String = plain.native().table(docs::table).create().unwrap().iter().map(sql_of).collect();
    for name in ["kysera_all", "kysera_tenant_id", "kysera_no_x_insert", "kysera_no_x_read_update"] {
        assert!(sql.contains(&format!("create policy \"{name}\" on")), "{sql}");
    }
}

fn deny_nothing() -> Policy {
    Policy::deny("docs", [Command::All], |_, _| Ok(false.into())).named("no x")
}

fn sql_of(statement: &ast::Statement) -> String {
    dialect::compile(statement, &dialect::POSTGRES).unwrap().sql
}

#[test]
fn rl10_settings_are_of_one_who_is_known() {
    on_each(&POSTGRES, async |fresh| {
        let rules = || {
            RowPolicies::new()
                .owner(["docs"], "id", |user: &User| user.id.into())
                .fact("name", |user: &User| user.role.to_owned())
                .fact("boss", |user: &User| (user.id > 1).then_some(user.id))
                .fact("teams", |user: &User| user.teams.clone())
                .leave_to_server()
        };
        let db = Db::builder(fresh.url.clone()).plugin(rules()).connect().await.unwrap();
        let refused = async |db: &Db| {
            let error = db.execute(RowPolicies::set_local().into()).await.unwrap_err();
            why(&error)
        };
        let user = |id, role| User { id, role, teams: vec![3, 4] };
        assert_eq!(refused(&db).await, "nothing is known of whoever asks; give it by `Db::with`");
        assert_eq!(
            refused(&db.with(user(2, ""))).await,
            "the setting `name` is empty text, which is nothing to the server"
        );
        assert_eq!(refused(&db.with(user(1, "x"))).await, "the setting `boss` is `null`");
        let twice = rules().fact("id", |user: &User| user.id + 1);
        let twice = Db::builder(fresh.url.clone()).plugin(twice).connect().await.unwrap();
        assert_eq!(refused(&twice.with(user(2, "x"))).await, "two values are given for the setting `id`");
        // A value is what it was, whatever its type, and one that is not there is cleared.
        let settings = "select 1 where current_setting('kysera.id') = '2' and current_setting('kysera.name') = 'it''s' \
                        and cast(current_setting('kysera.teams') as bigint[]) = cast(array[3, 4] as bigint[])";
        let settings = kysera::expr::raw_unchecked(settings.into()).statement();
        assert_eq!(natively(&db.with(user(2, "it's")), &settings).await.unwrap(), ["1"]);
    });
}
