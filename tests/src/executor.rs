//! A deterministic executor: one thread, a FIFO queue of woken tasks, a count of every poll. A test may let it run, or
//! choose who is polled next, dropped, or forgotten.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// Names a task of one [`Executor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(usize);

struct Signal {
    id: TaskId,
    ready: Arc<Mutex<VecDeque<TaskId>>>,
    queued: AtomicBool,
    wakes: AtomicUsize,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        if !self.queued.swap(true, Ordering::SeqCst) {
            self.ready.lock().unwrap().push_back(self.id);
        }
    }
}

struct Task<'a> {
    /// `None` once the future has ended, was dropped or was forgotten.
    future: Option<Pin<Box<dyn Future<Output = ()> + 'a>>>,
    signal: Arc<Signal>,
    waker: Waker,
    polls: usize,
    finished: bool,
}

/// Runs tasks in the order in which they were woken.
#[derive(Default)]
pub struct Executor<'a> {
    tasks: Vec<Task<'a>>,
    ready: Arc<Mutex<VecDeque<TaskId>>>,
    polls: u64,
}

impl std::fmt::Debug for Executor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("tasks", &self.tasks.len()).field("polls", &self.polls).finish()
    }
}

impl<'a> Executor<'a> {
    /// An executor without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a task, woken.
    pub fn spawn(&mut self, future: impl Future<Output = ()> + 'a) -> TaskId {
        let id = TaskId(self.tasks.len());
        let signal = Arc::new(Signal {
            id,
            ready: self.ready.clone(),
            queued: AtomicBool::new(true),
            wakes: AtomicUsize::new(0),
        });
        let waker = signal.clone().into();
        self.tasks.push(Task { future: Some(Box::pin(future)), signal, waker, polls: 0, finished: false });
        self.ready.lock().unwrap().push_back(id);
        id
    }

    /// Adds a task and polls it once.
    pub fn start(&mut self, future: impl Future<Output = ()> + 'a) -> TaskId {
        let id = self.spawn(future);
        self.poll(id);
        id
    }

    /// Polls this task now, woken or not. `true`: it has ended.
    pub fn poll(&mut self, id: TaskId) -> bool {
        self.ready.lock().unwrap().retain(|other| *other != id);
        let task = &mut self.tasks[id.0];
        task.signal.queued.store(false, Ordering::SeqCst);
        let Some(future) = &mut task.future else { return task.finished };
        task.polls += 1;
        self.polls += 1;
        if future.as_mut().poll(&mut Context::from_waker(&task.waker)).is_ready() {
            task.finished = true;
            task.future = None;
        }
        task.finished
    }

    /// Polls woken tasks, oldest wake first, until none is left.
    pub fn run(&mut self) {
        while let Some(id) = self.next_woken() {
            self.poll(id);
        }
    }

    /// Whose wake is the oldest.
    pub fn next_woken(&self) -> Option<TaskId> {
        self.ready.lock().unwrap().front().copied()
    }

    /// The woken tasks that have not been polled since, oldest wake first.
    pub fn woken(&self) -> Vec<TaskId> {
        self.ready.lock().unwrap().iter().copied().filter(|id| self.tasks[id.0].future.is_some()).collect()
    }

    /// Drops the task's future.
    pub fn drop_task(&mut self, id: TaskId) {
        self.ready.lock().unwrap().retain(|other| *other != id);
        self.tasks[id.0].future = None;
    }

    /// Leaks the task's future: it is never polled again and never dropped.
    pub fn forget(&mut self, id: TaskId) {
        self.ready.lock().unwrap().retain(|other| *other != id);
        std::mem::forget(self.tasks[id.0].future.take());
    }

    /// Whether the task's future returned `Ready`.
    pub fn finished(&self, id: TaskId) -> bool {
        self.tasks[id.0].finished
    }

    /// How often the task was woken.
    pub fn wakes(&self, id: TaskId) -> usize {
        self.tasks[id.0].signal.wakes.load(Ordering::SeqCst)
    }

    /// Polls of all tasks.
    pub fn polls(&self) -> u64 {
        self.polls
    }

    /// Polls of one task.
    pub fn polls_of(&self, id: TaskId) -> usize {
        self.tasks[id.0].polls
    }
}

/// What tasks write down, in the order in which it happened.
#[derive(Debug)]
pub struct Log<T>(Rc<RefCell<Vec<T>>>);

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log(Rc::default())
    }
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Log(self.0.clone())
    }
}

impl<T> Log<T> {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    pub fn push(&self, entry: T) {
        self.0.borrow_mut().push(entry);
    }

    /// Takes what was written so far.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.0.borrow_mut())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Returns `Pending` the first `polls` times, having woken itself: time that passes on any executor.
#[derive(Debug, Clone)]
pub struct Countdown(pub usize);

impl Future for Countdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
