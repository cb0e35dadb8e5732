//! What a select has got, kept at the handle until the operation that was selected is asked for it: a select knows its
//! handles, but not the types of their messages.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The results of selects that are not completed yet, each under the number of its selection.
pub(crate) struct Picked<X>(Mutex<Vec<(u64, X)>>);

/// A number for one selection.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<X> Picked<X> {
    pub(crate) const fn new() -> Self {
        Picked(Mutex::new(Vec::new()))
    }

    pub(crate) fn put(&self, number: u64, result: X) {
        self.lock().push((number, result));
    }

    pub(crate) fn take(&self, number: u64) -> Option<X> {
        let mut picked = self.lock();
        let at = picked.iter().position(|(of, _)| *of == number)?;
        Some(picked.swap_remove(at).1)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, X)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<X> fmt::Debug for Picked<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picked").field("len", &self.lock().len()).finish()
    }
}
