//! Statements that are compiled once and run many times.

use std::fmt;
use std::sync::Arc;

use super::{Access, Kept, Pipeline, Ready, Request};
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::plugin::{Metadata, Plugin};
use crate::value::Value;

/// A statement that the plugins have rewritten and that is compiled, with all that they need to look at what comes of it.
///
/// [`compile_on`](crate::query::Statement::compile_on) and [`Executor::precompile`](super::Executor::precompile) make it. It
/// runs on the handle that it was made for, its clones, transactions and connections: any other may have other plugins, or
/// be that of another tenant. What travels with a handle is read when the statement is compiled: a value that changes by itself
/// afterwards, as an atomic number does, changes nothing of it, so let no tenant be such a value. A plugin that would put the
/// time of the program's clock into it refuses it; the database's clock is asked each time.
///
/// ```
/// # use kysera::prelude::*;
/// # use kysera::{Executor, Value};
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, name: String }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let db = Db::connect("sqlite::memory:").await?;
/// # kysera::schema::create_table_for::<User>().execute(&db).await?;
/// let by_id = select_from(users::table).filter(users::id.eq(1)).compile_on(&db)?;
/// assert_eq!(by_id.sql(), r#"select "users"."id", "users"."name" from "users" where "users"."id" = ?1"#);
/// for id in 1..=3_i64 {
///     db.fetch(by_id.with_values(&[Value::I64(id)])).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Precompiled {
    handle: Handle,
    sql: String,
    params: Vec<Value>,
    access: Access,
    /// What travelled with the statement.
    query: Metadata,
    kept: Option<Arc<Kept>>,
}

/// What a statement was compiled for.
#[derive(Clone)]
struct Handle {
    driver: Arc<dyn Driver>,
    plugins: Vec<Arc<dyn Plugin>>,
    metadata: Metadata,
}

impl Handle {
    /// Whether statements run through the same plugins on it, which are told the same.
    fn is(&self, pipeline: &Pipeline, executor: &Metadata) -> bool {
        let Self { driver, plugins, metadata } = self;
        Arc::ptr_eq(driver, &pipeline.driver)
            && plugins.len() == pipeline.plugins.len()
            && plugins.iter().zip(&pipeline.plugins).all(|(one, other)| Arc::ptr_eq(one, other))
            && (plugins.is_empty() || metadata.is_same(executor))
    }
}

impl Precompiled {
    /// The SQL, in the dialect of the server.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values that the statement was compiled with, and those that plugins added, in the order in which they are bound.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.params
    }

    /// What it does.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// A request to run it with the values that it was compiled with. Nothing in it is new to the plugins, so none is asked
    /// before it is sent; those that [watch](Plugin::watches) see what comes of it.
    #[must_use]
    pub const fn request(&self) -> Request<'_> {
        Request::Precompiled { compiled: self, values: None }
    }

    /// A request to run it with other values, one for each of [`values`](Self::values). Plugins may
    /// [refuse](Plugin::pass_values) it: what keeps tenants apart has the tenant among the values. Where a plugin
    /// [goes around](Plugin::around) the statement, other values are an error.
    #[must_use]
    pub const fn with_values<'q>(&'q self, values: &'q [Value]) -> Request<'q> {
        Request::Precompiled { compiled: self, values: Some(values) }
    }

    /// Itself as it can be sent.
    pub(super) fn ready<'q>(
        &'q self,
        pipeline: &Pipeline,
        values: Option<&'q [Value]>,
        executor: &Metadata,
    ) -> Result<Ready<'q>> {
        let Self { handle, sql, params, access, query, kept } = self;
        if !handle.is(pipeline, executor) {
            return Err(Error::invalid(
                "the statement was compiled for another handle, whose plugins may be others; compile it for this one",
            ));
        }
        if let Some(values) = values {
            if kept.as_ref().is_some_and(|kept| kept.wrapped) {
                // What goes around a statement has the statement, which holds its own values.
                return Err(Error::invalid(
                    "a plugin goes around the statement, which is compiled anew each time; build it with the other values",
                ));
            }
            if values.len() != params.len() {
                let (given, wanted) = (values.len(), params.len());
                return Err(Error::invalid(format!(
                    "the compiled statement binds {wanted} values, and {given} are given"
                )));
            }
            let context = pipeline.context(query, executor);
            pipeline.run_through(&context).iter().try_for_each(|plugin| {
                let passed = plugin.pass_values(sql, values, &context);
                passed.map_err(|error| error.in_plugin(plugin.name(), "these values".into()))
            })?;
        }
        let params = values.unwrap_or(params).into();
        Ok(Ready { sql: sql.as_str().into(), params, access: *access, kept: kept.clone() })
    }
}

impl Pipeline {
    pub(super) fn precompile(&self, request: Request<'_>, executor: &Metadata) -> Result<Precompiled> {
        let query = match &request {
            Request::Annotated(_, metadata) => metadata.clone(),
            Request::Precompiled { compiled, values: _ } => compiled.query.clone(),
            Request::Statement(_) | Request::Compiled { .. } => Metadata::default(),
        };
        let Ready { sql, params, access, kept } = self.ready_in(request, executor, |context| context.precompiled())?;
        let handle =
            Handle { driver: Arc::clone(&self.driver), plugins: self.plugins.clone(), metadata: executor.clone() };
        Ok(Precompiled { handle, sql: sql.into_owned(), params: params.into_owned(), access, query, kept })
    }
}

/// Shows what `Compiled` shows: the text, and the kinds of the values.
impl fmt::Debug for Precompiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { handle: _, sql, params, access, query: _, kept: _ } = self;
        f.debug_struct("Precompiled")
            .field("sql", sql)
            .field("params", params)
            .field("access", access)
            .finish_non_exhaustive()
    }
}
