//! `select_blocking!`: tokio's `else`, a second `default`, a body that awaits.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select_blocking;

fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let first = select_blocking! {
        m = rx.recv() => 1,
        else => 2, //~ select!: there is no `else` arm here
    };
    let second = select_blocking! {
        default => 1,
        default => 2, //~ select!: more than one `default` arm
    };
    let third = select_blocking! {
        m = rx.recv() => rx.recv().await.unwrap(), //~ `await` is only allowed inside `async` functions and blocks
    };
    first + second + third
}

fn main() {}
