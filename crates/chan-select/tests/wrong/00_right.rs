//! Nothing: what compiles here shows that the others fail for their own reason.
#![deny(warnings)]

use chan_core::{Receiver, Sender};
use chan_select::select;

pub async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => m.unwrap_or(0),
        _ = tx.send(1) => 1,
    }
}

fn main() {}
