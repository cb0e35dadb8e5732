//! Where values are. Never waits, never wakes; keeps one bit for "somebody is parked" in each word that the other side
//! must change anyway, and says when an operation cleared it.
//!
//! Invariants:
//!
//! * **Q1** A ticket belongs to the one operation whose exchange moved the ticket word past it.
//! * **Q2** A slot is touched by the owner of the ticket that its stamp names, and by nobody else, until that owner
//!   stores the next stamp.
//! * **Q3** Between its ticket and its stamp a send hides its message and those behind it; between its ticket and its
//!   stamp a receive makes the queue look full one lap on. An operation that meets such a slot says
//!   [`Busy`](PopError::Busy), it never waits.
//! * **Q4** The closed bit lives in the word that sends change: a send got its ticket before the close, or fails. (Once
//!   permits are in use: its place, in the word that hands out places.)
//! * **Q5** A permit is a place that nobody else can have: a queue is *sealed*, and only then says `Closed` to a receive,
//!   when it is closed and no place is held.

mod blocks;
mod ring;
mod slot;
mod stamp;

pub(crate) use blocks::Blocks;
pub(crate) use ring::Ring;

#[cfg(all(test, chan_loom))]
mod models;

/// Why a value could not be put in; it comes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PushError {
    /// As many messages as the capacity allows.
    Full,
    /// Room there will be, when a receive that is half way has given its place back.
    Busy,
    /// Closed.
    Closed,
}

/// Why no value came out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PopError {
    /// Nothing was sent that has not been received.
    Empty,
    /// A message is there, but its send is half way.
    Busy,
    /// Closed, and everything has been received.
    Closed,
}

/// An operation on one side took its ticket: what it saw in its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticketed<M> {
    /// Somebody of the other side was parked; the bit is cleared, we owe a hint.
    pub(crate) notify: bool,
    /// The word after the ticket, to count what came since.
    pub(crate) mark: M,
}

/// What a parker, or a notifier that arms the bit again, found in the word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed<M> {
    /// There is something for the parker: look again.
    pub(crate) ready: bool,
    /// The word.
    pub(crate) mark: M,
}

/// The flags of a ticket word.
pub(crate) mod flag {
    /// No further sends (in the sends' word); in the receives' word for parking senders.
    pub(crate) const CLOSED: usize = 1;
    /// Somebody of the other side is parked.
    pub(crate) const WAIT: usize = 2;
    /// A waiter of this side has been overtaken too often: newcomers queue behind it once.
    pub(crate) const SLOW: usize = 4;
    /// In the sends' word, and for good: places are handed out before tickets, see `ring`.
    pub(crate) const PERMITS: usize = 8;
    /// Bits below the ticket.
    pub(crate) const BITS: u32 = 4;
    pub(crate) const MASK: usize = (1 << BITS) - 1;
}

/// A queue with a wait bit on either side.
pub(crate) trait Queue<T> {
    /// A position of the word that sends (or receives) change.
    type Mark: Copy;

    /// Appends a value.
    fn push(&self, value: T) -> Result<Ticketed<Self::Mark>, (PushError, T)>;
    /// Takes the oldest value.
    fn pop(&self) -> Result<(T, Ticketed<Self::Mark>), PopError>;
    /// As `push`, but `Full` also when a waiting send was overtaken.
    fn push_in_line(&self, value: T) -> Result<Ticketed<Self::Mark>, (PushError, T)>;
    /// As `pop`, but `Empty` also when a waiting receive was overtaken.
    fn pop_in_line(&self) -> Result<(T, Ticketed<Self::Mark>), PopError>;

    /// Takes a place for a later value: capacity, not a position.
    fn reserve(&self) -> Result<(), PushError>;
    /// As `reserve`, but `Full` also when a waiting send was overtaken.
    fn reserve_in_line(&self) -> Result<(), PushError>;
    /// Appends a value in a place that the caller holds, closed or not.
    fn push_reserved(&self, value: T) -> Ticketed<Self::Mark>;
    /// Gives a place back. The caller hints whoever waits for it and, when the queue is [sealed](Self::is_sealed) now,
    /// everybody who waits for the end.
    fn release(&self);

    /// Says that a receiver is parked, in the word that sends change.
    fn arm_receivers(&self) -> Armed<Self::Mark>;
    /// Says that a sender is parked, in the word that receives change.
    fn arm_senders(&self) -> Armed<Self::Mark>;
    /// How many pushes (pops) there were between two marks; too many is harmless, too few is not. `usize::MAX`: not
    /// known.
    fn distance(&self, from: Self::Mark, to: Self::Mark) -> usize;

    /// Whether something was sent that has not been received. Unlike [`len`](Self::len) never "no" while a message is there
    /// that the caller knows of: what decides about a hint asks this.
    fn has_items(&self) -> bool;
    /// Whether a send or a reservation would find a place. Never "no" while there is one that the caller knows of.
    fn has_room(&self) -> bool;
    /// Whether a receiver is parked while there is something for it, as far as can be seen.
    fn receivers_asleep_on_items(&self) -> bool;
    /// Whether a sender is parked while there is room for it, as far as can be seen.
    fn senders_asleep_on_room(&self) -> bool;
    /// A number that differs, but for wrap-around, between states with different tickets.
    fn state(&self) -> usize;

    /// Sets the slow flag of the receivers' word.
    fn set_slow_receivers(&self, on: bool);
    /// Sets the slow flag of the senders' word.
    fn set_slow_senders(&self, on: bool);
    fn slow_receivers(&self) -> bool;
    fn slow_senders(&self) -> bool;

    /// Closes; `false` if it was closed.
    fn close(&self) -> bool;
    fn is_closed(&self) -> bool;
    /// Whether no message can come any more: closed, and no place is held.
    fn is_sealed(&self) -> bool;
    /// Messages accepted and not received.
    fn len(&self) -> usize;
    /// `None`: no limit.
    fn capacity(&self) -> Option<usize>;
}
