//! A case without a weight in a `weighted` select.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        weighted;
        [3] m = rx.recv() => 1,
        res = tx.send(1) => 2, //~ select!: in a `weighted` select every case begins with its weight
    }
}

fn main() {}
