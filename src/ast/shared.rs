//! A box that is cheap to clone and copies itself on the first write.

use std::{fmt, ops};

use triomphe::Arc;

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
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Puts a value into a box.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// True where both are the same box, not only equal ones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Clone> Shared<T> {
    /// Takes the value out, copying it where somebody else holds it too.
    #[must_use]
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || self.0 == other.0
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
        &self.0
    }
}

impl<T: Clone> ops::DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
