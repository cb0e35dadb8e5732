//! The seed's chapter on patterns, with its arrows: `&tx << value` sends and `&rx >> ()` receives (feature `ops`). Run it
//! with `cargo run -p chan-examples --example seed`.
//!
//! What differs from the chapter is what the types ask for: the two ends of a channel are two values, an arrow is awaited,
//! and `close` is a method of either end.

use std::time::Duration;

use chan_tokio::{Msg, Receiver, Sender, Signal, after, block_on, chan, go, nil, select, sleep};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Fan-in: several producers, one consumer.
async fn fan_in_consumer(ch1: Receiver<&str>, ch2: Receiver<&str>, done: Receiver<Signal>) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let result = select! {
            signal = &done >> () => { assert_eq!(signal, Ok(Signal::Done)); None }
            v = &ch1 >> () => Some(format!("[fan-in] from ch1: {}", v.unwrap())),
            v = &ch2 >> () => Some(format!("[fan-in] from ch2: {}", v.unwrap())),
            default(after(ms(200))) => Some("[fan-in] nothing ready".into()),
        };
        match result {
            Some(line) => seen.push(line),
            None => break seen,
        }
    }
}

async fn fan_in() {
    let (to_ch1, ch1) = chan(1);
    let (to_ch2, ch2) = chan(1);
    let (to_done, done) = chan(0);
    let consumer = go(fan_in_consumer(ch1, ch2, done));
    (&to_ch1 << "hello").await.unwrap();
    (&to_ch2 << "world").await.unwrap();
    // Both are fetched before the signal is sent: no room means that they are still there.
    while to_ch1.is_full() || to_ch2.is_full() {
        sleep(ms(1)).await;
    }
    (&to_done << Signal::Done).await.unwrap();
    let mut seen = consumer.await.unwrap();
    seen.sort();
    assert_eq!(seen, ["[fan-in] from ch1: hello", "[fan-in] from ch2: world"]);
    println!("{seen:?}");
}

/// Fan-out: workers that share a channel.
async fn worker(name: String, ch: Receiver<String>) -> usize {
    let mut received = 0;
    while let Ok(msg) = (&ch >> ()).await {
        println!("[{name}] received: {msg}");
        received += 1;
    }
    received
}

async fn fan_out() {
    let (tx, ch) = chan(0);
    let workers: Vec<_> = (0..3).map(|i| go(worker(format!("worker-{i}"), ch.clone()))).collect();
    for i in 0..10 {
        (&tx << format!("msg-{i}")).await.unwrap();
    }
    tx.close();
    let mut received = 0;
    for worker in workers {
        received += worker.await.unwrap();
    }
    assert_eq!(received, 10);
}

/// Graceful shutdown: a sentinel in order with the data, and the close behind it.
async fn shutdown_listener(done: Receiver<Msg<&str>>) -> &'static str {
    while let Ok(msg) = (&done >> ()).await {
        if msg.is_signal() {
            return "Shutting down...";
        }
    }
    "closed"
}

async fn graceful_shutdown() {
    let (done, done_ch) = chan(2);
    let listener = go(shutdown_listener(done_ch));
    go(async move {
        sleep(ms(15)).await;
        (&done << Msg::Data("last words")).await.unwrap();
        (&done << Msg::Signal(Signal::Done)).await.unwrap();
        done.close();
    });
    let said = listener.await.unwrap();
    println!("{said}");
    assert_eq!(said, "Shutting down...");
}

/// Timeouts and defaults.
async fn timeouts() {
    let (_tx, ch) = chan::<&str>(0);
    let result = select! {
        v = &ch >> () => v.unwrap_or("closed"),
        default(after(ms(5))) => "nothing happened",
    };
    assert_eq!(result, "nothing happened");
}

/// Disabling a case with nil.
async fn disabled() {
    let (_, ch) = nil::<()>(); // will block for ever
    select! {
        _ = &ch >> () => panic!("effectively disabled"),
        default => println!("fallthrough"),
    }
}

/// Pipeline: each stage is a task.
async fn stage1(out: Sender<u32>) {
    for i in 0..3 {
        (&out << i).await.unwrap();
    }
    out.close();
}

async fn stage2(inp: Receiver<u32>, out: Sender<u32>) {
    while let Ok(val) = (&inp >> ()).await {
        (&out << (val * 2)).await.unwrap();
    }
    out.close();
}

async fn stage3(inp: Receiver<u32>) -> Vec<u32> {
    let mut all = Vec::new();
    while let Ok(val) = (&inp >> ()).await {
        println!("final: {val}");
        all.push(val);
    }
    all
}

async fn pipeline() {
    let (to_ch1, ch1) = chan(0);
    let (to_ch2, ch2) = chan(0);
    go(stage1(to_ch1));
    go(stage2(ch1, to_ch2));
    assert_eq!(stage3(ch2).await, [0, 2, 4]);
}

fn main() {
    block_on(async {
        fan_in().await;
        fan_out().await;
        graceful_shutdown().await;
        timeouts().await;
        disabled().await;
        pipeline().await;
    });
}

#[test]
fn reads_like_the_seed() {
    main();
}
