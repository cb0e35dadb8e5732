//! `=` and `->` for `=>`; the first is shown.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1,
        n = rx.recv() = 2, //~ select!: the body comes after `=>`
        o = rx.recv() => 3,
        p = rx.recv() -> 4,
    }
}

fn main() {}
