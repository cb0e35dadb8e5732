//! Offers: the values of rendezvous sends, lying in the cells of the parked senders, where every receiver can reach
//! them. Knows cells and claim words; which receiver comes when is the channel's business.
//!
//! ```text
//!  plain   IDLE --post--> OFFERED --take--> TAKING --> TAKEN        (owner frees)
//!                            |                  \--owner leaves--> LEFT      (the taker frees)
//!                            +--close--> KILLING --> KILLED         (owner has its value back, frees)
//!                            |                  \--owner leaves--> LEFT      (the closer frees)
//!                            +--owner withdraws--> IDLE
//!
//!  select  IDLE --post--> SELECT (+ readers) --owner leaves--> SELECT|GONE   (the last one out frees)
//! ```
//!
//! Invariants:
//!
//! * **O1** The value of a plain offer belongs to whoever moves the cell out of `OFFERED`; the value of a select's
//!   offer to whoever its claim word says (S1). A pin ("reader") protects memory, never gives a right to the value.
//! * **O2** Each post has a new version in the state word: an exchange that saw an earlier life of the cell fails.
//! * **O3** `KILLING` is not `TAKING`: an owner that leaves meanwhile knows whether its value was received.
//! * **O4** While readers are in a select's cell nobody changes its waker or its claim; the last one out drops both.

use crate::primitive::{Ordering, bug, weaken};
use crate::wait::{Attempt, Cell, CellId, Claim, Home, Post, Set};
use core::mem::MaybeUninit;
use core::task::Waker;

const KIND: usize = 15;
const IDLE: usize = 0;
const OFFERED: usize = 1;
const TAKING: usize = 2;
const TAKEN: usize = 3;
const KILLING: usize = 4;
const KILLED: usize = 5;
const LEFT: usize = 6;
const SELECT: usize = 7;
const GONE: usize = 16;
const READER: usize = 32;
/// Bits of readers: more than there are threads that could stand in one cell. Then the version.
const READER_BITS: u32 = if usize::BITS < 64 { 12 } else { 24 };
const VERSION: usize = READER << READER_BITS;
const READERS: usize = VERSION - READER;

/// What lies in a sender's cell.
pub(super) struct Offer<T> {
    /// Initialised while the offer stands.
    value: MaybeUninit<T>,
    /// Of a select's offer: its claim, and which offer under it this is.
    claim: Option<(Claim, Post)>,
    /// The word of the selects whose first offer lies here; for the one that owns the cell while it is idle.
    home: Home,
}

impl<T> Default for Offer<T> {
    fn default() -> Self {
        Offer { value: MaybeUninit::uninit(), claim: None, home: Home::default() }
    }
}

/// What an owner finds when it wants its value back.
pub(super) enum Back<T> {
    /// Here it is.
    Value(T),
    /// The channel closed; here it is.
    Closed(T),
    /// A receiver has it.
    Taken,
}

/// What the owner of a plain offer sees.
pub(super) enum Seen<T> {
    /// It stands.
    Standing,
    /// It does not stand any more.
    Over(Back<T>),
}

/// How a look at one offer ended.
pub(super) enum Look<T> {
    /// Taken; wake its sender.
    Got(T, Option<Waker>),
    /// Not to be had.
    None,
    /// Its select was busy; `true`: that select comes before ours.
    Busy(bool),
}

fn version(state: usize) -> usize {
    state & !(VERSION - 1)
}

fn load<T>(cell: &Cell<Offer<T>>) -> usize {
    cell.state.load(Ordering::Acquire)
}

/// The next life of an idle cell.
fn next_version<T>(cell: &Cell<Offer<T>>) -> usize {
    // Relaxed: the owner's own.
    version(cell.state.load(Ordering::Relaxed)).wrapping_add(VERSION)
}

fn put<T>(cell: &Cell<Offer<T>>, value: T, claim: Option<(Claim, Post)>) {
    cell.payload().with_mut(|offer| {
        // SAFETY: the cell is idle and the caller's (W1).
        let offer = unsafe { &mut *offer };
        offer.value.write(value);
        offer.claim = claim;
    });
}

