//! tokio's `else`.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1,
        else => 1, //~ select!: there is no `else` arm here
    }
}

fn main() {}
