//! An unused name. (The compiler's own lint: the macro does not hide it.)
#![deny(unused)]

use chan_core::Receiver;
use chan_select::select;

pub async fn f(rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => 1, //~ unused variable: `m`
        default => 2,
    }
}

fn main() {}
