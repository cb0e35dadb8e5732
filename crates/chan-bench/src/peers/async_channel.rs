//! async-channel: no rendezvous.

use async_channel::{Receiver, Sender, bounded, unbounded};

use super::{Async, Blocking, Channel, Peer, RECEIVERS_LIVE, Shared, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("async-channel", "async-channel")
        .threads::<AsyncChannel>(has::all_but_rendezvous)
        .tasks::<AsyncChannel>(has::all_but_rendezvous)
}

struct AsyncChannel;

impl Channel for AsyncChannel {
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

impl Blocking for AsyncChannel {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send_blocking(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv_blocking().ok()
    }
}

impl Async for AsyncChannel {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}

impl Shared for AsyncChannel {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}
