//! The windows that the documentation names, with a thread standing in them: everybody else's calls return at once,
//! wakes are bounded, nothing is lost when it goes on.

// The wakers here count beside the channel, not in it.
#![allow(clippy::disallowed_types)]

use super::{Channel, RecvState, SendState};
use crate::error::{TryRecvError, TrySendError};
use crate::primitive::pause::{Gate, stop_at};
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::thread::{JoinHandle, spawn};

const SEND: &str = "between ticket and stamp of a send";
const RECEIVE: &str = "between ticket and stamp of a receive";
const TAKE: &str = "between claim and release of an offer";
const DEPOSIT: &str = "between claim and deposit";

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Wakes {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

fn task() -> (Arc<Wakes>, Waker) {
    let wakes = Arc::new(Wakes::default());
    (wakes.clone(), wakes.into())
}

/// A thread that does `what` and stands at `place`.
fn stopped<R: Send + 'static>(
    channel: &Arc<Channel<usize>>,
    place: &str,
    what: impl FnOnce(&Channel<usize>) -> R + Send + 'static,
) -> (Gate, JoinHandle<R>) {
    let (gate, arm) = stop_at(place);
    let channel = channel.clone();
    let thread = spawn(move || {
        arm();
        what(&channel)
    });
    gate.wait();
    (gate, thread)
}

fn buffered() -> Vec<Arc<Channel<usize>>> {
    [Channel::bounded(4, None), Channel::unbounded(None)].map(Arc::new).into()
}

fn poll_recv(channel: &Channel<usize>, op: &mut RecvState, waker: &Waker) -> Poll<Option<usize>> {
    channel.poll_recv(op, &mut Context::from_waker(waker)).map(Result::ok)
}

fn poll_send(channel: &Channel<usize>, op: &mut SendState<usize>, waker: &Waker) -> Poll<bool> {
    channel.poll_send(op, &mut Context::from_waker(waker)).map(|result| result.is_ok())
}

#[test]
fn a_suspended_send_hides_its_message_and_blocks_nobody() {
    for channel in buffered() {
        let (gate, thread) = stopped(&channel, SEND, |channel| channel.try_send(1).is_ok());
        assert_eq!(channel.try_recv(), Err(TryRecvError::Empty));
        // Sends go on.
        assert!(channel.try_send(2).is_ok());
        assert_eq!(channel.try_recv(), Err(TryRecvError::Empty), "behind the suspended one");
        // A receive polls itself again, once for each poll: bounded by how often its executor runs it.
        let (wakes, waker) = task();
        let mut recv = RecvState::new();
        for _ in 0..100 {
            assert_eq!(poll_recv(&channel, &mut recv, &waker), Poll::Pending);
            assert!(wakes.take() <= 1);
        }
        assert_eq!(channel.len(), 2, "what has its ticket counts as sent");
        drop(gate);
        assert!(thread.join().unwrap());
        assert_eq!(poll_recv(&channel, &mut recv, &waker), Poll::Ready(Some(1)));
        assert_eq!(channel.try_recv(), Ok(2));
    }
}

#[test]
fn a_suspended_send_wakes_the_receive_that_was_parked_before_it() {
    for channel in buffered() {
        let (wakes, waker) = task();
        let mut recv = RecvState::new();
        assert!(poll_recv(&channel, &mut recv, &waker).is_pending());
        let (gate, thread) = stopped(&channel, SEND, |channel| channel.try_send(1).is_ok());
        assert_eq!(wakes.take(), 0, "the wake-up is late, not lost");
        drop(gate);
        assert!(thread.join().unwrap());
        assert_eq!(wakes.take(), 1);
        assert_eq!(poll_recv(&channel, &mut recv, &waker), Poll::Ready(Some(1)));
    }
}

#[test]
fn a_message_half_sent_at_close_is_received() {
    for channel in buffered() {
        let (gate, thread) = stopped(&channel, SEND, |channel| channel.try_send(1).is_ok());
        assert!(channel.close());
        assert_eq!(channel.try_recv(), Err(TryRecvError::Empty), "not closed yet: something is on its way");
        assert_eq!(channel.try_send(2), Err(TrySendError::Closed(2)));
        drop(gate);
        assert!(thread.join().unwrap());
        assert_eq!(channel.try_recv(), Ok(1));
        assert_eq!(channel.try_recv(), Err(TryRecvError::Closed));
    }
}

