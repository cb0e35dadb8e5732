//! crossbeam's form.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 1,
        recv(rx) -> m => 1, //~ select!: write a receive as `msg = rx.recv() => ..`
    }
}

fn main() {}
