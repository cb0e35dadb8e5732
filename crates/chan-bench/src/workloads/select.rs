//! Turns of a select: with every channel ready, with one that becomes ready while it sleeps, with a send.

use std::pin::pin;
use std::task::{Context, Waker};

use super::{Job, single::complete};
use crate::peers::selects::{Blocking, Sends, Task};
use crate::reading::{Message, Reading, Stopwatch, Tally};

/// A turn takes a message from one channel, and that channel gets the next one: all are ready at every turn.
pub fn ready<S: Task<N>, const N: usize>(job: &Job) -> Reading {
    let (tx, mut set) = S::open();
    let turns = job.messages;
    refilled(turns, N, |at, message| S::try_send(&tx[at], message), || complete(S::turn(&mut set)))
}

/// The same in a form that would block.
pub fn ready_blocking<S: Blocking<N>, const N: usize>(job: &Job) -> Reading {
    let (tx, mut set) = S::open();
    let turns = job.messages;
    refilled(turns, N, |at, message| S::try_send(&tx[at], message), || S::turn_blocking(&mut set))
}

fn refilled(
    turns: u64,
    channels: usize,
    send: impl Fn(usize, Message) -> bool,
    mut turn: impl FnMut() -> (usize, Message),
) -> Reading {
    let mut tally = Tally::default();
    let prefilled = channels as u64;
    for message in 0..prefilled {
        assert!(send(message as usize, message), "there is room");
    }
    let clock = Stopwatch::start();
    for message in prefilled..prefilled + turns {
        let (at, taken) = turn();
        tally.add(taken);
        assert!(send(at, message), "there is room where one was taken");
    }
    clock.stop(turns, || {
        (0..prefilled).for_each(|_| tally.add(turn().1));
        tally.is_all_of(prefilled + turns)
    })
}

/// The select is polled and sleeps; a channel gets a message, each in its turn; the select is polled again.
pub fn woken<S: Task<N>, const N: usize>(job: &Job) -> Reading {
    asleep::<S, N>(job, N)
}

/// The same, and only the first channel gets messages.
pub fn one_busy<S: Task<N>, const N: usize>(job: &Job) -> Reading {
    asleep::<S, N>(job, 1)
}

fn asleep<S: Task<N>, const N: usize>(job: &Job, busy: usize) -> Reading {
    let (tx, mut set) = S::open();
    let mut tally = Tally::default();
    let mut cx = Context::from_waker(Waker::noop());
    let clock = Stopwatch::start();
    for message in 0..job.messages {
        let mut turn = pin!(S::turn(&mut set));
        assert!(turn.as_mut().poll(&mut cx).is_pending(), "nothing was sent");
        assert!(S::try_send(&tx[message as usize % busy], message), "there is room");
        tally.add(complete(turn).1);
    }
    clock.stop(job.messages, || tally.is_all_of(job.messages))
}

/// The select is polled and sleeps, with its message on offer; somebody receives; the select is polled again.
pub fn send<S: Sends>(job: &Job) -> Reading {
    let ends = S::ends();
    let mut tally = Tally::default();
    let mut sent = 0;
    let mut cx = Context::from_waker(Waker::noop());
    let clock = Stopwatch::start();
    for message in 0..job.messages {
        let mut offer = pin!(S::send(&ends, message));
        assert!(offer.as_mut().poll(&mut cx).is_pending(), "nobody receives yet");
        if let Some(message) = S::try_recv(&ends) {
            tally.add(message);
        }
        sent += u64::from(complete(offer));
    }
    clock.stop(job.messages, || sent == job.messages && tally.is_all_of(job.messages))
}
