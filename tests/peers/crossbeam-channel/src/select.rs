//! `Select` with tokens. Which operation is selected is known before there is a message: a receive has been done by then,
//! a send has sent the promise of a letter (`letter.rs`), and `SelectedOperation` completes it.
//!
//! The steps of a select are those that `chan_core::case` prescribes, for a thread that parks.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use chan_core::case::{Begin, Operation, Status, Turn};
use chan_core::future;
use crossbeam_utils::sync::{Parker, Unparker};

use crate::channel::{Pen, Receiver, Sender, Source};
use crate::error::{ReadyTimeoutError, RecvError, SelectTimeoutError, SendError, TryReadyError, TrySelectError};
use crate::letter::Letter;
use crate::picked::number;
use crate::timer::Timer;

/// A list of operations of which one is to be selected.
#[derive(Clone)]
pub struct Select<'a> {
    operations: Vec<(usize, &'a (dyn Handle + Sync))>,
    next: usize,
    biased: bool,
}

/// The operations of a macro, in the order in which they are written. It stays on its thread, so messages need not be
/// `Send`.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct Arms<'a> {
    operations: Vec<&'a dyn Handle>,
    biased: bool,
}

/// An operation that was selected, and must be completed.
#[must_use]
#[derive(Debug)]
pub struct SelectedOperation<'a> {
    number: u64,
    index: usize,
    list: PhantomData<&'a ()>,
}

impl<'a> Select<'a> {
    /// An empty list.
    pub fn new() -> Self {
        Select { operations: Vec::new(), next: 0, biased: false }
    }

    /// An empty list, whose first operation that is ready will be selected.
    pub fn new_biased() -> Self {
        Select { biased: true, ..Select::new() }
    }

    /// Adds a send.
    pub fn send<T: Send>(&mut self, sender: &'a Sender<T>) -> usize {
        self.add(sender)
    }

    /// Adds a receive.
    pub fn recv<T: Send>(&mut self, receiver: &'a Receiver<T>) -> usize {
        self.add(receiver)
    }

    fn add(&mut self, handle: &'a (dyn Handle + Sync)) -> usize {
        self.operations.push((self.next, handle));
        self.next += 1;
        self.next - 1
    }

    /// Removes an operation.
    pub fn remove(&mut self, index: usize) {
        assert!(index < self.next, "index out of bounds; {index} >= {}", self.next);
        let at = self.operations.iter().position(|(of, _)| *of == index);
        self.operations.swap_remove(at.expect("no operation with this index"));
    }

    /// Selects an operation that need not wait.
    pub fn try_select(&mut self) -> Result<SelectedOperation<'a>, TrySelectError> {
        self.run(Limit::Now).ok_or(TrySelectError)
    }

    /// Waits until an operation is selected.
    pub fn select(&mut self) -> SelectedOperation<'a> {
        assert!(!self.operations.is_empty(), "no operations have been added to `Select`");
        self.run(Limit::Never).expect("there is no limit")
    }

    /// Waits no longer than `limit`.
    pub fn select_timeout(&mut self, limit: Duration) -> Result<SelectedOperation<'a>, SelectTimeoutError> {
        self.run(Limit::after(limit)).ok_or(SelectTimeoutError)
    }

    /// An operation that need not wait.
    pub fn try_ready(&mut self) -> Result<usize, TryReadyError> {
        self.run_ready(Limit::Now).ok_or(TryReadyError)
    }

    /// Waits until an operation need not wait.
    pub fn ready(&mut self) -> usize {
        assert!(!self.operations.is_empty(), "no operations have been added to `Select`");
        self.run_ready(Limit::Never).expect("there is no limit")
    }

    /// Waits no longer than `limit`.
    pub fn ready_timeout(&mut self, limit: Duration) -> Result<usize, ReadyTimeoutError> {
        self.run_ready(Limit::after(limit)).ok_or(ReadyTimeoutError)
    }

    fn run_ready(&self, limit: Limit) -> Option<usize> {
        let mut cases: Vec<_> = self.operations.iter().map(|(_, handle)| handle.case()).collect();
        let at = Run { order: (0..cases.len()).collect(), biased: self.biased }.ready(&mut cases, limit)?;
        Some(self.operations[at].0)
    }

    fn run(&self, limit: Limit) -> Option<SelectedOperation<'a>> {
        let cases = self.operations.iter().map(|(_, handle)| handle.case()).collect();
        let operation = run(cases, self.biased, limit)?;
        let index = self.operations[operation.index].0;
        Some(SelectedOperation { index, ..operation })
    }
}

