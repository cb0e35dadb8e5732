//! The control lane: signals that overtake what is queued and never wait. Knows kinds by number; whoever waits for one is
//! parked here, apart from the messages.
//!
//! A lane holds a version for each kind, and each raise moves one on; a receiver handle holds, for each kind, the version
//! that it has seen. So a raise costs no memory, each handle sees it once, and raises that a handle has not looked at
//! count as one. A channel without signals has a null pointer here and a handle another.
//!
//! Invariants:
//!
//! * **R1** A raise moves its version, then changes the word; a waiter parks, marks the word, then looks at the versions.
//!   Both are read-modify-writes: whoever comes second sees the first (C1).
//! * **R2** Whoever clears the mark hints every waiter, once: each may be another handle, for which the signal is new. So
//!   no hint is ever passed on.
//! * **R3** Behind the closed bit every raise that answered `true` is seen: it changed the word before.

use super::notify::Finally;
use crate::error::TryRecvError;
use crate::primitive::{AtomicTagged, AtomicUsize, KINDS, Ordering, bug, weaken};
use crate::wait::{Set, Waiter};
use alloc::boxed::Box;
use core::array;
use core::mem;
use core::ptr;
use core::task::Waker;

/// In the word: a bit for each kind that was ever raised, below these.
const WAIT: usize = 1 << KINDS;
const CLOSED: usize = WAIT << 1;

/// Bytes of a lane, and of what `peak` waiting operations add.
pub(crate) const fn lane_bytes(peak: usize) -> usize {
    size_of::<Lane>() + Set::<()>::heap_bytes(peak)
}

/// Bytes that a handle keeps once it has seen a signal.
pub(crate) const fn marks_bytes() -> usize {
    size_of::<Marks>()
}

/// The lane of a channel, made by the first raise or the first wait.
pub(crate) struct Signals {
    /// Null, [`never`] when the channel was closed before, or the lane.
    lane: AtomicTagged<Lane>,
}

struct Lane {
    word: AtomicUsize,
    /// How often each kind was raised.
    versions: [AtomicUsize; KINDS],
    waiters: Set<()>,
}

/// What one receiver handle has seen. Several tasks may share it: each signal goes to one of them.
pub(crate) struct Seen {
    /// Null until the handle takes its first signal.
    marks: AtomicTagged<Marks>,
}

struct Marks {
    versions: [AtomicUsize; KINDS],
}

fn never() -> *mut Lane {
    ptr::without_provenance_mut(1)
}

/// Puts a box behind a null pointer, unless somebody was faster.
fn install<B>(place: &AtomicTagged<B>, new: Box<B>) {
    let new = Box::into_raw(new);
    // Ordering: Release: who finds it finds it whole.
    if place.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Relaxed).is_err() {
        // SAFETY: never published.
        drop(unsafe { Box::from_raw(new) });
    }
}

impl Signals {
    pub(super) fn new() -> Self {
        Signals { lane: AtomicTagged::new(ptr::null_mut()) }
    }

    /// The lane; or, where none was ever made, what a look finds.
    fn existing(&self) -> Result<&Lane, TryRecvError> {
        // Ordering: Acquire pairs with `install`.
        let lane = self.lane.load(Ordering::Acquire);
        if lane.is_null() {
            return Err(TryRecvError::Empty);
        }
        if lane == never() {
            return Err(TryRecvError::Closed);
        }
        // SAFETY: installed once, freed with the channel.
        Ok(unsafe { &*lane })
    }

    /// The lane, made now if there is none. `None`: the channel is closed.
    fn lane(&self) -> Option<&Lane> {
        if self.existing().is_err_and(|error| error.is_empty()) {
            let versions = array::from_fn(|_| AtomicUsize::new(0));
            install(&self.lane, Box::new(Lane { word: AtomicUsize::new(0), versions, waiters: Set::new() }));
        }
        self.existing().ok()
    }

