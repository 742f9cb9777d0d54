//! Plugins that go around a statement: in one transaction with it, whatever it runs on.

use std::sync::Arc;

use super::session::Within;
use super::{Access, Executor, Kept, Ready};
use crate::dialect::Compiled;
use crate::driver::{BoxFuture, Outcome, Rows};
use crate::error::Result;
use crate::plugin::{Answer, Next, Plugin, Sent, Wanted};

/// Runs a statement that plugins go around, and reads all its rows.
///
/// On the heap, as what follows is, so that a statement without such plugins does not carry its size.
pub(super) fn rows<'a, E: Executor + ?Sized>(
    executor: &'a E,
    kept: Arc<Kept>,
    ready: &'a mut Ready<'_>,
) -> BoxFuture<'a, Result<Rows>> {
    Box::pin(async move { run(executor, &kept, ready, Wanted::Rows).await?.into_rows() })
}

/// Runs a statement that plugins go around, for its effect.
pub(super) fn outcome<'a, E: Executor + ?Sized>(
    executor: &'a E,
    kept: Arc<Kept>,
    ready: &'a mut Ready<'_>,
) -> BoxFuture<'a, Result<Outcome>> {
    Box::pin(async move { run(executor, &kept, ready, Wanted::Outcome).await?.into_outcome() })
}

/// Runs the statement, and puts what was sent in place of what was ready.
async fn run<E: Executor + ?Sized>(executor: &E, kept: &Kept, ready: &mut Ready<'_>, wanted: Wanted) -> Result<Answer> {
    let Kept { statement, query, wrapped } = kept;
    let pipeline = executor.pipeline();
    let spec = pipeline.driver.spec();
    let context = pipeline.context(query, executor.metadata());
    let all = pipeline.run_through(&context);
    let all: Vec<&dyn Plugin> = all.iter().map(|plugin| &**plugin).collect();
    // A plugin may write where the statement only reads.
    let access = if ready.access == Access::Read { Access::Write } else { ready.access };
    let mut lease = executor.lease(access).await?;
    let mut within = Within::enter(&mut lease, access, spec).await?;
    let mut sent = None;
    let answer = Next::start(&all, statement.clone(), context, within.connection(), wanted, &mut sent).await;
    if let Some(Sent { statement, compiled: Compiled { sql, params } }) = sent {
        (ready.sql, ready.params) = (sql.into(), params.into());
        ready.kept = Some(Arc::new(Kept { statement, query: query.clone(), wrapped: *wrapped }));
    }
    match answer {
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
