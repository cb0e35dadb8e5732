//! Each ready case is as likely as every other, whichever are ready: channel operations and foreign futures alike.
//! Chi-square with fixed seeds, so a run that passes once passes always; the unseeded default has a bound so wide that
//! it fails by chance less than once in 10^11 runs.

use chan_core::{Receiver, Sender, bounded};
use chan_select::{SelectRng, select};
use futures_lite::future::block_on;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

/// What is exceeded with probability 10^-9, by degrees of freedom.
const BOUND: [f64; 5] = [0.0, 37.3, 41.4, 44.8, 47.9];

fn chi_square(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
}

/// The counts of those that were ready; the others must be 0.
fn assert_uniform(counts: &[u32], ready: u32, bounds: &[f64; 5]) {
    let (of_ready, of_others): (Vec<_>, Vec<_>) = (0..counts.len()).partition(|case| ready & (1 << case) != 0);
    assert!(of_others.iter().all(|case| counts[*case] == 0), "{counts:?}, ready {ready:b}");
    let counts: Vec<_> = of_ready.iter().map(|case| counts[*case]).collect();
    let chi2 = chi_square(&counts);
    assert!(counts.len() < 2 || chi2 < bounds[counts.len() - 1], "{counts:?}, ready {ready:b}: chi-square {chi2}");
}

/// Two receives, two sends and a foreign future, each of which is ready or not.
struct Bench {
    in0: (Sender<u32>, Receiver<u32>),
    in1: (Sender<u32>, Receiver<u32>),
    out2: (Sender<u32>, Receiver<u32>),
    out3: (Sender<u32>, Receiver<u32>),
    foreign4: bool,
}

impl Bench {
    fn new() -> Self {
        Bench { in0: bounded(1), in1: bounded(1), out2: bounded(1), out3: bounded(1), foreign4: false }
    }

    /// Makes exactly the cases in the mask ready.
    fn set(&mut self, ready: u32) {
        let set = |(tx, rx): &(Sender<u32>, Receiver<u32>), full: bool| {
            let _ = if full { tx.try_send(0).is_ok() } else { rx.try_recv().is_ok() };
        };
        set(&self.in0, ready & 1 != 0);
        set(&self.in1, ready & 2 != 0);
        set(&self.out2, ready & 4 == 0);
        set(&self.out3, ready & 8 == 0);
        self.foreign4 = ready & 16 != 0;
    }

    fn foreign(&self) -> impl Future<Output = ()> {
        let ready = self.foreign4;
        poll_fn(move |_| if ready { Poll::Ready(()) } else { Poll::Pending })
    }
}

#[test]
fn every_ready_subset_of_two_to_five_cases_is_chosen_from_uniformly() {
    const TURNS: u32 = 1500;
    let mut bench = Bench::new();
    for cases in 2..=5_u32 {
        for ready in 1..1_u32 << cases {
            let mut rng = SelectRng::new(u64::from(cases << 8 | ready));
            let mut counts = [0; 5];
            for _ in 0..TURNS {
                bench.set(ready);
                let b = &bench;
                // The cases that a smaller select does not have are not there, rather than nil.
                let case = block_on(async {
                    match cases {
                        2 => select! { seed = &mut rng; _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1 },
                        3 => select! { seed = &mut rng; _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1,
                        _ = b.out2.0.send(1) => 2 },
                        4 => select! { seed = &mut rng; _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1,
                        _ = b.out2.0.send(1) => 2, _ = b.out3.0.send(1) => 3 },
                        _ => select! { seed = &mut rng; _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1,
                        _ = b.out2.0.send(1) => 2, _ = b.out3.0.send(1) => 3, _ = b.foreign() => 4 },
                    }
                });
                counts[case] += 1_u32;
            }
            assert_uniform(&counts[..cases as usize], ready, &BOUND);
        }
    }
}

#[test]
fn two_neighbours_of_eight_are_equally_likely() {
    // Where "random start, then in order" gives 7 to 1.
    let mut rng = SelectRng::new(3);
    let mut counts = [0_u32; 2];
    for _ in 0..20_000 {
        let never = || poll_fn(|_| Poll::<()>::Pending);
        let case = block_on(async {
            select! { seed = &mut rng;
                _ = never() => unreachable!(), _ = never() => unreachable!(), _ = async {} => 0, _ = async {} => 1,
                _ = never() => unreachable!(), _ = never() => unreachable!(), _ = never() => unreachable!(),
                _ = never() => unreachable!(),
            }
        });
        counts[case] += 1;
    }
    assert!(chi_square(&counts) < BOUND[1], "{counts:?}");
}

#[test]
fn cases_that_become_ready_while_it_sleeps_are_equally_likely() {
    let mut rng = SelectRng::new(4);
    let mut counts = [0_u32; 3];
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..6_000 {
        let ((tx0, rx0), (tx1, rx1), (tx2, rx2)) = (bounded(1), bounded(1), bounded(1));
        let mut select = pin!(async {
            select! { seed = &mut rng; _ = rx0.recv() => 0, _ = rx1.recv() => 1, _ = rx2.recv() => 2 }
        });
        assert!(select.as_mut().poll(&mut cx).is_pending());
        for tx in [tx0, tx1, tx2] {
            tx.try_send(()).unwrap();
        }
        match select.as_mut().poll(&mut cx) {
            Poll::Ready(case) => counts[case] += 1_u32,
            Poll::Pending => panic!("three messages and none received"),
        }
    }
    assert!(chi_square(&counts) < BOUND[2], "{counts:?}");
}

#[test]
fn the_unseeded_default_is_fair_on_several_threads() {
    // A new select each turn, in one place of one stack: what a poor seed would get wrong.
    let run = || {
        let mut counts = [0_u32; 4];
        for _ in 0..10_000 {
            let case = block_on(async {
                select! { _ = async {} => 0, _ = async {} => 1, _ = async {} => 2, _ = async {} => 3 }
            });
            counts[case] += 1;
        }
        counts
    };
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(run)).collect();
    for thread in threads {
        let counts = thread.join().unwrap();
        assert!(chi_square(&counts) < 56.0, "{counts:?}");
    }
}

#[test]
fn with_default_and_with_complete_it_is_as_fair() {
    let mut rng = SelectRng::new(5);
    let mut bench = Bench::new();
    let (mut with_default, mut with_complete) = ([0_u32; 3], [0_u32; 3]);
    for _ in 0..6_000 {
        bench.set(0b111);
        let b = &bench;
        let case: usize = block_on(async {
            select! { seed = &mut rng;
            _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1, _ = b.out2.0.send(1) => 2, default => unreachable!() }
        });
        with_default[case] += 1;
        bench.set(0b111);
        let b = &bench;
        let case: usize = block_on(async {
            select! { seed = &mut rng;
            _ = b.in0.1.recv() => 0, _ = b.in1.1.recv() => 1, _ = b.out2.0.send(1) => 2, complete => unreachable!() }
        });
        with_complete[case] += 1;
    }
    assert!(chi_square(&with_default) < BOUND[2], "{with_default:?}");
    assert!(chi_square(&with_complete) < BOUND[2], "{with_complete:?}");
}
