//! The cells of one side of a channel, and the sweep over them. Grows, never shrinks: one cell lies in the channel,
//! chunks of 4, 8, 16 .. follow, each allocated when all before are occupied. Knows which cells are occupied; what
//! their states mean is in `cell.rs`.
//!
//! Order: cells are handed out cyclically behind the newest waiter, and the sweep that looks for the oldest goes the
//! same way, so wake order is first in, first out. After a wrap over old waiters, or after growth, a waiter is
//! overtaken at most once by each cell.

use super::cell::Cell;
use crate::primitive::{AtomicTagged, AtomicUsize, CHUNKS, FIRST_CHUNK, Hint, Ordering, weaken};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::ptr;

/// A cell, by its number in the set, plus one: to have none takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellId(NonZeroU32);

impl CellId {
    #[inline]
    const fn of(number: usize) -> Self {
        // There are fewer cells than 2^32 - 1.
        CellId(NonZeroU32::MIN.saturating_add(number as u32))
    }

    #[inline]
    const fn number(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The parked operations of one side.
pub(crate) struct Set<P> {
    /// Bit 0: whether `first` is occupied.
    first_occupied: AtomicUsize,
    first: Cell<P>,
    /// The chunks; null until the second waiter comes.
    directory: AtomicTagged<Directory<P>>,
    /// How many chunks there are.
    grown: AtomicUsize,
    /// Where to look for a free cell: behind the newest waiter. A hint: any value is correct.
    newest: Hint,
    /// Where to look for the oldest waiter. A hint: any value is correct.
    oldest: Hint,
}

struct Directory<P> {
    chunks: [AtomicTagged<Chunk<P>>; CHUNKS],
}

struct Chunk<P> {
    occupied: Box<[AtomicUsize]>,
    cells: Box<[Cell<P>]>,
}

/// Up to one machine word of neighbouring cells.
struct Word<'a> {
    occupied: &'a AtomicUsize,
    /// Number of the first cell.
    base: usize,
    /// How many cells.
    len: usize,
}

const WORD: usize = usize::BITS as usize;

impl<P: Default> Set<P> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Set {
            first_occupied: AtomicUsize::new(0),
            first: Cell::new(),
            directory: AtomicTagged::new(ptr::null_mut()),
            grown: AtomicUsize::new(0),
            newest: Hint::new(0),
            oldest: Hint::new(0),
        }
    }

    /// Takes a free cell; allocates a chunk when there is none.
    #[inline]
    pub(crate) fn acquire(&self) -> CellId {
        // The usual set has never had two waiters: nothing to search, no order to keep.
        // Relaxed: filters; the exchange decides.
        if self.grown.load(Ordering::Relaxed) == 0
            && self.first_occupied.load(Ordering::Relaxed) == 0
            // Ordering: Acquire pairs with `free` (W1).
            && self.first_occupied.fetch_or(1, weaken("acquire_relaxed", Ordering::Acquire)) & 1 == 0
        {
            return CellId::of(0);
        }
        self.search()
    }

    #[inline(never)]
    fn search(&self) -> CellId {
        loop {
            // Ordering: Acquire pairs with `grow`: the chunks counted here are in place.
            let grown = self.grown.load(Ordering::Acquire);
            let from = self.newest.get();
            let found = self.sweep(grown, from, |word, mask| {
                // Relaxed: the exchange below decides.
                let mut free = !word.occupied.load(Ordering::Relaxed) & mask;
                while free != 0 {
                    let bit = free & free.wrapping_neg();
                    // Ordering: Acquire pairs with `free` (W1).
                    let old = word.occupied.fetch_or(bit, weaken("acquire_relaxed", Ordering::Acquire));
                    if old & bit == 0 {
                        return Some(word.base + bit.trailing_zeros() as usize);
                    }
                    free &= !old & !bit;
                }
                None
            });
            if let Some(index) = found {
                self.newest.set(index + 1);
                return CellId::of(index);
            }
            self.grow(grown);
        }
    }
}

impl<P> Set<P> {
    /// Gives a cell back. The caller owns it (W1), its waker and payload are out.
    #[inline]
    pub(crate) fn free(&self, id: CellId) {
        if id.number() == 0 {
            // Ordering: as below.
            self.first_occupied.fetch_and(!1, weaken("free_relaxed", Ordering::Release));
            return;
        }
        let word = self.word(id.number());
        let bit = 1 << (id.number() - word.base);
        // Ordering: Release pairs with the Acquire in `acquire` (W1).
        word.occupied.fetch_and(!bit, weaken("free_relaxed", Ordering::Release));
    }

    #[inline]
    pub(crate) fn cell(&self, id: CellId) -> &Cell<P> {
        let index = id.number();
        match position(index) {
            None => &self.first,
            Some((chunk, offset)) => &self.chunk(chunk).cells[offset],
        }
    }

