//! Lists whose first items are in line.

use smallvec::{Array, SmallVec};

/// Adds an item, which is made in its place where the list need not grow. `SmallVec::push` makes it elsewhere first and
/// copies it in larger parts than it was written by, for which a processor waits as long as for all the rest.
#[inline]
pub(crate) fn push<A: Array>(list: &mut SmallVec<A>, item: A::Item) {
    if !list.spilled() && list.len() < list.inline_size() {
        list.push(item);
    } else {
        push_further(list, item);
    }
}

#[cold]
#[inline(never)]
fn push_further<A: Array>(list: &mut SmallVec<A>, item: A::Item) {
    list.push(item);
}
