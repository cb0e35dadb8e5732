//! Nothing: what compiles here shows that the others fail for their own reason.
#![deny(warnings)]

use chan_core::{Receiver, Sender};
use chan_select::{Turn, select, select_blocking};

pub async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => m.unwrap_or(0),
        _ = tx.send(1) => 1,
    }
}

pub async fn modes(tx: Sender<u32>, rx: Receiver<u32>, weight: u32, turn: &mut Turn) -> u32 {
    let sum = select! {
        weighted;
        [weight + 1] m = rx.recv() => m.unwrap_or(0),
        [3] _ = tx.send(1), if weight > 4 => { 1 }
        default => 2,
    };
    sum + select! {
        round_robin = &mut *turn;
        m = rx.recv() => m.unwrap_or(0),
        _ = tx.send(1) => 1,
    }
}

pub fn blocking(tx: Sender<u32>, rx: Receiver<u32>) -> Option<u32> {
    select_blocking! {
        biased;
        m = rx.recv() => Some(m.ok()?),
        _ = tx.send(1) => None,
        complete => None,
    }
}

fn main() {}
