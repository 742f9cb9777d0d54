//! The contract of plugins: their order, what they demand of each other, what travels to them, and who may leave them out.

use kysera::ast::{self, Node, RawPart, Shared, Visit, VisitMut};
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::driver::Rows;
use kysera::executor::Request;
use kysera::plugin::{Context, LeaveOut, Plugin, Ran};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::shapes::{Item, NewItem, items, shapes};
use crate::running::mock::Mock;
use crate::running::raw;
use crate::support::on_all;

/// Writes its name behind each text.
#[derive(Default)]
struct Sign {
    name: &'static str,
    priority: i32,
    dependencies: &'static [&'static str],
    conflicts: &'static [&'static str],
}

fn sign(name: &'static str) -> Sign {
    Sign { name, ..Sign::default() }
}

impl Plugin for Sign {
    fn name(&self) -> &str {
        self.name
    }

    fn priority(&self) -> i32 {
        self.priority
    }

    fn dependencies(&self) -> &[&str] {
        self.dependencies
    }

    fn conflicts(&self) -> &[&str] {
        self.conflicts
    }

    fn transform(&self, statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        let ast::Statement::Raw(mut raw) = statement else { return Ok(statement) };
        raw.parts.push(RawPart::Text(format!(" {}", self.name).into()));
        Ok(ast::Statement::Raw(raw))
    }
}

impl LeaveOut for Sign {}

/// Writes who is there behind each text.
struct Who;

struct User(&'static str);

impl Plugin for Who {
    fn name(&self) -> &str {
        "who"
    }

    fn transform(&self, statement: ast::Statement, context: &Context<'_>) -> Result<ast::Statement> {
        let Some(User(user)) = context.get::<User>() else { return Err(Error::invalid("nobody is there")) };
        let ast::Statement::Raw(mut raw) = statement else { return Ok(statement) };
        raw.parts.push(RawPart::Text(format!(" for {user}").into()));
        Ok(ast::Statement::Raw(raw))
    }

    fn pass_text(&self, sql: &str, _: &Context<'_>) -> Result<()> {
        if sql.contains("secret") { Err(Error::invalid("that is secret")) } else { Ok(()) }
    }
}

/// In which order plugins run, or why they do not.
fn order(plugins: impl IntoIterator<Item = Sign>) -> String {
    let builder = Db::with_driver(Mock::new());
    let builder = plugins.into_iter().fold(builder, |builder, plugin| builder.plugin(plugin));
    match builder.build() {
        Ok(db) => db.compile(raw("x")).unwrap().0.sql,
        Err(error) => error.to_string(),
    }
}

#[test]
fn ex2_plugins_run_by_dependency_then_priority_then_name() {
    assert_eq!(order([sign("b"), sign("a"), sign("c")]), "x a b c");
    let first = Sign { priority: 7, ..sign("z") };
    let last = Sign { priority: -7, ..sign("a") };
    assert_eq!(order([last, sign("m"), first]), "x z m a");
    // A chain, against names and priorities.
    let a = Sign { dependencies: &["b"], priority: 9, ..sign("a") };
    let b = Sign { dependencies: &["c"], ..sign("b") };
    assert_eq!(order([a, b, sign("c")]), "x c b a");
    // A diamond.
    let top = Sign { dependencies: &["left", "right"], ..sign("a top") };
    let left = Sign { dependencies: &["z base"], ..sign("left") };
    let right = Sign { dependencies: &["z base"], priority: 1, ..sign("right") };
    assert_eq!(order([top, left, right, sign("z base")]), "x z base right left a top");
}

#[test]
fn ex2_plugins_that_do_not_go_together_are_named() {
    assert_eq!(order([sign("a"), sign("a")]), "there are two plugins named `a`");
    let needs = Sign { dependencies: &["b"], ..sign("a") };
    assert_eq!(order([needs]), "the plugin `a` depends on the plugin `b`, which is not there");
    let against = || Sign { conflicts: &["b"], ..sign("a") };
    assert_eq!(order([against(), sign("b")]), "the plugins `a` and `b` cannot be used together");
    assert_eq!(order([against(), sign("c")]), "x a c");
    let itself = Sign { dependencies: &["a"], ..sign("a") };
    assert!(order([itself]).contains("in a circle, or on one that does: `a`"));
    let a = Sign { dependencies: &["b"], ..sign("a") };
    let b = Sign { dependencies: &["c"], ..sign("b") };
    let c = Sign { dependencies: &["a"], ..sign("c") };
    assert!(order([a, b, c, sign("d")]).contains("`a`, `b`, `c`"));
}

#[tokio::test]
async fn values_travel_with_queries_transactions_and_databases() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Who).build().unwrap();
    let error = db.execute(raw("x").into()).await.unwrap_err();
    assert_eq!(error.to_string(), "the plugin `who` refused this text: nobody is there");
    assert_eq!(mock.log(), [""; 0]);

    let ann = db.with(User("ann"));
    ann.execute(raw("x").into()).await.unwrap();
    ann.transaction(async |trx| {
        trx.execute(raw("y").into()).await?;
        trx.transaction(async |inner| inner.execute(raw("z").into()).await).await
    })
    .await
    .unwrap();
    ann.acquire().await.unwrap().execute(raw("pinned").into()).await.unwrap();
    // The statement's own comes before that of the handle, and the first handle has none still.
    sql!("own").with(User("bob")).execute(&ann).await.unwrap();
    sql!("own").with(User("bob")).execute(&db).await.unwrap();
    ann.with(User("cid")).execute(raw("nearest").into()).await.unwrap();
    assert!(db.execute(raw("x").into()).await.is_err());

    let log = mock.log();
    for sent in ["x for ann", "y for ann", "z for ann", "pinned for ann", "own for bob", "nearest for cid"] {
        assert!(log.iter().any(|call| call.ends_with(sent)), "{sent} is not in {log:?}");
    }
    assert_eq!(log.iter().filter(|call| call.ends_with("own for bob")).count(), 2);
}

