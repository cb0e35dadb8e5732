//! Models of the claim protocol: selects on several rendezvous channels, driven through the steps of `case.rs` over the
//! real channels. The end is a quiet state: no receive (or select's receive) sleeps while an offer stands that it could
//! take, every message is somewhere exactly once, a select had at most one effect.

use super::{Channel, RecvState, ReserveState, SendState};
use crate::case::{Begin, Operation, Status, Turn};
use crate::future::Send as SendOp;
use crate::model::{Flag, Item, Ledger, explore};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::task::Waker;

#[cfg(chan_shuttle)]
mod random;

/// A case: on which channel, and what.
#[derive(Clone, Copy)]
enum C {
    Recv(usize),
    Send(usize, usize),
    /// A reservation; with its permit the message is sent at once.
    Reserve(usize, usize),
    /// A future that is ready at its n-th poll.
    Foreign(usize),
}
use C::*;

#[derive(Clone, Copy)]
enum Step {
    /// Starts a select and polls it; one case alone is a plain operation.
    Select(&'static [C]),
    /// As `Select`, but the offer of its first case goes first.
    OfferFirst(&'static [C]),
    /// Polls operation `i` again, woken or not.
    Poll(usize),
    IfWoken(usize),
    /// Polls operation `i` with another waker.
    Move(usize),
    Cancel(usize),
    TryRecv(usize),
    TrySend(usize, usize),
    Close(usize),
}
use Step::*;

enum CaseOp {
    Recv(usize, RecvState),
    Send(usize, SendState<Item>, usize),
    Reserve(usize, ReserveState, usize),
    Foreign(usize),
}

struct Op {
    /// In a box: a select does not move.
    turn: Box<Turn>,
    /// At its first poll.
    offer_first: bool,
    cases: Vec<CaseOp>,
    flag: Arc<Flag>,
    pending: bool,
}

#[derive(Default)]
struct Record {
    ops: Vec<Op>,
    sent: Vec<usize>,
    returned: Vec<usize>,
    received: Vec<usize>,
    polls_again: bool,
    /// For messages that are made with a permit.
    ledger: Option<Arc<Ledger>>,
}

type Channels = Vec<crate::primitive::Arc<Channel<Item>>>;

enum Effect {
    Received(Item),
    Sent(usize),
    /// On which channel, and what is to be sent.
    Reserved(usize, usize),
    Closed(Option<Item>),
    Foreign,
}

impl Op {
    /// The steps of `case.rs`.
    fn poll(&mut self, channels: &Channels) -> Option<Effect> {
        self.flag.take();
        let waker = Waker::from(self.flag.clone());
        if core::mem::take(&mut self.offer_first) {
            assert_eq!(self.turn.begin(&waker), Begin::Look);
            self.register(channels, &waker);
            let _ = self.turn.sleep();
            let CaseOp::Send(c, op, _) = &mut self.cases[0] else { panic!("only a send goes first") };
            assert!(!channels[*c].announce_send(op, &mut self.turn), "closed");
            self.turn.owe_announcements();
            waker.wake_by_ref();
            return None;
        }
        loop {
            match self.turn.begin(&waker) {
                Begin::Look => {}
                Begin::StandBack => return None,
                Begin::Taken(case) => return Some(self.end(channels, Some(case))),
            }
            for i in 0..self.cases.len() {
                if let CaseOp::Foreign(left) = &mut self.cases[i] {
                    *left -= 1;
                    if *left == 0 {
                        self.turn.finish();
                        self.withdraw(channels, i, &mut Vec::new());
                        return Some(Effect::Foreign);
                    }
                }
            }
            let busy = |case: &CaseOp| match case {
                CaseOp::Recv(c, op) => !channels[*c].is_recv_idle(op),
                CaseOp::Send(c, op, _) => !channels[*c].is_send_idle(op),
                CaseOp::Reserve(..) => true,
                CaseOp::Foreign(_) => false,
            };
            let at: Vec<_> = self.cases.iter().map(busy).collect();
            if let Some(effect) = self.look(channels, &at) {
                return Some(effect);
            }
            let at = self.register(channels, &waker);
            if let Some(effect) = self.look(channels, &at) {
                return Some(effect);
            }
            if self.turn.sleep() {
                waker.wake_by_ref();
            }
            let mut closed = false;
            for case in &mut self.cases {
                if let CaseOp::Send(c, op, _) = case {
                    closed |= channels[*c].announce_send(op, &mut self.turn);
                }
            }
            if !closed {
                return None;
            }
        }
    }

    /// Which cases say that there may be something.
    fn register(&mut self, channels: &Channels, waker: &Waker) -> Vec<bool> {
        let register = |(i, case): (usize, &mut CaseOp)| match case {
            CaseOp::Recv(c, op) => channels[*c].register_recv(op, &self.turn, waker),
            CaseOp::Send(c, op, _) => channels[*c].register_send(op, &mut self.turn, i, waker),
            CaseOp::Reserve(c, op, _) => {
                channels[*c].register_reserve(op, &self.turn, waker);
                true
            }
            CaseOp::Foreign(_) => false,
        };
        self.cases.iter_mut().enumerate().map(register).collect()
    }

    /// Looks at the cases that are marked.
    fn look(&mut self, channels: &Channels, at: &[bool]) -> Option<Effect> {
        for i in (0..self.cases.len()).filter(|i| at[*i]) {
            let effect = match &mut self.cases[i] {
                CaseOp::Recv(c, op) => channels[*c].look_recv(op, &mut self.turn).map(|result| match result {
                    Ok(item) => Effect::Received(item),
                    Err(_) => Effect::Closed(None),
                }),
                CaseOp::Send(c, op, id) => {
                    channels[*c].look_send(op, &mut self.turn, false).map(|result| match result {
                        Ok(()) => Effect::Sent(*id),
                        Err(error) => Effect::Closed(Some(error.0)),
                    })
                }
                CaseOp::Reserve(c, op, id) => {
                    channels[*c].look_reserve(op, &mut self.turn).map(|result| match result {
                        Ok(()) => Effect::Reserved(*c, *id),
                        Err(_) => Effect::Closed(None),
                    })
                }
                CaseOp::Foreign(_) => None,
            };
            if let Some(effect) = effect {
                self.turn.finish();
                self.withdraw(channels, i, &mut Vec::new());
                return Some(effect);
            }
        }
        None
    }

    /// Withdraws all cases but `but`.
    fn withdraw(&mut self, channels: &Channels, but: usize, returned: &mut Vec<usize>) {
        for (i, case) in self.cases.iter_mut().enumerate() {
            match case {
                _ if i == but => {}
                CaseOp::Recv(c, op) => channels[*c].cancel_recv(op),
                CaseOp::Send(c, op, _) => returned.extend(channels[*c].cancel_send(op).map(|item| item.0)),
                CaseOp::Reserve(c, op, _) => channels[*c].cancel_reserve(op),
                CaseOp::Foreign(_) => {}
            }
        }
    }

    fn end(&mut self, channels: &Channels, taken: Option<usize>) -> Effect {
        let case = taken.expect("a case was taken");
        let CaseOp::Send(c, op, id) = &mut self.cases[case] else { panic!("only sends are taken") };
        assert!(channels[*c].taken_send(op).is_ok());
        let id = *id;
        self.withdraw(channels, case, &mut Vec::new());
        Effect::Sent(id)
    }

    fn cancel(&mut self, channels: &Channels) -> Option<usize> {
        let taken = self.turn.cancel();
        let mut sent = None;
        if let Some(case) = taken {
            let CaseOp::Send(c, op, id) = &mut self.cases[case] else { panic!("only sends are taken") };
            assert!(channels[*c].taken_send(op).is_ok());
            sent = Some(*id);
        } else if let [CaseOp::Send(c, op, id)] = &mut self.cases[..] {
            // A plain send: taken or withdrawn.
            if channels[*c].cancel_send(op).is_none() {
                sent = Some(*id);
            }
            return sent;
        }
        self.withdraw(channels, taken.unwrap_or(usize::MAX), &mut Vec::new());
        sent
    }
}

impl Record {
    fn poll(&mut self, channels: &Channels, i: usize) {
        if !self.ops[i].pending {
            return;
        }
        let Some(effect) = self.ops[i].poll(channels) else { return };
        self.ops[i].pending = false;
        match effect {
            Effect::Reserved(c, id) => {
                channels[c].send_reserved(Item::new(id, self.ledger.as_ref().expect("a ledger")));
                self.sent.push(id);
            }
            Effect::Received(item) => self.received.push(item.0),
            Effect::Sent(id) => self.sent.push(id),
            Effect::Closed(item) => self.returned.extend(item.map(|item| item.0)),
            Effect::Foreign => {}
        }
    }

    fn start(&mut self, channels: &Channels, ledger: &Arc<Ledger>, cases: &[C], offer_first: bool) {
        let cases: Vec<_> = cases
            .iter()
            .map(|case| match *case {
                Recv(c) => CaseOp::Recv(c, RecvState::new()),
                Send(c, id) => CaseOp::Send(c, SendState::new(Item::new(id, ledger)), id),
                Reserve(c, id) => CaseOp::Reserve(c, ReserveState::new(), id),
                Foreign(n) => CaseOp::Foreign(n),
            })
            .collect();
        let offers = |case: &CaseOp| matches!(case, CaseOp::Send(c, ..) if channels[*c].offers());
        let claimable = cases.len() > 1 && cases.iter().any(offers);
        let (turn, flag) = (Box::new(Turn::new(claimable)), Flag::new(self.polls_again));
        self.ledger = Some(ledger.clone());
        self.ops.push(Op { turn, offer_first, cases, flag, pending: true });
        self.poll(channels, self.ops.len() - 1);
    }

    fn run(&mut self, channels: &Channels, ledger: &Arc<Ledger>, script: &[Step]) {
        for step in script {
            match *step {
                Select(cases) => self.start(channels, ledger, cases, false),
                OfferFirst(cases) => self.start(channels, ledger, cases, true),
                Poll(i) => self.poll(channels, i),
                IfWoken(i) => {
                    if self.ops[i].flag.peek() {
                        self.poll(channels, i);
                    }
                }
                Move(i) => {
                    self.ops[i].flag = Flag::new(true);
                    self.poll(channels, i);
                }
                Cancel(i) => self.cancel(channels, i),
                TryRecv(c) => self.received.extend(channels[c].try_recv().ok().map(|item| item.0)),
                TrySend(c, id) => match channels[c].try_send(Item::new(id, ledger)) {
                    Ok(()) => self.sent.push(id),
                    Err(error) => self.returned.push(error.into_inner().0),
                },
                Close(c) => _ = channels[c].close(),
            }
        }
    }

    fn cancel(&mut self, channels: &Channels, i: usize) {
        if core::mem::take(&mut self.ops[i].pending) {
            let sent = self.ops[i].cancel(channels);
            self.sent.extend(sent);
        }
    }
}

/// A model of channels of these capacities.
fn model(
    name: &str,
    floor: usize,
    capacities: &'static [usize],
    threads: &'static [(&'static [Step], &'static [Step])],
) {
    explore(name, floor, move || {
        let ledger = Arc::new(Ledger::default());
        let channels: Channels =
            capacities.iter().map(|n| crate::primitive::Arc::new(Channel::bounded(*n, None))).collect();
        let again = |step: &Step| matches!(step, Poll(_) | IfWoken(_) | Move(_));
        let mut records: Vec<Record> = threads
            .iter()
            .map(|(_, script)| Record { polls_again: script.iter().any(again), ..Record::default() })
            .collect();
        for (record, (before, _)) in records.iter_mut().zip(threads) {
            record.run(&channels, &ledger, before);
        }
        let mut main = records.pop().expect("a model has threads");
        let handles: Vec<_> = records
            .into_iter()
            .zip(threads)
            .map(|(mut record, (_, script))| {
                let (channels, ledger) = (channels.clone(), ledger.clone());
                crate::model::thread::spawn(move || {
                    record.run(&channels, &ledger, script);
                    record
                })
            })
            .collect();
        main.run(&channels, &ledger, threads[threads.len() - 1].1);
        let mut records: Vec<Record> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
        records.push(main);
        settle(&channels, &mut records);
        check(&channels, &records);
        check_told(&records);
        for record in &mut records {
            for i in 0..record.ops.len() {
                record.cancel(&channels, i);
            }
        }
        let mut sent: Vec<_> = records.iter().flat_map(|record| record.sent.clone()).collect();
        let mut received: Vec<_> = records.iter().flat_map(|record| record.received.clone()).collect();
        sent.sort_unstable();
        received.sort_unstable();
        // What was deposited and not received goes with its channel.
        let left: usize = channels.iter().map(|channel| channel.len()).sum();
        assert_eq!(sent.len(), received.len() + left, "sent {sent:?}, received {received:?}, {left} left");
        assert!(received.iter().all(|id| sent.contains(id)), "sent {sent:?}, received {received:?}");
        assert!(received.is_sorted_by(|a, b| a < b), "received twice: {received:?}");
        drop(channels);
        drop(records);
        ledger.assert_settled();
    });
}

fn settle(channels: &Channels, records: &mut [Record]) {
    for _ in 0..100 {
        let mut quiet = true;
        for record in records.iter_mut() {
            for i in 0..record.ops.len() {
                if record.ops[i].pending && record.ops[i].flag.peek() {
                    quiet = false;
                    record.poll(channels, i);
                }
            }
        }
        if quiet {
            return;
        }
    }
    panic!("the selects do not come to rest");
}

/// Nobody sleeps whose offer has been taken.
fn check_told(records: &[Record]) {
    for op in records.iter().flat_map(|record| &record.ops).filter(|op| op.pending) {
        assert!(!op.turn.claim().is_some_and(crate::wait::Claim::is_taken), "taken, and nobody has woken it");
    }
}

/// No two operations sleep that could meet, nobody sleeps on a deposit or on a closed channel.
fn check(channels: &Channels, records: &[Record]) {
    let ops: Vec<&Op> = records.iter().flat_map(|record| &record.ops).filter(|op| op.pending).collect();
    for (i, op) in ops.iter().enumerate() {
        for case in &op.cases {
            let (c, receives) = match case {
                CaseOp::Recv(c, _) => (*c, true),
                CaseOp::Send(c, ..) | CaseOp::Reserve(c, ..) => (*c, false),
                CaseOp::Foreign(_) => continue,
            };
            assert!(!channels[c].is_closed(), "asleep on closed channel {c}");
            assert!(!receives || channels[c].len() == 0, "asleep on a message in channel {c}");
            assert!(receives || channels[c].offers() || channels[c].len() > 0, "asleep on room in channel {c}");
            for (j, other) in ops.iter().enumerate() {
                let gives = |case: &CaseOp| matches!(case, CaseOp::Send(d, ..) | CaseOp::Reserve(d, ..) if *d == c);
                let meets = i != j && receives && other.cases.iter().any(gives);
                assert!(!meets, "operations {i} and {j} sleep and could meet on channel {c}");
            }
        }
    }
}

/// On so many rendezvous channels, or on channels of these capacities.
macro_rules! select_model {
    ($name:ident, $floor:expr, [$($capacity:expr),*], $threads:expr) => {
        #[test]
        fn $name() {
            model(stringify!($name), $floor, &[$($capacity),*], $threads);
        }
    };
    ($name:ident, $floor:expr, $channels:expr, $threads:expr) => {
        #[test]
        fn $name() {
            model(stringify!($name), $floor, &[0; $channels], $threads);
        }
    };
}

// With a buffer a look passes over what is idle, and only a register that says so is followed by another.
select_model!(
    buffered_receives_against_sends,
    5_000,
    [1, 1],
    &[(&[], &[Select(&[Recv(0), Recv(1)])]), (&[], &[TrySend(0, 1)]), (&[], &[TrySend(1, 2)])]
);
select_model!(
    buffered_receive_and_send_against_their_peers,
    11_000,
    [1, 1],
    &[
        (&[TrySend(1, 3)], &[Select(&[Recv(0), Send(1, 1)])]),
        (&[], &[Select(&[Send(0, 2)])]),
        (&[], &[Select(&[Recv(1)])]),
    ]
);
select_model!(
    buffered_receive_polled_again_against_a_thief,
    17_000,
    [1],
    &[(&[Select(&[Recv(0), Foreign(9)])], &[Poll(0)]), (&[], &[TrySend(0, 1)]), (&[], &[TryRecv(0)])]
);
select_model!(
    buffered_and_rendezvous_against_close,
    1_000,
    [1, 0],
    &[(&[], &[Select(&[Recv(0), Recv(1)])]), (&[], &[TrySend(0, 2), Close(1)])]
);

select_model!(
    two_sends_against_a_receive,
    1_000,
    2,
    &[(&[], &[Select(&[Send(0, 1), Send(1, 2)])]), (&[], &[Select(&[Recv(0)])]),]
);
select_model!(
    two_sends_against_two_receives,
    60,
    2,
    &[(&[Select(&[Send(0, 1), Send(1, 2)])], &[]), (&[], &[TryRecv(0)]), (&[], &[TryRecv(1)]),]
);
select_model!(
    two_sends_against_two_parking_receives,
    29_000,
    2,
    &[(&[], &[Select(&[Send(0, 1), Send(1, 2)])]), (&[], &[Select(&[Recv(0)])]), (&[], &[Select(&[Recv(1)])]),]
);
select_model!(
    crosswise,
    36_000,
    2,
    &[(&[], &[Select(&[Recv(0), Send(1, 1)])]), (&[], &[Select(&[Send(0, 2), Recv(1)])]),]
);
select_model!(
    crosswise_reversed,
    35_000,
    2,
    &[(&[], &[Select(&[Recv(0), Send(1, 1)])]), (&[], &[Select(&[Recv(1), Send(0, 2)])]),]
);
select_model!(
    crosswise_with_a_third_receiver,
    49_000,
    2,
    &[(&[], &[Select(&[Recv(0), Send(1, 1)])]), (&[], &[Select(&[Send(0, 2), Recv(1)])]), (&[], &[Select(&[Recv(1)])]),]
);
select_model!(
    dropped_select,
    1_000,
    2,
    &[(&[Select(&[Send(0, 1), Send(1, 2)])], &[Cancel(0)]), (&[], &[TryRecv(0)]), (&[], &[TryRecv(1)]),]
);
select_model!(
    dropped_select_and_its_cells_used_again,
    4_000,
    2,
    &[
        (&[Select(&[Send(0, 1), Send(1, 2)])], &[Cancel(0), Select(&[Send(0, 3), Send(1, 4)])]),
        (&[], &[TryRecv(0), TryRecv(1)]),
    ]
);
select_model!(
    native_claim_against_a_foreign_future,
    90,
    1,
    &[(&[Select(&[Send(0, 1), Foreign(2)])], &[Poll(0)]), (&[], &[TryRecv(0)]),]
);
select_model!(
    polled_again_against_a_receive,
    100,
    1,
    &[(&[Select(&[Send(0, 1), Foreign(9)])], &[Poll(0)]), (&[], &[Select(&[Recv(0)])]),]
);
select_model!(
    polled_again_against_try_recv,
    70,
    1,
    &[(&[Select(&[Send(0, 1), Foreign(9)])], &[Poll(0), Poll(0)]), (&[], &[TryRecv(0)]),]
);
select_model!(
    self_match,
    19_000,
    1,
    &[(&[], &[Select(&[Send(0, 1), Recv(0)])]), (&[], &[Select(&[Send(0, 2), Recv(0)])]),]
);
select_model!(
    hint_for_an_own_offer_is_passed_on,
    19_000,
    1,
    &[(&[], &[Select(&[Recv(0), Send(0, 1)])]), (&[], &[Select(&[Recv(0)])]),]
);
select_model!(
    hint_of_a_losing_case_is_passed_on,
    49_000,
    2,
    &[
        (&[Select(&[Recv(0), Recv(1)])], &[Poll(0)]),
        (&[Select(&[Recv(0)])], &[]),
        (&[], &[Select(&[Send(0, 1)]), Select(&[Send(1, 2)])]),
    ]
);
select_model!(
    ring_of_three,
    19_000,
    3,
    &[
        (&[], &[Select(&[Recv(0), Send(1, 1)])]),
        (&[], &[Select(&[Recv(1), Send(2, 2)])]),
        (&[], &[Select(&[Recv(2), Send(0, 3)])]),
    ]
);
select_model!(
    select_against_close,
    12_000,
    2,
    &[(&[], &[Select(&[Send(0, 1), Recv(1)])]), (&[], &[Close(0)]), (&[], &[TryRecv(0)]),]
);
select_model!(
    sleeping_select_against_close,
    1_000,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[]), (&[], &[Close(0)]), (&[], &[TryRecv(0)]),]
);
select_model!(
    a_deposit_for_a_select,
    10_000,
    2,
    &[(&[Select(&[Recv(0), Send(1, 1)])], &[Poll(0)]), (&[], &[TrySend(0, 2)]), (&[], &[TryRecv(1)]),]
);
select_model!(
    two_receivers_against_one_select_with_two_sends,
    300,
    1,
    &[(&[], &[Select(&[Send(0, 1), Send(0, 2)])]), (&[Select(&[Recv(0)])], &[]), (&[], &[TryRecv(0)]),]
);
select_model!(
    parked_in_the_gap_of_clearing,
    29_000,
    1,
    &[
        (&[Select(&[Recv(0)])], &[]),
        (&[], &[Select(&[Send(0, 1), Foreign(9)])]),
        (&[], &[Select(&[Recv(0)]), Select(&[Send(0, 2)])]),
    ]
);

