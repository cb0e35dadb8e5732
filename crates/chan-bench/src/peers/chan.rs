//! Ours. A variant (another mode, another pair of types) is one more marker type and one more `peer` here.

use chan_core::{Receiver, Sender, chan, unbounded};

use super::{Async, Blocking, Channel, OURS, Peer, RECEIVERS_LIVE, Shared, has, selects};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new(OURS, "chan-core")
        .threads::<General>(has::every)
        .tasks::<General>(has::every)
        .selects::<selects::Ours>()
        .selects_among_idle::<selects::OursKept>()
        .selects_blocking::<selects::Ours>()
        .select_sends::<selects::Ours>()
}

struct General;

impl Channel for General {
    type Tx = Sender<Message>;
    type Rx = Receiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        match capacity {
            Capacity::Of(n) => chan(n),
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

impl Blocking for General {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send_blocking(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv_blocking().ok()
    }
}

impl Async for General {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}

impl Shared for General {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}
