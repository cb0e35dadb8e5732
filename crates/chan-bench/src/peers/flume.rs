//! flume. In async use a pending operation that is dropped can lose a message or a wake-up; on threads it is exact.

use flume::{Receiver, Sender, bounded, unbounded};

use super::{Async, Blocking, Channel, Peer, RECEIVERS_LIVE, Shared, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("flume", "flume").exact_on_threads_only().threads::<Flume>(has::every).tasks::<Flume>(has::every)
}

struct Flume;

impl Channel for Flume {
    type Tx = Sender<Message>;
    type Rx = Receiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        match capacity {
            Capacity::Of(n) => bounded(n),
            Capacity::Unbounded => unbounded(),
        }
    }

    fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }

    fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.try_recv().ok()
    }
}

impl Blocking for Flume {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

impl Async for Flume {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send_async(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv_async().await.ok()
    }
}

impl Shared for Flume {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}
