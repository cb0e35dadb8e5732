//! No comma after a body without braces.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => m.unwrap()
        n = rx.recv() => 2, //~ select!: arms are separated by commas
    }
}

fn main() {}