/// What a receiver did before it received, the sender may rely on when its send is done: by a plain send and by a
/// select's. (Of orderings, which shuttle does not know.)
#[cfg(chan_loom)]
#[test]
fn a_receive_happens_before_its_send_completes() {
    explore("a_receive_happens_before_its_send_completes", 200, || {
        for case in [&[Send(0, 1)][..], &[Send(0, 1), Foreign(9)]] {
            let ledger = Arc::new(Ledger::default());
            let channels: Channels = Vec::from([crate::primitive::Arc::new(Channel::bounded(0, None))]);
            let written = crate::primitive::Arc::new(crate::primitive::UnsafeCell::new(false));
            let mut sender = Record { polls_again: true, ..Record::default() };
            sender.start(&channels, &ledger, case, false);
            let (theirs, place) = (channels.clone(), written.clone());
            let receiver = crate::model::thread::spawn(move || {
                place.with_mut(|place| {
                    // SAFETY: the sender reads it only when its send is done.
                    unsafe { *place = true };
                });
                theirs[0].try_recv().is_ok()
            });
            sender.poll(&channels, 0);
            if !sender.sent.is_empty() {
                written.with(|place| {
                    // SAFETY: the receiver wrote before it received, and writes once.
                    assert!(unsafe { *place });
                });
            }
            let received = receiver.join().unwrap();
            sender.poll(&channels, 0);
            assert_eq!(received, !sender.sent.is_empty());
            sender.cancel(&channels, 0);
            drop((channels, sender));
            ledger.assert_settled();
        }
    });
}
select_model!(
    two_sleeping_selects_against_close,
    15,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[IfWoken(0)]), (&[Select(&[Send(0, 2), Recv(1)])], &[]), (&[], &[Close(0)]),]
);

