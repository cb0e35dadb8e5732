//! A weight in a select without `weighted`.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        [3] m = rx.recv() => 1, //~ select!: only the cases of a select that begins with `weighted;` have weights
        _ = tx.send(1) => 2,
    }
}

fn main() {}
