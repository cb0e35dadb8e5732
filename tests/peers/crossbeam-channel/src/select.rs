//! `Select`: for each run a `chan_select::Select` with the operations of `arm.rs`.

use std::fmt;
use std::marker::PhantomData;
use std::thread;
use std::time::{Duration, Instant};

use chan_select::{CaseId, Select as List};

use crate::arm::Arm;
use crate::channel::{Pen, Receiver, Sender, Source};
use crate::error::{ReadyTimeoutError, RecvError, SelectTimeoutError, SendError, TryReadyError, TrySelectError};
use crate::letter::Letter;

/// A list of operations of which one is to be selected.
#[derive(Clone)]
pub struct Select<'a> {
    operations: Vec<(usize, &'a (dyn Handle<'a> + Sync))>,
    next: usize,
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

    fn add(&mut self, handle: &'a (dyn Handle<'a> + Sync)) -> usize {
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
        let (mut list, _) = self.list(Handle::add);
        self.glance(&mut list).ok_or(TrySelectError)
    }

    /// Waits until an operation is selected.
    pub fn select(&mut self) -> SelectedOperation<'a> {
        assert!(!self.operations.is_empty(), "no operations have been added to `Select`");
        let (mut list, _) = self.list(Handle::add);
        list.run_blocking().unwrap_or_else(never_ready)
    }

    /// Waits no longer than `limit`.
    pub fn select_timeout(&mut self, limit: Duration) -> Result<SelectedOperation<'a>, SelectTimeoutError> {
        let (mut list, _) = self.list(Handle::add);
        let selected = match Instant::now().checked_add(limit) {
            Some(deadline) if list.is_complete() => sleep_until(deadline),
            Some(deadline) => list.run_deadline_blocking(deadline).or_else(|| self.glance(&mut list)),
            None => Some(list.run_blocking().unwrap_or_else(never_ready)),
        };
        selected.ok_or(SelectTimeoutError)
    }

    /// An operation that need not wait.
    pub fn try_ready(&mut self) -> Result<usize, TryReadyError> {
        let (mut list, ids) = self.list(Handle::add_ready);
        list.try_ready().map(|id| index_of(&ids, id)).ok_or(TryReadyError)
    }

    /// Waits until an operation need not wait.
    pub fn ready(&mut self) -> usize {
        assert!(!self.operations.is_empty(), "no operations have been added to `Select`");
        let (mut list, ids) = self.list(Handle::add_ready);
        list.ready_blocking().map_or_else(never_ready, |id| index_of(&ids, id))
    }

    /// Waits no longer than `limit`.
    pub fn ready_timeout(&mut self, limit: Duration) -> Result<usize, ReadyTimeoutError> {
        let (mut list, ids) = self.list(Handle::add_ready);
        let id = match Instant::now().checked_add(limit) {
            Some(deadline) if list.is_complete() => sleep_until(deadline),
            Some(deadline) => list.ready_deadline_blocking(deadline),
            None => Some(list.ready_blocking().unwrap_or_else(never_ready)),
        };
        id.map(|id| index_of(&ids, id)).ok_or(ReadyTimeoutError)
    }

    /// Our list, and which operation is which case.
    fn list<R>(&self, add: Add<'a, R>) -> (List<'a, R>, Vec<(CaseId, usize)>) {
        let mut list = if self.biased { List::biased() } else { List::new() };
        let ids = self.operations.iter().map(|(index, handle)| (add(*handle, *index, &mut list), *index)).collect();
        (list, ids)
    }

    /// What need not wait; again while something is half way.
    fn glance(&self, list: &mut List<'a, SelectedOperation<'a>>) -> Option<SelectedOperation<'a>> {
        loop {
            let selected = list.try_run();
            if selected.is_some() || !self.operations.iter().any(|(_, handle)| handle.is_unfinished()) {
                return selected;
            }
            thread::yield_now();
        }
    }
}

fn index_of(ids: &[(CaseId, usize)], id: CaseId) -> usize {
    ids.iter().find(|(of, _)| *of == id).expect("a case of this list").1
}

/// As the peer does when nothing can ever be ready.
fn never_ready<R>() -> R {
    loop {
        thread::park();
    }
}

fn sleep_until<R>(deadline: Instant) -> Option<R> {
    thread::sleep(deadline.saturating_duration_since(Instant::now()));
    None
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

impl<'a> SelectedOperation<'a> {
    pub(crate) fn new(number: u64, index: usize) -> Self {
        SelectedOperation { number, index, list: PhantomData }
    }

    /// Which one it is.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Completes a send.
    pub fn send<T>(self, sender: &Sender<T>, message: T) -> Result<(), SendError<T>> {
        match sender.picked.take(self.number).expect("passed a sender that wasn't selected") {
            Pen::Closed => return Err(SendError(message)),
            Pen::Permit(permit) => drop(permit.send(Letter::of(message))),
            // Its reader is gone when the last receiver went with the promise in the channel: accepted, and dropped.
            Pen::Promise(pen) => drop(pen.try_send(message)),
        }
        Ok(())
    }

    /// Completes a receive.
    pub fn recv<T>(self, receiver: &Receiver<T>) -> Result<T, RecvError> {
        receiver.picked.take(self.number).expect("passed a receiver that wasn't selected").map(Letter::open)
    }
}

/// A handle whose type of messages is forgotten.
trait Handle<'a> {
    /// Adds it as operation number `index`.
    fn add(&'a self, index: usize, list: &mut List<'a, SelectedOperation<'a>>) -> CaseId;
    /// Adds it, only to learn whether it is ready.
    fn add_ready(&'a self, index: usize, list: &mut List<'a, ()>) -> CaseId;
    /// `Arm::is_half_way`.
    fn is_unfinished(&self) -> bool;
}

type Add<'a, R> = fn(&'a (dyn Handle<'a> + Sync + 'a), usize, &mut List<'a, R>) -> CaseId;

impl<'a, T: Send + 'a> Handle<'a> for Sender<T> {
    fn add(&'a self, index: usize, list: &mut List<'a, SelectedOperation<'a>>) -> CaseId {
        let mut arm = self.arm(index);
        match (arm.first(), arm.second()) {
            (Some(send), _) => list.operation(send, move |result| arm.first_selected(result)),
            (None, reserve) => list.operation(reserve, move |result| arm.second_selected(result)),
        }
    }

    fn add_ready(&'a self, _index: usize, list: &mut List<'a, ()>) -> CaseId {
        list.operation(self.sender.reserve(), drop)
    }

    fn is_unfinished(&self) -> bool {
        self.is_half_way()
    }
}

impl<'a, T: Send + 'a> Handle<'a> for Receiver<T> {
    fn add(&'a self, index: usize, list: &mut List<'a, SelectedOperation<'a>>) -> CaseId {
        let mut arm = self.arm(index);
        match (arm.first(), arm.second()) {
            (None, Some(timer)) => list.future(timer, move |message| arm.second_selected(message)),
            (receive, _) => list.operation(receive, move |result| arm.first_selected(result)),
        }
    }

    fn add_ready(&'a self, _index: usize, list: &mut List<'a, ()>) -> CaseId {
        match &self.source {
            Source::Channel(receiver) => list.operation(receiver.recv(), drop),
            Source::Timer(timer) => list.future(timer.wait(), drop),
        }
    }

    fn is_unfinished(&self) -> bool {
        self.is_half_way()
    }
}