#[tokio::test]
async fn text_passes_where_every_plugin_lets_it() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Who).build().unwrap();
    db.batch("create").await.unwrap();
    let error = db.batch("read secret").await.unwrap_err();
    assert_eq!(error.to_string(), "the plugin `who` refused this text: that is secret");
    let query = kysera::driver::Query { sql: "secret", params: &[] };
    let request = || Request::Compiled { query, access: kysera::executor::Access::Read };
    assert!(db.fetch(request()).await.is_err());
    assert!(db.execute(request()).await.is_err());
    assert!(db.prepare(request()).await.is_err());
    assert!(!mock.log().iter().any(|call| call.contains("secret")));
}

#[tokio::test]
async fn ex5_a_query_brings_plugins_and_leaves_plugins_out() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(sign("z")).build().unwrap();
    sql!("one").plugin(sign("b")).plugin(sign("a")).execute(&db).await.unwrap();
    sql!("two").without::<Sign>().execute(&db).await.unwrap();
    sql!("three").without::<Sign>().plugin(sign("own")).execute(&db).await.unwrap();
    sql!("four").execute(&db).await.unwrap();
    let log = mock.log();
    for sent in ["one b a z", "two", "three own", "four z"] {
        assert!(log.iter().any(|call| call.ends_with(sent)), "{sent} is not in {log:?}");
    }
}

#[tokio::test]
async fn ex1_a_handle_without_a_plugin_is_made_by_name() {
    let mock = Mock::new();
    let needs = Sign { dependencies: &["who"], ..sign("a") };
    let db = Db::with_driver(mock.clone()).plugin(Who).plugin(needs).plugin(sign("b")).build().unwrap();
    let all = db.with(User("ann"));
    assert!(all.without_plugin("nobody").unwrap_err().to_string().contains("no plugin `nobody`"));
    assert!(all.without_plugin("who").unwrap_err().to_string().contains("depends on the plugin `who`"));
    all.without_plugin("b").unwrap().execute(raw("x").into()).await.unwrap();
    all.without_plugin("a").unwrap().without_plugin("who").unwrap().execute(raw("y").into()).await.unwrap();
    all.execute(raw("z").into()).await.unwrap();
    let log = mock.log();
    for sent in ["x for ann a", "y b", "z b for ann a"] {
        assert!(log.iter().any(|call| call.ends_with(sent)), "{sent} is not in {log:?}");
    }
}

