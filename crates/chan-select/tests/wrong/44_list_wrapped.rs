//! `Select`: a send that is wrapped in an `async` block, or awaited, is no operation.
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::Select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) {
    let mut select = Select::new();
    select.operation(
        async { tx.send(1).await }, //~ is no operation of a channel
        |result| result.is_ok(),
    );
    let mut select = Select::new();
    select.operation(
        rx.recv().await, //~ is no operation of a channel
        |_| (),
    );
}

fn main() {}
