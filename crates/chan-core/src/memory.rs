//! What a channel keeps in memory when it is idle, as formulas that tests call. Bytes as asked from the allocator.

#![forbid(unsafe_code)]

use crate::channel::{Channel, block_bytes, lane_bytes, marks_bytes, waiter_bytes};
use crate::primitive::SPARE_BLOCKS;

/// The most that an empty unbounded channel of `T` keeps, however many messages it has held: itself, the block at its
/// head, and 24 spare blocks. A block is 1 KiB for small messages and about 4 KiB for larger ones (or one message).
///
/// Added to this is what [`receivers`] says for the receives that have waited, and one block for each receive that is
/// suspended inside one.
///
/// ```
/// assert!(chan_core::memory::unbounded::<u64>() < 32 * 1024);
/// ```
pub const fn unbounded<T>() -> usize {
    // The reference counts lie before the channel.
    let counts = (2 * size_of::<usize>()).next_multiple_of(align_of::<Channel<T>>());
    size_of::<Channel<T>>() + counts + (1 + SPARE_BLOCKS) * block_bytes::<T>()
}

/// What a channel keeps for its receivers after `peak` receives have waited at the same time: nothing for one, then
/// chunks of 4, 8, 16 .. places, at most twice the peak. The same for senders of a channel with capacity.
///
/// ```
/// assert_eq!(chan_core::memory::receivers(1), 0);
/// assert!(chan_core::memory::receivers(10_000) < 10_000 * 64);
/// ```
pub const fn receivers(peak: usize) -> usize {
    waiter_bytes::<()>(peak, false)
}

/// What a channel of capacity 0 keeps for its senders after `peak` sends have waited at the same time: as
/// [`receivers`], with room for a message in each place, and in each place the claim word (three words of memory with its
/// counts) of the selects whose first send has waited there.
///
/// ```
/// use chan_core::memory;
///
/// assert_eq!(memory::rendezvous_senders::<u64>(1), 3 * size_of::<usize>());
/// assert!(memory::rendezvous_senders::<u64>(64) > memory::receivers(64));
/// ```
pub const fn rendezvous_senders<T>(peak: usize) -> usize {
    waiter_bytes::<T>(peak, true)
}

/// What a channel keeps for its signals once one was raised or waited for, after `peak` operations have waited for
/// signals at the same time; nothing before. It does not grow with the number of signals.
///
/// ```
/// assert!(chan_core::memory::signals(1) < 512);
/// assert_eq!(chan_core::memory::signals(8) - chan_core::memory::signals(1), chan_core::memory::receivers(8));
/// ```
pub const fn signals(peak: usize) -> usize {
    lane_bytes(peak)
}

/// What a receiver handle keeps once it has received a signal, beside itself.
///
/// ```
/// assert!(chan_core::memory::signals_seen() <= 256);
/// ```
pub const fn signals_seen() -> usize {
    marks_bytes()
}
