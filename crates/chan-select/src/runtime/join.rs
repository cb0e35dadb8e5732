//! Why a task has no result. Knows neither tasks nor runtimes.

use core::any::Any;
use core::error::Error;
use core::fmt;
use std::borrow::ToOwned;
use std::boxed::Box;
use std::string::String;
use std::sync::{Mutex, PoisonError};

/// Why a task has no result.
///
/// The same type in every adapter.
///
/// ```
/// use chan_select::runtime::JoinError;
///
/// let error = JoinError::panic(Box::new("out of cheese"));
/// assert!(matches!(error, JoinError::Panic(_)));
/// assert_eq!(error.to_string(), "the task panicked: out of cheese");
/// assert_eq!(JoinError::Cancelled.to_string(), "the task was cancelled");
/// ```
#[derive(Debug)]
pub enum JoinError {
    /// It was stopped before its end, by its handle's `cancel` or because its runtime ended.
    Cancelled,
    /// It panicked.
    Panic(PanicPayload),
}

impl JoinError {
    /// The error of a task that panicked with `payload`, as [`catch_unwind`](std::panic::catch_unwind) gives it.
    ///
    /// ```
    /// use chan_select::runtime::JoinError;
    ///
    /// let caught = std::panic::catch_unwind(|| panic!("out of cheese")).unwrap_err();
    /// assert_eq!(JoinError::panic(caught).to_string(), "the task panicked: out of cheese");
    /// ```
    pub fn panic(payload: Box<dyn Any + Send>) -> Self {
        JoinError::Panic(PanicPayload(Mutex::new(payload)))
    }

    /// An error with the message of a panic whose payload goes elsewhere.
    pub(super) fn panic_like(payload: &(dyn Any + Send)) -> Self {
        match message(payload) {
            Some(message) => JoinError::panic(Box::new(message)),
            None => JoinError::panic(Box::new(())),
        }
    }

    /// What the task panicked with, to go on with it by [`resume_unwind`](std::panic::resume_unwind); `None` if the
    /// task was cancelled.
    ///
    /// ```
    /// use chan_select::runtime::JoinError;
    ///
    /// let payload = JoinError::panic(Box::new("out of cheese")).into_panic().unwrap();
    /// assert_eq!(payload.downcast_ref(), Some(&"out of cheese"));
    /// assert!(JoinError::Cancelled.into_panic().is_none());
    /// ```
    pub fn into_panic(self) -> Option<Box<dyn Any + Send>> {
        match self {
            JoinError::Cancelled => None,
            JoinError::Panic(payload) => Some(payload.into_inner()),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::Cancelled => f.write_str("the task was cancelled"),
            JoinError::Panic(payload) => match payload.message() {
                Some(message) => write!(f, "the task panicked: {message}"),
                None => f.write_str("the task panicked"),
            },
        }
    }
}

impl Error for JoinError {}

/// What a task panicked with.
///
/// The lock is there for `Sync` alone, so that the error fits into `Box<dyn Error + Send + Sync>`.
pub struct PanicPayload(Mutex<Box<dyn Any + Send>>);

impl PanicPayload {
    /// The payload itself, for [`resume_unwind`](std::panic::resume_unwind) or `downcast`.
    ///
    /// ```
    /// use chan_select::runtime::JoinError;
    ///
    /// let JoinError::Panic(payload) = JoinError::panic(Box::new(404)) else { panic!() };
    /// assert_eq!(payload.into_inner().downcast_ref(), Some(&404));
    /// ```
    pub fn into_inner(self) -> Box<dyn Any + Send> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message, if the panic had one.
    ///
    /// ```
    /// use chan_select::runtime::JoinError;
    ///
    /// let caught = std::panic::catch_unwind(|| panic!("{} is missing", "cheese")).unwrap_err();
    /// let JoinError::Panic(payload) = JoinError::panic(caught) else { panic!() };
    /// assert_eq!(payload.message().unwrap(), "cheese is missing");
    /// ```
    pub fn message(&self) -> Option<String> {
        message(&**self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn message(payload: &(dyn Any + Send)) -> Option<String> {
    match payload.downcast_ref::<&str>() {
        Some(message) => Some((*message).to_owned()),
        None => payload.downcast_ref::<String>().cloned(),
    }
}

impl fmt::Debug for PanicPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PanicPayload").field(&self.message()).finish()
    }
}
