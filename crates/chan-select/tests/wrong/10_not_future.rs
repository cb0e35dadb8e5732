//! An operation that is no future.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m = 5u32 => 1, //~ select!: `u32` cannot be a case: it is neither a channel operation nor a future
    }
}

fn main() {}
