//! Timeouts and defaults: never wait for ever.

use std::time::Instant;

use chan_core::{RecvTimeoutError, SendTimeoutError};
use chan_select::select;

use super::ms;
use crate::runtime::Runtime;

/// A receive that gives up. It took nothing: what comes later is there for the next one.
pub async fn receive_with_limit<R: Runtime>() {
    let (sender, receiver) = R::chan::<&str>(1);
    let start = Instant::now();
    assert_eq!(receiver.recv_until(R::sleep(ms(20))).await, Err(RecvTimeoutError::Timeout));
    println!("nothing came within {:?}", start.elapsed());

    sender.send("late").await.expect("open");
    assert_eq!(receiver.recv_until(R::sleep(ms(20))).await, Ok("late"));
}

/// A send that gives up has its message back, and nobody has received it.
pub async fn send_with_limit<R: Runtime>() {
    let (sender, receiver) = R::chan::<String>(0);
    let Err(SendTimeoutError::Timeout(message)) = sender.send_until("hello".into(), R::sleep(ms(20))).await else {
        unreachable!("nobody receives");
    };
    println!("nobody came for {message:?}");

    let taker = R::spawn(async move { receiver.recv().await });
    sender.send(message).await.expect("now somebody receives");
    assert_eq!(taker.await.expect("no panic"), Ok("hello".into()));
}

/// `default` runs when nothing is ready now.
pub async fn default_at_once<R: Runtime>() {
    let (sender, receiver) = R::chan::<u32>(1);
    let look = || async {
        select! {
            value = receiver.recv() => value.ok(),
            default => None,
        }
    };
    assert_eq!(look().await, None);
    sender.send(7).await.expect("open");
    assert_eq!(look().await, Some(7));
    println!("first nothing, then 7");
}

/// `default(timer)` runs when nothing has become ready by then.
pub async fn default_after_a_while<R: Runtime>() {
    let (sender, receiver) = R::chan::<u32>(1);
    let slow = R::spawn(async move {
        R::sleep(ms(60)).await;
        sender.send(7).await.expect("the consumer is there");
        sender
    });
    let mut impatient = 0;
    let value = loop {
        select! {
            value = receiver.recv() => break value,
            default(R::sleep(ms(10))) => impatient += 1,
        }
    };
    slow.await.expect("no panic");
    assert_eq!(value, Ok(7));
    assert!(impatient > 0);
    println!("{impatient} times nothing happened, then came 7");
}