/// Moves the value out.
///
/// # Safety
///
/// The value is in, and the caller's (O1).
unsafe fn take<T>(cell: &Cell<Offer<T>>) -> T {
    cell.payload().with(|offer| {
        // SAFETY: nobody changes what lies in the cell while the value is the caller's.
        let offer = unsafe { &*offer };
        // SAFETY: the caller's, moved once.
        unsafe { offer.value.assume_init_read() }
    })
}

/// Gives a cell back whose value is out. The caller is the last one in it.
fn free<T>(set: &Set<Offer<T>>, id: CellId) {
    let cell = set.cell(id);
    let waker = cell.take_waker();
    let claim = cell.payload().with_mut(|offer| {
        // SAFETY: the caller is alone in the cell.
        unsafe { &mut *offer }.claim.take()
    });
    // Relaxed: freeing the cell is a Release.
    cell.state.store(version(cell.state.load(Ordering::Relaxed)) | IDLE, Ordering::Relaxed);
    set.free(id);
    // User code last.
    drop((waker, claim));
}

// ------------------------------------------------------------------- the owner

/// A claim for a select whose first offer is to lie in this cell, which is idle and the caller's.
pub(super) fn home<T>(set: &Set<Offer<T>>, id: CellId) -> Claim {
    set.cell(id).payload().with_mut(|offer| {
        // SAFETY: the cell is idle and the caller's (W1).
        unsafe { &mut *offer }.home.next()
    })
}

/// Offers a value: plainly, or as a case of a select.
pub(super) fn post<T>(set: &Set<Offer<T>>, id: CellId, value: T, waker: Waker, claim: Option<(Claim, Post)>) {
    let cell = set.cell(id);
    let kind = if claim.is_some() { SELECT } else { OFFERED };
    let version = next_version(cell);
    put(cell, value, claim);
    let old = cell.put_waker(waker);
    // Ordering: Release pairs with the taker's Acquire: value, waker and claim are seen.
    cell.state.store(version | kind, weaken("post_relaxed", Ordering::Release));
    drop(old);
}

/// What has become of a plain offer.
pub(super) fn see<T>(set: &Set<Offer<T>>, id: CellId) -> Seen<T> {
    match load(set.cell(id)) & KIND {
        OFFERED => Seen::Standing,
        _ => Seen::Over(withdraw(set, id)),
    }
}

/// Takes a plain offer back. Never waits: whoever is busy in the cell frees it.
pub(super) fn withdraw<T>(set: &Set<Offer<T>>, id: CellId) -> Back<T> {
    let cell = set.cell(id);
    let mut state = load(cell);
    loop {
        let to = match state & KIND {
            OFFERED => IDLE,
            TAKING | KILLING => LEFT,
            TAKEN => {
                free(set, id);
                return Back::Taken;
            }
            kind => {
                debug_assert_eq!(kind, KILLED);
                // SAFETY: the closer took the waker only, the value is ours (O3).
                let value = unsafe { take(cell) };
                free(set, id);
                return Back::Closed(value);
            }
        };
        // While a closer is busy the value is ours already (O3); it must be out before the closer may free the cell.
        let killed = if state & KIND == KILLING {
            // SAFETY: O3.
            Some(unsafe { take(cell) })
        } else {
            None
        };
        // Ordering: Acquire: what the other side did is seen. Release: our accesses come before its freeing.
        match cell.state.compare_exchange(state, version(state) | to, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) if to == IDLE => {
                // SAFETY: nobody moved the cell out of `OFFERED` before us (O1).
                let value = unsafe { take(cell) };
                free(set, id);
                return Back::Value(value);
            }
            Ok(_) => {
                return match killed {
                    Some(value) => Back::Closed(value),
                    None => Back::Taken,
                };
            }
            Err(now) => {
                if let Some(value) = killed {
                    // The closer has finished: the cell is ours to free.
                    free(set, id);
                    return Back::Closed(value);
                }
                state = now;
            }
        }
    }
}

