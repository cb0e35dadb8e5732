//! Bodies of different types. (The compiler's own error: it is about the bodies, not about the form.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1u32,
        default => "x", //~ `match` arms have incompatible types
    }
}

fn main() {}
