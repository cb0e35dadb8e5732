//! `select_blocking!`: the operation is the one that `select!` takes.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select_blocking;

fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select_blocking! {
        m = rx.recv_blocking() => 1, //~ cannot be a case: it is neither a channel operation nor a future
        _ = tx.send(1) => 2,
    }
}

fn main() {}
