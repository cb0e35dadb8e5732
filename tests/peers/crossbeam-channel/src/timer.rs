//! Receivers of the clock. Nothing runs for them: whoever looks compares the time.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Gives an instant once it has passed; again and again, if it has a period.
pub(crate) struct Timer<T> {
    /// When it will give something; `None`: never again.
    due: Mutex<Option<Instant>>,
    period: Option<Duration>,
    /// What it gives, of the type that its receiver has.
    message: fn(Instant) -> T,
}

impl<T> Timer<T> {
    pub(crate) fn new(due: Instant, period: Option<Duration>, message: fn(Instant) -> T) -> Self {
        Timer { due: Mutex::new(Some(due)), period, message }
    }

    /// The message, if it is time.
    pub(crate) fn take(&self) -> Option<T> {
        let mut next = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = next.filter(|due| *due <= now)?;
        *next = self.period.and_then(|period| now.checked_add(period));
        Some((self.message)(due))
    }

    /// When there will be a message.
    pub(crate) fn due(&self) -> Option<Instant> {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is a message.
    pub(crate) fn is_due(&self) -> bool {
        self.due().is_some_and(|due| due <= Instant::now())
    }
}

impl<T> fmt::Debug for Timer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("due", &self.due()).field("period", &self.period).finish_non_exhaustive()
    }
}