select_model!(single_send_against_close, 600, 1, &[(&[], &[Select(&[Send(0, 1)])]), (&[], &[Close(0)])]);

select_model!(
    single_send_moved_against_a_receive,
    80,
    1,
    &[(&[Select(&[Send(0, 1)])], &[Move(0)]), (&[], &[TryRecv(0)]),]
);

select_model!(
    moved_select_against_a_receive,
    300,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[Move(0)]), (&[], &[TryRecv(0)]),]
);

select_model!(single_send_moved_against_close, 800, 1, &[(&[Select(&[Send(0, 1)])], &[Move(0)]), (&[], &[Close(0)]),]);

select_model!(
    moved_select_against_close,
    4_000,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[Move(0)]), (&[], &[Close(0)]),]
);

select_model!(
    moved_select_against_a_parking_receive,
    4_000,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[Move(0)]), (&[], &[Select(&[Recv(0)])]),]
);

select_model!(
    moved_receiving_select_against_deposit,
    19_000,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[Move(0)]), (&[Select(&[Recv(1)])], &[Cancel(0)]), (&[], &[TrySend(1, 2)]),]
);

select_model!(
    own_offer_hint_between_look_and_register,
    19_000,
    1,
    &[
        (&[Select(&[Recv(0)])], &[IfWoken(0)]),
        (&[], &[Select(&[Recv(0), Send(0, 1)])]),
        (&[], &[Select(&[Send(0, 2)]), Select(&[Recv(0)])]),
    ]
);

