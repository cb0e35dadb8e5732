//! No comma after a body that ends in braces, but does not begin with one.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        m = rx.recv() => match m { Ok(v) => v, Err(_) => 0 }
        n = rx.recv() => 2, //~ select!: arms are separated by commas
    }
}

fn main() {}