    /// Raises a kind for every receiver handle. `false`: the channel is closed.
    pub(crate) fn raise(&self, kind: usize) -> bool {
        let Some(lane) = self.lane() else { return false };
        // Relaxed: a filter, so that a raise after the close leaves no trace; the word decides below.
        if lane.word.load(Ordering::Relaxed) & CLOSED != 0 {
            return false;
        }
        // Ordering: Release: a waiter that marks the word later sees the version. Acquire: of one that marked it before,
        // the cell is seen (R1).
        let announce = || lane.word.fetch_or(1 << kind, weaken("raise_word_relaxed", Ordering::AcqRel));
        let too_early = bug("signal_word_first").then(announce);
        // Ordering: Release pairs with the Acquire in `Seen::take`: a raise happens before its receipt. Raises that count
        // as one are one release sequence, so all of them do.
        lane.versions[kind].fetch_add(1, weaken("raise_relaxed", Ordering::Release));
        let old = too_early.unwrap_or_else(announce);
        if old & CLOSED != 0 {
            return false;
        }
        if old & WAIT != 0 {
            lane.notify();
        }
        true
    }

    /// The most urgent kind that this handle has not seen, among those that `knows` accepts.
    pub(crate) fn look(&self, seen: &Seen, knows: impl Fn(usize) -> bool) -> Result<usize, TryRecvError> {
        self.find(|lane, kind| knows(kind) && seen.take(lane, kind))
    }

    /// As `look`, without taking.
    pub(crate) fn peek(&self, seen: &Seen, knows: impl Fn(usize) -> bool) -> Result<usize, TryRecvError> {
        self.find(|lane, kind| knows(kind) && seen.is_new(lane, kind))
    }

    fn find(&self, wanted: impl Fn(&Lane, usize) -> bool) -> Result<usize, TryRecvError> {
        let lane = self.existing()?;
        // Ordering: Acquire: the versions behind the bits, and with the closed bit all there will be (R3).
        let word = lane.word.load(weaken("signal_word_relaxed", Ordering::Acquire));
        let mut raised = word & (WAIT - 1);
        while raised != 0 {
            let kind = raised.trailing_zeros() as usize;
            if wanted(lane, kind) {
                return Ok(kind);
            }
            raised &= raised - 1;
        }
        Err(if word & CLOSED != 0 { TryRecvError::Closed } else { TryRecvError::Empty })
    }

    /// Takes in a hint, at the start of a poll.
    pub(crate) fn take_hint(&self, waiter: &mut Waiter) {
        if let Ok(lane) = self.existing() {
            // A hint is for all, so nobody else misses it.
            let _ = waiter.take_hint(&lane.waiters);
        }
    }

    /// Parks; look again after it.
    pub(crate) fn register(&self, waiter: &mut Waiter, waker: &Waker) {
        // Without a lane the channel is closed: the look that follows says so.
        let Some(lane) = self.lane() else { return };
        if waiter.park(&lane.waiters, waker) {
            // Ordering: AcqRel, and a read-modify-write: a raise or a close that came before is seen by the look that
            // follows; one that comes later sees the mark, and behind it the cell (R1).
            lane.word.fetch_or(WAIT, weaken("signal_arm_relaxed", Ordering::AcqRel));
        }
    }

    /// Leaves. No hint is passed on (R2).
    pub(crate) fn leave(&self, waiter: &mut Waiter) {
        if let Ok(lane) = self.existing() {
            let _ = waiter.leave(&lane.waiters);
        }
    }

    /// No raise from here on; everybody who waits is woken.
    pub(super) fn close(&self) {
        // Relaxed: nothing is behind the mark, and the load that follows acquires a lane.
        let _ = self.lane.compare_exchange(ptr::null_mut(), never(), Ordering::Relaxed, Ordering::Relaxed);
        if let Ok(lane) = self.existing() {
            // Ordering: AcqRel: who has parked is seen below, who parks later sees the bit (C3). Release also passes on
            // what raises before us did (R3).
            lane.word.fetch_or(CLOSED, weaken("signal_close_relaxed", Ordering::AcqRel));
            lane.wake_from(0);
        }
    }
}

