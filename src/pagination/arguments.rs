//! What says which page is meant, and of how many rows.

#[cfg(feature = "cursors")]
use super::Place;

/// The number of a page, or of its rows: an `i64`, or an `Option` of one, since a client may say none.
#[diagnostic::on_unimplemented(
    message = "the number and the limit of a page are an `i64` or an `Option<i64>`, not `{Self}`",
    note = "make one by `i64::from(..)`, or `i64::try_from(..)` where it may be too large"
)]
pub trait PageNumber {
    /// The number, if there is one.
    fn into_number(self) -> Option<i64>;
}

#[diagnostic::do_not_recommend]
impl<N: Into<Option<i64>>> PageNumber for N {
    fn into_number(self) -> Option<i64> {
        self.into()
    }
}

/// Where a page is: a [`Place`], or an `Option` of the cursor that it comes after.
#[cfg(feature = "cursors")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no place of a page",
    note = "it is a `Place`, as in `Place::After(Cursor::from(text))`, or an `Option<Cursor>` that the page comes after"
)]
pub trait IntoPlace {
    /// The place.
    fn into_place(self) -> Place;
}

#[cfg(feature = "cursors")]
#[diagnostic::do_not_recommend]
impl<P: Into<Place>> IntoPlace for P {
    fn into_place(self) -> Place {
        self.into()
    }
}
