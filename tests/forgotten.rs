//! A hint may go to a future that is never polled again and never dropped. Such a forgotten future costs the others at
//! most one further operation, k of them k, and nothing when the channel closes.

use chan_core::{Receiver, Sender, bounded};
use chan_tests::executor::{Executor, TaskId};
use chan_tests::{ignore, poll_noop, soon};

/// A waiter that was overtaken this often asks newcomers to queue behind it; one poll more is the interesting one.
const OVERTAKEN: usize = 16;
const FRUITLESS_POLLS: [usize; 3] = [0, 1, OVERTAKEN + 1];

/// How a test comes to a state in which hints are out and waiters sleep on both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Staging {
    /// Only `try_*` of the other side, which never waits: nobody has looked twice.
    Tries,
    /// The other side comes as waiting operations, until as many are parked there too.
    Waiting,
}

/// One of the situations to come through.
#[derive(Clone, Copy, Debug)]
struct Case {
    capacity: usize,
    waiters: usize,
    /// How many of the hinted ones are forgotten; the ones hinted first, or last.
    forgotten: usize,
    oldest: bool,
    /// How often they had been woken and polled for nothing before.
    fruitless: usize,
    staging: Staging,
}

fn cases(staging: Staging) -> Vec<Case> {
    let mut cases = Vec::new();
    for capacity in [0, 1, 4] {
        for waiters in [2, 4] {
            for forgotten in 1..=waiters {
                for oldest in [true, false] {
                    for fruitless in FRUITLESS_POLLS {
                        cases.push(Case { capacity, waiters, forgotten, oldest, fruitless, staging });
                    }
                }
            }
        }
    }
    cases
}

/// A channel after the leak. `waiters` are those that were hinted or slept when it happened, `peers` came to them.
struct Scene<'a> {
    executor: Executor<'a>,
    tx: &'a Sender<usize>,
    rx: &'a Receiver<usize>,
    waiters: Vec<TaskId>,
    peers: Vec<TaskId>,
    forgotten: Vec<TaskId>,
}

async fn send(tx: &Sender<usize>) {
    let _ = tx.send(0).await;
}

async fn receive(rx: &Receiver<usize>) {
    let _ = rx.recv().await;
}

impl<'a> Scene<'a> {
    fn new(tx: &'a Sender<usize>, rx: &'a Receiver<usize>) -> Self {
        let executor = Executor::new();
        Scene { executor, tx, rx, waiters: Vec::new(), peers: Vec::new(), forgotten: Vec::new() }
    }

    /// `None` if the case does not exist: fewer were hinted than are to be forgotten.
    fn forgotten_receives(case: Case, tx: &'a Sender<usize>, rx: &'a Receiver<usize>) -> Option<Self> {
        let mut scene = Scene::new(tx, rx);
        scene.waiters = (0..case.waiters).map(|_| scene.executor.start(receive(rx))).collect();
        // A message comes, and somebody else takes it.
        let tease = || {
            tx.try_send(0).expect("a receive waits, or there is room");
            rx.try_recv().expect("the message that was just sent");
        };
        scene.poll_in_vain(case, tease);
        match case.staging {
            Staging::Tries => {
                let queued = case.forgotten.min(if case.capacity == 0 { case.waiters } else { case.capacity });
                (queued..case.forgotten).for_each(|_| tease());
                (0..queued).for_each(|_| tx.try_send(0).expect("a receive waits, or there is room"));
            }
            Staging::Waiting => {
                let peers = case.capacity + case.waiters;
                scene.peers = (0..peers).map(|_| scene.executor.start(send(tx))).collect();
            }
        }
        scene.forget_hinted(case)
    }

    /// The same with the sides exchanged, at capacity 1 and above.
    fn forgotten_sends(case: Case, tx: &'a Sender<usize>, rx: &'a Receiver<usize>) -> Option<Self> {
        let mut scene = Scene::new(tx, rx);
        (0..case.capacity).for_each(|_| tx.try_send(0).expect("room"));
        scene.waiters = (0..case.waiters).map(|_| scene.executor.start(send(tx))).collect();
        let tease = || {
            rx.try_recv().expect("a message");
            tx.try_send(0).expect("the place that was just freed");
        };
        scene.poll_in_vain(case, tease);
        match case.staging {
            Staging::Tries => {
                let freed = case.forgotten.min(case.capacity);
                (freed..case.forgotten).for_each(|_| tease());
                (0..freed).for_each(|_| ignore(rx.try_recv().expect("a message")));
            }
            Staging::Waiting => {
                let peers = case.capacity + case.waiters;
                scene.peers = (0..peers).map(|_| scene.executor.start(receive(rx))).collect();
            }
        }
        scene.forget_hinted(case)
    }

