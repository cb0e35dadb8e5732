//! What a kept select remembers of its cases: which of them have been hinted since it last looked (*marked*), and
//! whether it is there at all. Knows places and wakers; what is waited for is the select's business.
//!
//! Each case has a place, and each place a waker of its own, made once. Waking it marks the place, then wakes the task
//! that the select runs on. So a turn looks at the marked cases only, and the task may change without a word to any
//! channel.
//!
//! ```text
//!  AWAY --arrive--> HERE --leave--> AWAY
//! ```
//!
//! Between turns the select is *away*: its user's code runs, and nobody knows for how long. Its cases stay parked, but
//! they keep no hint: whoever gives one marks the place and goes on to the next waiter.
//!
//! * **B1** A mark comes before a look at `state`, and `state` is written before the marks are collected; all are
//!   read-modify-writes of one word, or ordered by one. So of a hint and a select that leaves, one sees the other: the
//!   giver sees `AWAY` and goes on, or the select sees the mark and passes the hint on itself. And of a hint and a
//!   select that arrives: the giver sees `HERE` and wakes, or the select sees the mark.
//! * **B2** A place is marked after the hint lies in its cell: a look that comes of the mark finds the hint.

use super::{Set, Tag, Waiter};
use crate::primitive::{AtomicUsize, Ordering, bug, weaken};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::mem::ManuallyDrop;
use core::task::{RawWaker, RawWakerVTable, Waker};

/// Not there.
const AWAY: usize = 1;

/// Places of one word of marks.
const WORD: usize = usize::BITS as usize;

/// What wakers and the select share.
#[repr(align(8))] // For `Tag`.
struct Shared {
    state: AtomicUsize,
    /// Where the select's task parks: its only waiter.
    task: Set<()>,
}

/// The marks of neighbouring places.
struct Marks {
    word: AtomicUsize,
    shared: Arc<Shared>,
}

/// What a place's waker points to.
struct Place {
    marks: Arc<Marks>,
    bit: usize,
}

/// The board of a select that is kept: a waker for each of its cases, and what came through them.
///
/// A turn of such a select: [`arrive`](Board::arrive), [`collect`](Board::collect), look at the cases whose places are
/// marked, register those that were not ready with [`waker`](Board::waker) of their place; then
/// [`sleep`](Board::sleep), which says whether to look once more; in the end [`leave`](Board::leave). A mark stays the
/// caller's to remember until a look found nothing *and* the case was registered after it.
pub struct Board {
    shared: Arc<Shared>,
    marks: Vec<Arc<Marks>>,
    wakers: Vec<Waker>,
    task: Waiter,
}

impl Board {
    /// Places whose marks lie in one word.
    pub const WORD: usize = WORD;

    /// A board without places, of a select that is away.
    pub fn new() -> Self {
        let shared = Arc::new(Shared { state: AtomicUsize::new(AWAY), task: Set::new() });
        Board { shared, marks: Vec::new(), wakers: Vec::new(), task: Waiter::new() }
    }

    /// The mark of this select's operations, as long as a waker of its is parked anywhere.
    pub(crate) fn tag(&self) -> Tag {
        Tag::at(&*self.shared)
    }

    /// Makes the wakers of all places below `places`. Allocates, once for each place.
    pub fn grow(&mut self, places: usize) {
        while self.wakers.len() < places {
            let at = self.wakers.len();
            if at / WORD == self.marks.len() {
                let shared = Arc::clone(&self.shared);
                self.marks.push(Arc::new(Marks { word: AtomicUsize::new(0), shared }));
            }
            self.wakers
                .push(waker(Arc::new(Place { marks: Arc::clone(&self.marks[at / WORD]), bit: 1 << (at % WORD) })));
        }
    }

    /// The waker of a place, the same for ever.
    ///
    /// # Panics
    ///
    /// When the board has not [grown](Board::grow) so far.
    pub fn waker(&self, place: usize) -> &Waker {
        &self.wakers[place]
    }

