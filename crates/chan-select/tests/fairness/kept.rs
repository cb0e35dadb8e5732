//! The same for a `Select` that is kept: one list of eight cases for all turns, so what a turn leaves behind could favour
//! somebody in the next.

use crate::counts::{assert_shares, assert_uniform, shares, turns};
use crate::places::When;
use crate::{least, subsets};
use chan_core::{Receiver, Sender, bounded};
use chan_select::{Select, SelectRng, SendId};
use futures_core::Stream;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

const CASES: usize = 8;

/// A stream that gives something whenever it is told to be ready.
#[derive(Clone, Default)]
struct Bell(Arc<(AtomicBool, Mutex<Option<Waker>>)>);

impl Bell {
    fn set(&self, ready: bool) {
        self.0.0.store(ready, Ordering::Relaxed);
        if let Some(waker) = self.0.1.lock().unwrap().take_if(|_| ready) {
            waker.wake();
        }
    }
}

impl Stream for Bell {
    type Item = ();

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        if self.0.0.load(Ordering::Relaxed) {
            return Poll::Ready(Some(()));
        }
        self.0.1.lock().unwrap().replace(cx.waker().clone());
        Poll::Pending
    }
}

enum Place {
    Recv(Sender<u32>, Receiver<u32>),
    Send(Sender<u32>, Receiver<u32>, Option<SendId<u32>>),
    Foreign(Bell),
}

impl Place {
    fn set(&self, ready: bool) {
        let fill = |tx: &Sender<u32>, rx: &Receiver<u32>, full| {
            // Full or empty already is as good.
            let _ = if full { tx.try_send(0).is_ok() } else { rx.try_recv().is_ok() };
        };
        match self {
            Place::Recv(tx, rx) => fill(tx, rx, ready),
            Place::Send(tx, rx, _) => fill(tx, rx, !ready),
            Place::Foreign(bell) => bell.set(ready),
        }
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        // One thread only.
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Kept {
    places: Vec<Place>,
    select: Select<'static, usize>,
    woken: Arc<Woken>,
}

impl Kept {
    /// Receives, sends and other futures, with neighbours of the same and of different kinds.
    fn new(mut select: Select<'static, usize>) -> Self {
        let places = "rfsffrsr".chars().enumerate().map(|(case, kind)| match kind {
            'r' => {
                let (tx, rx) = bounded(1);
                select.recv(rx.clone(), move |_| case);
                Place::Recv(tx, rx)
            }
            's' => {
                let (tx, rx) = bounded(1);
                let id = select.send(tx.clone(), 1, move |_| case);
                Place::Send(tx, rx, Some(id))
            }
            _ => {
                let bell = Bell::default();
                select.stream(bell.clone(), move |_| case);
                Place::Foreign(bell)
            }
        });
        let places = places.collect();
        Kept { places, select, woken: Arc::default() }
    }

    fn set(&self, ready: u32) {
        for (case, place) in self.places.iter().enumerate() {
            place.set(ready & 1 << case != 0);
        }
    }

    fn turn(&mut self, ready: u32, when: When) -> usize {
        let waker = Waker::from(self.woken.clone());
        let mut cx = Context::from_waker(&waker);
        self.set(if let When::AtOnce = when { ready } else { 0 });
        let case = {
            let places = &self.places;
            let mut run = pin!(self.select.run());
            if let When::AfterAWake = when {
                assert_eq!(run.as_mut().poll(&mut cx), Poll::Pending, "nothing is ready");
                self.woken.0.store(false, Ordering::Relaxed);
                for (case, place) in places.iter().enumerate() {
                    place.set(ready & 1 << case != 0);
                }
                assert!(self.woken.0.load(Ordering::Relaxed), "{ready:b} became ready, and nobody was woken");
            }
            match run.poll(&mut cx) {
                Poll::Ready(Some(case)) => case,
                other => panic!("{ready:b} is ready, and the select says {other:?}"),
            }
        };
        if let Place::Send(_, _, Some(id)) = &self.places[case] {
            self.select.rearm(*id, 1).expect("it has just fired");
        }
        case
    }
}

#[test]
fn of_every_subset_of_eight_that_are_kept() {
    for when in [When::AtOnce, When::AfterAWake] {
        let mut kept = Kept::new(Select::seeded(SelectRng::new(11)));
        for ready in subsets(CASES) {
            let mut counts = [0; CASES];
            for _ in 0..turns(CASES, ready, least()) {
                counts[kept.turn(ready, when)] += 1;
            }
            assert_uniform(&counts, ready);
        }
    }
}

/// Unseeded, and what is ready changes from turn to turn.
#[test]
fn of_every_subset_of_eight_that_are_kept_in_turns() {
    let mut kept = Kept::new(Select::new());
    let mut counts = vec![[0; CASES]; 1 << CASES];
    for round in 0..least() {
        let when = if round % 2 == 0 { When::AtOnce } else { When::AfterAWake };
        for ready in subsets(CASES) {
            counts[ready as usize][kept.turn(ready, when)] += 1;
        }
    }
    for ready in subsets(CASES) {
        assert_uniform(&counts[ready as usize], ready);
    }
}

#[test]
fn by_weight_of_every_subset_of_eight_that_are_kept() {
    const WEIGHTS: [u32; CASES] = [1, 2, 3, 7, 5, 8, 1, 4];
    let mut select = Select::weighted();
    let channels: Vec<_> = (0..CASES).map(|_| bounded::<u32>(1)).collect();
    for (case, (_, rx)) in channels.iter().enumerate() {
        let id = select.recv(rx.clone(), move |_| case);
        select.set_weight(id, WEIGHTS[case]);
    }
    for ready in subsets(CASES) {
        let mut counts = [0; CASES];
        for _ in 0..least() {
            for (case, (tx, rx)) in channels.iter().enumerate() {
                let _ = if ready & 1 << case != 0 { tx.try_send(0).is_ok() } else { rx.try_recv().is_ok() };
            }
            counts[select.try_run().expect("one is ready")] += 1;
        }
        assert_shares(&counts, &shares(CASES, ready, |case| f64::from(WEIGHTS[case])));
    }
}