    fn poll_in_vain(&mut self, case: Case, tease: impl Fn()) {
        for _ in 0..case.fruitless {
            (0..case.forgotten).for_each(|_| tease());
            let woken = self.executor.woken();
            assert!(!woken.is_empty(), "{case:?}: something came, nobody was woken");
            for id in woken {
                assert!(!self.executor.poll(id), "{case:?}: there was nothing to be had");
            }
        }
    }

    fn forget_hinted(mut self, case: Case) -> Option<Self> {
        let mut hinted: Vec<_> = self.executor.woken().into_iter().filter(|id| self.waiters.contains(id)).collect();
        assert!(!hinted.is_empty(), "{case:?}: something came, nobody was woken");
        if hinted.len() < case.forgotten {
            return None;
        }
        if !case.oldest {
            hinted.reverse();
        }
        self.forgotten = hinted[..case.forgotten].to_vec();
        self.forgotten.iter().for_each(|id| self.executor.forget(*id));
        self.executor.run();
        Some(self)
    }

    fn unfinished(&self) -> Vec<TaskId> {
        let all = self.waiters.iter().chain(&self.peers);
        all.copied().filter(|id| !self.executor.finished(*id) && !self.forgotten.contains(id)).collect()
    }

    fn sleeping_waiters(&self) -> usize {
        self.unfinished().iter().filter(|id| self.waiters.contains(id)).count()
    }
}

/// Runs `check` on every case that exists, and insists that most do.
fn for_each_receive_case(staging: Staging, check: impl Fn(Case, &mut Scene<'_>)) {
    let (mut ran, all) = (0, cases(staging));
    for case in &all {
        let (tx, rx) = bounded(case.capacity);
        if let Some(mut scene) = Scene::forgotten_receives(*case, &tx, &rx) {
            check(*case, &mut scene);
            ran += 1;
        }
    }
    assert!(ran * 2 >= all.len(), "only {ran} of {} cases could be staged", all.len());
}

fn for_each_send_case(staging: Staging, check: impl Fn(Case, &mut Scene<'_>)) {
    let cases: Vec<_> = cases(staging).into_iter().filter(|case| case.capacity > 0).collect();
    let mut ran = 0;
    for case in &cases {
        let (tx, rx) = bounded(case.capacity);
        if let Some(mut scene) = Scene::forgotten_sends(*case, &tx, &rx) {
            check(*case, &mut scene);
            ran += 1;
        }
    }
    assert!(ran * 2 >= cases.len(), "only {ran} of {} cases could be staged", cases.len());
}

/// As many fresh operations as were forgotten take their place: all others finish.
#[test]
fn k_forgotten_receives_cost_k_operations() {
    soon(|| {
        for_each_receive_case(Staging::Waiting, |case, scene| {
            for _ in 0..case.forgotten {
                scene.executor.start(receive(scene.rx));
                scene.executor.run();
            }
            assert_eq!(scene.unfinished(), [], "{case:?}");
        });
    });
}

#[test]
fn k_forgotten_sends_cost_k_operations() {
    soon(|| {
        for_each_send_case(Staging::Waiting, |case, scene| {
            for _ in 0..case.forgotten {
                scene.executor.start(send(scene.tx));
                scene.executor.run();
            }
            assert_eq!(scene.unfinished(), [], "{case:?}");
        });
    });
}

#[test]
fn closing_frees_all_others_at_once() {
    soon(|| {
        for staging in [Staging::Tries, Staging::Waiting] {
            for_each_receive_case(staging, |case, scene| {
                assert!(scene.rx.close());
                scene.executor.run();
                assert_eq!(scene.unfinished(), [], "{case:?}");
            });
            for_each_send_case(staging, |case, scene| {
                assert!(scene.tx.close());
                scene.executor.run();
                assert_eq!(scene.unfinished(), [], "{case:?}");
            });
        }
    });
}

/// What anybody may do next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    Receive,
    ReceiveAndDrop,
    TryReceive,
    Send,
    SendAndDrop,
    TrySend,
}

const NEXT: [Next; 6] =
    [Next::Receive, Next::ReceiveAndDrop, Next::TryReceive, Next::Send, Next::SendAndDrop, Next::TrySend];

/// What an operation took away from those who sleep: a message, or a place.
#[derive(Default, Clone, Copy)]
struct Took {
    messages: usize,
    places: usize,
}

impl<'a> Scene<'a> {
    /// One operation, and all that follows from it.
    fn next(&mut self, next: Next) -> Took {
        let (tx, rx) = (self.tx, self.rx);
        let mut took = Took::default();
        match next {
            Next::Receive => took.messages = usize::from(self.run_with(receive(rx))),
            Next::Send => took.places = usize::from(self.run_with(send(tx))),
            Next::ReceiveAndDrop => took.messages = usize::from(poll_noop(&mut rx.recv()).is_ready()),
            Next::SendAndDrop => took.places = usize::from(poll_noop(&mut tx.send(0)).is_ready()),
            // A `try_*` that fails did nothing and waits for nothing. It does not count as an operation: one that waits
            // does.
            Next::TryReceive => match rx.try_recv() {
                Ok(_) => took.messages = 1,
                Err(_) => return self.next(Next::Receive),
            },
            Next::TrySend => match tx.try_send(0) {
                Ok(()) => took.places = 1,
                Err(_) => return self.next(Next::Send),
            },
        }
        self.executor.run();
        took
    }

    fn run_with(&mut self, future: impl Future<Output = ()> + 'a) -> bool {
        let id = self.executor.spawn(future);
        self.executor.run();
        self.executor.finished(id)
    }
}

/// Those who sleep though there is something for them get it, or others take it: after k operations of any kinds, the
/// k-th of any kind, as many have finished as there was something for.
#[test]
fn any_operation_is_enough_as_the_kth() {
    soon(|| {
        for staging in [Staging::Tries, Staging::Waiting] {
            for first in NEXT {
                for last in NEXT {
                    for_each_receive_case(staging, |case, scene| {
                        let slept = scene.sleeping_waiters();
                        let had = slept.min(scene.messages_in_reach(case));
                        let mut taken = 0;
                        for i in 1..=case.forgotten {
                            taken += scene.next(if i < case.forgotten { first } else { last }).messages;
                        }
                        let finished = slept - scene.sleeping_waiters();
                        assert!(
                            finished + taken >= had,
                            "{case:?}, {first:?}.. {last:?}: {had} messages, {finished} finished, {taken} taken"
                        );
                    });
                    for_each_send_case(staging, |case, scene| {
                        let slept = scene.sleeping_waiters();
                        let had = slept.min(case.capacity - scene.tx.len());
                        let mut taken = 0;
                        for i in 1..=case.forgotten {
                            taken += scene.next(if i < case.forgotten { first } else { last }).places;
                        }
                        let finished = slept - scene.sleeping_waiters();
                        assert!(
                            finished + taken >= had,
                            "{case:?}, {first:?}.. {last:?}: {had} places, {finished} finished, {taken} taken"
                        );
                    });
                }
            }
        }
    });
}

impl Scene<'_> {
    /// Messages in the channel, and at capacity 0 those of parked sends.
    fn messages_in_reach(&self, case: Case) -> usize {
        let offered = self.peers.iter().filter(|id| !self.executor.finished(**id)).count();
        self.rx.len() + if case.capacity == 0 { offered } else { 0 }
    }
}

