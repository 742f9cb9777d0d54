//! `select`, clause by clause.

use kysera::expr::call;
use kysera::prelude::*;
use kysera::query::output;

use crate::support::check_all;
use crate::support::schema::*;

#[test]
fn columns_and_tables() {
    alias!(manager = users);
    let from = || select_from(users::table);
    check_all(
        "select",
        &[
            ("all columns", &from()),
            ("one column", &from().select(users::id)),
            ("several columns", &from().select((users::id, users::name, users::age))),
            ("nested columns", &from().select((users::id, (users::name, (users::age,))))),
            (
                "whole rows",
                &from()
                    .inner_join(posts::table, posts::user_id.eq(users::id))
                    .select((User::columns(), Post::columns())),
            ),
            ("aliases", &from().select((users::id.alias("key"), (users::age + 1).alias("next")))),
            ("a value", &from().select((users::id, value(7_i64), value("x".to_owned()), value(None::<i32>)))),
            ("distinct", &from().distinct().select(users::name)),
            ("inner join", &from().inner_join(posts::table, posts::user_id.eq(users::id)).select(posts::title)),
            (
                "left join",
                &from().left_join(posts::table, posts::user_id.eq(users::id)).select((users::id, posts::title)),
            ),
            (
                "right join",
                &from().right_join(posts::table, posts::user_id.eq(users::id)).select((users::id, posts::title)),
            ),
            (
                "full join",
                &from().full_join(posts::table, posts::user_id.eq(users::id)).select((users::id, posts::title)),
            ),
            ("cross join", &from().cross_join(posts::table).select((users::id, posts::id))),
            (
                "three tables",
                &from()
                    .left_join(posts::table, posts::user_id.eq(users::id).and(posts::published.eq(true)))
                    .inner_join(comments::table, comments::post_id.eq(posts::id))
                    .select((users::id, comments::body)),
            ),
            (
                "the same table twice",
                &from().left_join(manager, manager.id.eq(users::manager_id)).select((users::name, manager.name)),
            ),
            ("an alias alone", &select_from(manager).filter(manager.id.gt(1))),
            ("when", &from().when(true, |q| q.filter(users::id.eq(1))).when(false, |q| q.limit(1)).select(users::id)),
        ],
    );
}

#[test]
fn conditions_groups_and_orders() {
    let from = || select_from(users::table);
    let posts_of = || select_from(posts::table).group_by(posts::user_id);
    check_all(
        "clauses",
        &[
            ("one filter", &from().filter(users::id.eq(1)).select(users::id)),
            (
                "two filters",
                &from().filter(users::id.eq(1)).filter(users::age.gt(2).or(users::age.is_null())).select(users::id),
            ),
            ("group by", &posts_of().select((posts::user_id, count_all()))),
            ("having", &posts_of().having(count_all().gt(1)).having(posts::score.sum().lt(9)).select(posts::user_id)),
            (
                "group by an expression with values",
                &from().group_by(users::age / 10).order_by(users::age / 10).select((users::age / 10, count_all())),
            ),
            ("distinct and order", &from().distinct().order_by((users::age + 1).desc()).select(users::age + 1)),
            ("order by", &from().order_by((users::name, users::id.desc())).select(users::id)),
            ("order by twice", &from().order_by(users::name.asc()).order_by(users::id).select(users::id)),
            ("order by nulls first", &from().order_by(users::age.asc().nulls_first()).select(users::id)),
            ("order by nulls last", &from().order_by((users::age.desc().nulls_last(), users::id)).select(users::id)),
            (
                "order by an expression and nulls",
                &from().order_by((users::age + 1).asc().nulls_last()).select(users::id),
            ),
            (
                "order by a case",
                &from().order_by(case::<i32>().when(users::id.eq(1), 0).otherwise(1)).select(users::id),
            ),
            ("order by an alias", &from().order_by(output("n").desc()).select(users::id.alias("n"))),
            ("limit", &from().limit(5).select(users::id)),
            ("offset", &from().offset(5).select(users::id)),
            ("limit and offset", &from().limit(5).offset(10).select(users::id)),
            (
                "everything",
                &from()
                    .left_join(posts::table, posts::user_id.eq(users::id))
                    .filter(users::age.gt(18))
                    .group_by((users::id, users::name))
                    .having(posts::id.count().ge(1))
                    .order_by(users::name)
                    .limit(3)
                    .offset(1)
                    .distinct()
                    .select((users::name, posts::id.count())),
            ),
            ("count", &from().select((count_all(), users::age.count(), users::age.count().distinct()))),
            (
                "sum, avg, min, max",
                &from().select((users::age.sum(), users::age.avg(), users::age.min(), users::age.max())),
            ),
            ("sum distinct", &from().select((users::age.sum().distinct(), users::age.avg().distinct()))),
            (
                "aggregates of some rows",
                &from().select((
                    count_all().filter(users::age.gt(18)),
                    users::age.sum().filter(users::age.gt(18)).filter(users::age.lt(60)),
                    users::age.avg().filter(users::age.is_not_null()),
                    users::name.count().distinct().filter(users::id.gt(1)),
                )),
            ),
            ("a function", &from().select(call::<String, _>("lower", (users::name,)))),
        ],
    );
}

