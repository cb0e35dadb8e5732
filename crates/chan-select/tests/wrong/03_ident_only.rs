//! A pattern alone.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 1,
        msg => 1, //~ select!: this arm lacks its future
    }
}

fn main() {}
