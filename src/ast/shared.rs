//! A box that is cheap to clone and copies itself on the first write.
//!
//! Trees nest in these boxes alone, so this is also where a tree that a program nested too deep, in a loop perhaps, is
//! kept from using up the stack: when it is dropped, compared, shown or walked.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::{fmt, ops};

use triomphe::{Arc, UniqueArc};

use crate::error::{Error, Result};

/// How many boxes may be within one another; the writer refuses a tree before that.
const MOST_NESTED: usize = 256;

/// A box that is cheap to clone and copies itself on the first write.
///
/// ```
/// use kysera::ast::Shared;
///
/// let first = Shared::new(vec![1]);
/// let mut second = first.clone(); // a pointer copy
/// second.push(2); // the copy of the content, since `first` holds it too
/// assert_eq!((first.len(), second.len()), (1, 2));
/// ```
///
/// A tree whose boxes nest more than 256 deep is no statement that can be compiled. It can be dropped, but it equals
/// only itself and its clones, is shown in part, and its walk is an error.
pub struct Shared<T: 'static> {
    content: Arc<Content<T>>,
    /// Behind the content, because parts are dropped in this order.
    _leave: Leave,
}

/// What is in a box.
#[derive(PartialEq)]
struct Content<T>(T);

/// Out of the way, since what is in a box is nearly always written by its only holder.
impl<T: Clone> Clone for Content<T> {
    #[cold]
    #[inline(never)]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Shared<T> {
    /// Puts a value into a box.
    #[must_use]
    #[inline]
    pub fn new(value: T) -> Self {
        Self::of(Arc::new(Content(value)))
    }

    /// Makes the box first and then what is in it, where it will be. What is made before goes there by a copy of the whole, for
    /// which a processor waits until all its parts, just written one by one, have reached the memory.
    #[inline]
    pub(crate) fn filled(empty: T, fill: impl FnOnce(&mut T)) -> Self {
        let mut content = UniqueArc::new(Content(empty));
        fill(&mut content.0);
        Self::of(content.shareable())
    }

    #[inline]
    fn of(content: Arc<Content<T>>) -> Self {
        Self { content, _leave: Leave }
    }

    /// True where both are the same box, not only equal ones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.content, &other.content)
    }
}

impl<T: Clone + PartialEq> Shared<T> {
    /// Changes the value, unless it is too deep, and stays the same box where that leaves it as it was, even if somebody
    /// else holds it too.
    #[inline]
    pub(super) fn change(&mut self, change: impl FnOnce(&mut T) -> Result<()>) -> Result<()> {
        let depth = INSIDE.get();
        if depth == MOST_NESTED {
            return Err(too_deep());
        }
        INSIDE.set(depth + 1);
        let _leave = Restore(depth);
        match Arc::get_mut(&mut self.content) {
            Some(content) => change(&mut content.0),
            None => self.change_copy(change),
        }
    }

    #[cold]
    #[inline(never)]
    fn change_copy(&mut self, change: impl FnOnce(&mut T) -> Result<()>) -> Result<()> {
        let mut copy = self.content.0.clone();
        let result = change(&mut copy);
        if copy != self.content.0 {
            *self = Self::new(copy);
        }
        result
    }
}

impl<T: Clone> Shared<T> {
    /// Takes the value out, copying it where somebody else holds it too.
    #[must_use]
    pub fn into_inner(self) -> T {
        let content = Arc::clone(&self.content);
        drop(self);
        Arc::unwrap_or_clone(content).0
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.content))
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || inside(|| self.content == other.content).unwrap_or(false)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> ops::Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content.0
    }
}

impl<T: Clone> ops::DerefMut for Shared<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut Arc::make_mut(&mut self.content).0
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        inside(|| self.content.0.fmt(f)).unwrap_or_else(|_| f.write_str(".."))
    }
}

thread_local! {
    /// In how many boxes this thread is that it compares, shows or walks.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
    /// In how many boxes this thread is that it drops.
    static DROPPING: Cell<usize> = const { Cell::new(0) };
    /// The boxes that were too deep to be dropped where they were. It is empty, and holds no memory, whenever no box is
    /// being dropped, so nothing has to be done about it at the end of the thread.
    static LATER: ManuallyDrop<RefCell<Vec<Box<dyn Any>>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Does what goes into a box, unless that is too deep.
pub(super) fn inside<R>(work: impl FnOnce() -> R) -> Result<R> {
    let depth = INSIDE.get();
    if depth == MOST_NESTED {
        return Err(too_deep());
    }
    INSIDE.set(depth + 1);
    let leave = Restore(depth);
    let result = work();
    drop(leave);
    Ok(result)
}

/// Says how deep the thread is when it leaves a box, even where a visitor panics.
struct Restore(usize);

impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
}

#[cold]
fn too_deep() -> Error {
    Error::invalid(format!("the query nests more than {MOST_NESTED} levels deep"))
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        let depth = DROPPING.get() + 1;
        DROPPING.set(depth);
        if depth > MOST_NESTED {
            // Whoever holds it last drops it, which is not this box then.
            LATER.with(|later| later.borrow_mut().push(Box::new(Arc::clone(&self.content))));
        }
    }
}

/// What a box does after its content was dropped.
struct Leave;

impl Drop for Leave {
    #[inline]
    fn drop(&mut self) {
        let depth = DROPPING.get();
        if depth == 1 {
            LATER.with(|later| {
                if !later.borrow().is_empty() {
                    drop_all(later);
                }
            });
        }
        DROPPING.set(depth - 1);
    }
}

/// Drops what was left for later; that may leave more.
#[cold]
fn drop_all(later: &RefCell<Vec<Box<dyn Any>>>) {
    loop {
        let next = later.borrow_mut().pop();
        match next {
            Some(content) => drop(content),
            None => break,
        }
    }
    later.take();
}
