//! A checker of recorded histories: is there an order of the operations, each at one instant between its call and its
//! answer, in which a simple channel would have given the same answers? Wing and Gong's search, with a memo.
//!
//! The simple channel is a bounded FIFO with a flag for closed; at capacity 0 a send and a receive happen together.
//! It allows what the specification allows beyond that, and nothing else:
//!
//! * `Empty` while the send of the message at the head is unfinished; at capacity 0, while any send is.
//! * `Full` while a receive that gave its place back is unfinished; at capacity 0 at any time, for a receive that waits
//!   is an unfinished one.
//! * `Full`, on a channel that has given a permit, while sends are unfinished that may hold the places that are missing.
//! * `try_send` at capacity 0 leaves its message with the channel when a receive is waiting; the next receive takes
//!   it. Among the messages of *one* producer the order holds, between producers nothing is said.

use std::collections::{HashMap, HashSet};

/// An operation with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A send said `Ok`. `tried`: it was `try_send`, which does not wait for a receiver.
    Sent {
        /// The message.
        value: u32,
        /// Whether it was `try_send`.
        tried: bool,
    },
    /// A pending send was dropped without asking what became of it.
    SendDropped(u32),
    /// A send gave its message back because it was out of time or cancelled.
    SendWithdrawn,
    /// `try_send` said `Full`.
    Full,
    /// A send said `Closed`.
    Refused,
    /// A receive returned a message. `waits`: not `try_recv`.
    Received {
        /// The message.
        value: u32,
        /// Whether it was a receive that waits.
        waits: bool,
    },
    /// A receive that waits ended without effect: out of time, or dropped.
    RecvWithdrawn,
    /// `try_recv` said `Empty`.
    Empty,
    /// A receive said `Closed`.
    Ended {
        /// Whether it was a receive that waits.
        waits: bool,
    },
    /// `close` and what it returned.
    Close(bool),
    /// A sender handle was dropped.
    SenderGone,
    /// A receiver handle was dropped.
    ReceiverGone,
}

impl Op {
    fn is_send(self) -> bool {
        matches!(self, Op::Sent { .. } | Op::SendDropped(_) | Op::SendWithdrawn | Op::Full | Op::Refused)
    }

    fn waits(self) -> bool {
        matches!(self, Op::Received { waits: true, .. } | Op::RecvWithdrawn | Op::Ended { waits: true })
    }
}

/// An operation between its call and its answer, by one clock for all threads.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Who called.
    pub thread: usize,
    /// When.
    pub called: u64,
    /// When the answer was there.
    pub answered: u64,
    /// What it was.
    pub op: Op,
}

impl Event {
    fn overlaps(&self, other: &Event) -> bool {
        self.called < other.answered && other.called < self.answered
    }
}

/// The channel in one thread's mind. `queue` is what was accepted and not received, oldest first.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    queue: Vec<u32>,
    closed: bool,
    senders: usize,
    receivers: usize,
}

struct Search<'h> {
    history: &'h [Event],
    capacity: Option<usize>,
    /// The channel hands out places before positions.
    permits: bool,
    /// The event of each value's send.
    send_of: HashMap<u32, usize>,
    /// What was tried in vain: the events done (one bit each), and the state after them.
    seen: HashSet<(u64, State)>,
}

/// Whether a channel of this capacity (`None`: unbounded), made with so many handles, may answer so. At most 64 events.
pub fn is_linearizable(capacity: Option<usize>, senders: usize, receivers: usize, history: &[Event]) -> bool {
    is_explained(capacity, false, senders, receivers, history)
}

/// As [`is_linearizable`], for a channel that has given a permit.
pub fn is_linearizable_with_permits(
    capacity: Option<usize>,
    senders: usize,
    receivers: usize,
    history: &[Event],
) -> bool {
    is_explained(capacity, true, senders, receivers, history)
}

fn is_explained(capacity: Option<usize>, permits: bool, senders: usize, receivers: usize, history: &[Event]) -> bool {
    assert!(history.len() <= 64, "a history of {} events", history.len());
    let send_of = history.iter().enumerate().filter_map(|(i, event)| match event.op {
        Op::Sent { value, .. } | Op::SendDropped(value) => Some((value, i)),
        _ => None,
    });
    let mut search = Search { history, capacity, permits, send_of: send_of.collect(), seen: HashSet::new() };
    search.go(0, State { queue: Vec::new(), closed: false, senders, receivers })
}

