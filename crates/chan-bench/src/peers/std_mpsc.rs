//! `std::sync::mpsc`: threads only, one receiver; its bounded and unbounded senders are two types.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::{Blocking, Channel, Peer, RECEIVERS_LIVE, bound, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::of_std("std").threads_one_to_one::<Bounded>(has::bounded).threads_one_to_one::<Unbounded>(has::unbounded)
}

struct Bounded;

impl Channel for Bounded {
    type Tx = SyncSender<Message>;
    type Rx = Receiver<Message>;

    fn open(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        sync_channel(bound(capacity))
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
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

struct Unbounded;

impl Channel for Unbounded {
    type Tx = Sender<Message>;
    type Rx = Receiver<Message>;

    fn open(_: Capacity) -> (Self::Tx, Self::Rx) {
        channel()
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
        rx.recv().ok()
    }
}
