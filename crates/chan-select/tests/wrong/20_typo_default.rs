//! `default` misspelt.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1,
        defualt => 2, //~ select!: this arm lacks its future
    }
}

fn main() {}
