//! crossbeam-channel: threads only.

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::{Blocking, Channel, Peer, RECEIVERS_LIVE, Shared, has};
use crate::cell::Capacity;
use crate::reading::Message;

pub fn peer() -> Peer {
    Peer::new("crossbeam", "crossbeam-channel").threads::<Crossbeam>(has::every)
}

struct Crossbeam;

impl Channel for Crossbeam {
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

impl Blocking for Crossbeam {
    fn send_blocking(tx: &mut Self::Tx, message: Message) {
        tx.send(message).expect(RECEIVERS_LIVE);
    }

    fn recv_blocking(rx: &mut Self::Rx) -> Option<Message> {
        rx.recv().ok()
    }
}

impl Shared for Crossbeam {
    fn share_tx(tx: &Self::Tx) -> Self::Tx {
        tx.clone()
    }

    fn share_rx(rx: &Self::Rx) -> Self::Rx {
        rx.clone()
    }
}
