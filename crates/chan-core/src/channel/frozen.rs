//! One participant frozen before every single access that it makes to a shared word, one run for each. Whatever it was
//! about to do, everybody else's calls return, nothing is received twice, and when it goes on nothing is lost and
//! nobody who could go on sleeps.

// The wakers here count beside the channel, not in it.
#![allow(clippy::disallowed_types)]

use super::{Channel, Offered, RecvState, ReserveState, Seen, SendState, Signals};
use crate::case::{Board, Turn};
use crate::error::TryRecvError;
use crate::primitive::pause::{freeze_before, thaw};
use crate::wait::Waiter;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::thread::spawn;

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Receives and sends, as numbers.
#[derive(Debug, Default)]
struct Account {
    sent: Vec<usize>,
    received: Vec<usize>,
}

impl Account {
    fn add(&mut self, other: Account) {
        self.sent.extend(other.sent);
        self.received.extend(other.received);
    }
}

/// What the frozen participant does, on a channel that was made ready for it.
#[derive(Clone, Copy, Debug)]
enum Act {
    TrySend,
    TryRecv,
    /// Polls a send until it is parked or done, then drops it.
    SendAndCancel,
    RecvAndCancel,
    /// Takes a permit if there is one, and sends with it.
    ReserveAndSend,
    ReserveAndDrop,
    /// Polls a reservation until it is parked or has its permit, then drops it.
    ReserveAndCancel,
    Close,
    /// Closes as the last receiver, which drops what is queued.
    DropReceiver,
}

const MINE: usize = 1_000;

fn act(channel: &Channel<usize>, act: Act) -> Account {
    let mut account = Account::default();
    let waker = Waker::from(Arc::new(Wakes::default()));
    let mut cx = Context::from_waker(&waker);
    match act {
        Act::TrySend => account.sent.extend(channel.try_send(MINE).is_ok().then_some(MINE)),
        Act::TryRecv => account.received.extend(channel.try_recv().ok()),
        Act::SendAndCancel => {
            let mut op = SendState::new(MINE);
            let sent = match channel.poll_send(&mut op, &mut cx) {
                Poll::Ready(result) => result.is_ok(),
                Poll::Pending => channel.cancel_send(&mut op).is_none(),
            };
            account.sent.extend(sent.then_some(MINE));
        }
        Act::RecvAndCancel => {
            let mut op = RecvState::new();
            match channel.poll_recv(&mut op, &mut cx) {
                Poll::Ready(result) => account.received.extend(result.ok()),
                Poll::Pending => channel.cancel_recv(&mut op),
            }
        }
        Act::ReserveAndSend => {
            if channel.try_reserve().is_ok() {
                account.sent.push(MINE);
                channel.send_reserved(MINE);
            }
        }
        Act::ReserveAndDrop => {
            if channel.try_reserve().is_ok() {
                channel.release();
            }
        }
        Act::ReserveAndCancel => {
            let mut op = ReserveState::new();
            match channel.poll_reserve(&mut op, &mut cx) {
                Poll::Ready(Ok(())) => channel.release(),
                Poll::Ready(Err(_)) => {}
                Poll::Pending => channel.cancel_reserve(&mut op),
            }
        }
        Act::Close => _ = channel.close(),
        Act::DropReceiver => channel.drop_receiver(),
    }
    account
}

/// What stands on the channel when the participant begins.
#[derive(Clone, Copy, Debug)]
enum Scene {
    Empty,
    /// As many messages as fit (three where there is no limit).
    Filled,
    ReceiveParked,
    SendParked,
    /// A permit is held, and used while the participant is frozen.
    PermitOut,
    /// The same; a reservation is parked behind it where there is no room for both.
    ReservationParked,
}

