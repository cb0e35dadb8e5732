//! Wrong behind a right weight.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let first = select! {
        weighted;
        [1] m = rx.recv(), //~ select!: a case needs a body
        [1] _ = tx.send(1) => 2,
    };
    let second = select! {
        weighted;
        [1] rx.recv() => 1, //~ select!: a case begins with a pattern
    };
    let third = select! {
        weighted;
        [2] Ok(m) = rx.recv() => m, //~ select!: this pattern may not match
    };
    let fourth = select! {
        weighted;
        [2] m = rx => 1, //~ cannot be a case: it is neither
    };
    first + second + third + fourth
}

fn main() {}
