//! kanal: one pair of types for threads, one for tasks. In async use a message that was handed to a receive is lost when
//! that receive is dropped; on threads nothing can be dropped half way, and it keeps its promises.

use kanal::{AsyncReceiver, AsyncSender, Receiver, Sender, bounded, bounded_async, unbounded, unbounded_async};

use super::{Async, Blocking, Channel, Peer, RECEIVERS_LIVE, Shared, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("kanal", "kanal").exact_on_threads_only().threads::<Threads>(has::every).tasks::<Tasks>(has::every)
}

struct Threads;

impl Channel for Threads {
    type Tx = Sender<Message>;
    type Rx = Receiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        match capacity {
            Capacity::Of(n) => bounded(n),
            Capacity::Unbounded => unbounded(),
        }
    }

    fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
        tx.try_send(message).expect(RECEIVERS_LIVE)
    }

    fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.try_recv().ok().flatten()
    }
}

impl Blocking for Threads {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

impl Shared for Threads {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}

struct Tasks;

impl Channel for Tasks {
    type Tx = AsyncSender<Message>;
    type Rx = AsyncReceiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        match capacity {
            Capacity::Of(n) => bounded_async(n),
            Capacity::Unbounded => unbounded_async(),
        }
    }

    fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
        tx.try_send(message).expect(RECEIVERS_LIVE)
    }

    fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.try_recv().ok().flatten()
    }
}

impl Async for Tasks {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}

impl Shared for Tasks {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}