    /// A turn begins: hints are welcome.
    pub fn arrive(&mut self) {
        // Relaxed: a turn that ends without sleeping may miss the newest marks, and `sleep` orders what must not be
        // missed: who saw `AWAY` comes before it on this word, and its mark is seen there (B1).
        self.shared.state.fetch_and(!AWAY, Ordering::Relaxed);
    }

    /// Takes the marks off and calls `each` with every word that had some: its number and its marks. Place `i` is bit
    /// `i % WORD` of word `i / WORD`.
    pub fn collect(&mut self, mut each: impl FnMut(usize, usize)) {
        for (number, marks) in self.marks.iter().enumerate() {
            // Relaxed: what must be seen was ordered by `state` (B1), anything later tells us itself.
            if marks.word.load(Ordering::Relaxed) != 0 {
                // Ordering: Acquire pairs with `Place::mark`: the look that follows sees what the hint was for.
                each(number, marks.word.swap(0, weaken("collect_relaxed", Ordering::Acquire)));
            }
        }
    }

    /// Parks `waker`, to be woken by the next mark. `true`: there are marks already, collect them.
    #[must_use]
    pub fn sleep(&mut self, waker: &Waker) -> bool {
        self.task.park(&self.shared.task, waker);
        // Ordering: AcqRel, and a read-modify-write: whoever marks comes before (its mark is seen below) or after (it
        // finds the task parked).
        self.shared.state.fetch_or(0, weaken("board_sleep_relaxed", Ordering::AcqRel));
        // Relaxed: as in `collect`.
        self.marks.iter().any(|marks| marks.word.load(Ordering::Relaxed) != 0)
    }

    /// The turn is over. What was marked until now is still to be [collected](Board::collect), and hints that came with
    /// it are to be passed on; later ones go to others by themselves.
    pub fn leave(&mut self) {
        // Ordering: AcqRel, and a read-modify-write (B1).
        self.shared.state.fetch_or(AWAY, weaken("leave_relaxed", Ordering::AcqRel));
        // A wake-up of ours alone: nobody else is parked there.
        let _ = self.task.leave(&self.shared.task);
    }
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").field("places", &self.wakers.len()).finish_non_exhaustive()
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // Wakers of ours may outlive us, in cells and in foreign futures.
        self.leave();
    }
}

impl Place {
    /// Marks it; whether its select is away.
    fn mark(&self) -> bool {
        if !bug("mark_lost") {
            // Ordering: Release pairs with `collect`.
            self.marks.word.fetch_or(self.bit, weaken("mark_relaxed", Ordering::Release));
        }
        // Ordering: AcqRel, and a read-modify-write (B1).
        self.marks.shared.state.fetch_or(0, weaken("mark_state_relaxed", Ordering::AcqRel)) & AWAY != 0
    }

    fn wake(&self) {
        if !self.mark()
            && let Some(waker) = self.marks.shared.task.hint()
        {
            waker.wake();
        }
    }
}

/// Whether a hint that was delivered to `waker` reached a kept select that is away. Its place is marked then, and the
/// hint is still owed to somebody else.
pub(super) fn is_away(waker: &Waker) -> bool {
    place(waker).is_some_and(Place::mark) && !bug("hint_kept_while_away")
}

/// The same, for a hint that has not been delivered: nothing is marked, and it may be otherwise in a moment.
pub(super) fn seems_away(waker: &Waker) -> bool {
    // Relaxed: see above.
    place(waker).is_some_and(|place| place.marks.shared.state.load(Ordering::Relaxed) & AWAY != 0)
}

// ------------------------------------------------------------------------------------------ a place as a waker

// Written by hand, and not by `alloc::task::Wake`: the table is a `static`, so it has one address, by which a place's
// waker is known from others.
static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

fn waker(place: Arc<Place>) -> Waker {
    let data = Arc::into_raw(place).cast();
    // SAFETY: the table's functions take an `Arc<Place>` as data, each as `RawWakerVTable` prescribes; a `Place` is
    // `Send` and `Sync`.
    unsafe { Waker::from_raw(RawWaker::new(data, &TABLE)) }
}

