//! Not in async code. (The compiler's own error; `.await` is the macro's, so the arrow is on all of it.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

fn f(rx: Receiver<u32>) -> u32 {
    select! { //~ `await` is only allowed inside `async` functions and blocks
        m = rx.recv() => 1,
        default => 2,
    }
}

fn main() {}
