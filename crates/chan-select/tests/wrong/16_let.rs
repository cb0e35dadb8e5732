//! `let` before the pattern.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        let m = rx.recv() => 1, //~ select!: a case has no `let`
    }
}

fn main() {}
