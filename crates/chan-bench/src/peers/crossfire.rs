//! crossfire, its mpmc handles: no rendezvous (it makes 1 of 0). Bounded and unbounded, threads and tasks are four pairs
//! of types.

use crossfire::mpmc::{Array, List, bounded_async, bounded_blocking, unbounded_async, unbounded_blocking};
use crossfire::{MAsyncRx, MAsyncTx, MRx, MTx};

use super::{Async, Blocking, Channel, Peer, RECEIVERS_LIVE, Shared, bound, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("crossfire", "crossfire")
        .threads::<BoundedThreads>(has::bounded_but_rendezvous)
        .tasks::<BoundedTasks>(has::bounded_but_rendezvous)
        .threads::<UnboundedThreads>(has::unbounded)
        .tasks::<UnboundedTasks>(has::unbounded)
}

/// A pair of types whose handles are cloned, and whose `try` forms look like everybody's.
macro_rules! pair {
    ($name:ident, $tx:ty, $rx:ty, $open:expr) => {
        struct $name;

        impl Channel for $name {
            type Tx = $tx;
            type Rx = $rx;

            fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
                $open(capacity)
            }

            fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
                tx.try_send(message).is_ok()
            }

            fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
                rx.try_recv().ok()
            }
        }

        impl Shared for $name {
            fn share_tx(tx: &Self::Tx) -> Self::Tx {
                tx.clone()
            }

            fn share_rx(rx: &Self::Rx) -> Self::Rx {
                rx.clone()
            }
        }
    };
}

pair!(BoundedThreads, MTx<Array<Message>>, MRx<Array<Message>>, |capacity| { bounded_blocking(bound(capacity)) });
pair!(BoundedTasks, MAsyncTx<Array<Message>>, MAsyncRx<Array<Message>>, |capacity| bounded_async(bound(capacity)));
pair!(UnboundedThreads, MTx<List<Message>>, MRx<List<Message>>, |_| { unbounded_blocking() });
pair!(UnboundedTasks, MTx<List<Message>>, MAsyncRx<List<Message>>, |_| { unbounded_async() });

impl Blocking for BoundedThreads {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

impl Blocking for UnboundedThreads {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

impl Async for BoundedTasks {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}

impl Async for UnboundedTasks {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}
