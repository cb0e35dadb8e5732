//! Prefixes without their semicolon.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let first = select! {
        biased //~ select!: a prefix ends with a semicolon
        m = rx.recv() => 1,
    };
    let second = select! {
        weighted, //~ select!: a prefix ends with a semicolon
        [1] m = rx.recv() => 1,
    };
    let mut turn = chan_select::Turn::new();
    let third = select! {
        round_robin = &mut turn, //~ select!: a prefix ends with a semicolon
        m = rx.recv() => 1,
    };
    first + second + third
}

fn main() {}
