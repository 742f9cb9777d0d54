//! Plugins that go around a statement: in one transaction with it, whatever it runs on.

use super::session::Within;
use super::{Access, Executor, Kept};
use crate::driver::{BoxFuture, Outcome, Rows};
use crate::error::Result;
use crate::plugin::{Answer, Context, Next, Plugin, Wanted};

/// Runs a statement that plugins go around, and reads all its rows.
///
/// On the heap, as what follows is, so that a statement without such plugins does not carry its size.
pub(super) fn rows<'a, E: Executor + ?Sized>(
    executor: &'a E,
    kept: &'a Kept,
    access: Access,
) -> BoxFuture<'a, Result<Rows>> {
    Box::pin(async move { run(executor, kept, access, Wanted::Rows).await?.into_rows() })
}

/// Runs a statement that plugins go around, for its effect.
pub(super) fn outcome<'a, E: Executor + ?Sized>(
    executor: &'a E,
    kept: &'a Kept,
    access: Access,
) -> BoxFuture<'a, Result<Outcome>> {
    Box::pin(async move { run(executor, kept, access, Wanted::Outcome).await?.into_outcome() })
}

async fn run<E: Executor + ?Sized>(executor: &E, kept: &Kept, access: Access, wanted: Wanted) -> Result<Answer> {
    let Kept { statement, query, wrapped: _ } = kept;
    let pipeline = executor.pipeline();
    let spec = pipeline.driver.spec();
    let context = Context::new(spec, &pipeline.tables, query, executor.metadata());
    let all: Vec<&dyn Plugin> = pipeline.run_through(&context).map(|plugin| &**plugin).collect();
    let wrapping: Vec<&dyn Plugin> = all.iter().copied().filter(|plugin| plugin.wraps(statement, &context)).collect();
    // A plugin may write where the statement only reads.
    let access = if access == Access::Read { Access::Write } else { access };
    let mut lease = executor.lease(access).await?;
    let mut within = Within::enter(&mut lease, access, spec).await?;
    match Next::start(&all, &wrapping, statement.clone(), context, within.connection(), wanted).await {
        Ok(answer) => {
            within.commit().await?;
            Ok(answer)
        }
        Err(error) => {
            // The error says why. Where the rollback fails too, the connection is not used any more, which rolls back.
            let _ = within.roll_back().await;
            Err(error)
        }
    }
}
