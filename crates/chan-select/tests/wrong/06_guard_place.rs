//! A guard without its comma.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let cond = true;
    select! {
        default => 1,
        m = rx.recv() if cond => 1, //~ select!: a guard comes after a comma
    }
}

fn main() {}