    /// Calls `visit` for the occupied cells from the oldest on, until it gives something.
    #[inline]
    pub(crate) fn oldest_first<R>(&self, mut visit: impl FnMut(CellId, &Cell<P>) -> Option<R>) -> Option<R> {
        // Ordering: Acquire pairs with `grow`.
        let grown = self.grown.load(Ordering::Acquire);
        if grown == 0 {
            // Relaxed: as below.
            return if self.first_occupied.load(Ordering::Relaxed) & 1 != 0 {
                visit(CellId::of(0), &self.first)
            } else {
                None
            };
        }
        let from = self.oldest.get();
        self.sweep(grown, from, |word, mask| {
            // Relaxed: whoever parked before the word that told us (a ticket word with its bit) is seen; who parks
            // later tells itself.
            let mut occupied = word.occupied.load(Ordering::Relaxed) & mask;
            while occupied != 0 {
                let id = CellId::of(word.base + occupied.trailing_zeros() as usize);
                if let Some(result) = visit(id, self.cell(id)) {
                    return Some(result);
                }
                occupied &= occupied - 1;
            }
            None
        })
    }

    /// Calls `visit` for the occupied cells from number `start` on, in the order of their numbers, until it gives something;
    /// with it comes the number after that cell's.
    pub(crate) fn first_from<R>(
        &self,
        start: usize,
        mut visit: impl FnMut(CellId, &Cell<P>) -> Option<R>,
    ) -> Option<(usize, R)> {
        // Ordering: as in `oldest_first`.
        let total = total(self.grown.load(Ordering::Acquire));
        let mut at = start;
        while at < total {
            let word = self.word(at);
            // Relaxed: as in `oldest_first`.
            let mut occupied = word.occupied.load(Ordering::Relaxed) & mask(at - word.base, word.len);
            while occupied != 0 {
                let number = word.base + occupied.trailing_zeros() as usize;
                let id = CellId::of(number);
                if let Some(result) = visit(id, self.cell(id)) {
                    return Some((number + 1, result));
                }
                occupied &= occupied - 1;
            }
            at = word.base + word.len;
        }
        None
    }

    /// The next sweep begins behind this cell.
    pub(crate) fn served(&self, id: CellId) {
        self.oldest.set(id.number() + 1);
    }

    /// The next sweep begins at this cell: it was woken for nothing and keeps its place.
    pub(crate) fn back_to(&self, id: CellId) {
        self.oldest.set(id.number());
    }

    /// Bytes on the heap after `peak` operations have waited at the same time.
    pub(crate) const fn heap_bytes(peak: usize) -> usize {
        let (mut grown, mut bytes) = (0, 0);
        while total(grown) < peak {
            let cells = FIRST_CHUNK << grown;
            if grown == 0 {
                bytes += size_of::<Directory<P>>();
            }
            bytes += size_of::<Chunk<P>>() + cells * size_of::<Cell<P>>() + cells.div_ceil(WORD) * size_of::<usize>();
            grown += 1;
        }
        bytes
    }

    /// How many cells there are after `peak` operations have waited at the same time.
    pub(crate) const fn cells(peak: usize) -> usize {
        let mut grown = 0;
        while total(grown) < peak {
            grown += 1;
        }
        total(grown)
    }

    /// Cells that have been allocated, the inline one included.
    #[cfg(all(test, not(chan_loom)))]
    pub(crate) fn allocated(&self) -> usize {
        total(self.grown.load(Ordering::Acquire))
    }

    /// Whether no cell is occupied. For models and tests, in a quiet state.
    #[cfg(all(test, chan_loom))]
    pub(crate) fn is_unused(&self) -> bool {
        self.oldest_first(|_, _| Some(())).is_none()
    }

    /// Visits the words of the cells `from..total`, then `0..from`, with the mask of the cells that count.
    fn sweep<R>(&self, grown: usize, from: usize, mut visit: impl FnMut(&Word<'_>, usize) -> Option<R>) -> Option<R> {
        let total = total(grown);
        let from = if from < total { from } else { 0 };
        let mut at = from;
        while at < total {
            let word = self.word(at);
            if let Some(result) = visit(&word, mask(at - word.base, word.len)) {
                return Some(result);
            }
            at = word.base + word.len;
        }
        at = 0;
        while at < from {
            let word = self.word(at);
            let end = word.len.min(from - word.base);
            if let Some(result) = visit(&word, mask(0, end)) {
                return Some(result);
            }
            at = word.base + word.len;
        }
        None
    }

    fn word(&self, index: usize) -> Word<'_> {
        match position(index) {
            None => Word { occupied: &self.first_occupied, base: 0, len: 1 },
            Some((chunk, offset)) => {
                let start = offset - offset % WORD;
                let chunk = self.chunk(chunk);
                Word {
                    occupied: &chunk.occupied[offset / WORD],
                    base: index - offset + start,
                    len: WORD.min(chunk.cells.len() - start),
                }
            }
        }
    }

    fn chunk(&self, number: usize) -> &Chunk<P> {
        // Ordering: Acquire pairs with `grow`'s exchanges, for a caller that got the number from elsewhere.
        let directory = self.directory.load(Ordering::Acquire);
        // SAFETY: a chunk's number is known only after the directory and the chunk were put in place (`grow`), and
        // neither is freed while the set lives (W4).
        let directory = unsafe { &*directory };
        let chunk = directory.chunks[number].load(Ordering::Acquire);
        // SAFETY: as above.
        unsafe { &*chunk }
    }
}

