//! A pattern that may not match.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        Ok(m) = rx.recv() => m, //~ select!: this pattern may not match
    }
}

fn main() {}
