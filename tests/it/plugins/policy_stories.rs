//! Two tenants and their people, as told by what they can and cannot do.

use kysera::plugin::{Command, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Executor};

use super::policies::reason;
use super::tenants::Tenant;
use crate::support::on_all;
use crate::support::servers::Fresh;

/// Who asks.
#[derive(Clone, Copy)]
struct User {
    id: i64,
    role: &'static str,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "members")]
struct Member {
    #[column(primary_key)]
    id: i64,
    tenant_id: i64,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "articles")]
struct Article {
    #[column(primary_key)]
    id: i64,
    tenant_id: i64,
    author_id: i64,
    status: String,
    deleted_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "comments")]
struct Comment {
    #[column(primary_key)]
    id: i64,
    tenant_id: i64,
    article_id: i64,
    approved: bool,
}

fn of_members() -> [Policy; 3] {
    [
        Policy::allow("members", [Command::Select, Command::Insert], |_, _| Ok(true.into())),
        Policy::allow("members", [Command::Update, Command::Delete], |members, user| {
            Ok(user.matches(members.column("id"), "user_id")?.or(user.value("role")?.equals("admin")))
        }),
        Policy::deny("members", [Command::Delete], |members, user| user.matches(members.column("id"), "user_id"))
            .named("nobody leaves alone"),
    ]
}

fn of_articles() -> [Policy; 5] {
    let is =
        |status: &'static str| move |articles: &kysera::ast::TableUse<'_>| articles.column("status").equals(status);
    let (draft, published, archived) = (is("draft"), is("published"), is("archived"));
    [
        Policy::allow("articles", [Command::Select, Command::Insert], |_, _| Ok(true.into())),
        Policy::allow("articles", [Command::Update, Command::Delete], move |articles, user| {
            let own = user.matches(articles.column("author_id"), "user_id")?;
            Ok(own.or(user.value("role")?.equals("editor")).or(user.value("role")?.equals("admin")))
        }),
        Policy::check("articles", [Command::Insert, Command::Update], move |articles, user| {
            Ok((!published(articles)).or(user.value("role")?.equals("editor")))
        })
        .named("editors publish"),
        Policy::deny("articles", [Command::Delete], move |articles, _| Ok(!draft(articles))).named("drafts alone go"),
        Policy::deny("articles", [Command::Update], move |articles, user| {
            Ok(archived(articles).and(!user.value("role")?.equals("admin")))
        })
        .named("archived are locked"),
    ]
}

fn of_comments() -> [Policy; 1] {
    [Policy::filter("comments", |comments, user| {
        Ok(comments.column("approved").equals(true).or(user.value("role")?.equals("moderator")))
    })]
}

fn rules() -> RowPolicies {
    RowPolicies::new()
        .tenant("tenant_id", |tenant: &Tenant| tenant.0.into())
        .fact("user_id", |user: &User| user.id)
        .fact("role", |user: &User| user.role.to_owned())
        .policies(of_members())
        .policies(of_articles())
        .policies(of_comments())
        .unrestricted(|user: &User| user.role == "superadmin")
}

async fn open(fresh: &Fresh, rules: RowPolicies) -> Db {
    Db::builder(fresh.url.clone()).plugin(rules).connect().await.unwrap()
}

/// Four members of the first tenant: Ann the admin, Bob, Charlie, and Eve the editor; two of the second.
async fn told(fresh: &Fresh) -> Db {
    create_table_for::<Member>().execute(&fresh.db).await.unwrap();
    create_table_for::<Article>().execute(&fresh.db).await.unwrap();
    create_table_for::<Comment>().execute(&fresh.db).await.unwrap();
    let names = [(1, 1, "Ann"), (2, 1, "Bob"), (3, 1, "Charlie"), (4, 1, "Eve"), (5, 2, "Finn"), (6, 2, "Gus")];
    let names = names.map(|(id, tenant, name)| NewMember::new(id, tenant, name));
    insert_into(members::table).values(names).execute(&fresh.db).await.unwrap();
    let all =
        [(1, 1, 2, "draft"), (2, 1, 2, "published"), (3, 1, 3, "draft"), (4, 1, 2, "archived"), (5, 2, 5, "draft")];
    let all = all.map(|(id, tenant, author, status)| NewArticle::new(id, tenant, author, status));
    insert_into(articles::table).values(all).execute(&fresh.db).await.unwrap();
    let all = [(1, 1, 2, true), (2, 1, 2, false), (3, 2, 5, true)];
    let all = all.map(|(id, tenant, article, approved)| NewComment::new(id, tenant, article, approved));
    insert_into(comments::table).values(all).execute(&fresh.db).await.unwrap();
    open(fresh, rules()).await
}

