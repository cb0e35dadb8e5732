//! What the selects take when several cases are ready: each plays the same turns, and its choices are counted.

mod picture;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result};
use futures::FutureExt;
use futures::stream::{self, Stream, StreamExt};
use futures_concurrency::future::Race;
use futures_concurrency::stream::Merge;

/// How many cases each select has.
const CASES: usize = 8;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How often each select chooses.
    #[arg(long, default_value_t = 100_000)]
    turns: u32,
    /// Draws the shares, as an SVG file.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// What is ready, of the eight cases, and when it becomes so.
struct Scene {
    title: &'static str,
    ready: &'static [usize],
    /// The select sleeps first.
    asleep: bool,
}

const SCENES: [Scene; 4] = [
    Scene { title: "all eight are ready", ready: &[0, 1, 2, 3, 4, 5, 6, 7], asleep: false },
    Scene { title: "cases 3 and 4 of eight are ready", ready: &[2, 3], asleep: false },
    Scene { title: "cases 1, 2 and 6 of eight are ready", ready: &[0, 1, 5], asleep: false },
    Scene { title: "cases 3 and 4 of eight become ready while it sleeps", ready: &[2, 3], asleep: true },
];

/// Plays one turn.
type Turn = fn(&Places, &Scene, &mut Kept) -> usize;

const SELECTS: [(&str, Turn); 5] = [
    ("chan select!", |places, scene, _| places.turn(scene, ours(places))),
    ("tokio::select!", |places, scene, _| places.turn(scene, tokio(places))),
    ("futures::select!", |places, scene, _| places.turn(scene, futures(places))),
    ("race", |places, scene, _| places.turn(scene, std::array::from_fn::<_, CASES, _>(|at| places.case(at)).race())),
    ("merge, kept", |places, scene, kept| places.turn(scene, kept.next().map(|taken| taken.expect("it does not end")))),
];

/// Prints the table, and draws the picture if there is to be one.
pub fn run(arguments: &Arguments) -> Result<()> {
    let scenes: Vec<_> = SCENES.iter().map(|scene| (scene, shares(scene, arguments.turns))).collect();
    print(&scenes, arguments.turns);
    if let Some(path) = &arguments.picture {
        picture::draw(path, &scenes).with_context(|| format!("cannot draw {}", path.display()))?;
    }
    Ok(())
}

/// For each select, the share of each ready case in percent.
fn shares(scene: &Scene, turns: u32) -> Vec<Vec<f64>> {
    let played = SELECTS.map(|(_, turn)| {
        let places = &*Box::leak(Box::new(Places::default()));
        let mut kept = merged(places);
        let mut counts = [0_u32; CASES];
        for _ in 0..turns {
            counts[turn(places, scene, &mut kept)] += 1;
        }
        scene.ready.iter().map(|at| 100.0 * f64::from(counts[*at]) / f64::from(turns)).collect()
    });
    played.to_vec()
}

fn print(scenes: &[(&Scene, Vec<Vec<f64>>)], turns: u32) {
    println!("Of {turns} turns, how many in a hundred went to each of the ready cases, in the written order.\n");
    println!("| | fair | {} |", SELECTS.map(|(name, _)| name).join(" | "));
    println!("|---|---|{}", "---|".repeat(SELECTS.len()));
    for (scene, shares) in scenes {
        let fair = 100.0 / scene.ready.len() as f64;
        let shares: Vec<_> = shares.iter().map(|shares| text(shares)).collect();
        println!("| {} | {fair:.1} each | {} |", scene.title, shares.join(" | "));
    }
}

fn text(shares: &[f64]) -> String {
    shares.iter().map(|share| format!("{share:.1}")).collect::<Vec<_>>().join(" ")
}

/// Where the cases look: a flag, and who waits for it.
#[derive(Default)]
struct Places([Place; CASES]);

#[derive(Default)]
struct Place {
    ready: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Place {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ready.get() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(cx.waker().clone()));
        Poll::Pending
    }

    fn set(&self, ready: bool) {
        self.ready.set(ready);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Places {
    /// Ready with its number.
    fn case(&self, at: usize) -> impl Future<Output = usize> {
        poll_fn(move |cx| self.0[at].poll(cx).map(|()| at))
    }

    fn set(&self, ready: &[usize]) {
        for (at, place) in self.0.iter().enumerate() {
            place.set(ready.contains(&at));
        }
    }

    /// One turn of a select, whose cases become ready as the scene says.
    fn turn(&self, scene: &Scene, select: impl Future<Output = usize>) -> usize {
        let mut select = pin!(select);
        let mut cx = Context::from_waker(Waker::noop());
        if scene.asleep {
            self.set(&[]);
            assert!(select.as_mut().poll(&mut cx).is_pending(), "nothing is ready");
        }
        self.set(scene.ready);
        match select.poll(&mut cx) {
            Poll::Ready(at) => at,
            Poll::Pending => panic!("{}, and it waits", scene.title),
        }
    }
}

async fn ours(p: &Places) -> usize {
    chan_select::select! {
        at = p.case(0) => at, at = p.case(1) => at, at = p.case(2) => at, at = p.case(3) => at,
        at = p.case(4) => at, at = p.case(5) => at, at = p.case(6) => at, at = p.case(7) => at,
    }
}

async fn tokio(p: &Places) -> usize {
    tokio::select! {
        at = p.case(0) => at, at = p.case(1) => at, at = p.case(2) => at, at = p.case(3) => at,
        at = p.case(4) => at, at = p.case(5) => at, at = p.case(6) => at, at = p.case(7) => at,
    }
}

async fn futures(p: &Places) -> usize {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] =
        std::array::from_fn::<_, CASES, _>(|at| p.case(at).boxed_local().fuse());
    futures::select! {
        at = a => at, at = b => at, at = c => at, at = d => at,
        at = e => at, at = f => at, at = g => at, at = h => at,
    }
}

/// Streams that are merged once.
type Kept = Pin<Box<dyn Stream<Item = usize>>>;

fn merged(places: &'static Places) -> Kept {
    let streams =
        std::array::from_fn::<_, CASES, _>(|at| stream::poll_fn(move |cx| places.0[at].poll(cx).map(|()| Some(at))));
    Box::pin(streams.merge())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_is_not_ready_is_never_taken() {
        for scene in &SCENES {
            for shares in shares(scene, 1000) {
                assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-6, "{}: {shares:?}", scene.title);
            }
        }
    }
}