/// Replaces the waker of a standing offer, which is offered anew. `Err`: it does not stand any more.
pub(super) fn renew<T>(set: &Set<Offer<T>>, id: CellId, waker: Waker) -> Result<(), Back<T>> {
    match withdraw_in_place(set, id) {
        Some(value) => {
            post(set, id, value, waker, None);
            Ok(())
        }
        None => Err(withdraw(set, id)),
    }
}

/// `OFFERED -> IDLE`, keeping the cell.
fn withdraw_in_place<T>(set: &Set<Offer<T>>, id: CellId) -> Option<T> {
    let cell = set.cell(id);
    let state = load(cell);
    if state & KIND != OFFERED {
        return None;
    }
    cell.state.compare_exchange(state, version(state) | IDLE, Ordering::AcqRel, Ordering::Acquire).ok()?;
    // SAFETY: as in `withdraw`.
    Some(unsafe { take(cell) })
}

/// Whether a select's offer stands under this claim. For the owner.
pub(super) fn is_under<T>(set: &Set<Offer<T>>, id: CellId, own: &Claim) -> bool {
    claim_of(set.cell(id), |claim, _| claim.is(own))
}

/// The owner's operation ends its select, if that is open. Whether this offer was taken; if not, its value is the
/// owner's from now on.
pub(super) fn end_select<T>(set: &Set<Offer<T>>, id: CellId) -> bool {
    claim_of(set.cell(id), |claim, post| claim.end(post))
}

/// The owner of a select's offer leaves it. Its claim word is BUSY, DONE or TAKEN; `taken`: for this case, the value is
/// the winner's.
pub(super) fn leave_select<T>(set: &Set<Offer<T>>, id: CellId, taken: bool) -> Option<T> {
    let cell = set.cell(id);
    // SAFETY: the claim word says that the value is the owner's (S1), whoever reads in the cell.
    let value = (!taken).then(|| unsafe { take(cell) });
    if bug("free_with_readers") {
        free(set, id);
        return value;
    }
    // Ordering: AcqRel: the last one out sees everybody's accesses (O4).
    let old = cell.state.fetch_or(GONE, weaken("gone_relaxed", Ordering::AcqRel));
    if old & READERS == 0 {
        free(set, id);
    }
    value
}

// ----------------------------------------------------------------- a receiver

/// Takes the plain offer that was seen as `state`.
pub(super) fn take_plain<T>(set: &Set<Offer<T>>, id: CellId, state: usize) -> Look<T> {
    debug_assert_eq!(state & KIND, OFFERED);
    let cell = set.cell(id);
    // Ordering: Acquire pairs with `post`, as did the load that saw this state. Release: an owner that finds TAKING
    // knows what we knew.
    if bug("take_by_store") {
        cell.state.store(version(state) | TAKING, Ordering::Release);
    } else if cell.state.compare_exchange(state, version(state) | TAKING, Ordering::AcqRel, Ordering::Relaxed).is_err()
    {
        return Look::None;
    }
    // SAFETY: O1: we moved it out of `OFFERED`.
    let value = unsafe { take(cell) };
    crate::primitive::pause_point("between claim and release of an offer");
    Look::Got(value, settle(set, id, version(state) | TAKEN))
}

/// Gives a plain offer back to its sender, because the channel is closed. For every cell seen as `state`.
pub(super) fn kill<T>(set: &Set<Offer<T>>, id: CellId, state: usize) -> Option<Waker> {
    let cell = set.cell(id);
    let busy = if bug("kill_is_take") { TAKING } else { KILLING };
    cell.state.compare_exchange(state, version(state) | busy, Ordering::AcqRel, Ordering::Relaxed).ok()?;
    settle(set, id, version(state) | KILLED)
}

/// Ends a claim of a plain offer: the owner is told, or has left and the cell is ours to free.
fn settle<T>(set: &Set<Offer<T>>, id: CellId, to: usize) -> Option<Waker> {
    let cell = set.cell(id);
    let waker = cell.take_waker();
    // Ordering: Release: our move comes before the owner's next step. Acquire: its last access before our freeing.
    if cell.state.swap(to, weaken("settle_relaxed", Ordering::AcqRel)) & KIND == LEFT {
        free(set, id);
        drop(waker);
        return None;
    }
    waker
}