impl<'a> Arms<'a> {
    pub fn new(biased: bool) -> Self {
        Arms { operations: Vec::new(), biased }
    }

    pub fn send<T>(&mut self, sender: &'a Sender<T>) {
        self.operations.push(sender);
    }

    pub fn recv<T>(&mut self, receiver: &'a Receiver<T>) {
        self.operations.push(receiver);
    }

    pub fn try_select(self) -> Option<SelectedOperation<'a>> {
        self.run(Limit::Now)
    }

    pub fn select(self) -> SelectedOperation<'a> {
        assert!(!self.operations.is_empty(), "no operations in `select!`");
        self.run(Limit::Never).expect("there is no limit")
    }

    pub fn select_timeout(self, limit: Duration) -> Option<SelectedOperation<'a>> {
        self.run(Limit::after(limit))
    }

    fn run(self, limit: Limit) -> Option<SelectedOperation<'a>> {
        run(self.operations.iter().map(|handle| handle.case()).collect(), self.biased, limit)
    }
}

impl Default for Select<'_> {
    fn default() -> Self {
        Select::new()
    }
}

impl fmt::Debug for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("Select { .. }")
    }
}

impl SelectedOperation<'_> {
    /// Which one it is.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Completes a send.
    pub fn send<T>(self, sender: &Sender<T>, message: T) -> Result<(), SendError<T>> {
        match sender.picked.take(self.number).expect("passed a sender that wasn't selected") {
            Pen::Closed => Err(SendError(message)),
            Pen::Promised(letter) => {
                // Its reader is gone when the channel's last receiver went with the promise in the channel: accepted,
                // and dropped with it.
                let _ = letter.try_send(message);
                Ok(())
            }
        }
    }

    /// Completes a receive.
    pub fn recv<T>(self, receiver: &Receiver<T>) -> Result<T, RecvError> {
        receiver.picked.take(self.number).expect("passed a receiver that wasn't selected").map(Letter::open)
    }
}

/// How long a select may take.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Now,
    At(Instant),
    Never,
}

impl Limit {
    fn after(limit: Duration) -> Self {
        Instant::now().checked_add(limit).map_or(Limit::Never, Limit::At)
    }

    fn is_over(self) -> bool {
        match self {
            Limit::Now => true,
            Limit::At(instant) => instant <= Instant::now(),
            Limit::Never => false,
        }
    }

    fn instant(self) -> Option<Instant> {
        match self {
            Limit::At(instant) => Some(instant),
            Limit::Now | Limit::Never => None,
        }
    }
}

/// A handle as an operation of a select.
trait Handle {
    fn case(&self) -> Box<dyn Case + '_>;
}

impl<T> Handle for Sender<T> {
    fn case(&self) -> Box<dyn Case + '_> {
        let (pen, letter) = chan_core::bounded(1);
        Box::new(SendCase { handle: self, operation: self.sender.send(Letter::promised(letter)), pen, result: None })
    }
}

impl<T> Handle for Receiver<T> {
    fn case(&self) -> Box<dyn Case + '_> {
        match &self.source {
            Source::Channel(receiver) => {
                Box::new(RecvCase { handle: self, receiver, operation: receiver.recv(), result: None })
            }
            Source::Timer(timer) => Box::new(TimerCase { handle: self, timer, result: None }),
        }
    }
}

/// One operation in one run.
trait Case {
    /// The channel operation; a timer has none.
    fn operation(&mut self) -> Option<&mut dyn Steps> {
        None
    }
    /// When a timer is due.
    fn due(&self) -> Option<Instant> {
        None
    }
    /// Whether something is there that cannot be taken yet.
    fn is_half_way(&self) -> bool {
        false
    }
    /// Whether a look would find something.
    fn is_ready(&self) -> bool;
    /// Completes it if that is possible at once, and keeps the result.
    fn look(&mut self, turn: Option<&mut Turn>) -> bool;
    /// A peer took its offer.
    fn taken(&mut self);
    /// Hands the result to the handle.
    fn keep(&mut self, number: u64);
}

/// The steps of an operation that have no result.
trait Steps {
    fn is_live(&self) -> bool;
    fn offers(&self) -> bool;
    fn enter(&mut self);
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker);
    fn announce(&mut self, turn: &mut Turn) -> bool;
    fn withdraw(&mut self);
}

