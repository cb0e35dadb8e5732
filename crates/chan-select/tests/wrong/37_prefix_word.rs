//! A prefix that does not exist.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let first = select! {
        fair; //~ select!: this is no prefix
        m = rx.recv() => 1,
    };
    let second = select! {
        robin = &mut 3; //~ select!: this is no prefix
        m = rx.recv() => 1,
    };
    first + second
}

fn main() {}