/// Finds out whether a table that is named by text is known.
struct Known;

impl Plugin for Known {
    fn name(&self) -> &str {
        "known"
    }

    fn transform(&self, mut statement: ast::Statement, context: &Context<'_>) -> Result<ast::Statement> {
        let mut unknown = false;
        statement.restrict_tables(|table| {
            unknown |= !context.has_column(table, "tenant_id");
            Ok(None)
        })?;
        if unknown { Err(Error::invalid("an unknown table")) } else { Ok(statement) }
    }
}

#[test]
fn tables_are_known_by_declaration_or_by_name() {
    let by_name = || ast::Select {
        columns: vec![ast::SelectItem::Expr(ast::SelectExpr { expr: ast::Expr::from(1_i64), alias: None })].into(),
        from: vec![ast::TableRef::Table(ast::Table { name: "Items".into(), alias: None })].into(),
        ..ast::Select::default()
    };
    let db = Db::with_driver(Mock::new()).plugin(Known).build().unwrap();
    assert!(db.compile(by_name().into()).is_err());
    db.compile(select_from(items::table).to_statement()).unwrap();
    let db = Db::with_driver(Mock::new()).plugin(Known).table(items::table).build().unwrap();
    db.compile(by_name().into()).unwrap();
}

pub fn same_box(left: &ast::Statement, right: &ast::Statement) -> bool {
    use ast::Statement as S;
    match (left, right) {
        (S::Select(left), S::Select(right)) => left.ptr_eq(right),
        (S::Compound(left), S::Compound(right)) => left.ptr_eq(right),
        (S::Insert(left), S::Insert(right)) => left.ptr_eq(right),
        (S::Update(left), S::Update(right)) => left.ptr_eq(right),
        (S::Delete(left), S::Delete(right)) => left.ptr_eq(right),
        (S::CreateTable(left), S::CreateTable(right)) => left.ptr_eq(right),
        (S::DropTable(left), S::DropTable(right)) => left.ptr_eq(right),
        (S::RowSecurity(left), S::RowSecurity(right)) => left.ptr_eq(right),
        (S::Raw(left), S::Raw(right)) => left.ptr_eq(right),
        (_, _) => false,
    }
}

struct Nothing;
impl VisitMut for Nothing {}

#[test]
fn what_does_not_change_stays_shared() {
    for shape in shapes("main") {
        let mut rewritten = shape.statement.clone();
        rewritten.accept_mut(&mut Nothing).unwrap();
        assert!(same_box(&rewritten, &shape.statement), "{}", shape.name);
        rewritten.restrict_tables(|_| Ok(None)).unwrap();
        rewritten.rename_tables(|_| Ok(None)).unwrap();
        assert!(same_box(&rewritten, &shape.statement), "{}", shape.name);
    }
}

#[test]
fn what_does_not_change_beside_what_does_stays_shared() {
    struct Rename;
    impl VisitMut for Rename {
        fn visit_table_name(&mut self, name: &mut ast::TableName) -> Result<()> {
            if name.name.as_str() == "items" {
                *name = "renamed".into();
            }
            Ok(())
        }
    }
    let query = |table: &str| {
        ast::Query::Select(Shared::new(ast::Select {
            from: vec![ast::TableRef::Table(ast::Table { name: table.into(), alias: None })].into(),
            ..ast::Select::default()
        }))
    };
    let before = ast::Compound {
        with: Vec::new(),
        operator: ast::SetOperator::Union,
        operands: vec![query("items"), query("marks")],
        order_by: ast::OrderList::new(),
        limit: None,
        offset: None,
    };
    let mut after = ast::Statement::from(before.clone());
    after.accept_mut(&mut Rename).unwrap();
    let ast::Statement::Compound(after) = after else { panic!("a compound stays one") };
    let same = |at: usize| match (&before.operands[at], &after.operands[at]) {
        (ast::Query::Select(before), ast::Query::Select(after)) => before.ptr_eq(after),
        (_, _) => panic!("a select stays one"),
    };
    assert!(!same(0) && same(1));
}