/// One run: `what` is frozen before its `n`-th access. `false`: it does not make so many.
fn run(capacity: Option<usize>, scene: Scene, what: Act, n: usize) -> bool {
    let channel = Arc::new(match capacity {
        Some(capacity) => Channel::bounded(capacity, None),
        None => Channel::unbounded(None),
    });
    let mut account = Account::default();
    let send = |account: &mut Account, id: usize| {
        let sent = channel.try_send(id).is_ok();
        account.sent.extend(sent.then_some(id));
        sent
    };
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let mut cx = Context::from_waker(&waker);
    let mut sends = Vec::new();
    let mut receives = Vec::new();
    let mut reserves = Vec::new();
    let mut permits = 0;
    match scene {
        Scene::Empty => {}
        Scene::Filled => (1..4).for_each(|id| _ = send(&mut account, id)),
        Scene::ReceiveParked => {
            let mut op = RecvState::new();
            assert!(channel.poll_recv(&mut op, &mut cx).is_pending());
            receives.push(op);
        }
        Scene::SendParked => {
            (1..4).for_each(|id| _ = send(&mut account, id));
            let mut op = SendState::new(10);
            if channel.poll_send(&mut op, &mut cx).is_ready() {
                account.sent.push(10);
            } else {
                sends.push((10, op));
            }
        }
        Scene::PermitOut | Scene::ReservationParked => {
            if capacity == Some(0) {
                let mut op = RecvState::new();
                assert!(channel.poll_recv(&mut op, &mut cx).is_pending());
                receives.push(op);
            }
            assert!(channel.try_reserve().is_ok());
            permits += 1;
            if matches!(scene, Scene::ReservationParked) {
                let mut op = ReserveState::new();
                match channel.poll_reserve(&mut op, &mut cx) {
                    Poll::Ready(result) => permits += usize::from(result.is_ok()),
                    Poll::Pending => reserves.push(op),
                }
            }
        }
    }

    let (gate, arm) = freeze_before(n);
    let theirs = channel.clone();
    let thread = spawn(move || {
        arm();
        let account = act(&theirs, what);
        thaw();
        account
    });
    let frozen = gate.reached();

    // Everybody else goes on: none of these calls may wait for the frozen one.
    for id in 20..23 {
        send(&mut account, id);
        account.received.extend(channel.try_recv().ok());
    }
    for id in 50..50 + permits {
        account.sent.push(id);
        channel.send_reserved(id);
    }
    if channel.try_reserve().is_ok() {
        channel.release();
    }
    let mut op = ReserveState::new();
    match channel.poll_reserve(&mut op, &mut cx) {
        Poll::Ready(Ok(())) => channel.release(),
        Poll::Ready(Err(_)) => {}
        Poll::Pending => reserves.push(op),
    }
    let mut op = SendState::new(30);
    match channel.poll_send(&mut op, &mut cx) {
        Poll::Ready(result) => account.sent.extend(result.is_ok().then_some(30)),
        Poll::Pending => sends.push((30, op)),
    }
    let mut op = RecvState::new();
    match channel.poll_recv(&mut op, &mut cx) {
        Poll::Ready(result) => account.received.extend(result.ok()),
        Poll::Pending => receives.push(op),
    }
    let mut op = RecvState::new();
    match channel.poll_recv(&mut op, &mut cx) {
        Poll::Ready(result) => account.received.extend(result.ok()),
        Poll::Pending => channel.cancel_recv(&mut op),
    }
    let mut op = SendState::new(40);
    let sent = match channel.poll_send(&mut op, &mut cx) {
        Poll::Ready(result) => result.is_ok(),
        Poll::Pending => channel.cancel_send(&mut op).is_none(),
    };
    account.sent.extend(sent.then_some(40));
    let before = wakes.0.load(Ordering::Relaxed);
    assert!(before <= 40, "{before} wakes while one was frozen");

    drop(gate);
    account.add(thread.join().unwrap());

    // Quiet state: everything that is pending is polled as long as it is woken.
    let mut seen = usize::MAX;
    while wakes.0.load(Ordering::Relaxed) != seen {
        seen = wakes.0.load(Ordering::Relaxed);
        sends.retain_mut(|(id, op)| match channel.poll_send(op, &mut cx) {
            Poll::Ready(result) => {
                account.sent.extend(result.is_ok().then_some(*id));
                false
            }
            Poll::Pending => true,
        });
        receives.retain_mut(|op| match channel.poll_recv(op, &mut cx) {
            Poll::Ready(result) => {
                account.received.extend(result.ok());
                false
            }
            Poll::Pending => true,
        });
        reserves.retain_mut(|op| match channel.poll_reserve(op, &mut cx) {
            Poll::Ready(result) => {
                // Given back at once: whoever waits behind it goes on.
                result.is_ok().then(|| channel.release());
                false
            }
            Poll::Pending => true,
        });
    }
    let dropped = channel.receiver_count() == 0;
    if channel.is_closed() {
        assert!(sends.is_empty() && receives.is_empty() && reserves.is_empty(), "asleep on a closed channel");
    }
    let waiting = !sends.is_empty() || !reserves.is_empty();
    assert!(receives.is_empty() || channel.len() == 0 && !waiting, "asleep on messages");
    assert!(!waiting || capacity.is_some_and(|capacity| channel.len() >= capacity), "asleep on room");
    for (id, mut op) in sends {
        account.sent.extend(channel.cancel_send(&mut op).is_none().then_some(id));
    }
    receives.iter_mut().for_each(|op| channel.cancel_recv(op));
    reserves.iter_mut().for_each(|op| channel.cancel_reserve(op));
    while let Ok(id) = channel.try_recv() {
        account.received.push(id);
    }
    let Account { mut sent, mut received } = account;
    sent.sort_unstable();
    received.sort_unstable();
    assert!(received.is_sorted_by(|a, b| a < b), "received twice: {received:?}");
    assert!(received.iter().all(|id| sent.contains(id)), "sent {sent:?}, received {received:?}");
    assert!(dropped || sent == received, "sent {sent:?}, received {received:?}");
    frozen
}

