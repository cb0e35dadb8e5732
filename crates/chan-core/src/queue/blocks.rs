//! The unbounded queue: linked blocks of slots. Knows values and positions; who waits is somebody else's business.
//!
//! ```text
//!  tail   | block address | offset (6) | WAIT | CLOSED |          next place of a send
//!  head   | block address | offset (6) | pins (4)      |          next place of a receive
//! ```
//!
//! * A send that takes the last place of a block moves the tail to the next block, which it has in hand, in the same
//!   exchange; it links the two before it writes. No send ever waits for another.
//! * A receive reads a slot's stamp before it takes the place. The block could be recycled under it, so it *pins* the
//!   block first, by an exchange on the head: a count in the head's low bits, moved into the block by whoever moves the
//!   head off it (split reference counts, as in A. Williams' lock-free stack). Taking the place drops the pin: the slot
//!   itself then holds the block.
//! * A block is recycled when each of its slots has been read in this life and no pin is left. Reading ends with a
//!   plain store; the receive that takes the last slot looks at all of them, and hangs a block with a slow reader on a
//!   list that is looked at again at the next boundary.
//!
//! * Permits are counted in a word of their own, which a close marks before the tail. There is always room, so a permit
//!   means one thing only: its message may come after the close, and until then, or until the permit is given back,
//!   nobody is told that the queue has ended.
//!
//! Memory: the blocks between head and tail, up to 24 spare ones, so that a backlog of a thousand small messages comes and
//! goes without an allocation, and one block for each receive that is stalled inside one.