#[test]
fn subqueries() {
    let from = || select_from(users::table);
    let own = || select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    let ids = || select_from(posts::table).select(posts::user_id);
    let per_user = || select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    check_all(
        "subqueries",
        &[
            ("in", &from().filter(users::id.in_(ids())).select(users::id)),
            ("not in", &from().filter(users::id.not_in(ids())).select(users::id)),
            ("in with a limit", &from().filter(users::id.in_(ids().order_by(posts::id).limit(2))).select(users::id)),
            (
                "in a set operation",
                &from()
                    .filter(users::id.in_(ids().union(from().select(users::manager_id.coalesce(0)))))
                    .select(users::id),
            ),
            ("a value in", &from().filter(value(1_i64).in_(ids())).select(users::id)),
            ("exists", &from().filter(own().exists()).select(users::id)),
            ("not exists", &from().filter(own().not_exists()).select(users::id)),
            ("not of exists", &from().filter(not(own().exists())).select(users::id)),
            ("exists as a value", &from().select((users::id, own().exists()))),
            ("scalar", &from().select((users::id, own().select(count_all()).scalar()))),
            (
                "scalar compared",
                &from().filter(users::age.eq(from().select(users::age.max()).scalar())).select(users::id),
            ),
            ("scalar calculated", &from().select(own().select(count_all()).scalar() + 1)),
            ("scalar ordered", &from().order_by(own().select(count_all()).scalar().desc()).select(users::id)),
            ("having a subquery", &per_user().having(posts::user_id.in_(from().select(users::id)))),
            (
                "in a join",
                &from()
                    .inner_join(
                        posts::table,
                        posts::user_id
                            .eq(users::id)
                            .and(posts::id.in_(select_from(comments::table).select(comments::post_id))),
                    )
                    .select(users::id),
            ),
            ("derived", &select_from(per_user().derived(totals::table)).filter(totals::n.gt(1))),
            (
                "derived and joined",
                &from()
                    .left_join(per_user().derived(totals::table), totals::user_id.eq(users::id))
                    .select((users::id, totals::n)),
            ),
            (
                "derived set operation",
                &select_from(per_user().union_all(per_user()).derived(totals::table)).order_by(totals::n),
            ),
            (
                "in three levels",
                &from()
                    .filter(users::id.in_(ids().filter(posts::id.in_(
                        select_from(comments::table).filter(comments::body.like("%x%")).select(comments::post_id),
                    ))))
                    .select(users::id),
            ),
        ],
    );
}

