//! Graceful shutdown: tell workers to stop by a message, or by closing the channel they work from.

use chan_core::RecvError;
use chan_select::select;

use super::ms;
use crate::runtime::Runtime;

/// What a control channel carries.
#[derive(Debug, PartialEq, Eq)]
enum Control {
    Work(u32),
    Done,
}

/// A message that says "done" is received in its turn: what was sent before it is worked off first.
pub async fn by_message<R: Runtime>() {
    let (sender, receiver) = R::chan(8);
    let listener = R::spawn(async move {
        let mut worked = Vec::new();
        loop {
            match receiver.recv().await {
                Ok(Control::Work(n)) => worked.push(n),
                Ok(Control::Done) => break worked,
                Err(RecvError) => unreachable!("done comes before the end"),
            }
        }
    });
    for n in 0..3 {
        sender.send(Control::Work(n)).await.expect("the listener is there");
    }
    sender.send(Control::Done).await.expect("the listener is there");

    assert_eq!(listener.await.expect("no panic"), [0, 1, 2]);
    // The listener took its receiver with it, so nobody can send into the void.
    let refused = sender.send(Control::Work(3)).await.expect_err("closed with the last receiver");
    println!("the listener has gone, a late message comes back: {:?}", refused.into_inner());
}

/// Closing one channel stops every worker that holds it, also those that wait for something else; what was sent before
/// is still received.
pub async fn by_close<R: Runtime>() {
    let (sender, receiver) = R::chan(8);
    let (stop, stopped) = R::chan::<()>(0);
    let idle: Vec<_> = (0..3)
        .map(|_| {
            let stopped = stopped.clone();
            R::spawn(async move {
                select! {
                    end = stopped.recv() => assert_eq!(end, Err(RecvError)),
                    () = R::sleep(ms(60_000)) => unreachable!("closed long before"),
                }
            })
        })
        .collect();

    for n in 0..5 {
        sender.send(n).await.expect("open");
    }
    assert!(sender.close(), "this call closed it");
    assert!(!receiver.close(), "closing twice is harmless, from either end");
    assert!(sender.send(5).await.is_err());
    let mut drained = Vec::new();
    while let Ok(n) = receiver.recv().await {
        drained.push(n);
    }
    assert_eq!(drained, [0, 1, 2, 3, 4]);

    stop.close();
    for worker in idle {
        worker.await.expect("no panic");
    }
    println!("drained after closing: {drained:?}; three idle workers have left");
}