impl<O: Operation> Steps for O {
    fn is_live(&self) -> bool {
        self.status() != Status::Nil
    }
    fn offers(&self) -> bool {
        Operation::offers(self)
    }
    fn enter(&mut self) {
        Operation::enter(self);
    }
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) {
        Operation::register(self, turn, case, waker);
    }
    fn announce(&mut self, turn: &mut Turn) -> bool {
        Operation::announce(self, turn)
    }
    fn withdraw(&mut self) {
        Operation::withdraw(self);
    }
}

struct SendCase<'a, T> {
    handle: &'a Sender<T>,
    operation: future::Send<'a, Letter<T>>,
    pen: chan_core::Sender<T>,
    result: Option<Result<(), SendError<Letter<T>>>>,
}

impl<T> Case for SendCase<'_, T> {
    fn operation(&mut self) -> Option<&mut dyn Steps> {
        Some(&mut self.operation)
    }

    fn is_half_way(&self) -> bool {
        !self.handle.is_full()
    }

    fn is_ready(&self) -> bool {
        self.operation.is_ready()
    }

    fn look(&mut self, turn: Option<&mut Turn>) -> bool {
        self.result = match turn {
            Some(turn) => self.operation.look(turn, false),
            None => self.operation.attempt(false),
        };
        self.result.is_some()
    }

    fn taken(&mut self) {
        self.result = Some(self.operation.taken());
    }

    fn keep(&mut self, number: u64) {
        let pen = match self.result {
            Some(Ok(())) => Pen::Promised(self.pen.clone()),
            _ => Pen::Closed,
        };
        self.handle.picked.put(number, pen);
    }
}

struct RecvCase<'a, T> {
    handle: &'a Receiver<T>,
    receiver: &'a chan_core::Receiver<Letter<T>>,
    operation: future::Recv<'a, Letter<T>>,
    result: Option<Result<Letter<T>, RecvError>>,
}

impl<T> Case for RecvCase<'_, T> {
    fn operation(&mut self) -> Option<&mut dyn Steps> {
        Some(&mut self.operation)
    }

    fn is_half_way(&self) -> bool {
        !self.receiver.is_empty()
    }

    fn is_ready(&self) -> bool {
        self.operation.is_ready()
    }

    fn look(&mut self, turn: Option<&mut Turn>) -> bool {
        self.result = match turn {
            Some(turn) => self.operation.look(turn, false),
            None => self.operation.attempt(false),
        };
        self.result.is_some()
    }

    fn taken(&mut self) {
        self.result = Some(self.operation.taken());
    }

    fn keep(&mut self, number: u64) {
        let result = self.result.take().expect("it was selected");
        self.handle.picked.put(number, result);
    }
}

struct TimerCase<'a, T> {
    handle: &'a Receiver<T>,
    timer: &'a Timer<T>,
    result: Option<T>,
}

impl<T> Case for TimerCase<'_, T> {
    fn due(&self) -> Option<Instant> {
        self.timer.due()
    }

    fn is_ready(&self) -> bool {
        self.timer.is_due()
    }

    fn look(&mut self, _turn: Option<&mut Turn>) -> bool {
        self.result = self.timer.take();
        self.result.is_some()
    }

    fn taken(&mut self) {
        unreachable!("a timer offers nothing")
    }

    fn keep(&mut self, number: u64) {
        self.handle.picked.put(number, self.result.take().map(Letter::of).ok_or(RecvError));
    }
}

/// Selects one of `cases`; its index is its place among them.
fn run<'a>(mut cases: Vec<Box<dyn Case + 'a>>, biased: bool, limit: Limit) -> Option<SelectedOperation<'a>> {
    let index = Run { order: (0..cases.len()).collect(), biased }.select(&mut cases, limit)?;
    let number = number();
    cases[index].keep(number);
    Some(SelectedOperation { number, index, list: PhantomData })
}

/// One run: a select that ends with one of its cases, or with none in time.
struct Run {
    order: Vec<usize>,
    biased: bool,
}

type Cases<'a> = [Box<dyn Case + 'a>];

