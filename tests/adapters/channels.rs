//! Channels of this adapter: its constructors, nil, threads beside tasks.

use super::*;

#[test]
fn the_constructors_make_what_they_say() {
    run(async {
        let (tx, rx) = chan::<u8>(0);
        assert_eq!((tx.capacity(), rx.capacity()), (Some(0), Some(0)));
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        let (tx, _rx) = bounded::<u8>(2);
        assert_eq!(tx.capacity(), Some(2));
        let (tx, _rx) = unbounded::<u8>();
        assert_eq!(tx.capacity(), None);
        let (tx, rx) = rt::Builder::bounded(3).manners(&rt::MANNERS).build::<u8>();
        assert_eq!((tx.capacity(), rx.len()), (Some(3), 0));
    });
}

#[test]
fn nil_is_never_ready() {
    run(async {
        let (tx, rx) = nil::<u8>();
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert!(timeout(MOMENT, rx.recv()).await.is_err());
        assert_eq!(tx.send_timeout(1, MOMENT).await, Err(SendTimeoutError::Timeout(1)));
        assert!(!tx.close());
    });
}

#[test]
fn a_thread_and_a_task_share_a_channel() {
    run(async {
        let (tx, rx) = chan(0);
        let (tx_back, back) = chan(0);
        let thread = std::thread::spawn(move || {
            for n in &rx {
                tx_back.send_blocking(n * 2).unwrap();
            }
        });
        for n in 0..100 {
            tx.send(n).await.unwrap();
            assert_eq!(back.recv().await, Ok(n * 2));
        }
        drop(tx);
        assert_eq!(back.recv().await, Err(RecvError));
        thread.join().unwrap();
    });
}

#[test]
fn many_tasks_on_both_sides_pass_every_message_once() {
    run(async {
        for capacity in [0, 1, 8] {
            let (tx, rx) = chan(capacity);
            for producer in 0..4_u64 {
                let tx = tx.clone();
                go(async move {
                    for n in 0..250 {
                        tx.send(producer * 250 + n).await.unwrap();
                    }
                });
            }
            drop(tx);
            let readers: Vec<_> = (0..4).map(|_| go(collect(rx.clone()))).collect();
            drop(rx);
            let mut all = Vec::new();
            for reader in readers {
                all.extend(reader.await.unwrap());
            }
            all.sort_unstable();
            assert!(all.into_iter().eq(0..1000));
        }
    });
}