impl Search<'_> {
    fn go(&mut self, done: u64, state: State) -> bool {
        let open = |i: &usize| done & (1 << i) == 0;
        let Some(bound) = (0..self.history.len()).filter(open).map(|i| self.history[i].answered).min() else {
            return true;
        };
        if !self.seen.insert((done, state.clone())) {
            return false;
        }
        // Next can only be what was called before the first answer that is still to come.
        let next: Vec<usize> =
            (0..self.history.len()).filter(open).filter(|i| self.history[*i].called < bound).collect();
        next.iter().any(|&i| {
            self.step(i, done, &state).into_iter().any(|after| self.go(done | 1 << i, after))
                || self.partner(i, &next, &state).is_some_and(|j| self.go(done | 1 << i | 1 << j, state.clone()))
        })
    }

    /// The states after operation `i` alone; none if it cannot come next.
    fn step(&self, i: usize, done: u64, state: &State) -> Vec<State> {
        let event = &self.history[i];
        let rendezvous = self.capacity == Some(0);
        let mut after = state.clone();
        let allowed = match event.op {
            Op::Sent { value, tried } => {
                after.queue.push(value);
                let room = if rendezvous {
                    tried && self.history.iter().any(|other| other.op.waits() && other.overlaps(event))
                } else {
                    self.capacity.is_none_or(|capacity| state.queue.len() < capacity)
                };
                !state.closed && room
            }
            // The send that did have an effect is tried by `partner`.
            Op::SendDropped(_) | Op::SendWithdrawn | Op::RecvWithdrawn => true,
            Op::Full => {
                let giving_back = |(j, other): (usize, &Event)| {
                    let taken = done & (1 << j) != 0 && matches!(other.op, Op::Received { .. });
                    taken && other.answered > event.called
                };
                let holding = |(j, other): &(usize, &Event)| {
                    let sends = matches!(other.op, Op::Sent { .. } | Op::SendDropped(_));
                    sends && done & (1 << j) == 0 && other.overlaps(event)
                };
                let held = if self.permits { self.history.iter().enumerate().filter(holding).count() } else { 0 };
                let full = self.capacity.is_some_and(|capacity| state.queue.len() + held >= capacity);
                !state.closed && (full || self.history.iter().enumerate().any(giving_back))
            }
            Op::Refused => state.closed,
            Op::Received { value, .. } => match self.position(value, state) {
                Some(at) => {
                    after.queue.remove(at);
                    true
                }
                None => false,
            },
            Op::Empty => {
                let sending = if rendezvous {
                    self.history.iter().any(|other| other.op.is_send() && other.overlaps(event))
                } else {
                    state.queue.first().is_some_and(|head| self.history[self.send_of[head]].answered > event.called)
                };
                sending || (state.queue.is_empty() && !state.closed)
            }
            Op::Ended { .. } => state.closed && state.queue.is_empty(),
            Op::Close(first) => {
                after.closed = true;
                first != state.closed
            }
            Op::SenderGone => {
                after.senders -= 1;
                after.closed |= after.senders == 0;
                true
            }
            Op::ReceiverGone => {
                after.receivers -= 1;
                if after.receivers == 0 {
                    after.closed = true;
                    after.queue.clear();
                }
                true
            }
        };
        if allowed { vec![after] } else { Vec::new() }
    }

    /// Where a receive may take `value` from: the head, or at capacity 0 the oldest of its producer.
    fn position(&self, value: u32, state: &State) -> Option<usize> {
        let first = if self.capacity == Some(0) {
            state.queue.iter().position(|other| self.producer(*other) == self.producer(value))
        } else {
            Some(0)
        };
        first.filter(|&at| state.queue.get(at) == Some(&value))
    }

    /// At capacity 0: the receive among `next` that meets the waiting send `i`.
    fn partner(&self, i: usize, next: &[usize], state: &State) -> Option<usize> {
        let value = match self.history[i].op {
            Op::Sent { value, tried: false } | Op::SendDropped(value) => value,
            _ => return None,
        };
        let overtakes = state.queue.iter().any(|other| self.producer(*other) == self.producer(value));
        if self.capacity != Some(0) || state.closed || overtakes {
            return None;
        }
        next.iter().copied().find(|&j| matches!(self.history[j].op, Op::Received { value: got, .. } if got == value))
    }

    fn producer(&self, value: u32) -> Option<usize> {
        self.send_of.get(&value).map(|&i| self.history[i].thread)
    }
}