fn at_every_step(capacity: Option<usize>) {
    let acts = [
        Act::TrySend,
        Act::TryRecv,
        Act::SendAndCancel,
        Act::RecvAndCancel,
        Act::ReserveAndSend,
        Act::ReserveAndDrop,
        Act::ReserveAndCancel,
        Act::Close,
        Act::DropReceiver,
    ];
    let scenes = [
        Scene::Empty,
        Scene::Filled,
        Scene::ReceiveParked,
        Scene::SendParked,
        Scene::PermitOut,
        Scene::ReservationParked,
    ];
    for scene in scenes {
        for what in acts {
            let steps = (0..).take_while(|n| run(capacity, scene, what, *n)).count();
            assert!((1..200).contains(&steps), "{what:?} on {scene:?}: {steps} steps");
        }
    }
}

#[test]
fn at_capacity_0() {
    at_every_step(Some(0));
}

#[test]
fn at_capacity_1() {
    at_every_step(Some(1));
}

#[test]
fn at_capacity_2() {
    at_every_step(Some(2));
}

#[test]
fn unbounded() {
    at_every_step(None);
}

/// What the frozen participant does on the control lane.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Raise,
    /// By a handle that it shares with us.
    Take,
    WaitAndLeave,
    Close,
}

/// One poll of a wait for a signal.
fn poll_signal(lane: &Signals, seen: &Seen, waiter: &mut Waiter, waker: &Waker) -> Result<usize, TryRecvError> {
    lane.take_hint(waiter);
    let mut result = lane.look(seen, |_| true);
    if result == Err(TryRecvError::Empty) {
        lane.register(waiter, waker);
        result = lane.look(seen, |_| true);
    }
    if result != Err(TryRecvError::Empty) {
        lane.leave(waiter);
    }
    result
}

/// As `run`, for the control lane: two handles wait; one of them is shared with the frozen participant.
fn run_signal(what: Deed, unused: bool, n: usize) -> bool {
    let shared = Arc::new((Signals::new(), Seen::new()));
    let (lane, seen) = &*shared;
    let other = Seen::new();
    let wakes = [Arc::new(Wakes::default()), Arc::new(Wakes::default())];
    let wakers = wakes.clone().map(Waker::from);
    let mut waiters = [Waiter::new(), Waiter::new()];
    let empty = Err(TryRecvError::Empty);
    if !unused {
        // The participant's own kind is there to be taken by it, and seen by the other.
        assert!(lane.raise(2));
        assert_eq!(lane.look(&other, |_| true), Ok(2));
        assert_eq!(poll_signal(lane, &other, &mut waiters[1], &wakers[1]), empty);
    }
    let (gate, freeze) = freeze_before(n);
    let theirs = shared.clone();
    let thread = spawn(move || {
        let (lane, seen) = &*theirs;
        freeze();
        match what {
            Deed::Raise => _ = lane.raise(0),
            Deed::Take => _ = lane.look(seen, |kind| kind == 2),
            Deed::WaitAndLeave => {
                let mut waiter = Waiter::new();
                if poll_signal(lane, seen, &mut waiter, Waker::noop()).is_err() {
                    lane.leave(&mut waiter);
                }
            }
            Deed::Close => lane.close(),
        }
        thaw();
    });
    let frozen = gate.reached();

    // Everybody else's calls return, and a raise is seen.
    let raised = lane.raise(1);
    assert!(raised || matches!(what, Deed::Close));
    assert_eq!(lane.look(&Seen::clone(&other), |kind| kind == 1).is_ok(), raised);
    let mut waiter = Waiter::new();
    lane.register(&mut waiter, &wakers[0]);
    lane.leave(&mut waiter);
    let first = poll_signal(lane, seen, &mut waiters[0], &wakers[0]);
    assert!(!raised || first.is_ok(), "{first:?}");

    drop(gate);
    thread.join().unwrap();

    // Quiet state: who was woken looks as long as there is something, who was not has nothing to see.
    let mut last = usize::MAX;
    while wakes[1].0.load(Ordering::Relaxed) != last {
        last = wakes[1].0.load(Ordering::Relaxed);
        if last > 0 {
            while poll_signal(lane, &other, &mut waiters[1], &wakers[1]).is_ok() {}
        }
    }
    if waiters[1].has_cell() {
        assert_eq!(lane.peek(&other, |_| true), empty, "asleep on a signal, or on a closed lane");
    }
    while lane.look(seen, |_| true).is_ok() {}
    for waiter in &mut waiters {
        lane.leave(waiter);
    }
    frozen
}

