//! The memory model: what a send, a receive and a close make visible. Plain memory, so that ThreadSanitizer sees every
//! hole.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::backend::{self, RecvError, chan};

/// A number without any protection of its own: the channel is the protection.
struct Plain(UnsafeCell<usize>);

// SAFETY: each test orders all accesses by its channel, which is what it shows.
unsafe impl Sync for Plain {}

impl Plain {
    fn new() -> Arc<Self> {
        Arc::new(Plain(UnsafeCell::new(0)))
    }

    fn get(&self) -> usize {
        // SAFETY: no write at the same time, by the order that the channel gives.
        unsafe { *self.0.get() }
    }

    fn set(&self, n: usize) {
        // SAFETY: no other access at the same time, by the order that the channel gives.
        unsafe { *self.0.get() = n }
    }
}

#[test]
fn a_send_happens_before_its_receive_has_completed() {
    run!({
        for capacity in [0, 1, 10] {
            let plain = Plain::new();
            let (tx, rx) = chan(capacity);
            let (back, returned) = chan(capacity);
            let writer = {
                let plain = plain.clone();
                go!({
                    for n in 1..=200 {
                        plain.set(n);
                        send!(tx, ()).unwrap();
                        recv!(returned).unwrap();
                    }
                })
            };
            for n in 1..=200 {
                recv!(rx).unwrap();
                assert_eq!(plain.get(), n);
                send!(back, ()).unwrap();
            }
            done!(writer);
        }
    });
}

#[test]
fn a_close_happens_before_the_receive_that_sees_it() {
    run!({
        for capacity in [0, 1] {
            for _ in 0..50 {
                let plain = Plain::new();
                let (tx, rx) = chan::<()>(capacity);
                let writer = {
                    let plain = plain.clone();
                    go!({
                        plain.set(1);
                        tx.close();
                    })
                };
                assert_eq!(recv!(rx), Err(RecvError));
                assert_eq!(plain.get(), 1);
                done!(writer);
            }
        }
    });
}

#[test]
fn an_unbuffered_receive_happens_before_its_send_has_completed() {
    run!({
        let plain = Plain::new();
        let (tx, rx) = chan(0);
        let (go_on, may_write) = chan(0);
        let receiver = {
            let plain = plain.clone();
            go!({
                for n in 1..=200 {
                    plain.set(n);
                    recv!(rx).unwrap();
                    recv!(may_write).unwrap();
                }
            })
        };
        for n in 1..=200 {
            send!(tx, ()).unwrap();
            assert_eq!(plain.get(), n);
            send!(go_on, ()).unwrap();
        }
        done!(receiver);
    });
}

#[test]
fn the_kth_receive_happens_before_the_send_number_k_plus_capacity_has_completed() {
    run!({
        for capacity in [0, 1, 3, 16] {
            let begun = Arc::new(AtomicUsize::new(0));
            let (tx, rx) = chan(capacity);
            let receiver = {
                let begun = begun.clone();
                go!({
                    for _ in 0..500 {
                        begun.fetch_add(1, Ordering::Relaxed);
                        recv!(rx).unwrap();
                        give_way!();
                    }
                })
            };
            for completed in 1..=500 {
                send!(tx, ()).unwrap();
                let begun = begun.load(Ordering::Relaxed);
                assert!(completed <= begun + capacity, "{completed} sends, {begun} receives, capacity {capacity}");
            }
            done!(receiver);
        }
    });
}

#[test]
fn a_buffer_of_one_is_a_mutex() {
    run!({
        const EACH: usize = 200;
        let plain = Plain::new();
        let (lock, unlock) = chan(1);
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (lock, unlock, plain) = (lock.clone(), unlock.clone(), plain.clone());
                go!({
                    for _ in 0..EACH {
                        send!(lock, ()).unwrap();
                        let n = plain.get();
                        give_way!();
                        plain.set(n + 1);
                        recv!(unlock).unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            done!(task);
        }
        assert_eq!(plain.get(), 4 * EACH);
    });
}

#[test]
fn a_buffer_of_three_lets_three_work_at_a_time() {
    run!({
        let (limit, leave) = chan(3);
        let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                let (limit, leave, at_work, most) = (limit.clone(), leave.clone(), at_work.clone(), most.clone());
                go!({
                    for _ in 0..20 {
                        send!(limit, ()).unwrap();
                        most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        give_way!();
                        at_work.fetch_sub(1, Ordering::SeqCst);
                        recv!(leave).unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            done!(task);
        }
        assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
    });
}