#[test]
fn set_operations() {
    let one = || select_from(users::table).select(users::name);
    let two = || select_from(posts::table).filter(posts::id.gt(1)).select(posts::title);
    let limited = || one().order_by(users::id).limit(1);
    check_all(
        "set_operations",
        &[
            ("union", &one().union(two())),
            ("union all", &one().union_all(two())),
            ("intersect", &one().intersect(two())),
            ("intersect all", &one().intersect_all(two())),
            ("except", &one().except(two())),
            ("except all", &one().except_all(two())),
            ("three", &one().union(two()).union(one())),
            ("mixed, left", &one().union(two()).intersect(one())),
            ("mixed, right", &one().union(two().intersect(one()))),
            ("except of except", &one().except(two().except(one()))),
            ("order, limit, offset", &one().union(two()).order_by(output("name").desc()).limit(2).offset(1)),
            ("offset alone", &one().union(two()).offset(1)),
            ("nulls last", &one().union(two()).order_by(output("name").asc().nulls_last())),
            ("operands with order and limit", &limited().union_all(limited())),
            ("one operand with a limit", &two().union(limited())),
            ("a compound with a limit in a compound", &one().union(two()).limit(1).union(two())),
            (
                "several columns",
                &select_from(users::table)
                    .select((users::id, users::name))
                    .union(select_from(posts::table).select((posts::id, posts::title))),
            ),
            (
                "values",
                &select_from(users::table).select(value(1_i64)).union(select_from(users::table).select(value(2_i64))),
            ),
        ],
    );
}

#[test]
fn common_table_expressions() {
    let per_user = || select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    let steps = || {
        let first = select_from(users::table).filter(users::manager_id.is_null()).select((users::id, value(0_i64)));
        let next = select_from(tree::table)
            .inner_join(users::table, users::manager_id.eq(tree::id))
            .select((users::id, tree::depth + 1));
        first.union_all(next)
    };
    check_all(
        "with",
        &[
            ("one", &with(totals::table, per_user()).select_from(totals::table).filter(totals::n.gt(1))),
            (
                "two",
                &with(totals::table, per_user())
                    .with(tree::table, select_from(totals::table).select((totals::user_id, totals::n)))
                    .select_from(tree::table)
                    .inner_join(totals::table, totals::user_id.eq(tree::id))
                    .select((tree::depth, totals::n)),
            ),
            ("recursive", &with_recursive(tree::table, steps()).select_from(tree::table).order_by(tree::depth)),
            (
                "plain and recursive",
                &with(totals::table, per_user()).with_recursive(tree::table, steps()).select_from(tree::table),
            ),
            ("set operation within", &with(totals::table, per_user().union(per_user())).select_from(totals::table)),
            (
                "before insert",
                &with(totals::table, per_user()).insert_into(comments::table).from_select(
                    (comments::post_id, comments::body),
                    select_from(totals::table).select((totals::n, value("x".to_owned()))),
                ),
            ),
            (
                "before insert of values",
                &with(totals::table, per_user()).insert_into(comments::table).values(NewComment::new(1_i64, "x")),
            ),
            (
                "before update",
                &with(totals::table, per_user())
                    .update(users::table)
                    .set(users::visits.to(0))
                    .filter(users::id.in_(select_from(totals::table).select(totals::user_id))),
            ),
            (
                "before delete",
                &with(totals::table, per_user())
                    .delete_from(users::table)
                    .filter(users::id.in_(select_from(totals::table).select(totals::user_id))),
            ),
            (
                "that deletes",
                &with(
                    totals::table,
                    delete_from(posts::table).filter(posts::id.gt(9)).returning((posts::user_id, posts::id)),
                )
                .select_from(totals::table),
            ),
            (
                "that inserts",
                &with(
                    totals::table,
                    insert_into(posts::table)
                        .values(NewPost::new(1_i64, "x", true))
                        .returning((posts::user_id, posts::id)),
                )
                .select_from(totals::table),
            ),
            (
                "that updates",
                &with(
                    totals::table,
                    update(posts::table).set(posts::score.to(1)).all_rows().returning((posts::user_id, posts::id)),
                )
                .select_from(totals::table),
            ),
        ],
    );
}
