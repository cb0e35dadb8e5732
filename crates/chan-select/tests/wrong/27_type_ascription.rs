//! A type after the pattern.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m: Result<u32, ()> = rx.recv() => 1, //~ select!: the pattern of a case takes no type
    }
}

fn main() {}