/// Each table that is restricted is restricted once: there are as many conditions in the SQL as were given.
#[test]
fn no_table_is_restricted_twice() {
    for shape in shapes("main") {
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            let mut statement = shape.statement.clone();
            let mut given = 0;
            statement
                .restrict_tables(|table| {
                    let takes = matches!(table.role(), ast::Role::Read | ast::Role::Update | ast::Role::Delete);
                    given += usize::from(takes);
                    Ok(takes.then(|| table.column("only_here").is_null()))
                })
                .unwrap();
            if let Ok(compiled) = dialect::compile(&statement, spec) {
                assert_eq!(compiled.sql.matches("only_here").count(), given, "{}: {}", shape.name, compiled.sql);
            }
        }
    }
}

/// How many names of tables in a shape are those of a common table expression.
pub fn hidden_by_ctes(shape: &str) -> usize {
    match shape {
        "table after a `with` before a compound" => 2,
        "with of a table's name"
        | "schema, beside a `with` of the same name"
        | "with, read in a `with` within"
        | "with, read beside a `with` within" => 1,
        name if name.starts_with("table after a `with`") => 1,
        _ => 0,
    }
}

/// A condition is in place wherever the tables of a statement are counted by a walk that knows nothing of scopes.
#[test]
fn every_table_is_asked_for() {
    #[derive(Default)]
    struct Tables(usize);
    impl Visit for Tables {
        fn visit_table_name(&mut self, name: &ast::TableName) -> Result<()> {
            self.0 += usize::from(["items", "marks", "copies"].contains(&name.name.as_str()));
            Ok(())
        }
    }
    for shape in shapes("main") {
        let mut walked = Tables::default();
        shape.statement.accept(&mut walked).unwrap();
        let mut asked = 0;
        let mut statement = shape.statement.clone();
        statement
            .restrict_tables(|table| {
                asked += usize::from(table.role() != ast::Role::Conflict);
                Ok(None)
            })
            .unwrap();
        assert_eq!(asked, walked.0 - hidden_by_ctes(&shape.name), "{}", shape.name);
    }
}

#[test]
fn a_name_that_depends_on_the_server_is_refused() {
    let from = |table: &str| ast::Select {
        columns: vec![ast::SelectItem::Expr(ast::SelectExpr { expr: ast::Expr::from(1_i64), alias: None })].into(),
        from: vec![ast::TableRef::Table(ast::Table { name: table.into(), alias: None })].into(),
        ..ast::Select::default()
    };
    let cte = |name: &str, recursive, table: &str| ast::Cte {
        name: name.into(),
        columns: Vec::new(),
        recursive,
        statement: from(table).into(),
    };
    let mut statement = ast::Statement::from(ast::Select {
        with: vec![cte("a", true, "later"), cte("later", false, "items")],
        ..from("a")
    });
    let error = statement.restrict_tables(|_| Ok(None)).unwrap_err();
    assert!(error.is_invalid() && error.to_string().contains("`later` is the name of a table and of"), "{error}");
}

#[test]
fn a_statement_that_does_not_say_which_rows_stays_refused() {
    let all = |table: &ast::TableUse<'_>| Ok(Some(table.column("tenant_id").equals(1_i64)));
    for mut statement in
        [update(items::table).set(items::kind.to("x")).to_statement(), delete_from(items::table).to_statement()]
    {
        statement.restrict_tables(all).unwrap();
        assert!(dialect::compile(&statement, &POSTGRES).unwrap_err().is_invalid());
    }
    let mut statement = insert_into(items::table).default_values().to_statement();
    assert!(statement.restrict_tables(all).unwrap_err().to_string().contains("no place for a condition of `items`"));
}

