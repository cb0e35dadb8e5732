//! Brackets without a weight, and a slice pattern for one.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let first = select! {
        weighted;
        [] m = rx.recv() => 1, //~ select!: in a `weighted` select every case begins with its weight
    };
    let second = select! {
        weighted;
        [a, b] = pair() => a, //~ select!: in a `weighted` select every case begins with its weight
    };
    first + second
}

async fn pair() -> [u32; 2] {
    [1, 2]
}

fn main() {}
