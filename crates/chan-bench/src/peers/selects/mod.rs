//! The selects that are compared: in a task, on a thread, and with a send. Each goes over channels that fit it; ours and
//! `tokio::select!` go over ours too, so that the two can be compared alone.
//!
//! The receivers of a turn are a `Set`: what the select keeps from turn to turn. Most keep the receivers and nothing
//! else, and are built anew in every turn.

mod in_tasks;
mod on_threads;

pub use in_tasks::{Ours, OursKept};

use super::Peer;
use crate::reading::Message;

/// What has been received by a turn, and from which channel.
pub type Taken = (usize, Message);

/// How many messages each channel of a select holds; fewer than that are ever in it.
const CAPACITY: usize = 128;

/// Never shown: the senders of a set live as long as the set.
const OPEN: &str = "no channel is closed";

/// Channels that a select receives from.
pub trait Channels: 'static {
    type Tx;
    type Set<const N: usize>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>);
    /// Whether the message was accepted.
    fn try_send(tx: &Self::Tx, message: Message) -> bool;
}

/// A select in a task over `N` channels.
pub trait Task<const N: usize>: Channels {
    fn turn(set: &mut Self::Set<N>) -> impl Future<Output = Taken>;
}

/// A select on a thread over `N` channels.
pub trait Blocking<const N: usize>: Channels {
    fn turn_blocking(set: &mut Self::Set<N>) -> Taken;
}

/// A select with a send at capacity 0, beside a receive of a channel where nothing comes.
pub trait Sends: 'static {
    type Ends;

    fn ends() -> Self::Ends;
    /// A turn; whether the send was the one.
    fn send(ends: &Self::Ends, message: Message) -> impl Future<Output = bool>;
    /// Receives from the channel of the sends.
    fn try_recv(ends: &Self::Ends) -> Option<Message>;
}

/// All but our macro.
pub fn peers() -> Vec<Peer> {
    let mut peers = in_tasks::peers();
    peers.extend(on_threads::peers());
    peers
}

/// Pairs of ends, as an array of each.
fn pairs<Tx, Rx, const N: usize>(mut open: impl FnMut() -> (Tx, Rx)) -> ([Tx; N], [Rx; N]) {
    let mut rx = Vec::with_capacity(N);
    let tx = std::array::from_fn(|_| {
        let (tx, its_rx) = open();
        rx.push(its_rx);
        tx
    });
    (tx, rx.try_into().unwrap_or_else(|_| unreachable!("as many as there are senders")))
}

/// `for_each_size! { implement (arguments) }` calls `implement! { (arguments) 2 0 a 1 b }`, and so on for 4 and 16: how
/// many channels, and for each its number and a name for its receiver.
macro_rules! for_each_size {
    ($implement:ident $arguments:tt) => {
        $implement! { $arguments 2 0 a 1 b }
        $implement! { $arguments 4 0 a 1 b 2 c 3 d }
        $implement! { $arguments 16 0 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p }
    };
}
use for_each_size;
