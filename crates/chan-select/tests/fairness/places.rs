//! Eight places where a case may look, each of which is made ready or not; and selects of two to eight cases over them.

use chan_core::{Receiver, Sender, bounded};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// What a case does at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)] // As the methods of `Place`: the macros write both from one word.
pub(crate) enum Kind {
    recv,
    send,
    foreign,
}

/// When the cases become ready.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// Before the first poll.
    AtOnce,
    /// While the select sleeps.
    AfterAWake,
}

/// A channel of its own, and a future that is no channel's.
pub(crate) struct Place {
    kind: Kind,
    tx: Sender<u32>,
    rx: Receiver<u32>,
    ready: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Place {
    fn new(kind: Kind) -> Self {
        let (tx, rx) = bounded(1);
        Place { kind, tx, rx, ready: Cell::new(false), waker: RefCell::new(None) }
    }

    /// Makes the case that looks here ready or not.
    fn set(&self, ready: bool) {
        match self.kind {
            Kind::recv => self.fill(ready),
            Kind::send => self.fill(!ready),
            Kind::foreign => {
                self.ready.set(ready);
                if let Some(waker) = self.waker.take().filter(|_| ready) {
                    waker.wake();
                }
            }
        }
    }

    fn fill(&self, full: bool) {
        // Full or empty already is as good.
        let _ = if full { self.tx.try_send(0).is_ok() } else { self.rx.try_recv().is_ok() };
    }

    pub(crate) fn recv(&self) -> chan_core::future::Recv<'_, u32> {
        self.rx.recv()
    }

    pub(crate) fn send(&self) -> chan_core::future::Send<'_, u32> {
        self.tx.send(1)
    }

    pub(crate) fn foreign(&self) -> impl Future<Output = ()> {
        poll_fn(|cx| {
            if self.ready.get() {
                return Poll::Ready(());
            }
            self.waker.replace(Some(cx.waker().clone()));
            Poll::Pending
        })
    }
}

/// The places of one test, and the waker of its selects.
pub(crate) struct Places {
    all: Vec<Place>,
    woken: Arc<Woken>,
    waker: Waker,
}

impl Places {
    pub(crate) fn new(kinds: &[Kind]) -> Self {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        Places { all: kinds.iter().copied().map(Place::new).collect(), woken, waker }
    }

    pub(crate) fn at(&self, index: usize) -> &Place {
        &self.all[index]
    }

    /// Makes exactly the cases in the mask ready.
    pub(crate) fn set(&self, ready: u32) {
        for (case, place) in self.all.iter().enumerate() {
            place.set(ready & 1 << case != 0);
        }
    }

    /// A turn of a select, whose cases become ready when it is told.
    pub(crate) fn turn(&self, ready: u32, when: When, select: impl Future<Output = usize>) -> usize {
        let mut select = pin!(select);
        let mut poll = || select.as_mut().poll(&mut Context::from_waker(&self.waker));
        if let When::AfterAWake = when {
            self.set(0);
            assert_eq!(poll(), Poll::Pending, "nothing is ready");
            self.woken.0.store(false, Ordering::Relaxed);
        }
        self.set(ready);
        if let When::AfterAWake = when {
            assert!(self.woken.0.load(Ordering::Relaxed), "{ready:b} became ready, and the select was not woken");
        }
        match poll() {
            Poll::Ready(case) => case,
            Poll::Pending => panic!("{ready:b} is ready, and the select waits"),
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

/// A select whose cases are the first of these places; gives the number of the one that took effect.
macro_rules! choose {
    ({ $($prefix:tt)* } $places:ident: $($case:literal $kind:ident,)+) => {
        async { select! { $($prefix)* $(_ = $places.at($case).$kind() => $case,)+ } }
    };
    (weighted $weights:ident $places:ident: $($case:literal $kind:ident,)+) => {
        async { select! { weighted; $([$weights[$case]] _ = $places.at($case).$kind() => $case,)+ } }
    };
}

/// A function that plays one turn of a select with 2 to 8 cases of these kinds. What a smaller select does not have is
/// not there, rather than nil.
macro_rules! layout {
    ($(#[$doc:meta])* $name:ident = $k0:ident $k1:ident $k2:ident $k3:ident $k4:ident $k5:ident $k6:ident $k7:ident) => {
        $(#[$doc])*
        pub(crate) mod $name {
            use crate::places::{Kind, Places, When};
            use chan_select::{SelectRng, select};

            pub(crate) const KINDS: [Kind; 8] =
                [Kind::$k0, Kind::$k1, Kind::$k2, Kind::$k3, Kind::$k4, Kind::$k5, Kind::$k6, Kind::$k7];

            /// By a seed that the caller keeps.
            pub(crate) fn seeded(p: &Places, cases: usize, ready: u32, when: When, rng: &mut SelectRng) -> usize {
                layout!(@sizes { seed = rng; } cases p ready when; $k0 $k1 $k2 $k3 $k4 $k5 $k6 $k7)
            }

            /// As users write it.
            pub(crate) fn unseeded(p: &Places, cases: usize, ready: u32, when: When) -> usize {
                layout!(@sizes { } cases p ready when; $k0 $k1 $k2 $k3 $k4 $k5 $k6 $k7)
            }
        }
    };
    (@sizes $prefix:tt $cases:ident $p:ident $ready:ident $when:ident;
        $k0:ident $k1:ident $k2:ident $k3:ident $k4:ident $k5:ident $k6:ident $k7:ident) => {
        match $cases {
            2 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1,)),
            3 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2,)),
            4 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2, 3 $k3,)),
            5 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2, 3 $k3, 4 $k4,)),
            6 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2, 3 $k3, 4 $k4, 5 $k5,)),
            7 => $p.turn($ready, $when, choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2, 3 $k3, 4 $k4, 5 $k5, 6 $k6,)),
            8 => $p.turn($ready, $when,
                choose!($prefix $p: 0 $k0, 1 $k1, 2 $k2, 3 $k3, 4 $k4, 5 $k5, 6 $k6, 7 $k7,)),
            _ => unreachable!("two to eight cases"),
        }
    };
}

layout!(
    /// Channel operations alone.
    native = recv send recv recv send send recv send
);
layout!(
    /// Other futures alone.
    foreign = foreign foreign foreign foreign foreign foreign foreign foreign
);
layout!(
    /// Neighbours of the same and of different kinds.
    mixed = recv foreign send foreign foreign recv send recv
);
