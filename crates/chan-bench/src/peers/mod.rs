//! The implementations that are compared, and the little that a workload needs of them.
//!
//! An implementation is a marker type with [`Channel`] and what else it can do: [`Blocking`], [`Async`], [`Shared`].
//! Its [`Peer`] says which capacities it has; a cell that it cannot serve is left out. To add one (or a variant of
//! ours): a file like `chan.rs`, one line in [`all`].

mod async_channel;
mod chan;
mod crossbeam;
mod crossfire;
mod flume;
mod kanal;
mod loole;
pub mod selects;
mod std_mpsc;
mod tachyonix;
mod tokio_mpsc;

use self::selects::{Sends, Task};
use crate::cell::{Capacity, Cell, Scenario};
use crate::reading::Message;
use crate::workloads::{Run, select, single, threads, tokio, waiters};

/// The name of our default channel: what all ratios are taken against.
pub const OURS: &str = "chan";

/// Ours first, then the peers by name.
pub fn all() -> Vec<Peer> {
    vec![
        chan::peer(),
        async_channel::peer(),
        crossbeam::peer(),
        crossfire::peer(),
        flume::peer(),
        kanal::peer(),
        loole::peer(),
        std_mpsc::peer(),
        tachyonix::peer(),
        tokio_mpsc::peer(),
    ]
    .into_iter()
    .chain(selects::peers())
    .collect()
}

/// A pair of handle types and the forms that never wait. The handles come as `&mut`, because some peers ask for it.
pub trait Channel: 'static {
    type Tx: Send + 'static;
    type Rx: Send + 'static;

    /// A new channel. Only called with capacities that the peer was registered with.
    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx);
    /// Whether the message was accepted.
    fn try_send(tx: &mut Self::Tx, message: Message) -> bool;
    fn try_recv(rx: &mut Self::Rx) -> Option<Message>;
}

/// The forms that block a thread.
pub trait Blocking: Channel {
    fn send_blocking(tx: &mut Self::Tx, message: Message);
    /// `None` when the channel is closed and empty.
    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message>;
}

/// The forms that give a future.
pub trait Async: Channel {
    fn send(tx: &mut Self::Tx, message: Message) -> impl Future<Output = ()> + Send;
    /// `None` when the channel is closed and empty.
    fn recv(rx: &mut Self::Rx) -> impl Future<Output = Option<Message>> + Send;
}

/// Any number of senders and of receivers.
pub trait Shared: Channel {
    fn share_tx(tx: &Self::Tx) -> Self::Tx;
    fn share_rx(rx: &Self::Rx) -> Self::Rx;
}

/// An implementation, with the workloads that it can run.
pub struct Peer {
    pub name: &'static str,
    /// As in `Cargo.lock`; `None` for what comes without a crate of its own.
    pub package: Option<&'static str>,
    /// Whether, in async use, no message and no wake-up is lost when a pending operation is dropped. A peer that does
    /// not promise this sets no bar in the cells that use futures.
    pub exact_in_tasks: bool,
    variants: Vec<Variant>,
}

/// One marker type of a peer: which capacities it has, and which workload a scenario asks of it.
struct Variant {
    has: fn(Capacity) -> bool,
    pick: fn(Scenario) -> Option<Run>,
}

impl Peer {
    fn new(name: &'static str, package: &'static str) -> Self {
        Self { name, package: Some(package), exact_in_tasks: true, variants: Vec::new() }
    }

    /// Comes with the compiler.
    fn of_std(name: &'static str) -> Self {
        Self { name, package: None, exact_in_tasks: true, variants: Vec::new() }
    }

    fn exact_on_threads_only(mut self) -> Self {
        self.exact_in_tasks = false;
        self
    }

    /// Runs the cells of threads with `C`.
    fn threads<C: Blocking + Shared>(mut self, capacities: fn(Capacity) -> bool) -> Self {
        self.variants.push(Variant { has: capacities, pick: pick_threads::<C> });
        self
    }

    /// The same, but there is only one receiver.
    fn threads_one_to_one<C: Blocking>(mut self, capacities: fn(Capacity) -> bool) -> Self {
        self.variants.push(Variant { has: capacities, pick: pick_threads_one_to_one::<C> });
        self
    }

    /// Runs the cells of tasks with `C`.
    fn tasks<C: Async + Shared>(mut self, capacities: fn(Capacity) -> bool) -> Self {
        self.variants.push(Variant { has: capacities, pick: pick_tasks::<C> });
        self
    }

    /// The same, but there is only one receiver.
    fn tasks_one_to_one<C: Async>(mut self, capacities: fn(Capacity) -> bool) -> Self {
        self.variants.push(Variant { has: capacities, pick: pick_tasks_one_to_one::<C> });
        self
    }

    /// Runs the cells of selects in a task with `S`.
    fn selects<S: Task<2> + Task<4> + Task<16>>(mut self) -> Self {
        self.variants.push(Variant { has: has::every, pick: pick_select::<S> });
        self
    }

    /// Runs the cells of selects with any number of channels, most of which are idle, with `S`.
    fn selects_among_idle<S: Task<2> + Task<64>>(mut self) -> Self {
        self.variants.push(Variant { has: has::every, pick: pick_select_among_idle::<S> });
        self
    }

    /// Runs the cells of selects on a thread with `S`.
    fn selects_blocking<S: selects::Blocking<2> + selects::Blocking<4> + selects::Blocking<16>>(mut self) -> Self {
        self.variants.push(Variant { has: has::every, pick: pick_select_blocking::<S> });
        self
    }

    /// Runs the cell of a select that sends with `S`.
    fn select_sends<S: Sends>(mut self) -> Self {
        self.variants.push(Variant { has: has::every, pick: pick_select_send::<S> });
        self
    }