use super::slot::{Slot, Unmarked};
use super::{Armed, PopError, PushError, Queue, Ticketed};
use crate::primitive::{
    AtomicTagged, AtomicUsize, BLOCK_SLOTS, CachePadded, Ordering, SPARE_BLOCKS, UnsafeCell, bug, weaken,
};
use alloc::alloc::{alloc_zeroed, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::marker::PhantomData;
use core::ptr;

/// Alignment of blocks: the bits below it carry offset, flags and pins.
const ALIGN: usize = 1024;
const OFFSET: usize = 1 << 4;
const OFFSET_MASK: usize = 63 * OFFSET;
const CLOSED: usize = 1;
const WAIT: usize = 2;
/// One permit, in the word that counts them beside CLOSED.
const PERMIT: usize = 2;
const PIN: usize = 1;
const PINS: usize = 15;

/// The head of a block; its slots follow in memory.
struct Block<T> {
    /// The block after this one, once the send that took the last place has linked it.
    next: AtomicTagged<Block<T>>,
    /// Pins moved here when the head left, less those that have been dropped since.
    pins: AtomicUsize,
    /// Which life of the block this is. Written while the block is in one hand.
    life: UnsafeCell<usize>,
    /// The next block on the list of those that wait for a slow reader. Written while in one hand.
    retired: UnsafeCell<*mut Block<T>>,
    _slots: PhantomData<Slot<T>>,
}

/// An unbounded queue of `T`.
pub(crate) struct Blocks<T> {
    tail: CachePadded<AtomicTagged<Block<T>>>,
    head: CachePadded<Head<T>>,
    /// Positions of the tail's block boundary, counted; for `len`.
    sent: AtomicUsize,
    /// A waiting receive was overtaken too often. Not beside the head, which receivers write all the time.
    slow: AtomicUsize,
    /// Permits out, in units of `PERMIT`; CLOSED.
    permits: AtomicUsize,
    /// Blocks for the next boundaries.
    spares: [AtomicTagged<Block<T>>; SPARE_BLOCKS],
    /// Blocks that wait for a slow reader.
    retired: AtomicTagged<Block<T>>,
}

struct Head<T> {
    word: AtomicTagged<Block<T>>,
    /// A tail that somebody saw: while the head is elsewhere there is most likely something, and the tail, which senders
    /// write all the time, need not be looked at. A hint: any value is correct.
    seen: AtomicUsize,
    /// Changes before a block's address can come again, so that head and tail can be compared without a pin.
    epoch: AtomicUsize,
    /// Positions of the head's block boundary, counted.
    received: AtomicUsize,
}

// SAFETY: blocks are shared under the rules above; a value moves from one thread to another through its slot.
unsafe impl<T: Send> Send for Blocks<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Blocks<T> {}

impl<T> Blocks<T> {
    /// Places in a block: 61 for small messages (one block is then 1 KiB), fewer for large ones (4 KiB, or one place).
    pub(crate) const SLOTS: usize = {
        let small = ALIGN.saturating_sub(size_of::<Block<T>>() + align_of::<Slot<T>>()) / size_of::<Slot<T>>();
        let large = 4096 / size_of::<Slot<T>>();
        let fit = if small >= 31 {
            small
        } else if large > 31 {
            31
        } else if large == 0 {
            1
        } else {
            large
        };
        if BLOCK_SLOTS < fit { BLOCK_SLOTS } else { fit }
    };

    /// Where the slots begin, behind the head of the block.
    const FIRST: usize = size_of::<Block<T>>().next_multiple_of(align_of::<Slot<T>>());

    const LAYOUT: Layout = {
        let align = if align_of::<Slot<T>>() > ALIGN { align_of::<Slot<T>>() } else { ALIGN };
        match Layout::from_size_align(Self::FIRST + Self::SLOTS * size_of::<Slot<T>>(), align) {
            Ok(layout) => layout,
            Err(_) => panic!("messages of this size cannot be queued"),
        }
    };

    /// Bytes of one block.
    pub(crate) const BLOCK_BYTES: usize = Self::LAYOUT.size();

    #[inline(always)]
    pub(crate) fn new() -> Self {
        let first = Self::allocate();
        Blocks {
            tail: CachePadded::new(AtomicTagged::new(first)),
            head: CachePadded::new(Head {
                word: AtomicTagged::new(first),
                seen: AtomicUsize::new(first.addr()),
                epoch: AtomicUsize::new(0),
                received: AtomicUsize::new(0),
            }),
            sent: AtomicUsize::new(0),
            slow: AtomicUsize::new(0),
            permits: AtomicUsize::new(0),
            spares: core::array::from_fn(|_| AtomicTagged::new(ptr::null_mut())),
            retired: AtomicTagged::new(ptr::null_mut()),
        }
    }

    /// Whether everything that was sent has been received, as far as can be seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.position(|| self.tail.load(Ordering::Acquire)).is_some_and(|(head, tail, _)| same_place(head, tail))
    }

    /// A new block in its first life, stamps zero.
    #[cold]
    fn allocate() -> *mut Block<T> {
        // SAFETY: the layout is not of size zero.
        let block: *mut Block<T> = unsafe { alloc_zeroed(Self::LAYOUT) }.cast();
        if block.is_null() {
            handle_alloc_error(Self::LAYOUT);
        }
        let head = Block {
            next: AtomicTagged::new(ptr::null_mut()),
            pins: AtomicUsize::new(0),
            life: UnsafeCell::new(1),
            retired: UnsafeCell::new(ptr::null_mut()),
            _slots: PhantomData,
        };
        // SAFETY: freshly allocated, large and aligned enough.
        unsafe { block.write(head) };
        for offset in 0..Self::SLOTS {
            let slot = Self::place(block, offset);
            // SAFETY: within the allocation.
            unsafe { slot.write(Slot::new(0)) };
        }
        block
    }

    fn deallocate(block: *mut Block<T>) {
        // SAFETY: the block is in one hand, came from `allocate`, and its values are out.
        unsafe { dealloc(block.cast(), Self::LAYOUT) };
    }

    fn place(block: *mut Block<T>, offset: usize) -> *mut Slot<T> {
        debug_assert!(offset < Self::SLOTS);
        block.wrapping_byte_add(Self::FIRST).cast::<Slot<T>>().wrapping_add(offset)
    }

    /// # Safety
    ///
    /// The block is pinned, or one of its slots is the caller's.
    unsafe fn slot<'a>(block: *mut Block<T>, offset: usize) -> &'a Slot<T> {
        // SAFETY: the caller holds the block; the slots are written once, in `allocate`.
        unsafe { &*Self::place(block, offset) }
    }

    /// # Safety
    ///
    /// As for [`slot`](Self::slot).
    unsafe fn life(block: *mut Block<T>) -> usize {
        // SAFETY: the caller holds the block.
        let block = unsafe { &*block };
        // SAFETY: written before the block came into the queue, and not again before it has left it.
        block.life.with(|life| unsafe { *life })
    }

    /// A block for the next boundary: a spare one, or a new one.
    fn next_block(&self) -> *mut Block<T> {
        for spare in &self.spares {
            // Relaxed: a filter. Ordering: Acquire pairs with `keep`: its last life is over.
            if !spare.load(Ordering::Relaxed).is_null() {
                let block = spare.swap(ptr::null_mut(), weaken("spare_relaxed", Ordering::Acquire));
                if !block.is_null() {
                    return block;
                }
            }
        }
        Self::allocate()
    }

    /// Keeps a block for one of the next boundaries, or frees it.
    fn keep(&self, block: *mut Block<T>) {
        for spare in &self.spares {
            // Ordering: Release pairs with `next_block`.
            let kept = spare.load(Ordering::Relaxed).is_null()
                && spare
                    .compare_exchange(
                        ptr::null_mut(),
                        block,
                        weaken("keep_relaxed", Ordering::Release),
                        Ordering::Relaxed,
                    )
                    .is_ok();
            if kept {
                return;
            }
        }
        Self::deallocate(block);
    }

    /// Pins the block at the head. `None`: as many pins as there are bits.
    fn pin(&self) -> Option<*mut Block<T>> {
        // Relaxed: a guess.
        let mut word = self.head.word.load(Ordering::Relaxed);
        loop {
            if word.addr() & PINS == PINS {
                return None;
            }
            // Ordering: Acquire: the block's head and its links are seen. Release: keeps the chain of the word whole.
            match self.head.word.compare_exchange(
                word,
                word.map_addr(|a| a + PIN),
                weaken("pin_relaxed", Ordering::AcqRel),
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some(word.map_addr(|a| a + PIN)),
                Err(now) => word = now,
            }
        }
    }

    /// Drops a pin of `block`; `word` is what the head was last seen as.
    fn unpin(&self, block: *mut Block<T>, mut word: *mut Block<T>) {
        while block_of(word) == block {
            // Ordering: Release: our reads of the block come before its next life.
            match self.head.word.compare_exchange(word, word.map_addr(|a| a - PIN), Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
        // The head has left the block and our pin was moved into it.
        // SAFETY: our pin still holds the block.
        let block = unsafe { &*block };
        // Ordering: Release: as above; pairs with the Acquire in `complete`.
        block.pins.fetch_sub(1, weaken("unpin_relaxed", Ordering::Release));
    }

    /// Whether nobody is in the block any more. The head has left it, its pins have been moved in.
    fn complete(block: *mut Block<T>) -> bool {
        // SAFETY: the block is in our hand: only here it would be recycled.
        let head = unsafe { &*block };
        // Ordering: Acquire pairs with `unpin`.
        if head.pins.load(Ordering::Acquire) != 0 {
            return false;
        }
        // SAFETY: as above.
        let done = done(unsafe { Self::life(block) });
        // SAFETY: as above. The stamp is an Acquire: each reader's read comes before the next life.
        (0..Self::SLOTS).all(|offset| unsafe { Self::slot(block, offset) }.stamp() == done)
    }

    /// The head has left `block`: recycle it and those on the list, as far as they are complete.
    #[cold]
    fn retire(&self, block: *mut Block<T>) {
        // Ordering: Acquire pairs with the push below.
        let mut list = self.retired.swap(ptr::null_mut(), Ordering::Acquire);
        let mut next = block;
        loop {
            if Self::complete(next) || bug("recycle_incomplete") {
                self.recycle(next);
            } else {
                self.hang(next);
            }
            if list.is_null() {
                return;
            }
            next = list;
            // SAFETY: the list is in our hand.
            let head = unsafe { &*next };
            // SAFETY: as above.
            list = head.retired.with(|link| unsafe { *link });
        }
    }

    fn hang(&self, block: *mut Block<T>) {
        // SAFETY: the block is in our hand.
        let head = unsafe { &*block };
        let mut first = self.retired.load(Ordering::Relaxed);
        loop {
            head.retired.with_mut(|link| {
                // SAFETY: as above; it is published by the exchange.
                unsafe { *link = first };
            });
            // Ordering: Release: who takes the list sees the links.
            match self.retired.compare_exchange(first, block, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => first = now,
            }
        }
    }

    fn recycle(&self, block: *mut Block<T>) {
        // SAFETY: complete: in our hand alone.
        let head = unsafe { &*block };
        // Ordering: Release, and before the address can come again: see `position`.
        self.head.epoch.fetch_add(1, weaken("epoch_relaxed", Ordering::Release));
        // Relaxed: handed on by `keep`'s Release.
        head.next.store(ptr::null_mut(), Ordering::Relaxed);
        head.life.with_mut(|life| {
            // SAFETY: as above.
            let life = unsafe { &mut *life };
            *life = life.wrapping_add(1) & (usize::MAX >> 2);
        });
        self.keep(block);
    }

    /// The head and the tail of one instant, without a pin: `tail` is called between two looks at the epoch. `None`:
    /// a block came back meanwhile, so that equal addresses would prove nothing.
    #[inline(always)]
    fn position(&self, tail: impl FnOnce() -> *mut Block<T>) -> Option<(*mut Block<T>, *mut Block<T>, usize)> {
        // Ordering: Acquire: had this epoch been the one after a recycling, the head that left the block would be seen
        // below.
        let epoch = self.head.epoch.load(Ordering::Acquire);
        let head = self.head.word.load(Ordering::Acquire);
        let tail = tail();
        // The tail was read with Acquire: if its block was recycled since we read the head, the new epoch is seen.
        (self.head.epoch.load(Ordering::Relaxed) == epoch).then_some((head, tail, epoch))
    }

    /// Whether there is nothing, found without a pin: the usual answer of a queue that is polled for nothing.
    /// `None`: not known.
    #[inline(always)]
    fn glance(&self) -> Option<PopError> {
        // Relaxed: hints, both.
        let head = self.head.word.load(Ordering::Relaxed);
        if head.addr() & !PINS != self.head.seen.load(Ordering::Relaxed) {
            return None;
        }
        let (head, tail, _) = self.position(|| self.tail.load(Ordering::Acquire))?;
        if same_place(head, tail) {
            return if tail.addr() & CLOSED != 0 { self.glance_at_end() } else { Some(PopError::Empty) };
        }
        // Relaxed: a hint.
        self.head.seen.store(place_of(tail), Ordering::Relaxed);
        None
    }

    /// As `glance`, of a queue that is closed and looked empty.
    #[cold]
    fn glance_at_end(&self) -> Option<PopError> {
        if self.is_held() {
            return Some(PopError::Empty);
        }
        if bug("end_before_permits") {
            return Some(PopError::Closed);
        }
        // Once more: the message of the last permit came before its permit went.
        let (head, tail, _) = self.position(|| self.tail.load(Ordering::Acquire))?;
        same_place(head, tail).then_some(PopError::Closed)
    }

    /// Whether a permit is out. "No" of a queue that is closed is final.
    fn is_held(&self) -> bool {
        // Ordering: Acquire pairs with the Release of `let_go`: the message that was sent with a permit is seen.
        if self.permits.load(Ordering::Acquire) / PERMIT == 0 || bug("closed_without_permits") {
            return false;
        }
        if bug("held_by_load") {
            return true;
        }
        // Ordering: AcqRel, and a read-modify-write: a receiver that is about to sleep for the end either sees the last
        // permit go, or is seen by who gave it back.
        self.permits.fetch_or(0, Ordering::AcqRel) / PERMIT != 0
    }

    /// A permit goes, used or not. Whether the queue was closed.
    fn let_go(&self) -> bool {
        // Ordering: AcqRel: see `is_held`.
        self.permits.fetch_sub(PERMIT, weaken("let_go_relaxed", Ordering::AcqRel)) & CLOSED != 0
    }

    /// Takes the oldest value. A call of its own, whose result comes in registers.
    #[inline(never)]
    fn pop_here(&self) -> Result<T, Missed> {
        let Some(mut word) = self.pin() else { return Err(Missed::Here(PopError::Busy)) };
        let block = block_of(word);
        loop {
            if block_of(word) != block {
                self.unpin(block, word);
                return Err(Missed::Elsewhere);
            }
            let offset = offset_of(word);
            // SAFETY: pinned.
            let life = unsafe { Self::life(block) };
            // SAFETY: pinned.
            let slot = unsafe { Self::slot(block, offset) };
            if slot.stamp() != full(life) {
                // Ordering: Acquire: as below. The pin keeps the block in this life: equal places are the same place.
                let tail = self.tail.load(Ordering::Acquire);
                let now = self.head.word.load(Ordering::Acquire);
                if now.addr() & !PINS != word.addr() & !PINS {
                    word = now;
                    continue;
                }
                // Relaxed: a hint.
                self.head.seen.store(place_of(tail), Ordering::Relaxed);
                let missed = if !same_place(now, tail) {
                    Missed::Here(PopError::Busy)
                } else if tail.addr() & CLOSED == 0 || self.is_held() {
                    Missed::Here(PopError::Empty)
                } else if place_of(self.tail.load(Ordering::Acquire)) == place_of(tail) || bug("end_before_permits") {
                    // Once more, as in `glance_at_end`. (While it is pinned the block cannot come again.)
                    Missed::Here(PopError::Closed)
                } else {
                    Missed::Elsewhere
                };
                self.unpin(block, now);
                return Err(missed);
            }
            let last = offset + 1 == Self::SLOTS;
            let next = if last {
                // SAFETY: pinned.
                let head = unsafe { &*block };
                // Ordering: Acquire pairs with the link's Release. It is there: the last slot is full.
                head.next.load(Ordering::Acquire)
            } else {
                // Our pin goes: the slot holds the block from here on.
                word.map_addr(|a| a + OFFSET - PIN)
            };
            // Ordering: AcqRel: Release for the next block's head, Acquire to keep the chain.
            match self.head.word.compare_exchange(word, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {}
                Err(now) => {
                    word = now;
                    continue;
                }
            }
            if last {
                // SAFETY: the slot is ours and holds the block.
                let head = unsafe { &*block };
                let others = (word.addr() & PINS) - PIN;
                if !bug("pins_not_moved") {
                    // Relaxed: only `complete`, called by us below, takes the sum as final.
                    head.pins.fetch_add(others, Ordering::Relaxed);
                }
                self.head.received.fetch_add(Self::SLOTS, Ordering::Relaxed);
            }
            // SAFETY: the place is ours, its value is in.
            let value = unsafe { slot.clear(done(life)) };
            if last {
                self.retire(block);
            }
            return Ok(value);
        }
    }

    /// The block for the next boundary.
    #[cold]
    #[inline(never)]
    fn take_in_hand(&self, in_hand: &mut *mut Block<T>) {
        if in_hand.is_null() {
            *in_hand = self.next_block();
        }
    }

    /// `HELD`: with a permit, also after the close.
    #[inline(always)]
    fn push_as<const HELD: bool>(&self, value: T) -> Result<Ticketed<Mark>, (PushError, T)> {
        // Relaxed: a guess, the exchange decides.
        let mut word = self.tail.load(Ordering::Relaxed);
        let mut in_hand: *mut Block<T> = ptr::null_mut();
        loop {
            if !HELD && word.addr() & CLOSED != 0 {
                if !in_hand.is_null() {
                    self.keep(in_hand);
                }
                return Err((PushError::Closed, value));
            }
            let next = if offset_of(word) + 1 < Self::SLOTS {
                word.map_addr(|a| (a & !WAIT) + OFFSET)
            } else {
                self.take_in_hand(&mut in_hand);
                if HELD { in_hand.map_addr(|a| a | word.addr() & CLOSED) } else { in_hand }
            };
            // Ordering: AcqRel: as in the ring, the wait bit is settled here (C1); Release also for the block in hand.
            match self.tail.compare_exchange(word, next, weaken("push_relaxed", Ordering::AcqRel), Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        let (block, offset) = (block_of(word), offset_of(word));
        let notify = word.addr() & WAIT != 0;
        // Relaxed: neither block is recycled before our slot is filled, and a later epoch comes after that. Only for a
        // mark that is used: the word lies in the receivers' line.
        let epoch = if notify { self.head.epoch.load(Ordering::Relaxed) } else { 0 };
        let mut mark = Mark { block: block.addr(), offset: offset + 1, epoch };
        if offset + 1 == Self::SLOTS {
            mark = Mark { block: in_hand.addr(), offset: 0, epoch };
            self.link(block, in_hand);
        } else if !in_hand.is_null() {
            self.keep(in_hand);
        }
        // SAFETY: the slot is ours.
        let life = unsafe { Self::life(block) };
        // SAFETY: as above.
        let slot = unsafe { Self::slot(block, offset) };
        // SAFETY: the exchange gave us this place (Q1); receives wait for the stamp of this life (Q2).
        let marked = unsafe { slot.fill::<Unmarked>(value, full(life)) };
        Ok(Ticketed { notify: notify | marked, mark })
    }

    /// A send has moved the tail from `block` to `next`: links them, and counts.
    #[cold]
    #[inline(never)]
    fn link(&self, block: *mut Block<T>, next: *mut Block<T>) {
        // SAFETY: the last slot is the caller's and holds the block.
        let head = unsafe { &*block };
        // Ordering: Release: who follows the link finds the block's head. (Before the stamp: a full last slot means
        // that the link is there.)
        head.next.store(next, Ordering::Release);
        // Relaxed: a count.
        self.sent.fetch_add(Self::SLOTS, Ordering::Relaxed);
    }
}

/// Why [`Blocks::pop_here`] took nothing.
enum Missed {
    /// The head has left the block in which it looked, or a message has come: look again.
    Elsewhere,
    Here(PopError),
}

/// The block of a word.
fn block_of<T>(word: *mut Block<T>) -> *mut Block<T> {
    word.map_addr(|a| a & !(ALIGN - 1))
}

/// The place of a word, in units of `OFFSET`.
fn offset_of<T>(word: *mut Block<T>) -> usize {
    (word.addr() & OFFSET_MASK) / OFFSET
}

/// Whether head and tail words stand at the same place.
fn same_place<T>(head: *mut Block<T>, tail: *mut Block<T>) -> bool {
    head.addr() & !PINS == place_of(tail)
}

/// The place of a tail word, as a head word without pins has it.
fn place_of<T>(tail: *mut Block<T>) -> usize {
    tail.addr() & !(CLOSED | WAIT | 12)
}

/// "This life's value is in."
fn full(life: usize) -> usize {
    life << 2 | 1
}

/// "This life's value has been read."
fn done(life: usize) -> usize {
    life << 2 | 2
}

/// A tail position; comparable within one life of one block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    block: usize,
    offset: usize,
    /// The epoch while the tail was there: until it changes no address comes again.
    epoch: usize,
}

impl Mark {
    /// Compares with nothing.
    const UNKNOWN: Self = Mark { block: 0, offset: 0, epoch: 0 };
}

impl<T> Queue<T> for Blocks<T> {
    type Mark = Mark;

    #[inline]
    fn push(&self, value: T) -> Result<Ticketed<Mark>, (PushError, T)> {
        self.push_as::<false>(value)
    }

    #[inline(always)]
    fn pop(&self) -> Result<(T, Ticketed<Mark>), PopError> {
        loop {
            if let Some(error) = self.glance() {
                return Err(error);
            }
            match self.pop_here() {
                // Nobody waits for room, nobody counts receives.
                Ok(value) => return Ok((value, Ticketed { notify: false, mark: Mark::UNKNOWN })),
                Err(Missed::Here(error)) => return Err(error),
                // Others have moved the head to another block meanwhile.
                Err(Missed::Elsewhere) => {}
            }
        }
    }

    #[inline]
    fn push_in_line(&self, value: T) -> Result<Ticketed<Mark>, (PushError, T)> {
        // No send waits here.
        self.push(value)
    }

    #[inline(always)]
    fn pop_in_line(&self) -> Result<(T, Ticketed<Mark>), PopError> {
        if self.slow_receivers() {
            return Err(PopError::Empty);
        }
        self.pop()
    }

    fn reserve(&self) -> Result<(), PushError> {
        // Relaxed: a guess, the exchange decides.
        let mut permits = self.permits.load(Ordering::Relaxed);
        loop {
            if permits & CLOSED != 0 {
                // A close is under way: nobody is to see its first half without its second.
                self.tail.fetch_or(CLOSED, Ordering::AcqRel);
                return Err(PushError::Closed);
            }
            assert!(permits < usize::MAX / 2, "more than {} permits of one channel", usize::MAX / 2 / PERMIT);
            // Ordering: AcqRel: keeps the chain of the word whole: it says whether the permit came before the close.
            match self.permits.compare_exchange(permits, permits + PERMIT, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => permits = now,
            }
        }
    }

    fn reserve_in_line(&self) -> Result<(), PushError> {
        self.reserve()
    }

    fn push_reserved(&self, value: T) -> Ticketed<Mark> {
        let Ok(mut pushed) = self.push_as::<true>(value) else { unreachable!("there is room, closed or not") };
        // After the message: a queue without permits that looks empty is.
        // After a close this may have been the last permit: whoever waits for the end must be told.
        pushed.notify |= self.let_go();
        pushed
    }

    fn release(&self) {
        self.let_go();
    }

    fn arm_receivers(&self) -> Armed<Mark> {
        match self.position(|| {
            // Ordering: AcqRel, and a read-modify-write: see the ring (C1).
            self.tail.fetch_or(WAIT, weaken("arm_relaxed", Ordering::AcqRel))
        }) {
            Some((head, tail, epoch)) => Armed {
                ready: !same_place(head, tail) || tail.addr() & CLOSED != 0,
                mark: Mark { block: block_of(tail).addr(), offset: offset_of(tail), epoch },
            },
            None => Armed { ready: true, mark: Mark::UNKNOWN },
        }
    }

    fn arm_senders(&self) -> Armed<Mark> {
        unreachable!("a send never waits for room in an unbounded queue")
    }

    fn distance(&self, from: Mark, to: Mark) -> usize {
        // Over a boundary the number is not known. (The same block in another life is a boundary, too.)
        let same = from.block == to.block && from.epoch == to.epoch && from.block != 0;
        if same && from.offset <= to.offset { to.offset - from.offset } else { usize::MAX }
    }

    fn has_items(&self) -> bool {
        !self.is_empty()
    }

    fn has_room(&self) -> bool {
        true
    }

    fn receivers_asleep_on_items(&self) -> bool {
        match self.position(|| self.tail.load(Ordering::Acquire)) {
            Some((head, tail, _)) => tail.addr() & WAIT != 0 && !same_place(head, tail),
            None => true,
        }
    }

    fn senders_asleep_on_room(&self) -> bool {
        false
    }

    fn state(&self) -> usize {
        self.tail.load(Ordering::Relaxed).addr().wrapping_add(self.head.word.load(Ordering::Relaxed).addr() & !PINS)
    }

    fn set_slow_receivers(&self, on: bool) {
        self.slow.store(usize::from(on), Ordering::Relaxed);
    }
    fn set_slow_senders(&self, _: bool) {}
    fn slow_receivers(&self) -> bool {
        self.slow.load(Ordering::Relaxed) != 0
    }
    fn slow_senders(&self) -> bool {
        false
    }

    fn close(&self) -> bool {
        // The permits first: behind a tail that says CLOSED no permit is given.
        // Ordering: Release, by the next exchange; Acquire: permits that were given back are seen behind CLOSED.
        let first = self.permits.fetch_or(CLOSED, Ordering::AcqRel) & CLOSED == 0;
        // Ordering: AcqRel: as in the ring (C3).
        self.tail.fetch_or(CLOSED, weaken("close_relaxed", Ordering::AcqRel));
        first
    }

    fn is_closed(&self) -> bool {
        self.tail.load(Ordering::Acquire).addr() & CLOSED != 0
    }

    fn is_sealed(&self) -> bool {
        self.is_closed() && !self.is_held()
    }

    fn len(&self) -> usize {
        loop {
            let tail = self.tail.load(Ordering::Acquire);
            let sent = self.sent.load(Ordering::Acquire);
            let head = self.head.word.load(Ordering::Acquire);
            let received = self.head.received.load(Ordering::Acquire);
            if self.tail.load(Ordering::Acquire).addr() & !WAIT == tail.addr() & !WAIT
                && self.head.word.load(Ordering::Acquire).addr() & !PINS == head.addr() & !PINS
            {
                let length = sent.wrapping_add(offset_of(tail)).wrapping_sub(received).wrapping_sub(offset_of(head));
                // A boundary that is being crossed is counted late: right about nothing, at least.
                return match self.is_empty() {
                    true => 0,
                    false if length > usize::MAX / 2 => 1,
                    false => length.max(1),
                };
            }
        }
    }

    fn capacity(&self) -> Option<usize> {
        None
    }
}

impl<T> Drop for Blocks<T> {
    fn drop(&mut self) {
        // Nobody else is left: what is queued is complete, and head and tail end in the same block.
        while self.pop().is_ok() {}
        Self::deallocate(block_of(self.head.word.load(Ordering::Acquire)));
        for spare in &self.spares {
            let block = spare.load(Ordering::Acquire);
            if !block.is_null() {
                Self::deallocate(block);
            }
        }
        let mut list = self.retired.load(Ordering::Acquire);
        while !list.is_null() {
            // SAFETY: the queue is going: the list is in our hand, its readers have ended.
            let head = unsafe { &*list };
            // SAFETY: as above.
            let next = head.retired.with(|link| unsafe { *link });
            Self::deallocate(list);
            list = next;
        }
    }
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    #[test]
    fn first_in_first_out_over_many_blocks() {
        let queue = Blocks::new();
        for n in [1, Blocks::<usize>::SLOTS, 1_000, 10] {
            for i in 0..n {
                assert!(queue.push(i).is_ok());
                assert_eq!(queue.len(), i + 1);
            }
            for i in 0..n {
                assert_eq!(queue.pop().unwrap().0, i);
                assert_eq!(queue.len(), n - i - 1);
            }
            assert_eq!(queue.pop().unwrap_err(), PopError::Empty);
        }
        assert!(queue.close());
        assert_eq!(queue.push(1).unwrap_err(), (PushError::Closed, 1));
        assert_eq!(queue.pop().unwrap_err(), PopError::Closed);
    }

    #[test]
    fn sizes() {
        const { assert!(Blocks::<u64>::BLOCK_BYTES <= ALIGN) };
        assert_eq!(Blocks::<[u8; 65_536]>::SLOTS, 1);
        const { assert!(Blocks::<[u8; 200]>::BLOCK_BYTES <= 4096 + 256) };
        const { assert!(Blocks::<u64>::SLOTS < 63, "an offset fits its bits") };
    }

    #[test]
    fn large_and_empty_messages() {
        let queue = Blocks::new();
        for i in 0..5u8 {
            assert!(queue.push([i; 70_000]).is_ok());
        }
        assert_eq!((0..5).map(|_| queue.pop().unwrap().0[69_999]).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        let queue = Blocks::new();
        for _ in 0..1_000 {
            assert!(queue.push(()).is_ok());
        }
        assert_eq!(queue.len(), 1_000);
    }

    #[test]
    fn what_is_left_is_dropped_with_the_queue() {
        let value = Arc::new(());
        let queue = Blocks::new();
        for _ in 0..200 {
            assert!(queue.push(value.clone()).is_ok());
        }
        for _ in 0..70 {
            assert!(queue.pop().is_ok());
        }
        assert_eq!(Arc::strong_count(&value), 131);
        drop(queue);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn many_threads_lose_nothing() {
        let queue = Arc::new(Blocks::new());
        let received = Arc::new(AtomicUsize::new(0));
        const N: usize = 20_000;
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..N).for_each(|i| assert!(queue.push(i + 1).is_ok())));
                scope.spawn(|| {
                    let (mut sum, mut count) = (0, 0);
                    while count < N {
                        match queue.pop() {
                            Ok((value, _)) => {
                                sum += value;
                                count += 1;
                            }
                            Err(_) => std::thread::yield_now(),
                        }
                    }
                    received.fetch_add(sum, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(received.load(Ordering::Relaxed), 3 * N * (N + 1) / 2);
    }
}
