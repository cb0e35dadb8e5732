//! `select_blocking!`, the same grammar: no body.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select_blocking;

fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select_blocking! {
        m = rx.recv(), //~ select!: a case needs a body
        _ = tx.send(1) => 2,
    }
}

fn main() {}
