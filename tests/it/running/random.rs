//! Programs made by chance: what is stored in the end is what was committed, whatever fails or is cut off.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use futures_util::StreamExt;
use kysera::driver::BoxFuture;
use kysera::{Db, Executor, Transaction};

use super::mock::Mock;
use super::raw;
use crate::support::Random;

/// What is known of a write.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Stored,
    Lost,
    /// Nobody waited for the answer.
    Unknown,
}

/// What the program did, and what must have become of it.
#[derive(Clone)]
struct Program(Arc<Mutex<Inner>>);

struct Inner {
    random: Random,
    /// True where the server refuses nothing and nothing is cut off, so everything must succeed.
    calm: bool,
    /// The fate of each write, by its number.
    fates: Vec<Fate>,
}

impl Program {
    fn below(&self, limit: u64) -> u64 {
        self.0.lock().unwrap().random.below(limit)
    }

    fn calm(&self) -> bool {
        self.0.lock().unwrap().calm
    }

    fn next(&self) -> usize {
        self.0.lock().unwrap().fates.len()
    }

    /// What was written since `from` was lost, or nobody knows; what is lost already stays so.
    fn settle(&self, from: usize, fate: Fate) {
        for it in &mut self.0.lock().unwrap().fates[from..] {
            if fate == Fate::Lost || *it == Fate::Stored {
                *it = fate;
            }
        }
    }

    async fn write(&self, executor: &dyn Executor) {
        let number = self.next();
        self.0.lock().unwrap().fates.push(Fate::Unknown);
        if let Some(outcome) = self.maybe_cut(executor.execute(raw(format!("write {number}")).into())).await {
            assert!(outcome.is_ok() || !self.calm(), "a calm server refuses: {outcome:?}");
            self.0.lock().unwrap().fates[number] = if outcome.is_ok() { Fate::Stored } else { Fate::Lost };
        }
    }

    /// Drops a future half-way, now and then.
    async fn maybe_cut<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut polls = if !self.calm() && self.below(4) == 0 { self.below(12) } else { u64::MAX };
        let mut future = pin!(future);
        std::future::poll_fn(|context| match polls.checked_sub(1) {
            None => Poll::Ready(None),
            Some(left) => {
                polls = left;
                future.as_mut().poll(context).map(Some)
            }
        })
        .await
    }

    /// Some statements, streams and inner transactions.
    fn body<'a>(&'a self, trx: &'a Transaction<'_>, depth: u64) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            for _ in 0..self.below(5) {
                match self.below(6) {
                    0 | 1 if depth < 4 => self.inner(trx, depth).await,
                    2 => self.stream(trx).await,
                    _ => self.write(trx).await,
                }
            }
        })
    }

    async fn stream(&self, trx: &Transaction<'_>) {
        let mut stream = trx.stream(raw("stream").into());
        let mut batches = Vec::new();
        for _ in 0..self.below(4) {
            batches.extend(self.maybe_cut(stream.next()).await.flatten());
        }
        // Before the third and last batch is given, the stream holds the connection.
        if matches!(batches.as_slice(), [Ok(_)] | [Ok(_), _]) {
            assert!(trx.execute(raw("write 1000000").into()).await.is_err());
        }
    }

    async fn inner(&self, trx: &Transaction<'_>, depth: u64) {
        let from = self.next();
        let whole = async {
            if self.below(2) == 0 {
                let ends_well = self.below(3) > 0;
                let outcome = trx
                    .transaction(async |inner| {
                        self.body(inner, depth + 1).await;
                        if ends_well { Ok(()) } else { Err(kysera::Error::not_found()) }
                    })
                    .await;
                if outcome.is_err() {
                    self.settle(from, Fate::Lost);
                }
            } else if let Ok(inner) = trx.begin().await {
                self.body(&inner, depth + 1).await;
                // While the inner one is open, nothing gets in through the outer one.
                assert!(trx.execute(raw("write 1000001").into()).await.is_err());
                // Where its end is cut off, the outer one cannot be committed either.
                self.end(inner, from, Fate::Lost).await;
            }
        };
        if self.maybe_cut(whole).await.is_none() {
            // Cut off: either it is rolled back, or the outer transaction refuses everything from now on.
            self.settle(from, Fate::Lost);
        }
    }

    /// Ends a transaction in one of three ways.
    async fn end(&self, trx: Transaction<'_>, from: usize, cut_off: Fate) {
        match self.below(4) {
            0 => drop(trx),
            1 => {
                let _ = self.maybe_cut(trx.rollback()).await;
            }
            _ => match self.maybe_cut(trx.commit()).await {
                Some(Ok(())) => return,
                Some(Err(_)) => {}
                None => return self.settle(from, cut_off),
            },
        }
        self.settle(from, Fate::Lost);
    }
}

#[tokio::test]
async fn what_is_stored_is_what_was_committed() {
    let mut stored_in_all = 0;
    for seed in 0..4000 {
        let calm = seed % 4 == 0;
        let mock = if calm { Mock::new() } else { Mock::random(seed) };
        let db = Db::with_driver(mock.clone()).build().unwrap();
        let program = Program(Arc::new(Mutex::new(Inner { random: Random::new(!seed), calm, fates: Vec::new() })));
        for _ in 0..3 {
            if program.below(2) == 0 {
                if let Some(Ok(trx)) = program.maybe_cut(db.begin()).await {
                    let from = program.next();
                    program.body(&trx, 1).await;
                    program.end(trx, from, Fate::Unknown).await;
                }
            } else if let Ok(connection) = db.acquire().await {
                for _ in 0..2 {
                    program.write(&connection).await;
                    if let Some(Ok(trx)) = program.maybe_cut(connection.begin()).await {
                        let from = program.next();
                        program.body(&trx, 1).await;
                        program.end(trx, from, Fate::Unknown).await;
                    }
                }
            }
        }
        let stored = mock.stored();
        let fates = program.0.lock().unwrap().fates.clone();
        let of = |fate| (0_u64..).zip(&fates).filter(move |(_, it)| **it == fate).map(|(number, _)| number);
        let promised: BTreeSet<u64> = of(Fate::Stored).collect();
        let possible: BTreeSet<u64> = promised.iter().copied().chain(of(Fate::Unknown)).collect();
        assert!(promised.is_subset(&stored), "seed {seed} lost {promised:?} of {stored:?}: {:#?}", mock.log());
        assert!(stored.is_subset(&possible), "seed {seed} stored {stored:?} of {possible:?}: {:#?}", mock.log());
        assert_eq!(mock.taken(), 0, "seed {seed} keeps a connection");
        stored_in_all += stored.len();
    }
    assert!(stored_in_all > 4000, "the programs store next to nothing: {stored_in_all}");
}
