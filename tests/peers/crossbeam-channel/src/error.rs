//! The peer's errors: ours, with `Disconnected` for `Closed`.

use std::fmt;

pub use chan_core::{RecvError, SendError};

/// Why a `try_send` did not send.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There was no room.
    Full(T),
    /// The channel is closed.
    Disconnected(T),
}

/// Why a send with a limit did not send.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SendTimeoutError<T> {
    /// The time was up.
    Timeout(T),
    /// The channel is closed.
    Disconnected(T),
}

/// Why a `try_recv` got nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryRecvError {
    /// Nothing was there.
    Empty,
    /// The channel is closed and drained.
    Disconnected,
}

/// Why a receive with a limit got nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvTimeoutError {
    /// The time was up.
    Timeout,
    /// The channel is closed and drained.
    Disconnected,
}

/// No operation could be completed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrySelectError;

/// No operation could be completed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectTimeoutError;

/// No operation was ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryReadyError;

/// No operation was ready in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyTimeoutError;

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrySendError::Full(_) => "Full(..)",
            TrySendError::Disconnected(_) => "Disconnected(..)",
        })
    }
}

impl<T> fmt::Debug for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendTimeoutError(..)")
    }
}

impl From<chan_core::RecvTimeoutError> for RecvTimeoutError {
    fn from(error: chan_core::RecvTimeoutError) -> Self {
        match error {
            chan_core::RecvTimeoutError::Timeout => RecvTimeoutError::Timeout,
            chan_core::RecvTimeoutError::Closed => RecvTimeoutError::Disconnected,
        }
    }
}