select_model!(
    deposit_between_two_selects,
    1_000,
    2,
    &[
        (&[Select(&[Recv(0), Send(1, 1)])], &[Poll(0)]),
        (&[Select(&[Recv(0), Recv(1)])], &[Cancel(0)]),
        (&[], &[TrySend(0, 2), Select(&[Recv(1)])]),
    ]
);

// The word of a select comes again with the next one whose first send lies in the same cell. A peer that stands in the
// other cell of a select that is over has the old claim, over one turn, two, and the change to a new word.
select_model!(
    a_claim_over_two_turns,
    1_200,
    2,
    &[
        (
            &[Select(&[Send(0, 1), Send(1, 2)])],
            &[Cancel(0), Select(&[Send(0, 3), Send(1, 4)]), Cancel(1), Select(&[Send(0, 5), Send(1, 6)])]
        ),
        (&[], &[TryRecv(1)]),
    ]
);
select_model!(
    a_claim_over_a_new_word,
    1_100,
    2,
    &[
        (
            &[Select(&[Send(0, 1), Send(1, 2)]), Cancel(0), Select(&[Send(0, 3), Send(1, 4)])],
            &[Cancel(1), Select(&[Send(0, 5), Send(1, 6)]), Cancel(2), Select(&[Send(0, 7), Send(1, 8)])]
        ),
        (&[], &[TryRecv(1)]),
    ]
);
select_model!(
    two_selects_for_one_word,
    30_000,
    2,
    &[
        (&[Select(&[Send(0, 1), Foreign(9)]), Cancel(0)], &[Select(&[Send(0, 2), Send(1, 3)])]),
        (&[], &[Select(&[Send(0, 4), Send(1, 5)])]),
        (&[], &[TryRecv(1)]),
    ]
);
select_model!(
    taken_while_the_next_select_begins,
    12_000,
    2,
    &[
        (&[Select(&[Send(0, 1), Send(1, 2)])], &[Poll(0), Select(&[Send(0, 3), Send(1, 4)])]),
        (&[], &[TryRecv(1)]),
        (&[], &[TryRecv(0)]),
    ]
);