#[test]
fn tables_are_renamed_and_stay_known_as_they_were() {
    alias!(parent = items);
    let q =
        select_from(items::table).left_join(parent, items::parent_id.eq(parent.id)).select((items::id, parent.kind));
    let mut statement = q.to_statement();
    statement
        .rename_tables(|table| Ok((table.name().name.as_str() == "items").then(|| ("s", "items_v2").into())))
        .unwrap();
    assert_eq!(
        dialect::compile(&statement, &SQLITE).unwrap().sql,
        r#"select "items"."id", "parent"."kind" from "s"."items_v2" as "items" left join "s"."items_v2" as "parent" on "items"."parent_id" = "parent"."id""#
    );
}

/// Keeps what it saw, and takes one row away.
struct Watch(std::sync::Arc<std::sync::Mutex<Vec<String>>>, &'static str);

impl Watch {
    fn note(&self, what: &str, ran: &Ran<'_>) {
        let operation = ran.statement().operation();
        self.0.lock().unwrap().push(format!("{} {what} {operation}: {} {:?}", self.1, ran.sql(), ran.params()));
    }
}

impl Plugin for Watch {
    fn name(&self) -> &str {
        self.1
    }

    fn watches(&self) -> bool {
        true
    }

    fn after_rows(&self, mut rows: Rows, ran: &Ran<'_>) -> Result<Rows> {
        self.note("saw", ran);
        if ran.context().get::<Forbidden>().is_some() {
            return Err(Error::invalid("not to be seen"));
        }
        let mut fewer = Rows::new(rows.columns().clone());
        for row in rows.iter_mut().skip(1) {
            row.values().iter().for_each(|value| fewer.push(value.clone()));
        }
        Ok(fewer)
    }

    fn on_error(&self, error: &Error, ran: &Ran<'_>) {
        assert!(error.is_unique_violation());
        self.note("missed", ran);
    }
}

struct Forbidden;

#[test]
fn ex7_plugins_look_at_what_comes_of_statements() {
    on_all(async |fresh| {
        let seen = std::sync::Arc::default();
        let watch = |name| Watch(std::sync::Arc::clone(&seen), name);
        let db = Db::builder(fresh.url.clone()).plugin(watch("a")).plugin(watch("b")).connect().await.unwrap();
        let take = || std::mem::take(&mut *seen.lock().unwrap());
        create_table_for::<Item>().execute(&db).await.unwrap();
        let rows = || (1..=4).map(|id| NewItem::new(id, 7, "secret")).collect::<Vec<_>>();
        insert_into(items::table).values(rows()).execute(&db).await.unwrap();
        assert_eq!(take(), [""; 0], "what gives no rows and no error is not told");

        let q = select_from(items::table).filter(items::id.gt(0)).order_by(items::id).select(items::id);
        assert_eq!(q.clone().fetch_all(&db).await.unwrap(), [3, 4]);
        let told = take();
        assert!(told.len() == 2 && told[0].starts_with("b saw select: select") && told[1].starts_with("a saw"));
        assert!(!told[0].contains("secret"), "{told:?}");
        let streamed: Vec<_> = futures_util::TryStreamExt::try_collect(q.clone().fetch(&db)).await.unwrap();
        assert_eq!(streamed, [3, 4]);
        take();
        let error = q.with(Forbidden).fetch_all(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "the plugin `b` refused what came back: not to be seen");
        take();

        let error = insert_into(items::table).values(rows()).execute(&db).await.unwrap_err();
        assert!(error.is_unique_violation());
        let told = take();
        assert!(told.len() == 2 && told[0].starts_with("b missed insert: insert"), "{told:?}");
        assert!(!told[0].contains("secret"), "{told:?}");
    });
}

/// Refuses all.
struct Refuse;

impl Plugin for Refuse {
    fn name(&self) -> &str {
        "refuse"
    }

    fn transform(&self, _: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        Err(Error::invalid("not this"))
    }
}

#[tokio::test]
async fn what_travels_with_a_query_is_compiled_and_requested_with_it() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(sign("z")).build().unwrap();
    let refused = sql!("one").plugin(Refuse);
    assert!(refused.compile_on(&db).unwrap_err().to_string().contains("`refuse`"));
    assert!(db.fetch(refused.to_request()).await.is_err());
    assert!(db.prepare(refused.to_request()).await.is_err());
    assert!(!mock.log().iter().any(|call| call.contains("one")));
    assert_eq!(sql!("two").without::<Sign>().compile_on(&db).unwrap().sql(), "two");
    assert_eq!(sql!("two").plugin(sign("a")).compile_on(&db).unwrap().sql(), "two a z");
}

