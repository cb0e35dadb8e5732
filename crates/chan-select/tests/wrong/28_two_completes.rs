//! `complete` twice.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        complete => 1,
        m = rx.recv() => 1,
        complete => 2, //~ select!: more than one `complete` arm
    }
}

fn main() {}
