//! Other names for columns, wherever a statement names them, and columns that a statement is to write.

use kysera::ast::{self, Expr, Ident, TableUse};
use kysera::dialect::{self, MYSQL, POSTGRES, SQLITE};
use kysera::plugin::{Context, Plugin};
use kysera::prelude::*;
use kysera::query::output;
use kysera::schema::create_table_for;

use super::shapes::{Copy, Item, NewCopy, copies, items, marks, shapes};
use crate::support::on_all;

/// `c_` before the name of every column of a table.
fn prefixed(_: &TableUse<'_>, column: &Ident) -> Result<Option<Ident>> {
    Ok(Some(format!("c_{}", column.as_str()).into()))
}

fn mapped(query: impl Statement) -> String {
    let mut statement: ast::Statement = query.tree().into();
    statement.map_columns(prefixed).unwrap();
    dialect::compile(&statement, &SQLITE).unwrap().sql
}

/// The shape of common table expressions and derived tables.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "counts")]
pub struct Count {
    pub id: i64,
    pub n: i64,
}

#[test]
fn columns_are_renamed_and_keep_their_names_outside() {
    assert_eq!(
        mapped(select_from(marks::table).filter(marks::item_id.eq(1)).order_by(marks::id)),
        r#"select "marks"."c_id" as "id", "marks"."c_tenant_id" as "tenant_id", "marks"."c_item_id" as "item_id", "marks"."c_deleted_at" as "deleted_at" from "marks" where "marks"."c_item_id" = ?1 order by "marks"."c_id""#,
    );
    alias!(parent = items);
    let q = select_from(items::table)
        .left_join(parent, items::parent_id.eq(parent.id))
        .group_by(items::kind)
        .having(count_all().gt(1))
        .select((items::kind, parent.id.max().alias("id")));
    assert_eq!(
        mapped(q),
        r#"select "items"."c_kind" as "kind", max("parent"."c_id") as "id" from "items" left join "items" as "parent" on "items"."c_parent_id" = "parent"."c_id" group by "items"."c_kind" having count(*) > ?1"#,
    );
}

#[test]
fn columns_of_queries_stay_as_they_are() {
    let per_item = || select_from(marks::table).group_by(marks::item_id).select((marks::item_id, count_all()));
    let q = with(counts::table, per_item())
        .select_from(counts::table)
        .inner_join(items::table, items::id.eq(counts::id))
        .select((items::kind, counts::n));
    assert_eq!(
        mapped(q),
        r#"with "counts" ("id", "n") as (select "marks"."c_item_id" as "item_id", count(*) from "marks" group by "marks"."c_item_id") select "items"."c_kind" as "kind", "counts"."n" from "counts" inner join "items" on "items"."c_id" = "counts"."id""#,
    );
    // A subquery names a column of the query around it, and is named by its own order.
    let own = select_from(marks::table).correlate(items::table).filter(marks::item_id.eq(items::id)).select(marks::id);
    assert_eq!(
        mapped(select_from(items::table).filter(own.exists()).select(items::id)),
        r#"select "items"."c_id" as "id" from "items" where exists (select "marks"."c_id" as "id" from "marks" where "marks"."c_item_id" = "items"."c_id")"#,
    );
    let both = select_from(items::table).select(items::id).union(select_from(marks::table).select(marks::item_id));
    assert_eq!(
        mapped(both.order_by(output("id"))),
        r#"select "items"."c_id" as "id" from "items" union select "marks"."c_item_id" as "item_id" from "marks" order by "id""#,
    );
    let derived = per_item().derived(counts::table);
    assert_eq!(
        mapped(select_from(derived).filter(counts::n.gt(1)).select(counts::id)),
        r#"select "counts"."id" from (select "marks"."c_item_id" as "id", count(*) as "n" from "marks" group by "marks"."c_item_id") as "counts" where "counts"."n" > ?1"#,
    );
}

