//! A body that uses what a case took. (The compiler's own error.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<String>) -> usize {
    let v = String::new();
    select! {
        _ = tx.send(v) => 1,
        default => v.len(), //~ borrow of moved value: `v`
    }
}

fn main() {}
