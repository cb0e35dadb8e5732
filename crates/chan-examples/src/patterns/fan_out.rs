//! Fan-out: several workers receive from one channel; each message goes to exactly one of them.

use crate::runtime::Runtime;

/// Ten messages for three workers.
pub async fn share<R: Runtime>() {
    let (sender, receiver) = R::chan::<u32>(2);
    let workers: Vec<_> = (0..3)
        .map(|name| {
            let receiver = receiver.clone();
            R::spawn(async move {
                let mut seen = Vec::new();
                // Ends when the channel is closed and drained.
                while let Ok(message) = receiver.recv().await {
                    seen.push(message);
                }
                println!("worker {name} received {seen:?}");
                seen
            })
        })
        .collect();

    for message in 0..10 {
        sender.send(message).await.expect("the workers are there");
    }
    sender.close();

    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.expect("no worker panics"));
    }
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<_>>());
}