    /// How this peer does what the cell asks for, if it can. The variant that was registered first wins.
    pub fn run(&self, cell: &Cell) -> Option<Run> {
        self.variants
            .iter()
            .filter(|variant| (variant.has)(cell.capacity))
            .find_map(|variant| (variant.pick)(cell.scenario))
    }
}

fn pick_threads<C: Blocking + Shared>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::Threads { .. } => Some(threads::many::<C>),
        _ => pick_threads_one_to_one::<C>(scenario),
    }
}

fn pick_threads_one_to_one<C: Blocking>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::Threads { producers: 1, consumers: 1 } => Some(threads::one_to_one::<C>),
        Scenario::SendRecv => Some(single::send_recv::<C>),
        _ => pick_any::<C>(scenario),
    }
}

fn pick_tasks<C: Async + Shared>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::Tasks { .. } => Some(tokio::many::<C>),
        Scenario::PollDrop { .. } => Some(waiters::poll_drop_among::<C>),
        Scenario::WakeOneByOne { .. } => Some(waiters::wake_one_by_one::<C>),
        _ => pick_tasks_one_to_one::<C>(scenario),
    }
}

fn pick_tasks_one_to_one<C: Async>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::Tasks { producers: 1, consumers: 1, .. } => Some(tokio::one_to_one::<C>),
        Scenario::AsyncSendRecv => Some(single::async_send_recv::<C>),
        Scenario::PollDrop { parked: 0 } => Some(waiters::poll_drop_alone::<C>),
        _ => pick_any::<C>(scenario),
    }
}

fn pick_any<C: Channel>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::TrySendTryRecv => Some(single::try_send_try_recv::<C>),
        Scenario::TryRecvEmpty => Some(single::try_recv_empty::<C>),
        Scenario::CreateDrop => Some(single::create_drop::<C>),
        _ => None,
    }
}

fn pick_select<S: Task<2> + Task<4> + Task<16>>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::SelectReady { channels: 2 } => Some(select::ready::<S, 2>),
        Scenario::SelectReady { channels: 4 } => Some(select::ready::<S, 4>),
        Scenario::SelectReady { channels: 16 } => Some(select::ready::<S, 16>),
        Scenario::SelectWoken { channels: 2 } => Some(select::woken::<S, 2>),
        Scenario::SelectWoken { channels: 4 } => Some(select::woken::<S, 4>),
        Scenario::SelectWoken { channels: 16 } => Some(select::woken::<S, 16>),
        _ => None,
    }
}

fn pick_select_among_idle<S: Task<2> + Task<64>>(scenario: Scenario) -> Option<Run> {
    match scenario {
        Scenario::SelectOneBusy { channels: 2 } => Some(select::one_busy::<S, 2>),
        Scenario::SelectOneBusy { channels: 64 } => Some(select::one_busy::<S, 64>),
        _ => None,
    }
}

fn pick_select_blocking<S: selects::Blocking<2> + selects::Blocking<4> + selects::Blocking<16>>(
    scenario: Scenario,
) -> Option<Run> {
    match scenario {
        Scenario::SelectReadyBlocking { channels: 2 } => Some(select::ready_blocking::<S, 2>),
        Scenario::SelectReadyBlocking { channels: 4 } => Some(select::ready_blocking::<S, 4>),
        Scenario::SelectReadyBlocking { channels: 16 } => Some(select::ready_blocking::<S, 16>),
        _ => None,
    }
}

fn pick_select_send<S: Sends>(scenario: Scenario) -> Option<Run> {
    matches!(scenario, Scenario::SelectSend).then_some(select::send::<S>)
}

/// Which capacities a peer has.
mod has {
    use crate::cell::Capacity;

    pub fn every(_: Capacity) -> bool {
        true
    }

    pub fn all_but_rendezvous(capacity: Capacity) -> bool {
        capacity != Capacity::Of(0)
    }

    pub fn bounded(capacity: Capacity) -> bool {
        capacity != Capacity::Unbounded
    }

    pub fn bounded_but_rendezvous(capacity: Capacity) -> bool {
        bounded(capacity) && all_but_rendezvous(capacity)
    }

    pub fn unbounded(capacity: Capacity) -> bool {
        capacity == Capacity::Unbounded
    }
}

/// The capacity as a number, for peers whose bounded channel has a type of its own.
fn bound(capacity: Capacity) -> usize {
    match capacity {
        Capacity::Of(n) => n,
        Capacity::Unbounded => unreachable!("registered as bounded"),
    }
}

/// What a failed send means here: the run is void, and the child says why.
const RECEIVERS_LIVE: &str = "receivers live until the senders are gone";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::plan;
    use crate::workloads::Job;

    #[test]
    fn ours_serves_every_cell() {
        let peers = all();
        assert_eq!(peers[0].name, OURS);
        for cell in plan() {
            assert!(peers[0].run(&cell).is_some(), "{cell}");
        }
    }

    /// Short, on one thread only: the long ones are for `quick`, in children with a time limit.
    #[test]
    fn the_short_cells_lose_nothing() {
        for peer in all() {
            for cell in plan() {
                let short = matches!(
                    cell.scenario,
                    Scenario::SendRecv
                        | Scenario::TrySendTryRecv
                        | Scenario::AsyncSendRecv
                        | Scenario::TryRecvEmpty
                        | Scenario::CreateDrop
                        | Scenario::PollDrop { parked: 0 }
                );
                if let Some(run) = peer.run(&cell).filter(|_| short) {
                    assert!(run(&Job { cell, messages: 10 }).intact, "{} {cell}", peer.name);
                }
            }
        }
    }
}