const ADMIN: User = User { id: 1, role: "admin" };
const BOB: User = User { id: 2, role: "author" };
const CHARLIE: User = User { id: 3, role: "author" };
const EDITOR: User = User { id: 4, role: "editor" };

fn of(db: &Db, user: User) -> Db {
    db.with(Tenant(if user.id > 4 { 2 } else { 1 })).with(user)
}

async fn count(db: &Db) -> usize {
    select_from(members::table).fetch_all(db).await.unwrap().len()
}

#[test]
fn rl9_two_tenants_have_no_common_row() {
    on_all(async |fresh| {
        let db = told(fresh).await;
        let ids = async |db: &Db| select_from(members::table).select(members::id).fetch_all(db).await.unwrap();
        let (ours, theirs) = (ids(&of(&db, BOB)).await, ids(&of(&db, User { id: 5, role: "admin" })).await);
        assert_eq!((ours.len(), theirs.len()), (4, 2));
        assert!(!ours.iter().any(|id| theirs.contains(id)));
        assert_eq!(count(&of(&db, User { id: 1, role: "superadmin" })).await, 6);
        // Joined, and of a hundred more.
        let more: Vec<_> = (100..300).map(|id| NewArticle::new(id, 1 + id % 2, 5, "draft")).collect();
        insert_into(articles::table).values(more).execute(&fresh.db).await.unwrap();
        let written = select_from(members::table)
            .left_join(articles::table, articles::author_id.eq(members::id))
            .filter(members::id.ge(3))
            .order_by((members::id, articles::id))
            .select((members::name, articles::id));
        let found = written.clone().fetch_all(&of(&db, BOB)).await.unwrap();
        assert_eq!(found, [("Charlie".into(), Some(3)), ("Eve".into(), None)]);
        assert_eq!(written.fetch_all(&of(&db, User { id: 5, role: "author" })).await.unwrap().len(), 1 + 100 + 1);
        let elsewhere = insert_into(articles::table).values(NewArticle::new(9, 2, 2, "draft"));
        assert!(reason(elsewhere.execute(&of(&db, BOB)).await).contains("must be given the value of whoever asks"));
    });
}

#[test]
fn rl9_authors_editors_and_admins() {
    on_all(async |fresh| {
        let db = told(fresh).await;
        let (admin, bob, charlie, editor) = (of(&db, ADMIN), of(&db, BOB), of(&db, CHARLIE), of(&db, EDITOR));
        let touch = async |db: &Db, id: i64| {
            let author = update(articles::table).set(articles::status.to(articles::status)).filter(articles::id.eq(id));
            author.execute(db).await.map(|it| it.rows_affected)
        };
        // Charlie cannot edit Bob's article; Bob can, and so can the admin.
        assert_eq!(touch(&charlie, 1).await.unwrap(), 0);
        assert_eq!(touch(&bob, 1).await.unwrap(), 1);
        assert_eq!(touch(&admin, 1).await.unwrap(), 1);
        // What is archived is locked, but for the admin.
        assert_eq!(touch(&bob, 4).await.unwrap(), 0);
        assert_eq!(touch(&admin, 4).await.unwrap(), 1);
        // Only editors publish.
        let publish = || update(articles::table).set(articles::status.to("published")).filter(articles::id.eq(1));
        assert_eq!(reason(publish().execute(&bob).await), "the policy `editors publish` does not let it pass");
        assert_eq!(reason(publish().execute(&admin).await), "the policy `editors publish` does not let it pass");
        let new = |id, status| insert_into(articles::table).values(NewArticle::new(id, 1, 2, status));
        assert!(reason(new(8, "published").execute(&bob).await).contains("`editors publish`"));
        new(8, "draft").execute(&bob).await.unwrap();
        assert_eq!(publish().execute(&editor).await.unwrap().rows_affected, 1);
        // Authors delete drafts of their own; what is published stays.
        let remove = async |db: &Db, id: i64| {
            delete_from(articles::table).filter(articles::id.eq(id)).execute(db).await.unwrap().rows_affected
        };
        assert_eq!((remove(&charlie, 8).await, remove(&bob, 8).await), (0, 1));
        assert_eq!((remove(&bob, 1).await, remove(&admin, 2).await), (0, 0));
        // The admin deletes others, but not himself; nobody else deletes anybody.
        let leave = async |db: &Db, id: i64| {
            delete_from(members::table).filter(members::id.eq(id)).execute(db).await.unwrap().rows_affected
        };
        assert_eq!((leave(&bob, 3).await, leave(&bob, 2).await), (0, 0));
        assert_eq!((leave(&admin, 1).await, leave(&admin, 3).await, leave(&admin, 5).await), (0, 1, 0));
        // Approved comments only, unless it is the moderator.
        let comments = async |db: &Db| select_from(comments::table).fetch_all(db).await.unwrap().len();
        let moderator = of(&db, User { id: 3, role: "moderator" });
        assert_eq!((comments(&bob).await, comments(&moderator).await), (1, 2));
    });
}

