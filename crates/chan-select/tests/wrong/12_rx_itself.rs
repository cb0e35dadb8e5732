//! The receiver instead of its receive.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m = rx => 1, //~ Receiver<u32>` cannot be a case
    }
}

fn main() {}
