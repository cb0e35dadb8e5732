//! An operation that is awaited by hand.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    select! {
        default => 2,
        m = rx.recv().await => 1, //~ RecvError>` cannot be a case
    }
}

fn main() {}