/// Tries to take the select's offer that was seen as `state`. `own`: the claim word of our own select.
pub(super) fn take_select<T>(
    set: &Set<Offer<T>>,
    id: CellId,
    state: usize,
    own: Option<&Claim>,
    poke: bool,
) -> Look<T> {
    debug_assert_eq!(state & (KIND | GONE), SELECT);
    let cell = set.cell(id);
    let Some(()) = enter_reader(set, id, state) else { return Look::None };
    let result = cell.payload().with(|offer| {
        // SAFETY: we are a reader: its claim is not changed (O4).
        let offer = unsafe { &*offer };
        let (claim, post) = offer.claim.as_ref().expect("a select's offer has a claim");
        if own.is_some_and(|own| own.id() == claim.id()) {
            return Look::None;
        }
        match claim.attempt(*post, poke) {
            Attempt::Won => {
                // SAFETY: the word says that this value is ours (S1).
                let value = unsafe { offer.value.assume_init_read() };
                Look::Got(value, cell.clone_waker())
            }
            Attempt::Busy => Look::Busy(own.is_some_and(|own| claim.id() < own.id())),
            Attempt::Over => Look::None,
        }
    });
    leave_reader(set, id);
    result
}

/// Wakes the owner of a select's offer, because the channel is closed.
pub(super) fn alarm<T>(set: &Set<Offer<T>>, id: CellId, state: usize) -> Option<Waker> {
    enter_reader(set, id, state)?;
    let waker = set.cell(id).clone_waker();
    leave_reader(set, id);
    waker
}

/// Whether a receiver could take the offer in this cell at this moment. `poke`: as for a receiver that takes.
pub(super) fn is_open<T>(set: &Set<Offer<T>>, id: CellId, cell: &Cell<Offer<T>>, poke: bool) -> bool {
    match standing(cell) {
        None => false,
        Some(Standing::Plain(_)) => true,
        Some(Standing::Select(state)) => {
            let Some(()) = enter_reader(set, id, state) else { return false };
            let open = claim_of(cell, |claim, _| claim.is_open(poke));
            leave_reader(set, id);
            open
        }
    }
}

/// What the claim of a select's offer says. For its owner, and for readers.
fn claim_of<T, R>(cell: &Cell<Offer<T>>, ask: impl FnOnce(&Claim, Post) -> R) -> R {
    cell.payload().with(|offer| {
        // SAFETY: while the owner or a reader is in the cell its claim is not changed (O4).
        let offer = unsafe { &*offer };
        let (claim, post) = offer.claim.as_ref().expect("a select's offer has a claim");
        ask(claim, *post)
    })
}

/// One more reader of the select's offer that was seen as `state`, unless it has gone (O2).
fn enter_reader<T>(set: &Set<Offer<T>>, id: CellId, state: usize) -> Option<()> {
    let cell = set.cell(id);
    let mut state = state;
    loop {
        if state & READERS == READERS {
            return None;
        }
        // Ordering: Acquire pairs with `post`.
        match cell.state.compare_exchange(state, state + READER, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => return Some(()),
            Err(now) if version(now) != version(state) || now & (KIND | GONE) != SELECT => return None,
            Err(now) => state = now,
        }
    }
}

fn leave_reader<T>(set: &Set<Offer<T>>, id: CellId) {
    // Ordering: AcqRel: the last one out sees everybody's accesses (O4).
    let old = set.cell(id).state.fetch_sub(READER, weaken("reader_relaxed", Ordering::AcqRel));
    if old & GONE != 0 && old & READERS == READER {
        free(set, id);
    }
}

/// What a receiver that looks over the offers does with one.
pub(super) enum Standing {
    /// A plain offer.
    Plain(usize),
    /// A select's.
    Select(usize),
}

/// The offer in a cell, if one stands.
pub(super) fn standing<T>(cell: &Cell<Offer<T>>) -> Option<Standing> {
    let state = load(cell);
    match state & KIND {
        OFFERED => Some(Standing::Plain(state)),
        SELECT if state & GONE == 0 => Some(Standing::Select(state)),
        _ => None,
    }
}
