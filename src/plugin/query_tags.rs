//! Comments behind statements, for those who read the logs of the server.

use std::any::Any;
use std::fmt;

use super::{Context, LeaveOut, Plugin};
use crate::ast::Statement;
use crate::dialect::Tags;

/// Has every statement say where it comes from, in a [comment behind its SQL](Tags): the name of the program, the route of
/// the request, the job. So a line of the server's log of slow queries leads to the code.
///
/// A tag is [always the same](Self::tag), or comes of a [value that travels](Self::of) with the query, the transaction or the
/// database; without such a value there is none. Whatever is in a value, it stays within the comment. Text that is run as it
/// stands (`batch`, compiled requests) gets no comment.
///
/// Drivers and servers keep a statement prepared under its whole text. Tags that are always the same, and those with few
/// values, such as a route, cost nothing there; one that differs each time, such as the id of a request, makes each
/// statement a new one, which is prepared again and pushes another out of the cache. Leave such tags to the few statements
/// that are looked into.
///
/// ```
/// use kysera::plugin::QueryTags;
/// use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
///
/// struct Route(&'static str);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let tags = QueryTags::new()
///     .tag("application", "shop")
///     .of(|route: &Route, tags| tags.add("route", route.0));
/// let db = Db::builder("sqlite::memory:").plugin(tags).connect().await?;
///
/// let (compiled, _) = db.with(Route("/users")).compile(select_from(users::table).select(users::id).to_statement())?;
/// assert_eq!(
///     compiled.sql,
///     r#"select "users"."id" from "users" /*application='shop',route='%2Fusers'*/"#,
/// );
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Where a tag has no name, or all of them together are longer than 4096 bytes.
#[derive(Default)]
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct QueryTags {
    always: Tags,
    travelling: Vec<Box<Travelling>>,
}

/// What adds tags that come of a value, if it is there.
type Travelling = dyn Fn(&Context<'_>, &mut Tags) + Send + Sync;

impl QueryTags {
    /// No tags yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A tag that is the same for all statements.
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.always.add(name, value);
        self
    }

    /// Tags that come of a value which travels with the statement, if one does. Of several of one name, the last one is said.
    pub fn of<T: Any>(mut self, add: impl Fn(&T, &mut Tags) + Send + Sync + 'static) -> Self {
        self.travelling.push(Box::new(move |context, tags| {
            if let Some(value) = context.get::<T>() {
                add(value, tags);
            }
        }));
        self
    }
}

impl Plugin for QueryTags {
    fn name(&self) -> &str {
        "query tags"
    }

    fn add_tags(&self, _: &Statement, context: &Context<'_>, tags: &mut Tags) {
        let Self { always, travelling } = self;
        tags.extend(always);
        travelling.iter().for_each(|add| add(context, tags));
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for QueryTags {}

impl fmt::Debug for QueryTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { always, travelling: _ } = self;
        f.debug_struct("QueryTags").field("always", always).finish_non_exhaustive()
    }
}