// Cancelled in every state: asleep among others who look, with a hint, taken, closed, and while an offer goes first.
select_model!(
    cancelled_crosswise,
    45_000,
    2,
    &[(&[], &[Select(&[Recv(0), Send(1, 1)]), Cancel(0)]), (&[], &[Select(&[Send(0, 2), Recv(1)])])]
);
select_model!(
    cancelled_crosswise_with_a_third_receiver,
    760,
    2,
    &[
        (&[Select(&[Recv(1)])], &[]),
        (&[Select(&[Recv(0), Send(1, 1)])], &[IfWoken(0), Cancel(0)]),
        (&[], &[Select(&[Send(0, 2), Recv(1)])]),
    ]
);
select_model!(
    cancelled_with_a_hint,
    8_000,
    2,
    &[
        (&[Select(&[Recv(0), Recv(1)])], &[Cancel(0)]),
        (&[Select(&[Recv(0)])], &[]),
        (&[], &[Select(&[Send(0, 1), Send(1, 2)])]),
    ]
);
select_model!(
    cancelled_against_close,
    11_500,
    2,
    &[(&[Select(&[Send(0, 1), Recv(1)])], &[Cancel(0)]), (&[], &[Close(0)]), (&[], &[TryRecv(0)])]
);
select_model!(
    cancelled_while_an_offer_goes_first,
    44_000,
    2,
    &[
        (&[Select(&[Recv(0)])], &[Poll(0)]),
        (&[], &[OfferFirst(&[Send(0, 1), Send(1, 2)]), Cancel(0)]),
        (&[], &[TryRecv(1)]),
    ]
);

