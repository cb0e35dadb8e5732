//! Receivers of the clock. Nothing runs for them: whoever looks compares the time, and whoever waits is woken by
//! async-io's timers.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
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

/// Waits for the message of a timer, and takes it.
#[allow(missing_debug_implementations)]
pub struct Take<'a, T> {
    timer: &'a Timer<T>,
    wake: Wake,
}

/// Waits until a timer has a message.
pub(crate) struct Due<'a, T> {
    timer: &'a Timer<T>,
    wake: Wake,
}

/// A wake-up at one instant.
struct Wake(async_io::Timer);

impl Wake {
    /// By `due`, or never: somebody else may come first, and it is asked again then.
    fn set(&mut self, due: Option<Instant>, cx: &mut Context<'_>) {
        match due {
            Some(due) => self.0.set_at(due),
            None => self.0.clear(),
        }
        if Pin::new(&mut self.0).poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}

impl<T> Timer<T> {
    pub(crate) fn wait_and_take(&self) -> Take<'_, T> {
        Take { timer: self, wake: Wake(async_io::Timer::never()) }
    }

    pub(crate) fn wait(&self) -> Due<'_, T> {
        Due { timer: self, wake: Wake(async_io::Timer::never()) }
    }
}

impl<T> Future for Take<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match self.timer.take() {
            Some(message) => Poll::Ready(message),
            None => {
                let due = self.timer.due();
                self.wake.set(due, cx);
                Poll::Pending
            }
        }
    }
}

impl<T> Future for Due<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.timer.is_due() {
            return Poll::Ready(());
        }
        let due = self.timer.due();
        self.wake.set(due, cx);
        Poll::Pending
    }
}
