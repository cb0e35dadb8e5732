//! What may stand in a case: which of the three forms an expression has, and the error for everything else.
//!
//! | the expression is | the case is |
//! |---|---|
//! | a channel operation, by value, `&mut`, `Pin<&mut>`, `Pin<Box>`, or an `Option` or `&mut Option` of these | native |
//! | `Option` of any other future | foreign |
//! | any other future | foreign |
//!
//! An operation is a future too, so traits alone cannot decide: method lookup does. `(&&&probe(&e)).__kind_of_case()`
//! finds the method that needs the fewest dereferences, which is the first line of the table that fits. ("Autoref
//! specialisation", D. Tolnay. The name is one that no trait of the user's gives to every type.) In a generic function `F: Future` is foreign, whatever `F` turns out to be.

use crate::case::Native;
use chan_core::case::Operation;
use core::future::Future;
use core::marker::PhantomData;

/// Stands for a value of type `E` in method lookup.
pub struct Probe<E>(PhantomData<E>);

/// Begins the lookup for `_expression`'s type.
pub fn probe<E>(_expression: &E) -> Probe<E> {
    Probe(PhantomData)
}

/// An operation.
pub struct NativeOperation;
/// `Option` of a future.
pub struct ForeignOption;
/// A future.
pub struct ForeignFuture;

/// First line of the table.
pub trait Kind0 {
    /// Which form it is.
    fn __kind_of_case(&self) -> NativeOperation {
        NativeOperation
    }
}
impl<O: Operation> Kind0 for &&Probe<O> {}

/// Second line.
pub trait Kind1 {
    /// Which form it is.
    fn __kind_of_case(&self) -> ForeignOption {
        ForeignOption
    }
}
impl<F: Future> Kind1 for &Probe<Option<F>> {}

/// Last line.
pub trait Kind2 {
    /// Which form it is.
    fn __kind_of_case(&self) -> ForeignFuture {
        ForeignFuture
    }
}
impl<F> Kind2 for Probe<F> {}

impl NativeOperation {
    /// The case.
    pub fn case<O: Operation>(self, operation: O) -> Native<O> {
        Native(Some(operation))
    }
}

impl ForeignOption {
    /// The case.
    pub fn case<F: Future>(self, future: Option<F>) -> Option<F> {
        future
    }
}

impl ForeignFuture {
    /// The case. That it is a future was seen by [`Operand`].
    pub fn case<F>(self, future: F) -> Option<F> {
        Some(future)
    }
}

/// A case whose guard is false: its operation was never built.
pub fn nil<C: Default>() -> C {
    C::default()
}

/// Marks what [`Operand`] is implemented by.
pub struct IsFuture;
/// Marks what [`Operand`] is implemented by.
pub struct IsOption;
/// Marks what [`Operand`] is implemented by.
pub struct IsSlot;
/// Marks what [`Operand`] is implemented by: nothing.
pub struct IsNothing;
/// Nothing is. With two candidates for every type, the error below is given once, not once more for what follows.
pub trait Nothing {}

/// What a case's expression must be. Only there for its error: an obligation on the expression, so that the
/// arrow is there.
#[diagnostic::on_unimplemented(
    message = "select!: `{Self}` cannot be a case: it is neither a channel operation nor a future",
    label = "not a future",
    note = "write `pattern = future => body`, for example `msg = rx.recv() => ..` or `res = tx.send(v) => ..`",
    note = "the operation is not awaited: `select!` does that"
)]
pub trait Operand<Mark> {
    /// `Self`; unknown where the trait is not implemented, which keeps the compiler from complaining about it twice.
    type This;

    /// Itself.
    fn this(self) -> Self::This;
}

#[diagnostic::do_not_recommend]
impl<F: Future> Operand<IsFuture> for F {
    type This = F;
    fn this(self) -> F {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<F: Future> Operand<IsOption> for Option<F> {
    type This = Option<F>;
    fn this(self) -> Option<F> {
        self
    }
}

// An operation that is kept from turn to turn: no future, but a case like its `Option` by value.
#[diagnostic::do_not_recommend]
impl<'a, O: Operation> Operand<IsSlot> for &'a mut Option<O> {
    type This = &'a mut Option<O>;
    fn this(self) -> &'a mut Option<O> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<F: Nothing> Operand<IsNothing> for F {
    type This = F;
    fn this(self) -> F {
        self
    }
}

/// What `default(..)` must be given.
#[diagnostic::on_unimplemented(
    message = "select!: `{Self}` cannot be the timer of `default(..)`: it is not a future",
    label = "not a future",
    note = "write `default(after(duration)) => body`; the timer is not awaited: `select!` does that"
)]
pub trait Timer<Mark> {
    /// `Option` of a future; see [`Operand::This`].
    type This;

    /// As an `Option`.
    fn this(self) -> Self::This;
}

#[diagnostic::do_not_recommend]
impl<F: Future> Timer<IsFuture> for F {
    type This = Option<F>;
    fn this(self) -> Option<F> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<F: Future> Timer<IsOption> for Option<F> {
    type This = Option<F>;
    fn this(self) -> Option<F> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<F: Nothing> Timer<IsNothing> for F {
    type This = Option<F>;
    fn this(self) -> Option<F> {
        Some(self)
    }
}