#[test]
fn rl4_concurrent_tasks_do_not_mix() {
    on_all(async |fresh| {
        let db = told(fresh).await;
        let mut tasks = Vec::new();
        for round in 0..40 {
            let (db, ours) = (db.clone(), round % 2 == 0);
            tasks.push(tokio::spawn(async move {
                let db = of(&db, if ours { BOB } else { User { id: 5, role: "author" } });
                // An error of one query leaves the next one whose it is.
                assert!(sql!("nonsense").execute(&db).await.is_err());
                let missing = select_from(members::table).filter(members::id.eq(99)).fetch_one(&db).await;
                assert!(missing.unwrap_err().is_not_found());
                assert_eq!(count(&db).await, if ours { 4 } else { 2 });
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        // A handle made of another is another's: the first is who it was.
        let first = of(&db, BOB);
        let second = first.with(Tenant(2));
        assert_eq!((count(&first).await, count(&second).await, count(&first).await), (4, 2, 4));
    });
}

#[test]
fn rl6_nobody_reads_nothing() {
    on_all(async |fresh| {
        let db = told(fresh).await;
        assert!(reason(select_from(members::table).fetch_all(&db).await).contains("give it by `Db::with`"));
        // A tenant, but nobody in particular.
        assert!(reason(select_from(comments::table).fetch_all(&db.with(Tenant(1))).await).contains("the fact `role`"));
        let empty = open(fresh, rules().nothing_for_nobody()).await;
        for db in [&empty, &empty.with(Tenant(1))] {
            assert!(select_from(comments::table).fetch_all(db).await.unwrap().is_empty());
            assert!(!select_from(comments::table).fetch_all(&of(db, BOB)).await.unwrap().is_empty());
        }
        let remove = delete_from(members::table).all_rows();
        assert!(reason(remove.clone().execute(&empty).await).contains("give it by `Db::with`"));
        // The system, whom nothing restricts; a table that is everybody's; the handle made by name.
        let system = db.with(User { id: 0, role: "superadmin" });
        assert_eq!(count(&system).await, 6);
        system.batch("delete from comments where id = 3").await.unwrap();
        assert_eq!(remove.execute(&system).await.unwrap().rows_affected, 6);
        let shared = open(fresh, rules().except(["comments"])).await.with(BOB);
        assert_eq!(select_from(comments::table).fetch_all(&shared).await.unwrap().len(), 1);
        let all = db.without_plugin("row policies").unwrap();
        assert_eq!(select_from(comments::table).fetch_all(&all).await.unwrap().len(), 2);
    });
}

#[test]
fn rl18_what_other_plugins_and_bulk_statements_do_is_held_too() {
    on_all(async |fresh| {
        told(fresh).await;
        let db = Db::builder(fresh.url.clone())
            .plugin(rules())
            .plugin(kysera::plugin::SoftDelete::new())
            .connect()
            .await
            .unwrap();
        let (bob, charlie) = (of(&db, BOB), of(&db, CHARLIE));
        // A soft delete is held as the delete that was asked for, also by those of many rows.
        let remove = || delete_from(articles::table).all_rows();
        assert_eq!(remove().execute(&bob).await.unwrap().rows_affected, 1);
        let deleted =
            select_from(articles::table).select(articles::id).with(kysera::plugin::SoftDelete::only_deleted());
        assert_eq!(deleted.clone().fetch_all(&charlie).await.unwrap(), [1]);
        let restore = || {
            let update = update(articles::table).set(articles::deleted_at.to(None)).all_rows();
            update.with(kysera::plugin::SoftDelete::only_deleted())
        };
        assert_eq!(restore().execute(&charlie).await.unwrap().rows_affected, 0);
        assert_eq!(restore().execute(&bob).await.unwrap().rows_affected, 1);
        let gone = remove().with(kysera::plugin::SoftDelete::hard_delete()).execute(&charlie).await.unwrap();
        assert_eq!(gone.rows_affected, 1);
        // Rows of a list, each for itself; and by a subquery, which sees what its reader sees.
        let rows = [NewArticle::new(20, 1, 2, "draft"), NewArticle::new(21, 1, 2, "published")];
        assert!(reason(insert_into(articles::table).values(rows).execute(&bob).await).contains("`editors publish`"));
        let theirs = select_from(comments::table).select(comments::article_id);
        let read = select_from(articles::table).filter(articles::id.in_(theirs)).select(articles::id);
        assert_eq!(read.fetch_all(&bob).await.unwrap(), [2]);
        let left = select_from(articles::table).order_by(articles::id).select(articles::id);
        assert_eq!(left.fetch_all(&fresh.db).await.unwrap(), [1, 2, 4, 5]);
    });
}
