//! A method that is not called.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m = rx.recv => 1, //~ select!: an operation is called
    }
}

fn main() {}