// An offer that goes first is announced alone; the others after the next poll.
select_model!(
    offer_first_and_its_receive_leaves,
    550,
    2,
    &[
        (&[Select(&[Recv(0)])], &[Cancel(0)]),
        (&[Select(&[Recv(1)])], &[]),
        (&[], &[OfferFirst(&[Send(0, 1), Send(1, 2)])]),
    ]
);
select_model!(
    offer_first_against_two_receives,
    58_000,
    2,
    &[
        (&[Select(&[Recv(0)])], &[IfWoken(0)]),
        (&[], &[Select(&[Recv(1)])]),
        (&[], &[OfferFirst(&[Send(0, 1), Send(1, 2)]), Poll(0)]),
    ]
);

/// Who waits only to be told that something is ready, as a receive that parks is told: a select that was just looking again
/// announces its offer anew.
#[test]
fn asking_beside_a_select_that_looks_again() {
    explore("asking_beside_a_select_that_looks_again", 100, || {
        let ledger = Arc::new(Ledger::default());
        let channels: Channels = Vec::from([crate::primitive::Arc::new(Channel::bounded(0, None))]);
        let mut sender = Record { polls_again: true, ..Record::default() };
        sender.start(&channels, &ledger, &[Send(0, 1), Foreign(9)], false);
        let theirs = channels.clone();
        let looking = crate::model::thread::spawn(move || {
            sender.poll(&theirs, 0);
            sender
        });
        let flag = Flag::new(false);
        let mut receive = RecvState::new();
        let turn = Turn::new(false);
        channels[0].register_recv(&mut receive, &turn, &Waker::from(flag.clone()));
        let ready = channels[0].is_recv_ready(&receive);
        let mut sender = looking.join().unwrap();
        assert!(ready || flag.take(), "the offer stands, and who asked for it sleeps");
        channels[0].cancel_recv(&mut receive);
        sender.cancel(&channels, 0);
        drop((sender, channels));
        ledger.assert_settled();
    });
}

