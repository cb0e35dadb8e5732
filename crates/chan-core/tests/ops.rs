//! The arrows are the methods (feature `ops`).

#![cfg(feature = "ops")]

use chan_core::future::{Recv, Send};
use chan_core::{RecvError, SendError, bounded, nil};
use futures_lite::future::{block_on, poll_once, zip};

#[test]
fn the_arrows_give_the_futures_of_send_and_recv() {
    let (tx, rx) = bounded(0);
    let send: Send<'_, u8> = &tx << 1;
    let recv: Recv<'_, u8> = &rx >> ();
    assert_eq!(block_on(zip(send, recv)), (Ok(()), Ok(1)));
    // Nothing happens before they are polled, and nothing is lost when they are dropped.
    drop(&tx << 2);
    assert!(block_on(poll_once(&rx >> ())).is_none());
    assert_eq!((&tx << 3).cancel(), Ok(3));
    rx.close();
    assert_eq!(block_on(&tx << 4), Err(SendError(4)));
    assert_eq!(block_on(&rx >> ()), Err(RecvError));

    let (tx, rx) = nil();
    assert!(block_on(poll_once(&tx << 5)).is_none() && block_on(poll_once(&rx >> ())).is_none());
}