#[test]
fn on_the_control_lane() {
    for what in [Deed::Raise, Deed::Take, Deed::WaitAndLeave, Deed::Close] {
        for unused in [true, false] {
            let steps = (0..).take_while(|n| run_signal(what, unused, *n)).count();
            assert!((1..100).contains(&steps), "{what:?}: {steps} steps");
        }
    }
}

/// One run: a send that hints the case of a kept select is frozen before its `n`-th access. Meanwhile the select ends its
/// turn, or begins one, or sleeps; none of its steps waits, and when the send goes on its message is where somebody
/// looks. `false`: the send does not make so many.
fn run_beside_a_kept_select(capacity: usize, away: bool, n: usize) -> bool {
    let channel = Arc::new(Channel::<usize>::bounded(capacity, None));
    let (task, plain_task) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    let (waker, plain_waker) = (Waker::from(task.clone()), Waker::from(plain_task.clone()));
    let mut board = Board::new();
    board.grow(1);
    let mut kept = RecvState::new();
    let mut turn = Turn::new(false);
    board.arrive();
    channel.register_recv(&mut kept, &turn, board.waker(0));
    assert!(!board.sleep(&waker));
    if away {
        board.leave();
    }
    // Behind the select's case.
    let mut plain = RecvState::new();
    assert!(channel.poll_recv(&mut plain, &mut Context::from_waker(&plain_waker)).is_pending());

    let (gate, arm) = freeze_before(n);
    let theirs = channel.clone();
    let thread = spawn(move || {
        arm();
        let mut op = SendState::new(7);
        let sent = theirs.poll_send(&mut op, &mut Context::from_waker(Waker::noop())).is_ready();
        thaw();
        (op, sent)
    });
    let frozen = gate.reached();
    let marked = |board: &mut Board| {
        let mut marked = false;
        board.collect(|_, _| marked = true);
        marked
    };
    // A whole turn beside it, and the way out.
    let mut received = Vec::new();
    if away {
        board.arrive();
    }
    if marked(&mut board) {
        received.extend(channel.look_recv(&mut kept, &mut turn).map(|result| result.unwrap()));
    }
    if received.is_empty() {
        channel.register_recv(&mut kept, &turn, board.waker(0));
        let _ = board.sleep(&waker);
    }
    board.leave();
    if marked(&mut board) {
        channel.cancel_recv(&mut kept);
    }
    drop(gate);
    let (mut op, mut sent) = thread.join().unwrap();

    // Quiet: whoever was told looks.
    if plain_task.0.load(Ordering::Relaxed) > 0
        && let Poll::Ready(result) = channel.poll_recv(&mut plain, &mut Context::from_waker(&plain_waker))
    {
        received.push(result.unwrap());
    }
    sent |= op.offered != Offered::No && channel.cancel_send(&mut op).is_none();
    assert_eq!(received, [7], "asleep on a message, away: {away}, frozen before access {n}");
    assert!(sent);
    channel.cancel_recv(&mut plain);
    channel.cancel_recv(&mut kept);
    frozen
}

#[test]
fn a_send_that_hints_a_kept_select() {
    for capacity in [0, 1] {
        for away in [false, true] {
            let steps = (0..).take_while(|n| run_beside_a_kept_select(capacity, away, *n)).count();
            assert!((8..100).contains(&steps), "{steps} steps");
        }
    }
}