/// The place that a waker belongs to, if it is one of ours.
fn place(waker: &Waker) -> Option<&Place> {
    if !core::ptr::eq(waker.vtable(), &TABLE) {
        return None;
    }
    // SAFETY: our table is private, so the waker was made by `waker` above; its count keeps the place alive.
    Some(unsafe { &*waker.data().cast::<Place>() })
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: from `Arc::into_raw`, and the waker that is cloned holds a count.
    unsafe { Arc::increment_strong_count(data.cast::<Place>()) };
    RawWaker::new(data, &TABLE)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: from `Arc::into_raw`; the waker's count is ours now.
    unsafe { Arc::from_raw(data.cast::<Place>()) }.wake();
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: from `Arc::into_raw`; the waker keeps its count.
    let place = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Place>()) });
    place.wake();
}

unsafe fn drop_waker(data: *const ()) {
    // SAFETY: from `Arc::into_raw`; the waker's count goes.
    drop(unsafe { Arc::from_raw(data.cast::<Place>()) });
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;
    use std::task::Wake;

    struct Count(std::sync::Mutex<usize>);

    impl Wake for Count {
        fn wake(self: std::sync::Arc<Self>) {
            *self.0.lock().unwrap() += 1;
        }
    }

    fn collected(board: &mut Board) -> Vec<(usize, usize)> {
        let mut seen = Vec::new();
        board.collect(|word, marks| seen.push((word, marks)));
        seen
    }

    #[test]
    fn a_mark_wakes_the_task_that_sleeps_and_is_collected_once() {
        let mut board = Board::new();
        board.grow(WORD + 3);
        let count = Arc::new(Count(0.into()));
        let task = Waker::from(count.clone());
        board.arrive();
        assert!(!board.sleep(&task));
        board.waker(WORD + 2).wake_by_ref();
        let moved = board.waker(1).clone();
        moved.wake();
        assert_eq!(*count.0.lock().unwrap(), 1, "woken once");
        assert_eq!(collected(&mut board), [(0, 2), (1, 4)]);
        assert_eq!(collected(&mut board), []);
    }

    #[test]
    fn marks_of_a_select_that_is_away_wake_nobody_and_are_there_later() {
        let mut board = Board::new();
        board.grow(2);
        let count = Arc::new(Count(0.into()));
        let task = Waker::from(count.clone());
        board.arrive();
        assert!(!board.sleep(&task));
        board.leave();
        board.waker(0).wake_by_ref();
        assert_eq!(*count.0.lock().unwrap(), 0);
        board.arrive();
        assert!(board.sleep(&task), "marked already");
        assert_eq!(collected(&mut board), [(0, 1)]);
    }

    #[test]
    fn a_hint_passes_over_a_select_that_is_away() {
        let mut board = Board::new();
        board.grow(1);
        let set = Set::<()>::new();
        let (mut kept, mut plain) = (Waiter::new(), Waiter::new());
        let count = Arc::new(Count(0.into()));
        kept.park(&set, board.waker(0));
        plain.park(&set, &Waker::from(count.clone()));
        set.hint().expect("the plain one").wake();
        assert_eq!(*count.0.lock().unwrap(), 1);
        assert!(set.hint().is_none(), "nobody else is there");
        assert_eq!(collected(&mut board), [(0, 1)]);
        // Present again, it is hinted as others are.
        assert!(kept.take_hint(&set));
        board.arrive();
        kept.park(&set, board.waker(0));
        assert!(set.hint().is_some());
        assert!(kept.leave(&set));
        assert!(plain.leave(&set));
    }

    #[test]
    fn wakers_outlive_their_board() {
        let mut board = Board::new();
        board.grow(1);
        let waker = board.waker(0).clone();
        board.arrive();
        drop(board);
        assert!(is_away(&waker));
        waker.wake();
    }
}
