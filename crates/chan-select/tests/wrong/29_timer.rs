//! A `default` timer that is no future.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1,
        default(5u32) => 2, //~ select!: `u32` cannot be the timer of `default(..)`
    }
}

fn main() {}
