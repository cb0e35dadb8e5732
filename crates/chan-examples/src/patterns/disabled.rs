//! Disabling a case: a nil channel, or an `Option` that is `None`, is never ready.

use chan_core::{RecvError, nil};
use chan_select::select;

use super::ms;
use crate::runtime::Runtime;

/// A nil channel in the place of a real one: the same code, the case sleeps.
pub async fn nil_channel<R: Runtime>() {
    let (_sender, never) = nil::<u32>();
    let fell_through = select! {
        _ = never.recv() => false,
        default => true,
    };
    assert!(fell_through);

    // Taking turns: after each message from one side, listen to the other side only.
    let (to_left, left) = R::chan::<&str>(8);
    let (to_right, right) = R::chan::<&str>(8);
    for (l, r) in [("tick", "tack"), ("tick", "tack"), ("tick", "tack")] {
        to_left.send(l).await.expect("open");
        to_right.send(r).await.expect("open");
    }
    let (_, silent) = nil::<&str>();
    let (mut listen, mut rest) = ((left.clone(), silent.clone()), (silent, right));
    let mut heard = Vec::new();
    while heard.len() < 6 {
        select! {
            l = listen.0.recv() => heard.push(l.expect("open")),
            r = listen.1.recv() => heard.push(r.expect("open")),
        }
        std::mem::swap(&mut listen, &mut rest);
    }
    println!("{heard:?}");
    assert_eq!(heard, ["tick", "tack", "tick", "tack", "tick", "tack"]);
}

/// A source that has ended would be ready with its error for ever. `None` takes it out of the select.
pub async fn ended_source<R: Runtime>() {
    let (quick, from_quick) = R::chan::<u32>(4);
    let (slow, from_slow) = R::chan::<u32>(4);
    drop(R::spawn(async move {
        quick.send(1).await.expect("open");
    }));
    drop(R::spawn(async move {
        R::sleep(ms(20)).await;
        slow.send(2).await.expect("open");
    }));

    let (mut from_quick, mut from_slow) = (Some(from_quick), Some(from_slow));
    let mut turns = 0;
    let mut sum = 0;
    while from_quick.is_some() || from_slow.is_some() {
        turns += 1;
        select! {
            value = from_quick.as_ref().map(|rx| rx.recv()) => match value {
                Ok(value) => sum += value,
                Err(RecvError) => from_quick = None,
            },
            value = from_slow.as_ref().map(|rx| rx.recv()) => match value {
                Ok(value) => sum += value,
                Err(RecvError) => from_slow = None,
            },
        }
    }
    println!("{turns} turns for two messages and two ends: no turn was idle");
    assert_eq!((turns, sum), (4, 3));
}