impl<P: Default> Set<P> {
    /// Adds chunk number `grown`, unless somebody else does.
    #[cold]
    fn grow(&self, grown: usize) {
        assert!(grown < CHUNKS, "more than {} operations are waiting on one side of a channel", total(CHUNKS));
        let mut directory = self.directory.load(Ordering::Acquire);
        if directory.is_null() {
            let new = Box::into_raw(Box::new(Directory {
                chunks: core::array::from_fn(|_| AtomicTagged::new(ptr::null_mut())),
            }));
            // Ordering: Release: who finds the directory finds it filled with nulls. Acquire: another's.
            match self.directory.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => directory = new,
                Err(theirs) => {
                    // SAFETY: ours was never published.
                    drop(unsafe { Box::from_raw(new) });
                    directory = theirs;
                }
            }
        }
        // SAFETY: published above, freed only with the set.
        let slot = &unsafe { &*directory }.chunks[grown];
        if slot.load(Ordering::Acquire).is_null() {
            let len = FIRST_CHUNK << grown;
            let new = Box::into_raw(Box::new(Chunk {
                occupied: (0..len.div_ceil(WORD)).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>().into(),
                cells: (0..len).map(|_| Cell::new()).collect::<Vec<_>>().into(),
            }));
            // Ordering: Release: who finds the chunk finds its cells idle.
            if slot.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // SAFETY: ours was never published.
                drop(unsafe { Box::from_raw(new) });
            }
        }
        // Ordering: Release pairs with the Acquire of `grown`: who counts the chunk finds it. Failure: somebody else
        // has counted it, and maybe more.
        let _ = self.grown.compare_exchange(grown, grown + 1, Ordering::AcqRel, Ordering::Acquire);
    }
}

impl<P> Drop for Set<P> {
    fn drop(&mut self) {
        let directory = self.directory.load(Ordering::Acquire);
        if directory.is_null() {
            return;
        }
        // SAFETY: the set is going; nobody else can reach the directory, and it was made by `Box::into_raw`.
        let directory = unsafe { Box::from_raw(directory) };
        for chunk in &directory.chunks {
            let chunk = chunk.load(Ordering::Acquire);
            if !chunk.is_null() {
                // SAFETY: as above.
                drop(unsafe { Box::from_raw(chunk) });
            }
        }
    }
}

/// How many cells there are with `grown` chunks.
#[inline]
const fn total(grown: usize) -> usize {
    1 + (FIRST_CHUNK << grown) - FIRST_CHUNK
}

/// Chunk and offset of a cell; `None` for the inline one.
#[inline]
fn position(index: usize) -> Option<(usize, usize)> {
    let behind = index.checked_sub(1)? + FIRST_CHUNK;
    let chunk = (behind / FIRST_CHUNK).ilog2() as usize;
    Some((chunk, behind - (FIRST_CHUNK << chunk)))
}

/// Bits `from..to`.
#[inline]
fn mask(from: usize, to: usize) -> usize {
    let below = |n: usize| if n == WORD { usize::MAX } else { (1 << n) - 1 };
    below(to) & !below(from)
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;

    #[test]
    fn positions_are_consecutive() {
        assert_eq!(position(0), None);
        let mut expected = Vec::new();
        for chunk in 0..6 {
            expected.extend((0..FIRST_CHUNK << chunk).map(|offset| (chunk, offset)));
        }
        for (index, place) in expected.iter().enumerate() {
            assert_eq!(position(index + 1), Some(*place));
        }
        assert_eq!(total(6), expected.len() + 1);
    }

    #[test]
    fn masks_cover_their_bits() {
        assert_eq!(mask(0, 1), 1);
        assert_eq!(mask(2, 4), 0b1100);
        assert_eq!(mask(0, WORD), usize::MAX);
        assert_eq!(mask(WORD - 1, WORD), 1 << (WORD - 1));
        assert_eq!(mask(3, 3), 0);
    }

    #[test]
    fn cells_are_handed_out_in_a_circle() {
        let set = Set::<()>::new();
        let ids: Vec<_> = (0..5).map(|_| set.acquire()).collect();
        assert_eq!(ids, (0..5).map(CellId::of).collect::<Vec<_>>());
        set.free(ids[1]);
        set.free(ids[3]);
        assert_eq!(set.acquire(), CellId::of(1), "behind the newest, wrapped around");
        assert_eq!(set.acquire(), CellId::of(3));
        assert_eq!(set.acquire(), CellId::of(5), "all occupied: the next chunk");
        assert_eq!(set.allocated(), 1 + 4 + 8);
    }

    #[test]
    fn the_sweep_begins_behind_the_last_served() {
        let set = Set::<()>::new();
        let ids: Vec<_> = (0..70).map(|_| set.acquire()).collect();
        set.served(ids[40]);
        let mut seen = Vec::new();
        let none: Option<()> = set.oldest_first(|id, _| {
            seen.push(id.number());
            None
        });
        assert_eq!(none, None);
        let expected: Vec<usize> = (41..70).chain(0..41).collect();
        assert_eq!(seen, expected);
    }
}
