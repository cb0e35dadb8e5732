//! A wrong type in a body. (The compiler's own error.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => {
            let x: String = m.unwrap(); //~ mismatched types
            1
        }
        default => 2,
    }
}

fn main() {}
