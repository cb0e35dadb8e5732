//! Two cases that borrow one slot. (The compiler's own error: it is about the operations.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn fill(slot: &mut Option<u32>) {}

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let mut slot = Some(1u32);
    select! {
        _ = fill(&mut slot) => 1,
        _ = fill(&mut slot) => 2, //~ cannot borrow `slot` as mutable more than once at a time
    }
}

fn main() {}
