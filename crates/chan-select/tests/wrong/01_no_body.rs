//! A case without a body.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv(), //~ select!: a case needs a body
        default => 1,
    }
}

fn main() {}
