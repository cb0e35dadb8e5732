//! The words of a ring: ticket words and slot stamps. Pure arithmetic; the only place that knows the bits.
//!
//! ```text
//!  ticket word   | lap                        | index        | PERMITS SLOW WAIT CLOSED |
//!                                               ceil(log2 C)   4 bits
//!  end           | lap                        | index        |       0    0 UNSET CLOSED |
//!  stamp         | lap                        | 0            |       0    0 SKIP FULL    |
//! ```
//!
//! A lap is one round over the slots. The index runs from 0 to C-1, so that C need not be a power of two. A stamp says
//! which lap its slot is in, in the place where tickets have it, so that one mask makes a stamp of a ticket; and whether
//! that lap's value is in it. Zero is "free in lap 0", so slots begin as zeroed memory. (SKIP is kept for a later use: a
//! slot whose value was withdrawn.)

#![forbid(unsafe_code)]

use super::flag;

/// The geometry of a ring: what turns words into laps and indices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    capacity: usize,
    /// One lap, in a ticket word.
    lap: usize,
}

/// The ticket of a word: lap and index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(usize);

/// The content of a slot's stamp.
pub(crate) type Stamp = usize;

const FULL: Stamp = 1;

impl Geometry {
    /// The largest capacity whose words leave room for four laps.
    pub(crate) const MAX_CAPACITY: usize = 1 << (usize::BITS - flag::BITS - 2);

    pub(crate) fn new(capacity: usize) -> Self {
        debug_assert!((1..=Self::MAX_CAPACITY).contains(&capacity));
        Geometry { capacity, lap: capacity.next_power_of_two() << flag::BITS }
    }

    pub(crate) fn capacity(self) -> usize {
        self.capacity
    }

    /// Which slot the ticket is for.
    #[inline(always)]
    pub(crate) fn index(self, ticket: Ticket) -> usize {
        (ticket.0 & (self.lap - 1)) >> flag::BITS
    }

    /// Where the lap of a ticket begins.
    #[inline(always)]
    fn lap_of(self, ticket: Ticket) -> Ticket {
        Ticket(ticket.0 & !(self.lap - 1))
    }

    /// The ticket after this one.
    #[inline(always)]
    pub(crate) fn next(self, ticket: Ticket) -> Ticket {
        if self.index(ticket) + 1 < self.capacity {
            Ticket(ticket.0 + (1 << flag::BITS))
        } else {
            self.next_lap(self.lap_of(ticket))
        }
    }

    /// The same slot one lap on.
    #[inline(always)]
    pub(crate) fn next_lap(self, ticket: Ticket) -> Ticket {
        Ticket(ticket.0.wrapping_add(self.lap))
    }

    /// The same slot one lap before.
    #[inline(always)]
    pub(crate) fn previous_lap(self, ticket: Ticket) -> Ticket {
        Ticket(ticket.0.wrapping_sub(self.lap))
    }

    /// The ticket before this one.
    #[inline(always)]
    pub(crate) fn previous(self, ticket: Ticket) -> Ticket {
        if self.index(ticket) > 0 {
            Ticket(ticket.0 - (1 << flag::BITS))
        } else {
            Ticket(self.previous_lap(ticket).0 + ((self.capacity - 1) << flag::BITS))
        }
    }

    /// How many tickets lie between two, which are at most a few laps apart.
    pub(crate) fn distance(self, from: Ticket, to: Ticket) -> usize {
        let laps = to.0.wrapping_sub(self.lap_of(from).0) / self.lap;
        (laps * self.capacity + self.index(to)).wrapping_sub(self.index(from))
    }

    /// "Free for this ticket's value."
    #[inline(always)]
    pub(crate) fn free(self, ticket: Ticket) -> Stamp {
        self.lap_of(ticket).0
    }

    /// "This ticket's value is in."
    #[inline(always)]
    pub(crate) fn full(self, ticket: Ticket) -> Stamp {
        self.free(ticket) | FULL
    }
}

impl Ticket {
    /// The ticket of a word.
    #[inline(always)]
    pub(crate) fn of(word: usize) -> Self {
        Ticket(word & !flag::MASK)
    }

    /// A word with this ticket and the given flags.
    #[inline(always)]
    pub(crate) fn with(self, flags: usize) -> usize {
        self.0 | flags
    }

    /// The ticket as a number, for comparing states.
    pub(crate) fn raw(self) -> usize {
        self.0
    }
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;

    #[test]
    fn tickets_count_through_laps_and_around_the_word() {
        for capacity in [1, 2, 3, 5, 8, 100] {
            let geometry = Geometry::new(capacity);
            // Start three laps before the word wraps around.
            let mut ticket = Ticket(0usize.wrapping_sub(3 * geometry.lap));
            let start = ticket;
            for n in 0..6 * capacity {
                assert_eq!(geometry.index(ticket), n % capacity);
                assert_eq!(geometry.distance(start, ticket), n);
                let after = geometry.next(ticket);
                assert_eq!(geometry.distance(ticket, after), 1);
                assert_eq!(geometry.previous(after), ticket);
                assert_eq!(geometry.previous_lap(geometry.next_lap(ticket)), ticket);
                ticket = after;
            }
        }
    }

    #[test]
    fn stamps_of_neighbouring_laps_differ() {
        let geometry = Geometry::new(1);
        let ticket = Ticket(0);
        let next = geometry.next_lap(ticket);
        let all = [geometry.free(ticket), geometry.full(ticket), geometry.free(next), geometry.full(next)];
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                assert_ne!(a, b);
            }
        }
        assert_eq!(geometry.free(ticket), 0, "zeroed memory is free in lap 0");
    }
}