#[test]
fn a_message_half_sent_when_the_last_receiver_goes_is_dropped_by_its_sender() {
    for kind in 0..2 {
        let token = Arc::new(());
        let channel = Arc::new(match kind {
            0 => Channel::bounded(4, None),
            _ => Channel::unbounded(None),
        });
        let (gate, arm) = stop_at(SEND);
        let (theirs, message) = (channel.clone(), token.clone());
        let thread = spawn(move || {
            arm();
            let sent = theirs.try_send(message).is_ok();
            // Its next operation, the drop of its handle, sweeps up.
            theirs.drop_sender();
            sent
        });
        gate.wait();
        channel.drop_receiver();
        assert_eq!(Arc::strong_count(&token), 2);
        drop(gate);
        assert!(thread.join().unwrap());
        assert_eq!(Arc::strong_count(&token), 1, "dropped before the channel is");
        assert_eq!(channel.len(), 0);
    }
}

#[test]
fn a_send_suspended_between_place_and_ticket_costs_one_place_and_keeps_the_end_back() {
    let channel = Arc::new(Channel::bounded(2, None));
    // From now on places come before tickets.
    assert!(channel.try_reserve().is_ok());
    channel.release();
    let (gate, thread) = stopped(&channel, "between place and ticket of a send", |channel| channel.try_send(1).is_ok());
    assert!(channel.try_send(2).is_ok());
    assert_eq!(channel.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(channel.try_recv(), Ok(2), "it has no position yet and hides nothing");
    assert!(channel.close());
    assert_eq!(channel.try_recv(), Err(TryRecvError::Empty), "not closed yet: something is on its way");
    let (wakes, waker) = task();
    let mut recv = RecvState::new();
    assert!(poll_recv(&channel, &mut recv, &waker).is_pending());
    drop(gate);
    assert!(thread.join().unwrap(), "its place came before the close");
    assert_eq!(wakes.take(), 1);
    assert_eq!(poll_recv(&channel, &mut recv, &waker), Poll::Ready(Some(1)));
    assert_eq!(channel.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn a_reservation_suspended_at_capacity_0_keeps_no_receive_asleep() {
    let channel = Arc::new(Channel::bounded(0, None));
    let (wakes, waker) = task();
    let mut recv = RecvState::new();
    assert!(poll_recv(&channel, &mut recv, &waker).is_pending());
    let (gate, thread) = stopped(&channel, "between claim and permit", |channel| channel.try_reserve());
    assert_eq!(channel.try_send(1), Err(TrySendError::Full(1)), "promised");
    // A send offers; its hint cannot reach the receive, which takes the message if it looks.
    let (_, sender) = task();
    let mut send = SendState::new(2);
    assert!(poll_send(&channel, &mut send, &sender).is_pending());
    assert_eq!(wakes.take(), 0);
    drop(gate);
    assert_eq!(thread.join().unwrap(), Ok(()));
    assert_eq!(wakes.take(), 1, "late, not lost");
    assert_eq!(poll_recv(&channel, &mut recv, &waker), Poll::Ready(Some(2)));
    assert_eq!(poll_send(&channel, &mut send, &sender), Poll::Ready(true));
    channel.release();
}

#[test]
fn a_suspended_receive_makes_its_place_look_taken_and_blocks_nobody() {
    let channel = Arc::new(Channel::bounded(1, None));
    assert!(channel.try_send(1).is_ok());
    let (gate, thread) = stopped(&channel, RECEIVE, |channel| channel.try_recv());
    assert_eq!(channel.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!(channel.try_recv(), Err(TryRecvError::Empty));
    let (wakes, waker) = task();
    let mut send = SendState::new(2);
    for _ in 0..100 {
        assert!(poll_send(&channel, &mut send, &waker).is_pending());
        assert!(wakes.take() <= 1);
    }
    drop(gate);
    assert_eq!(thread.join().unwrap(), Ok(1));
    assert_eq!(poll_send(&channel, &mut send, &waker), Poll::Ready(true));
    assert_eq!(channel.try_recv(), Ok(2));
}

#[test]
fn a_suspended_receive_of_an_unbounded_channel_hides_nothing() {
    let channel = Arc::new(Channel::unbounded(None));
    // Over several blocks: the suspended receive keeps its own block, and only that.
    (0..300).for_each(|i| assert!(channel.try_send(i).is_ok()));
    let (gate, thread) = stopped(&channel, RECEIVE, |channel| channel.try_recv());
    (1..300).for_each(|i| assert_eq!(channel.try_recv(), Ok(i)));
    (300..600).for_each(|i| assert!(channel.try_send(i).is_ok()));
    (300..600).for_each(|i| assert_eq!(channel.try_recv(), Ok(i)));
    drop(gate);
    assert_eq!(thread.join().unwrap(), Ok(0));
    assert_eq!(channel.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_suspended_taker_of_an_offer_delays_nobody() {
    let channel = Arc::new(Channel::bounded(0, None));
    let (_, waker) = task();
    let (mut first, mut second, mut third) = (SendState::new(1), SendState::new(2), SendState::new(3));
    for send in [&mut first, &mut second, &mut third] {
        assert!(poll_send(&channel, send, &waker).is_pending());
    }
    let (gate, thread) = stopped(&channel, TAKE, |channel| channel.try_recv());
    // The message is the taker's: its sender is told at once, or learns it from `cancel`.
    assert_eq!(poll_send(&channel, &mut first, &waker), Poll::Ready(true));
    // Others go on.
    assert_eq!(channel.try_recv(), Ok(2));
    assert_eq!(poll_send(&channel, &mut second, &waker), Poll::Ready(true));
    assert_eq!(channel.cancel_send(&mut third), Some(3));
    drop(gate);
    assert_eq!(thread.join().unwrap(), Ok(1));
    assert_eq!(channel.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_cancelled_send_beside_a_suspended_taker_says_that_it_was_taken() {
    let channel = Arc::new(Channel::bounded(0, None));
    let (_, waker) = task();
    let mut send = SendState::new(1);
    assert!(poll_send(&channel, &mut send, &waker).is_pending());
    let (gate, thread) = stopped(&channel, TAKE, |channel| channel.try_recv());
    assert_eq!(channel.cancel_send(&mut send), None);
    // Its cell is the taker's to give back; a new send takes another.
    let mut next = SendState::new(2);
    assert!(poll_send(&channel, &mut next, &waker).is_pending());
    drop(gate);
    assert_eq!(thread.join().unwrap(), Ok(1));
    assert_eq!(channel.try_recv(), Ok(2));
    assert_eq!(poll_send(&channel, &mut next, &waker), Poll::Ready(true));
}

#[test]
fn a_suspended_deposit_passes_its_hint_on() {
    let channel = Arc::new(Channel::bounded(0, None));
    let (first_wakes, first_waker) = task();
    let (second_wakes, second_waker) = task();
    let (mut first, mut second) = (RecvState::new(), RecvState::new());
    assert!(poll_recv(&channel, &mut first, &first_waker).is_pending());
    assert!(poll_recv(&channel, &mut second, &second_waker).is_pending());
    let (gate, thread) = stopped(&channel, DEPOSIT, |channel| channel.try_send(1));
    // The first receive is promised to that deposit; it may go all the same.
    assert!(poll_recv(&channel, &mut first, &first_waker).is_pending());
    channel.cancel_recv(&mut first);
    assert_eq!(first_wakes.take() + second_wakes.take(), 0);
    // The second is free: another deposit is for it, and no third one fits.
    assert!(channel.try_send(2).is_ok());
    assert_eq!(second_wakes.take(), 1);
    assert_eq!(channel.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(poll_recv(&channel, &mut second, &second_waker), Poll::Ready(Some(2)));
    let mut third = RecvState::new();
    assert!(poll_recv(&channel, &mut third, &second_waker).is_pending());
    drop(gate);
    assert!(thread.join().unwrap().is_ok());
    assert_eq!(second_wakes.take(), 1, "the hint of the first goes to the one that waits now");
    assert_eq!(poll_recv(&channel, &mut third, &second_waker), Poll::Ready(Some(1)));
}

#[test]
fn a_hint_that_parking_took_in_goes_on() {
    use crate::case::Turn;
    let channel: Channel<usize> = Channel::bounded(4, None);
    let mut turn = Turn::new(false);
    let (mut k, mut n, mut m) = (RecvState::new(), RecvState::new(), RecvState::new());
    let ((_, kw), (_, nw), (mwakes, mw)) = (task(), task(), task());
    channel.register_recv(&mut k, &Turn::default(), &kw);
    channel.register_recv(&mut n, &Turn::default(), &nw);
    channel.register_recv(&mut m, &Turn::default(), &mw);
    assert!(channel.try_send(0).is_ok()); // hints k
    assert_eq!(channel.try_recv(), Ok(0));
    assert!(channel.look_recv(&mut k, &mut turn).is_none());
    assert!(channel.look_recv(&mut n, &mut turn).is_none());
    assert!(channel.try_send(1).is_ok()); // hints n
    channel.register_recv(&mut k, &Turn::default(), &kw);
    channel.register_recv(&mut n, &Turn::default(), &nw);
    assert!(channel.try_send(2).is_ok()); // k
    assert!(channel.try_send(3).is_ok()); // n
    assert!(channel.look_recv(&mut n, &mut turn).is_some());
    assert!(channel.look_recv(&mut k, &mut turn).is_some());
    assert_eq!(channel.len(), 1);
    assert_eq!(mwakes.take(), 1, "m sleeps on a message");
}

#[test]
fn closed_resolves_although_a_waker_panicked() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("bomb")
        }
    }
    let channel: Channel<usize> = Channel::bounded(1, None);
    let mut recv = RecvState::new();
    let bomb: Waker = Arc::new(Bomb).into();
    assert!(poll_recv(&channel, &mut recv, &bomb).is_pending());
    let mut closed = super::ClosedState::new();
    let (wakes, waker) = task();
    assert!(channel.poll_closed(&mut closed, &mut Context::from_waker(&waker)).is_pending());
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| channel.close()));
    assert!(channel.is_closed());
    assert!(
        channel.poll_closed(&mut closed, &mut Context::from_waker(&waker)).is_ready() && wakes.take() == 1,
        "closed() sleeps on a closed channel"
    );
}

/// Polls its receive wherever it is woken, as an executor on another core may within the time of one wake.
struct Eager {
    channel: Arc<Channel<usize>>,
    receive: std::sync::Mutex<RecvState>,
    wakes: AtomicUsize,
}

impl Wake for Eager {
    fn wake(self: Arc<Self>) {
        if self.wakes.fetch_add(1, Ordering::Relaxed) < 1_000 {
            self.poll();
        }
    }
}

impl Eager {
    fn poll(self: &Arc<Self>) {
        let waker = Waker::from(self.clone());
        let mut receive = self.receive.lock().unwrap();
        while poll_recv(&self.channel, &mut receive, &waker).is_ready() {
            *receive = RecvState::new();
        }
    }
}

#[test]
fn a_notifier_that_lost_count_over_a_block_boundary_stops() {
    let channel = Arc::new(Channel::unbounded(None));
    let tasks = [(); 2].map(|()| {
        Arc::new(Eager { channel: channel.clone(), receive: RecvState::new().into(), wakes: AtomicUsize::new(0) })
    });
    tasks.iter().for_each(Eager::poll);
    let (gate, thread) = stopped(&channel, SEND, |channel| channel.try_send(1).is_ok());
    (0..70).for_each(|i| assert!(channel.try_send(i).is_ok()));
    drop(gate);
    assert!(thread.join().unwrap());
    let wakes: usize = tasks.iter().map(|task| task.wakes.load(Ordering::Relaxed)).sum();
    assert!(wakes < 100, "{wakes} wakes for one send");
    tasks.iter().for_each(|task| channel.cancel_recv(&mut task.receive.lock().unwrap()));
}
