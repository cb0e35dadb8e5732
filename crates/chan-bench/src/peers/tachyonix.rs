//! tachyonix: tasks only, one receiver, bounded only.

use tachyonix::{Receiver, Sender, channel};

use super::{Async, Channel, Peer, RECEIVERS_LIVE, bound, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("tachyonix", "tachyonix").tasks_one_to_one::<Tachyonix>(has::bounded_but_rendezvous)
}

struct Tachyonix;

impl Channel for Tachyonix {
    type Tx = Sender<Message>;
    type Rx = Receiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        channel(bound(capacity))
    }

    fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }

    fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.try_recv().ok()
    }
}

impl Async for Tachyonix {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await.ok()
    }
}