/// A select that was leaked when a peer had taken one of its offers: the operation whose offer that was still learns it,
/// though another select has come to the cell where the word is at home.
#[test]
fn a_leaked_select_that_was_taken() {
    explore("a_leaked_select_that_was_taken", 45, || {
        let ledger = Arc::new(Ledger::default());
        let channels: Channels = (0..2).map(|_| crate::primitive::Arc::new(Channel::bounded(0, None))).collect();
        let waker = Waker::from(Flag::new(false));
        let mut home = SendOp::new(Some(&*channels[0]), Item::new(1, &ledger));
        let mut taken = SendOp::new(Some(&*channels[1]), Item::new(2, &ledger));
        let mut turn = Turn::new(true);
        let _ = turn.begin(&waker);
        home.register(&mut turn, 0, &waker);
        taken.register(&mut turn, 1, &waker);
        let _ = turn.sleep();
        let theirs = channels[1].clone();
        let receiver = crate::model::thread::spawn(move || theirs.try_recv().ok().map(|item| item.0));
        // The turn is not told to end. The first operation gives its place up, and another select takes it.
        assert!(home.cancel().is_ok());
        let mut next = Record::default();
        next.start(&channels, &ledger, &[Send(0, 3), Foreign(9)], false);
        let got = receiver.join().unwrap();
        assert_eq!(taken.cancel().is_err(), got.is_some());
        next.cancel(&channels, 0);
        drop((channels, next, turn));
        ledger.assert_settled();
    });
}

