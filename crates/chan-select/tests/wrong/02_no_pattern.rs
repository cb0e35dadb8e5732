//! A case without a pattern.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        rx.recv() => 1, //~ select!: a case begins with a pattern
        default => 1,
    }
}

fn main() {}
