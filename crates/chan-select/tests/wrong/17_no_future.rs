//! Nothing between `=` and `=>`.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m = => 1, //~ select!: there is no future between `=` and `=>`
    }
}

fn main() {}