/// A select with `complete` passes over a channel that closes while it looks, goes on, and sleeps: a reader that was in
/// the cell before must not win its word for a value that is not there any more.
#[test]
fn closed_and_passed_over_against_a_reader() {
    explore("closed_and_passed_over_against_a_reader", 43_000, || {
        let ledger = Arc::new(Ledger::default());
        let channel = crate::primitive::Arc::new(Channel::<Item>::bounded(0, None));
        let waker = Waker::from(Flag::new(false));
        {
            let mut op = SendOp::new(Some(&*channel), Item::new(1, &ledger));
            let mut turn = Turn::new(true);
            let open = |op: &SendOp<'_, Item>| op.status() == Status::Open;
            // It sleeps on its offer.
            op.enter();
            assert_eq!(turn.begin(&waker), Begin::Look);
            op.register(&mut turn, 0, &waker);
            let _ = turn.sleep();
            op.announce(&mut turn);
            let receiver = crate::model::thread::spawn({
                let channel = channel.clone();
                move || channel.try_recv().ok()
            });
            let closer = crate::model::thread::spawn({
                let channel = channel.clone();
                move || _ = channel.close()
            });
            // One more poll: the channel may close before each step, and the steps that are left skip it then.
            let mut sent = match turn.begin(&waker) {
                Begin::Look => {
                    if open(&op) {
                        assert!(op.look(&mut turn, true).is_none());
                    }
                    if open(&op) {
                        op.register(&mut turn, 0, &waker);
                    }
                    if open(&op) {
                        assert!(op.look(&mut turn, true).is_none());
                    }
                    let _ = turn.sleep();
                    if open(&op) {
                        op.announce(&mut turn);
                    }
                    false
                }
                Begin::StandBack => false,
                Begin::Taken(_) => {
                    assert!(op.taken().is_ok());
                    true
                }
            };
            let got = receiver.join().unwrap();
            closer.join().unwrap();
            if !sent {
                if turn.cancel().is_some() {
                    assert!(op.taken().is_ok());
                    sent = true;
                } else {
                    op.withdraw();
                }
            }
            let back = if sent { None } else { op.cancel().ok() };
            let owners = usize::from(got.is_some()) + usize::from(back.is_some());
            if owners != 1 {
                // Two owners must not both drop it: that would hide the message below.
                core::mem::forget((got, back));
                panic!("{owners} owners of one message; sent: {sent}");
            }
        }
        drop(channel);
        ledger.assert_settled();
    });
}

select_model!(
    a_reservation_beside_a_receive,
    16_000,
    2,
    &[(&[], &[Select(&[Recv(0), Reserve(1, 1)])]), (&[], &[Select(&[Reserve(0, 2), Recv(1)])]),]
);
// On one channel: the two of one select are no peers, and a hint for the own receive goes to somebody else.
select_model!(
    a_reservation_beside_its_own_receive,
    2_800,
    1,
    &[(&[], &[Select(&[Reserve(0, 1), Recv(0)])]), (&[], &[Select(&[Reserve(0, 2)])]),]
);
select_model!(
    reservations_beside_their_own_receives,
    20_000,
    1,
    &[(&[], &[Select(&[Reserve(0, 1), Recv(0)])]), (&[], &[Select(&[Recv(0), Reserve(0, 2)])]),]
);
select_model!(
    a_reservation_in_a_select_against_a_receive,
    700,
    2,
    &[(&[], &[Select(&[Reserve(0, 1), Recv(1)])]), (&[], &[Select(&[Recv(0)])]),]
);
select_model!(
    hint_of_a_losing_reservation_is_passed_on,
    39_000,
    2,
    &[
        (&[Select(&[Reserve(0, 1), Reserve(1, 2)])], &[Poll(0)]),
        (&[Select(&[Reserve(0, 3)])], &[]),
        (&[], &[Select(&[Recv(0)]), Select(&[Recv(1)])]),
    ]
);
select_model!(
    select_with_a_reservation_against_close,
    15,
    2,
    &[(&[], &[Select(&[Reserve(0, 1), Recv(1)])]), (&[], &[Close(0)]),]
);
