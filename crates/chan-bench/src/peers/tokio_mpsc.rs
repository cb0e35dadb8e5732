//! `tokio::sync::mpsc`: one receiver, no rendezvous; its bounded and unbounded channels are two pairs of types.

use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};

use super::{Async, Blocking, Channel, Peer, RECEIVERS_LIVE, bound, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("tokio", "tokio")
        .threads_one_to_one::<Bounded>(has::bounded_but_rendezvous)
        .tasks_one_to_one::<Bounded>(has::bounded_but_rendezvous)
        .threads_one_to_one::<Unbounded>(has::unbounded)
        .tasks_one_to_one::<Unbounded>(has::unbounded)
}

struct Bounded;

impl Channel for Bounded {
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

impl Blocking for Bounded {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.blocking_send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.blocking_recv()
    }
}

impl Async for Bounded {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).await.expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await
    }
}

struct Unbounded;

impl Channel for Unbounded {
    type Tx = UnboundedSender<Message>;
    type Rx = UnboundedReceiver<Message>;

    fn open(_: Capacity) -> (Self::Tx, Self::Rx) {
        unbounded_channel()
    }

    fn try_send(tx: &mut Self::Tx, message: Message) -> bool {
        tx.send(message).is_ok()
    }

    fn try_recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.try_recv().ok()
    }
}

impl Blocking for Unbounded {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.blocking_recv()
    }
}

impl Async for Unbounded {
    async fn send(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    async fn recv(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().await
    }
}
