//! Send-only and receive-only ends: two types, so that a stage gets only what it needs.
//!
//! After the seed's `split()` both sides could still do anything.

use std::any::TypeId;

use super::backend::{self, Receiver, Sender, chan};

/// What a method call resolves to when a type has no method of that name itself.
struct Absent;

/// Inherent methods come before a trait's: these answer only where there is none.
trait Fallback {
    fn send(&self, _: u32) -> Absent {
        Absent
    }
    fn try_send(&self, _: u32) -> Absent {
        Absent
    }
    fn send_blocking(&self, _: u32) -> Absent {
        Absent
    }
    fn recv(&self) -> Absent {
        Absent
    }
    fn try_recv(&self) -> Absent {
        Absent
    }
    fn recv_blocking(&self) -> Absent {
        Absent
    }
    fn iter(&self) -> Absent {
        Absent
    }
    fn stream(&self) -> Absent {
        Absent
    }
}

impl<T> Fallback for Sender<T> {}
impl<T> Fallback for Receiver<T> {}

#[test]
fn the_two_ends_are_two_types() {
    assert_ne!(TypeId::of::<Sender<u32>>(), TypeId::of::<Receiver<u32>>());
}

#[test]
fn a_sender_cannot_receive() {
    let (tx, _rx) = chan::<u32>(1);
    // Each line compiles only because `Sender` has no such method.
    let _: Absent = tx.recv();
    let _: Absent = tx.try_recv();
    let _: Absent = tx.recv_blocking();
    let _: Absent = tx.iter();
    let _: Absent = tx.stream();
    // And it would not, if it had one.
    let _: Result<(), _> = tx.try_send(1);
}

#[test]
fn a_receiver_cannot_send() {
    let (_tx, rx) = chan::<u32>(1);
    let _: Absent = rx.send(1);
    let _: Absent = rx.try_send(1);
    let _: Absent = rx.send_blocking(1);
    let _: Result<u32, _> = rx.try_recv();
}

#[test]
fn a_stage_with_one_end_of_each_does_its_work() {
    run!({
        let (tx, input): (Sender<u32>, Receiver<u32>) = chan(0);
        let (output, rx): (Sender<u32>, Receiver<u32>) = chan(0);
        let stage = go!({
            while let Ok(n) = recv!(input) {
                send!(output, n + 1).unwrap();
            }
        });
        let source = go!({
            for n in 0..100 {
                send!(tx, n).unwrap();
            }
        });
        assert!(collect!(rx).into_iter().eq(1..=100));
        done!(source);
        done!(stage);
    });
}