impl Run {
    fn select(mut self, cases: &mut Cases<'_>, limit: Limit) -> Option<usize> {
        steps(cases, |step| step.enter());
        let mut turn = Turn::default();
        let fired = match limit {
            Limit::Now => self.now(cases),
            Limit::At(_) | Limit::Never => self.wait(cases, &mut turn, limit),
        };
        turn.finish();
        for (at, case) in cases.iter_mut().enumerate() {
            if fired != Some(at)
                && let Some(operation) = case.operation()
            {
                operation.withdraw();
            }
        }
        fired
    }

    /// What need not wait; again while something is half way.
    fn now(&mut self, cases: &mut Cases<'_>) -> Option<usize> {
        loop {
            if let Some(at) = self.look(cases, None) {
                return Some(at);
            }
            if !cases.iter().any(|case| case.is_half_way()) {
                return None;
            }
            thread::yield_now();
        }
    }

    fn wait(&mut self, cases: &mut Cases<'_>, turn: &mut Turn, limit: Limit) -> Option<usize> {
        let parker = Parker::new();
        let waker = Waker::from(Arc::new(Wakes(parker.unparker().clone())));
        let mut first = true;
        loop {
            match turn.begin(&waker) {
                Begin::Look => {}
                Begin::StandBack => {
                    parker.park();
                    continue;
                }
                Begin::Taken(at) => {
                    cases[at].taken();
                    return Some(at);
                }
            }
            if let Some(at) = self.look(cases, Some(turn)) {
                return Some(at);
            }
            if limit.is_over() {
                // Up from the start: nobody had a chance to come for an offer.
                return if first { self.now(cases) } else { None };
            }
            if std::mem::take(&mut first) {
                *turn = Turn::new(must_be_claimed(cases, limit));
                let _ = turn.begin(&waker);
            }
            // In any order: a peer takes the offer that came first.
            self.shuffle();
            for at in &self.order {
                if let Some(operation) = cases[*at].operation() {
                    operation.register(turn, *at, &waker);
                }
            }
            if let Some(at) = self.look(cases, Some(turn)) {
                return Some(at);
            }
            let half_way = turn.sleep();
            let mut closed = false;
            steps(cases, |step| closed |= step.announce(turn));
            if half_way {
                thread::yield_now();
            } else if !closed {
                park(&parker, cases, limit);
            }
        }
    }

    /// As `select`, but takes nothing.
    fn ready(mut self, cases: &mut Cases<'_>, limit: Limit) -> Option<usize> {
        let parker = Parker::new();
        let waker = Waker::from(Arc::new(Wakes(parker.unparker().clone())));
        let mut turn = Turn::default();
        let mut find = |cases: &Cases<'_>| {
            self.shuffle();
            self.order.iter().copied().find(|at| cases[*at].is_ready())
        };
        let ready = loop {
            let ready = find(cases);
            if ready.is_some() || limit.is_over() {
                break ready;
            }
            for (at, case) in cases.iter_mut().enumerate() {
                if let Some(operation) = case.operation() {
                    operation.register(&mut turn, at, &waker);
                }
            }
            let ready = find(cases);
            if ready.is_some() {
                break ready;
            }
            park(&parker, cases, limit);
        };
        steps(cases, |step| step.withdraw());
        ready
    }

    fn look(&mut self, cases: &mut Cases<'_>, mut turn: Option<&mut Turn>) -> Option<usize> {
        self.shuffle();
        self.order.iter().copied().find(|at| cases[*at].look(turn.as_deref_mut()))
    }

    fn shuffle(&mut self) {
        if !self.biased {
            fastrand::shuffle(&mut self.order);
        }
    }
}

/// Whether a peer must win an offer from this select, since it may end otherwise.
fn must_be_claimed(cases: &mut Cases<'_>, limit: Limit) -> bool {
    let (mut ways, mut offers) = (usize::from(limit.instant().is_some()), false);
    for case in cases {
        match case.operation() {
            Some(operation) => {
                ways += usize::from(operation.is_live());
                offers |= operation.offers();
            }
            None => ways += 1,
        }
    }
    ways > 1 && offers
}

/// Sleeps until a hint, a timer or the limit.
fn park(parker: &Parker, cases: &Cases<'_>, limit: Limit) {
    match cases.iter().filter_map(|case| case.due()).chain(limit.instant()).min() {
        Some(next) => parker.park_deadline(next),
        None => parker.park(),
    }
}

fn steps(cases: &mut Cases<'_>, mut step: impl FnMut(&mut dyn Steps)) {
    for case in cases {
        if let Some(operation) = case.operation() {
            step(operation);
        }
    }
}

struct Wakes(Unparker);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