#[test]
fn a_derived_table_of_every_column_has_the_columns_of_its_table() {
    let q =
        select_from(items::table).full_join(marks::table, marks::item_id.eq(items::id)).select((items::id, marks::id));
    let mut statement = q.to_statement();
    statement.restrict_tables(|table| Ok(Some(table.column("deleted_at").is_null()))).unwrap();
    statement.map_columns(prefixed).unwrap();
    assert_eq!(
        dialect::compile(&statement, &POSTGRES).unwrap().sql,
        r#"select "items"."c_id" as "id", "marks"."c_id" as "id" from (select * from "items" where "items"."c_deleted_at" is null) as "items" full join (select * from "marks" where "marks"."c_deleted_at" is null) as "marks" on "marks"."c_item_id" = "items"."c_id""#,
    );
}

#[test]
fn columns_are_renamed_in_what_writes() {
    let q = insert_into(copies::table)
        .set((copies::id.to(1), copies::note.to(2)))
        .on_conflict(copies::id)
        .do_update_where((copies::note.excluded(), copies::tenant_id.to(copies::note + 1)), copies::note.gt(3))
        .returning(copies::note);
    assert_eq!(
        mapped(q),
        r#"insert into "copies" ("c_id", "c_note") values (?1, ?2) on conflict ("c_id") do update set "c_note" = excluded."c_note", "c_tenant_id" = "copies"."c_note" + ?3 where "copies"."c_note" > ?4 returning "copies"."c_note" as "note""#,
    );
    let q = update(items::table)
        .from(marks::table)
        .set(items::parent_id.to(marks::item_id))
        .filter(items::id.eq(marks::id))
        .returning(items::id);
    assert_eq!(
        mapped(q),
        r#"update "items" set "c_parent_id" = "marks"."c_item_id" from "marks" where "items"."c_id" = "marks"."c_id" returning "items"."c_id" as "id""#,
    );
    let q = delete_from(items::table).filter(items::id.in_(select_from(marks::table).select(marks::item_id)));
    assert_eq!(
        mapped(q),
        r#"delete from "items" where "items"."c_id" in (select "marks"."c_item_id" as "item_id" from "marks")"#,
    );
    let sql = mapped(create_table_for::<Item>());
    for part in [r#""c_id" integer"#, r#""c_deleted_at""#, r#"primary key ("c_id")"#] {
        assert!(sql.contains(part), "{sql}");
    }
    assert!(!sql.contains(r#""id""#), "{sql}");
}

#[test]
fn columns_in_the_slots_of_text_are_renamed() {
    assert_eq!(mapped(sql!("select {} from items", items::id)), r#"select "items"."c_id" from items"#);
    let q = select_from(items::table).filter(sql!("lower({}) = kind", items::kind)).select(items::id);
    assert_eq!(mapped(q), r#"select "items"."c_id" as "id" from "items" where lower("items"."c_kind") = kind"#);
}

fn by_itself(name: &str) -> Expr {
    Expr::Column(ast::Column::new(None, name))
}

#[test]
fn a_column_without_a_table_is_of_the_only_one_that_can_have_it() {
    let select = |columns: &[Expr], from: &[&str]| ast::Select {
        columns: columns
            .iter()
            .map(|expr| ast::SelectItem::Expr(ast::SelectExpr { expr: expr.clone(), alias: None }))
            .collect(),
        from: from.iter().map(|name| ast::TableRef::Table(ast::Table { name: (*name).into(), alias: None })).collect(),
        ..ast::Select::default()
    };
    let order = |by: &str, query: ast::Select| {
        let by =
            ast::OrderItem { expr: by_itself(by), direction: ast::Direction::Ascending, nulls: ast::Nulls::Default };
        ast::Select { order_by: std::iter::once(by).collect(), ..query }
    };
    let compiled = |query: ast::Select, only: Option<&str>| {
        let mut statement = ast::Statement::from(query);
        statement.map_columns(|table, column| {
            if only.is_none_or(|only| table.name().name.as_str() == only) { prefixed(table, column) } else { Ok(None) }
        })?;
        Ok::<_, Error>(dialect::compile(&statement, &MYSQL)?.sql)
    };
    let one = || select(&[by_itself("a")], &["t"]);
    assert_eq!(compiled(one(), None).unwrap(), "select `c_a` as `a` from `t`");
    assert_eq!(compiled(order("a", one()), None).unwrap(), "select `c_a` as `a` from `t` order by `a`");
    assert_eq!(compiled(order("b", one()), None).unwrap(), "select `c_a` as `a` from `t` order by `c_b`");
    let two = || select(&[by_itself("a")], &["t", "u"]);
    assert_eq!(compiled(two(), None).unwrap(), "select `c_a` as `a` from `t`, `u`");
    assert_eq!(compiled(two(), Some("elsewhere")).unwrap(), "select `a` from `t`, `u`");
    let error = compiled(two(), Some("t")).unwrap_err();
    assert!(error.is_invalid() && error.to_string() == "it must be said of which table `a` is", "{error}");
    // One that is known not to have the column is not meant.
    let mut declared = select(&[by_itself("a")], &["t"]);
    declared.from.push(ast::TableRef::Table(ast::Table {
        name: kysera::table::Table::description(marks::table).table_name(),
        alias: None,
    }));
    assert_eq!(compiled(declared, Some("t")).unwrap(), "select `c_a` as `a` from `t`, `marks`");
}

/// A column that is called by the same name stays where it is, and so does all around it.
#[test]
fn the_identity_changes_nothing() {
    for shape in shapes("main") {
        let mut statement = shape.statement.clone();
        statement.map_columns(|_, column| Ok(Some(column.clone()))).unwrap();
        statement.rename_tables(|table| Ok(Some(table.name().clone()))).unwrap();
        statement.rewrite_exprs(|_| Ok(())).unwrap();
        statement.set_on_insert("never", |_| Ok(None)).unwrap();
        statement.set_on_update("never", |_, _| Ok(None)).unwrap();
        statement.stamp_on_insert("never", |_| Ok(None)).unwrap();
        statement.stamp_on_update("never", |_, _| Ok(None)).unwrap();
        assert!(super::contract::same_box(&statement, &shape.statement), "{}", shape.name);
    }
}

#[test]
fn an_error_of_the_author_ends_the_walk() {
    let refuse = || Error::invalid("not this one");
    let q = select_from(items::table).filter(items::id.eq(1)).to_statement();
    assert!(q.clone().map_columns(|_, _| Err(refuse())).unwrap_err().is_invalid());
    assert!(q.clone().rewrite_exprs(|_| Err(refuse())).unwrap_err().is_invalid());
    let mut insert = insert_into(copies::table).set(copies::id.to(1)).to_statement();
    assert!(insert.set_on_insert("note", |_| Err(refuse())).unwrap_err().is_invalid());
    let mut update = update(copies::table).set(copies::id.to(1)).all_rows().to_statement();
    assert!(update.set_on_update("note", |_, _| Err(refuse())).unwrap_err().is_invalid());
}

#[test]
fn expressions_are_rewritten_from_within() {
    let mut statement =
        select_from(items::table).filter(items::id.eq(1).and(items::id.gt(2))).select(items::id).to_statement();
    let mut seen = Vec::new();
    statement
        .rewrite_exprs(|expr| {
            match expr {
                Expr::Column(_) => seen.push("column"),
                Expr::Value(_) => seen.push("value"),
                Expr::Binary(_) => seen.push("binary"),
                Expr::And(_) => seen.push("and"),
                _ => seen.push("other"),
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["column", "column", "value", "binary", "column", "value", "binary", "and"]);
    // What is put in place is not looked at again.
    statement
        .rewrite_exprs(|expr| {
            if let Expr::Column(_) = expr {
                *expr = Expr::call("abs", vec![expr.clone()]);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(
        dialect::compile(&statement, &SQLITE).unwrap().sql,
        r#"select abs("items"."id") from "items" where abs("items"."id") = ?1 and abs("items"."id") > ?2"#,
    );
}

#[test]
fn columns_are_given_where_a_statement_does_not_say_them() {
    let given = |statement: &mut ast::Statement| {
        statement.set_on_insert("tenant_id", |table| {
            assert_eq!(table.role(), ast::Role::Insert);
            Ok(table.has_column("tenant_id").then(|| Expr::from(7_i64)))
        })?;
        statement.set_on_update("tenant_id", |table, set| {
            assert!(matches!(table.role(), ast::Role::Update | ast::Role::Conflict) && !set.is_empty());
            Ok(table.has_column("tenant_id").then(|| Expr::from(8_i64)))
        })
    };
    let compiled = |query: &dyn Statement| {
        let mut statement: ast::Statement = query.tree().into();
        given(&mut statement).unwrap();
        dialect::compile(&statement, &POSTGRES).unwrap().sql
    };
    let row = |id| copies::id.to(id);
    assert_eq!(
        compiled(&insert_into(copies::table).set(row(1)).on_conflict(copies::id).do_update(copies::note.to(1))),
        r#"insert into "copies" ("id", "tenant_id") values ($1, $2) on conflict ("id") do update set "note" = $3, "tenant_id" = $4"#,
    );
    assert_eq!(
        compiled(&insert_into(copies::table).default_values()),
        r#"insert into "copies" ("tenant_id") values ($1)"#,
    );
    let ids = || select_from(items::table).select(items::id);
    assert_eq!(
        compiled(&insert_into(copies::table).from_select((copies::id,), ids())),
        r#"insert into "copies" ("id", "tenant_id") select "items"."id", cast($1 as bigint) as "value of tenant_id" from "items""#,
    );
    let null_and_said = [(1, None), (2, Some(3))];
    assert_eq!(
        compiled(&insert_into(copies::table).from_rows((copies::id, copies::tenant_id), null_and_said)),
        r#"insert into "copies" ("id", "tenant_id") values ($1, $2), ($3, $4)"#,
    );
    assert_eq!(
        compiled(&update(copies::table).set(copies::note.to(1)).all_rows()),
        r#"update "copies" set "note" = $1, "tenant_id" = $2"#,
    );
    assert_eq!(
        compiled(&update(copies::table).set(copies::tenant_id.to(1)).all_rows()),
        r#"update "copies" set "tenant_id" = $1"#,
    );
    let made = insert_into(copies::table).set(row(1)).returning((copies::id, copies::note));
    assert_eq!(
        compiled(&with(counts::table, made).select_from(counts::table).select(counts::id)),
        r#"with "counts" ("id", "n") as (insert into "copies" ("id", "tenant_id") values ($1, $2) returning "copies"."id", "copies"."note") select "counts"."id" from "counts""#,
    );
}

#[test]
fn a_stamp_is_refused_where_a_statement_says_it_itself() {
    let stamped = |query: &dyn Statement| {
        let mut statement: ast::Statement = query.tree().into();
        let is_there = |table: &TableUse<'_>| table.has_column("tenant_id");
        statement.stamp_on_insert("tenant_id", |table| Ok(is_there(table).then(|| Expr::from(7_i64))))?;
        statement.stamp_on_update("tenant_id", |table, _| Ok(is_there(table).then(|| Expr::from(8_i64))))?;
        dialect::compile(&statement, &POSTGRES).map(|compiled| compiled.sql)
    };
    let columns = || (copies::id, copies::tenant_id);
    let row = |tenant: Option<i64>| insert_into(copies::table).from_rows(columns(), [(1, None), (2, tenant)]);
    let expected = r#"insert into "copies" ("id", "tenant_id") values ($1, $2), ($3, $4)"#;
    assert_eq!(stamped(&row(None)).unwrap(), expected);
    // What is inserted has its stamp already; what is there gets its own.
    assert_eq!(
        stamped(&row(None).on_conflict(copies::id).do_update(copies::tenant_id.excluded())).unwrap(),
        format!(r#"{expected} on conflict ("id") do update set "tenant_id" = $5"#),
    );
    assert_eq!(
        stamped(&update(copies::table).set(copies::note.to(1)).all_rows()).unwrap(),
        r#"update "copies" set "note" = $1, "tenant_id" = $2"#,
    );
    // A table without the column is nobody's to stamp.
    assert!(stamped(&update(marks::table).set(marks::item_id.to(1)).all_rows()).is_ok());

    let says = |query: &dyn Statement| {
        let error = stamped(query).unwrap_err();
        assert!(error.is_invalid());
        assert_eq!(error.to_string(), "no statement may say what `tenant_id` holds");
    };
    says(&row(Some(9)));
    let theirs = select_from(items::table).select((items::id, items::tenant_id));
    says(&insert_into(copies::table).from_select(columns(), theirs));
    says(&update(copies::table).set(copies::tenant_id.to(9)).all_rows());
    let upsert = |value: Option<i64>| {
        insert_into(copies::table).set(copies::id.to(1)).on_conflict(copies::id).do_update(copies::tenant_id.to(value))
    };
    says(&upsert(Some(9)));
    says(&upsert(None));
    let inner = row(Some(9)).returning((copies::id, copies::note));
    says(&with(counts::table, inner).select_from(counts::table).select(counts::id));
}

/// What stamps rows of `copies`: those that are new with 7, those that change with 8.
struct Stamps;

impl Plugin for Stamps {
    fn name(&self) -> &str {
        "stamps"
    }

    fn transform(&self, mut statement: ast::Statement, context: &Context<'_>) -> Result<ast::Statement> {
        let stamp = |table: &TableUse<'_>, by: i64| Ok(context.has_column(table, "tenant_id").then(|| Expr::from(by)));
        statement.stamp_on_insert("tenant_id", |table| stamp(table, 7))?;
        statement.stamp_on_update("tenant_id", |table, _| stamp(table, 8))?;
        Ok(statement)
    }
}

#[test]
fn stamps_are_in_the_rows() {
    on_all(async |fresh| {
        create_table_for::<Copy>().execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(Stamps).connect().await.unwrap();
        let row = |id| NewCopy::new(id, 1);
        let by = async || {
            let all = select_from(copies::table).order_by(copies::id).select((copies::id, copies::tenant_id));
            let rows = all.fetch_all(&db).await.unwrap();
            rows.into_iter().map(|(id, by)| (id, by.unwrap())).collect::<Vec<_>>()
        };
        insert_into(copies::table).values([row(1), row(2)]).execute(&db).await.unwrap();
        let doubled = select_from(copies::table).select((copies::id + 10, copies::note));
        insert_into(copies::table).from_select((copies::id, copies::note), doubled).execute(&db).await.unwrap();
        assert_eq!(by().await, [(1, 7), (2, 7), (11, 7), (12, 7)]);
        update(copies::table).set(copies::note.to(2)).filter(copies::id.gt(10)).execute(&db).await.unwrap();
        assert_eq!(by().await, [(1, 7), (2, 7), (11, 8), (12, 8)]);
        let upsert = insert_into(copies::table).values([row(2), row(3)]);
        let set = (copies::note.excluded(), copies::tenant_id.excluded());
        let upsert = match db.spec().name {
            "MySQL" | "MariaDB" => upsert.on_duplicate_key_update(set),
            _ => upsert.on_conflict(copies::id).do_update(set),
        };
        upsert.execute(&db).await.unwrap();
        assert_eq!(by().await, [(1, 7), (2, 8), (3, 7), (11, 8), (12, 8)]);
        let forged = update(copies::table).set(copies::tenant_id.to(9)).all_rows().execute(&db).await.unwrap_err();
        assert_eq!(
            forged.to_string(),
            "the plugin `stamps` refused this update of `copies`: no statement may say what `tenant_id` holds",
        );
        db.close().await.unwrap();
    });
}

/// Servers take other letters for the same column, and SQLite a column that is given twice.
#[test]
fn a_stamp_is_not_said_by_another_spelling() {
    let stamp = |columns: &[&str]| {
        let mut statement = ast::Statement::from(ast::Insert {
            with: Vec::new(),
            into: "copies".into(),
            columns: columns.iter().map(|&it| it.into()).collect(),
            source: ast::InsertSource::Values(ast::Values {
                values: columns.iter().map(|_| ast::InsertValue::Default).collect(),
            }),
            conflict: None,
            returning: ast::SelectList::new(),
        });
        statement.stamp_on_insert("tenant_id", |_| Ok(Some(Expr::from(7_i64))))
    };
    assert!(stamp(&["id"]).is_ok());
    assert!(stamp(&["id", "tenant_id"]).is_ok());
    for columns in
        [["id", "TENANT_ID"], ["tenant_id", "tenant_id"], ["tenant_id", "Tenant_Id"], ["id", "tenant_\u{131}d"]]
    {
        assert!(stamp(&columns).unwrap_err().is_invalid(), "{columns:?}");
    }
    let mut twice = update(copies::table).set(copies::note.to(1)).all_rows().to_statement();
    let ast::Statement::Update(tree) = &mut twice else { unreachable!("an update") };
    tree.assignments.push(ast::Assignment { column: "NOTE".into(), value: Expr::from(2_i64) });
    assert!(twice.clone().stamp_on_update("Note", |_, _| Ok(None)).is_ok());
    assert!(twice.stamp_on_update("Note", |_, _| Ok(Some(Expr::from(3_i64)))).unwrap_err().is_invalid());
}

#[test]
fn written_tables_are_called_by_their_new_names() {
    let renamed = |query: &dyn Statement| {
        let mut statement: ast::Statement = query.tree().into();
        statement.rename_tables(|table| Ok(Some(format!("t_{}", table.name().name.as_str()).into()))).unwrap();
        dialect::compile(&statement, &SQLITE).map(|compiled| compiled.sql)
    };
    let q = insert_into(copies::table)
        .set((copies::id.to(1), copies::note.to(2)))
        .on_conflict(copies::id)
        .do_update(copies::note.to(copies::note + 1))
        .returning_all();
    assert_eq!(
        renamed(&q).unwrap(),
        r#"insert into "t_copies" ("id", "note") values (?1, ?2) on conflict ("id") do update set "note" = "t_copies"."note" + ?3 returning "t_copies"."id", "t_copies"."tenant_id", "t_copies"."note", "t_copies"."deleted_at""#,
    );
    let own = select_from(marks::table).correlate(items::table).filter(marks::item_id.eq(items::id)).select(marks::id);
    assert_eq!(
        renamed(&delete_from(items::table).filter(own.exists())).unwrap(),
        r#"delete from "t_items" where exists (select "marks"."id" from "t_marks" as "marks" where "marks"."item_id" = "t_items"."id")"#,
    );
    let itself = select_from(items::table).select(items::id.max());
    assert_eq!(
        renamed(&update(items::table).set(items::parent_id.to(itself.scalar())).filter(items::id.eq(1))).unwrap(),
        r#"update "t_items" set "parent_id" = (select max("items"."id") from "t_items" as "items") from (select 1) where "t_items"."id" = ?1"#,
    );
    let created = kysera::schema::create_table_for::<Item>().to_statement();
    let ast::Statement::CreateTable(mut created) = created else { unreachable!() };
    let condition = Expr::Column(ast::Column::new(Some("items".into()), "id")).is_not_null();
    created.constraints = vec![ast::TableConstraint::Check(ast::Check { name: None, condition })];
    let mut created = ast::Statement::CreateTable(created);
    created.rename_tables(|_| Ok(Some("t_items".into()))).unwrap();
    let sql = dialect::compile(&created, &SQLITE).unwrap().sql;
    assert!(sql.contains(r#"check ("t_items"."id" is not null)"#), "{sql}");
    // Where another table has the name, there is an alias, or no place for one.
    alias!(t_items = items);
    let taken = select_from(t_items).select(t_items.id);
    assert_eq!(
        renamed(&update(items::table).set(items::kind.to("x")).filter(items::id.in_(taken))).unwrap(),
        r#"update "t_items" as "items" set "kind" = ?1 from (select 1) where "items"."id" in (select "t_items"."id" from "t_items" as "t_items")"#,
    );
}
