//! The state of another prefix. (The compiler's own error.)
#![allow(unused)]

use chan_core::{Receiver, Sender};
use chan_select::select;

async fn f(tx: Sender<u32>, rx: Receiver<u32>) -> u32 {
    let mut rng = chan_select::SelectRng::new(1);
    select! {
        round_robin = &mut rng; //~ mismatched types
        m = rx.recv() => 1,
    }
}

fn main() {}
