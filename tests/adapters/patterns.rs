//! The shapes that programs are made of, in short.

use super::*;

#[test]
fn fan_in_merges_until_told_to_stop() {
    run(async {
        let (a, b) = (numbers(0..u64::MAX), numbers(0..u64::MAX));
        let (done, stop) = chan(0);
        go(async move {
            sleep(4 * MOMENT).await;
            done.send(()).await
        });
        let (mut from_a, mut from_b) = (0, 0);
        loop {
            select! {
                n = a.recv() => { assert_eq!(n, Ok(from_a)); from_a += 1 }
                n = b.recv() => { assert_eq!(n, Ok(from_b)); from_b += 1 }
                _ = stop.recv() => break,
                default(after(MINUTE)) => panic!("both producers are stuck"),
            }
        }
        assert!(from_a > 0 && from_b > 0);
    });
}

#[test]
fn fan_out_gives_each_message_to_one_worker() {
    run(async {
        let jobs = numbers(0..100);
        let (tx, results) = unbounded();
        for _ in 0..3 {
            let (jobs, tx) = (jobs.clone(), tx.clone());
            go(async move {
                while let Ok(n) = jobs.recv().await {
                    tx.send(n * n).await.unwrap();
                }
            });
        }
        drop((jobs, tx));
        let mut all = collect(results).await;
        all.sort_unstable();
        assert!(all.into_iter().eq((0..100).map(|n| n * n)));
    });
}

#[test]
fn a_pipeline_passes_everything_in_order_and_closes_stage_by_stage() {
    run(async {
        fn stage(input: Receiver<u64>, step: fn(u64) -> u64) -> Receiver<u64> {
            let (tx, output) = chan(4);
            go(async move {
                while let Ok(n) = input.recv().await {
                    tx.send(step(n)).await.unwrap();
                }
            });
            output
        }
        let output = stage(stage(numbers(0..500), |n| n * 2), |n| n + 1);
        assert!(collect(output).await.into_iter().eq((0..500).map(|n| n * 2 + 1)));
    });
}

#[test]
fn an_ended_stage_is_replaced_by_nil() {
    run(async {
        let (mut a, mut b) = (numbers(0..5), numbers(5..20));
        let (mut sum, mut open) = (0, 2);
        while open > 0 {
            select! {
                n = a.recv() => match n {
                    Ok(n) => sum += n,
                    Err(RecvError) => { a = nil().1; open -= 1 }
                },
                n = b.recv() => match n {
                    Ok(n) => sum += n,
                    Err(RecvError) => { b = nil().1; open -= 1 }
                },
            }
        }
        assert_eq!(sum, 190);
    });
}

#[test]
fn shutdown_drains_what_was_accepted() {
    run(async {
        let (tx, rx) = chan(16);
        for n in 0..16 {
            tx.send(n).await.unwrap();
        }
        tx.close();
        assert_eq!(tx.send(16).await, Err(SendError(16)));
        assert!(collect(rx).await.into_iter().eq(0..16));
    });
}
