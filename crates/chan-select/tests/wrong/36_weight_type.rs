//! A weight that is no `u32`. (The compiler's own error.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        weighted;
        [1] m = rx.recv() => 1,
        [0.5] _ = tx.send(1) => 2, //~ mismatched types
    }
}

fn main() {}