#[test]
fn what_plugins_demand_is_asked_of_each_query_that_changes_them() {
    struct Base;
    impl Plugin for Base {
        fn name(&self) -> &str {
            "base"
        }
    }
    impl LeaveOut for Base {}
    let on_base = || Sign { dependencies: &["base"], ..sign("on base") };
    let db = Db::with_driver(Mock::new()).plugin(Base).plugin(on_base()).build().unwrap();
    let why = |request: Request<'static>| db.precompile(request).unwrap_err().to_string();
    let lacks = "the plugin `on base` depends on the plugin `base`, which is not there";
    assert_eq!(why(sql!("x").without::<Base>().to_request()), lacks);
    assert_eq!(sql!("x").without::<Base>().without::<Sign>().compile_on(&db).unwrap().sql(), "x");
    // What a query brings along must go together with the rest too.
    let missing = Sign { dependencies: &["nobody"], ..sign("a") };
    assert!(why(sql!("x").plugin(missing).to_request()).contains("depends on the plugin `nobody`"));
    let against = Sign { conflicts: &["base"], ..sign("a") };
    assert_eq!(why(sql!("x").plugin(against).to_request()), "the plugins `a` and `base` cannot be used together");
    assert_eq!(why(sql!("x").plugin(sign("base")).to_request()), "there are two plugins named `base`");
    let early = Sign { dependencies: &["base"], ..sign("a") };
    assert!(why(sql!("x").plugin(early).to_request()).contains("which runs after those that a query brings along"));
    // In the place of another, or left out again.
    let other = sql!("x").without::<Base>().plugin(sign("base")).compile_on(&db).unwrap();
    assert_eq!(other.sql(), "x base on base");
    let plain = Db::with_driver(Mock::new()).plugin(sign("own")).build().unwrap();
    let replaced = sql!("x").without::<Sign>().plugin(sign("own")).compile_on(&plain).unwrap();
    assert_eq!(replaced.sql(), "x own");
    assert_eq!(sql!("x").plugin(sign("b")).without::<Sign>().compile_on(&plain).unwrap().sql(), "x");
}

/// What a list of common table expressions costs grows with its length: no more than a few times what it costs to write it.
#[test]
fn many_common_table_expressions_are_walked_in_time() {
    let query = || select_from(items::table).select(items::id).to_statement();
    for recursive in [false, true] {
        let ast::Statement::Select(mut select) = query() else { panic!("a select") };
        select.with.extend((0..4000).map(|at| ast::Cte {
            name: format!("c{at}").into(),
            columns: vec!["id".into()],
            recursive,
            statement: query(),
        }));
        let mut statement = ast::Statement::Select(select);
        let start = std::time::Instant::now();
        dialect::compile(&statement, &SQLITE).unwrap();
        let written = start.elapsed();
        let start = std::time::Instant::now();
        statement.restrict_tables(|_| Ok(None)).unwrap();
        let walked = start.elapsed();
        assert!(walked < written * 30, "{walked:?} to walk, {written:?} to write");
    }
}

/// What a plugin says of a failure of its own, and what is behind it.
struct Behind;

impl Plugin for Behind {
    fn name(&self) -> &str {
        "behind"
    }

    fn transform(&self, _: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        Err(Error::connect("elsewhere", "nobody answers", Some("the wire is cut".into())))
    }
}

#[tokio::test]
async fn a_chain_of_errors_tells_everything_once() {
    let db = Db::with_driver(Mock::new()).plugin(Behind).build().unwrap();
    let error = db.execute(raw("x").into()).await.unwrap_err();
    let mut chain = vec![error.to_string()];
    let mut next = std::error::Error::source(&error);
    while let Some(source) = next {
        chain.push(source.to_string());
        next = source.source();
    }
    let told = "the plugin `behind` refused this text: cannot connect to elsewhere: nobody answers";
    assert_eq!(chain, [told, "the wire is cut"]);
}