impl Lane {
    fn notify(&self) {
        // Ordering: AcqRel: as the first change of the word; whoever marked it before us is ours to hint (R2).
        if self.word.fetch_and(!WAIT, Ordering::AcqRel) & WAIT != 0 {
            self.wake_from(0);
        }
    }

    /// Hints the waiters in the cells from number `start` on. By number and once: a waiter that looks, finds nothing and
    /// parks again has marked the word again.
    fn wake_from(&self, mut start: usize) {
        while let Some((next, waker)) = self.waiters.hint_from(start) {
            start = next;
            // A waker that panics must not leave the others asleep.
            let rest = Finally(|| self.wake_from(start));
            waker.wake();
            mem::forget(rest);
            if bug("signal_wakes_one") {
                return;
            }
        }
    }
}

impl Seen {
    /// Nothing seen.
    pub(crate) fn new() -> Self {
        Seen { marks: AtomicTagged::new(ptr::null_mut()) }
    }

    fn marks(&self) -> Option<&Marks> {
        // Ordering: Acquire pairs with `install`.
        let marks = self.marks.load(Ordering::Acquire);
        if marks.is_null() {
            return None;
        }
        // SAFETY: installed once, freed with the handle, which the caller borrows.
        Some(unsafe { &*marks })
    }

    /// The version of `kind` that was seen last.
    fn last(&self, kind: usize) -> usize {
        // Ordering: Acquire pairs with the Release in `take`: whoever stored this had read that version, so the version
        // that we read next is no older.
        self.marks().map_or(0, |marks| marks.versions[kind].load(weaken("seen_relaxed", Ordering::Acquire)))
    }

    fn is_new(&self, lane: &Lane, kind: usize) -> bool {
        let last = self.last(kind);
        // Relaxed: an answer that may be old.
        lane.versions[kind].load(Ordering::Relaxed) != last
    }

    /// Marks everything raised so far as seen. `false`: there was nothing, or another task that shares the handle has it.
    fn take(&self, lane: &Lane, kind: usize) -> bool {
        loop {
            let last = self.last(kind);
            // Ordering: Acquire pairs with the Release in `raise`.
            let now = lane.versions[kind].load(weaken("version_relaxed", Ordering::Acquire));
            if now == last {
                return false;
            }
            let Some(marks) = self.marks() else {
                install(&self.marks, Box::new(Marks { versions: array::from_fn(|_| AtomicUsize::new(0)) }));
                continue;
            };
            if bug("seen_by_store") {
                marks.versions[kind].store(now, Ordering::Release);
                return true;
            }
            // Ordering: Release pairs with `last`. On failure somebody else took it, and more may have come since.
            let order = weaken("seen_relaxed", Ordering::AcqRel);
            if marks.versions[kind].compare_exchange(last, now, order, Ordering::Relaxed).is_ok() {
                return true;
            }
        }
    }
}

/// What a handle has seen, its clone has seen.
impl Clone for Seen {
    fn clone(&self) -> Self {
        let Some(_) = self.marks() else { return Seen::new() };
        let marks = Marks { versions: array::from_fn(|kind| AtomicUsize::new(self.last(kind))) };
        Seen { marks: AtomicTagged::new(Box::into_raw(Box::new(marks))) }
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        // Relaxed: the handle is going, nobody else can reach it; what made us its owner ordered everything before.
        let marks = self.marks.load(Ordering::Relaxed);
        if !marks.is_null() {
            // SAFETY: made by `Box::into_raw`, and nobody else has it.
            drop(unsafe { Box::from_raw(marks) });
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // Relaxed: as above.
        let lane = self.lane.load(Ordering::Relaxed);
        if !lane.is_null() && lane != never() {
            // SAFETY: as above.
            drop(unsafe { Box::from_raw(lane) });
        }
    }
}