/// At capacity 0 a parked send that nobody polls any more still offers its message.
#[test]
fn forgotten_offers_are_received() {
    soon(|| {
        for waiters in [2, 4] {
            for forgotten in 1..=waiters {
                for receives_first in [false, true] {
                    let (tx, rx) = bounded(0);
                    let mut scene = Scene::new(&tx, &rx);
                    if receives_first {
                        scene.waiters = (0..waiters).map(|_| scene.executor.start(receive(&rx))).collect();
                    }
                    scene.peers = (0..waiters).map(|_| scene.executor.start(send(&tx))).collect();
                    scene.forgotten = scene.peers[..forgotten].to_vec();
                    for i in 0..forgotten {
                        scene.executor.forget(scene.forgotten[i]);
                    }
                    if !receives_first {
                        scene.waiters = (0..waiters).map(|_| scene.executor.start(receive(&rx))).collect();
                    }
                    scene.executor.run();
                    assert_eq!(scene.unfinished(), [], "{forgotten} of {waiters} sends forgotten");
                }
            }
        }
    });
}

/// A future that was never polled owns nothing; one that was polled and never hinted costs nothing but its own turn.
#[test]
fn forgotten_futures_without_a_hint_are_passed_over() {
    soon(|| {
        for capacity in [0, 1, 4] {
            let (tx, rx) = bounded(capacity);
            std::mem::forget(rx.recv());
            std::mem::forget(tx.send(1));
            let mut scene = Scene::new(&tx, &rx);
            // Parked and forgotten before anything came: the first message hints it.
            let parked = scene.executor.start(receive(&rx));
            scene.executor.forget(parked);
            scene.waiters = vec![scene.executor.start(receive(&rx))];
            scene.peers = (0..=capacity).map(|_| scene.executor.start(send(&tx))).collect();
            scene.executor.run();
            if !scene.unfinished().is_empty() {
                scene.executor.start(send(&tx));
                scene.executor.run();
            }
            assert_eq!(scene.unfinished(), [], "capacity {capacity}");
        }
    });
}
