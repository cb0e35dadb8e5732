//! Waiting for a group of tasks or threads to finish: Go's `sync.WaitGroup`, awaited. Knows a count.

use crate::primitive::Counter;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use event_listener::{Event, EventListener};

struct Group {
    working: Counter,
    nobody_works: Event,
}

/// Waits until everybody has said that they are done.
///
/// Count in numbers with [`add`](Self::add) and [`done`](Self::done), as in Go; or let the handles count: whoever
/// holds a [`Member`] is at work, a clone of it is one more, and dropping it is being done, also by a panic or by
/// being cancelled. Both may be mixed. The group itself and its clones count nothing: they are where one waits.
///
/// Members are added before the wait begins, by whoever starts the work: a task that adds itself may come too late.
/// A group can be used again when its waits have returned.
///
/// ```
/// use chan_select::WaitGroup;
/// use futures_lite::future::block_on;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// static SUM: AtomicUsize = AtomicUsize::new(0);
///
/// let group = WaitGroup::new();
/// for n in 1..=4 {
///     let member = group.member();
///     std::thread::spawn(move || {
///         SUM.fetch_add(n, Ordering::Relaxed);
///         drop(member);
///     });
/// }
/// block_on(group.wait());
/// assert_eq!(SUM.load(Ordering::Relaxed), 10);
/// ```
#[derive(Clone)]
pub struct WaitGroup {
    group: Arc<Group>,
}

impl WaitGroup {
    /// A group in which nobody works yet: a wait returns at once.
    ///
    /// ```
    /// let group = chan_select::WaitGroup::new();
    /// assert_eq!(group.count(), 0);
    /// futures_lite::future::block_on(group.wait());
    /// ```
    pub fn new() -> Self {
        WaitGroup { group: Arc::new(Group { working: Counter::new(), nobody_works: Event::new() }) }
    }

    /// Counts `n` more at work. Each of them ends with a call of [`done`](Self::done).
    ///
    /// # Panics
    ///
    /// When the count would exceed `usize::MAX`.
    ///
    /// ```
    /// let group = chan_select::WaitGroup::new();
    /// group.add(2);
    /// group.done();
    /// assert_eq!(group.count(), 1);
    /// ```
    pub fn add(&self, n: usize) {
        assert!(self.group.working.add(n).is_some(), "WaitGroup::add({n}): more than usize::MAX at work");
    }

    /// Counts one less; the last one wakes everybody who waits.
    ///
    /// # Panics
    ///
    /// When nobody is at work: a `done` without its `add`.
    ///
    /// ```
    /// let group = chan_select::WaitGroup::new();
    /// group.add(1);
    /// group.done();
    /// assert_eq!(group.count(), 0);
    /// ```
    pub fn done(&self) {
        self.group.done();
    }

    /// A handle that counts as one at work until it is dropped.
    ///
    /// ```
    /// let group = chan_select::WaitGroup::new();
    /// let first = group.member();
    /// let second = first.clone();
    /// assert_eq!(group.count(), 2);
    /// drop((first, second));
    /// assert_eq!(group.count(), 0);
    /// ```
    pub fn member(&self) -> Member {
        self.add(1);
        Member { group: self.clone() }
    }

    /// How many are at work. The answer may be old by the time it is read.
    ///
    /// ```
    /// let group = chan_select::WaitGroup::new();
    /// group.add(3);
    /// assert_eq!(group.count(), 3);
    /// ```
    pub fn count(&self) -> usize {
        self.group.working.get()
    }

    /// Waits until nobody is at work; at once if that is so already.
    ///
    /// What the members wrote before they were done is visible after the wait. Any number may wait at the same time.
    /// A wait that began before the count reached 0 returns, even if somebody was added again meanwhile.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect on the group or on others who wait. In `select!` it is a case like any
    /// future.
    ///
    /// ```
    /// use chan_select::{WaitGroup, select};
    ///
    /// futures_lite::future::block_on(async {
    ///     let group = WaitGroup::new();
    ///     let member = group.member();
    ///     let finished = select! {
    ///         () = group.wait() => true,
    ///         default => false,
    ///     };
    ///     assert!(!finished);
    ///     drop(member);
    ///     group.wait().await;
    /// });
    /// ```
    pub fn wait(&self) -> Wait<'_> {
        Wait { group: &self.group, listener: None }
    }
}

impl Group {
    fn done(&self) {
        match self.working.take_one() {
            Some(0) => {
                self.nobody_works.notify(usize::MAX);
            }
            Some(_) => {}
            None => panic!("WaitGroup::done: nobody is at work"),
        }
    }
}

impl Default for WaitGroup {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WaitGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitGroup").field("count", &self.count()).finish()
    }
}

/// One at work in a [`WaitGroup`]; a clone is one more, and dropping it is being done.
///
/// ```
/// let group = chan_select::WaitGroup::new();
/// let member = group.member();
/// assert_eq!(member.group().count(), 1);
/// drop(member);
/// assert_eq!(group.count(), 0);
/// ```
#[derive(Debug)]
#[must_use = "it counts only as long as it is held"]
pub struct Member {
    group: WaitGroup,
}

impl Member {
    /// The group that this one counts in.
    ///
    /// ```
    /// let member = chan_select::WaitGroup::new().member();
    /// assert_eq!(member.group().count(), 1);
    /// ```
    pub fn group(&self) -> &WaitGroup {
        &self.group
    }
}

impl Clone for Member {
    fn clone(&self) -> Self {
        self.group.member()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.group.done();
    }
}

/// The future of [`WaitGroup::wait`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Wait<'a> {
    group: &'a Group,
    listener: Option<EventListener>,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let listener = match &mut this.listener {
            Some(listener) => listener,
            None => {
                if this.group.working.get() == 0 {
                    return Poll::Ready(());
                }
                let listener = this.listener.insert(this.group.nobody_works.listen());
                // The last one may have left before we listened; `listen` and `notify` are ordered by a fence each,
                // so either we see the count or it sees us.
                if this.group.working.get() == 0 {
                    return Poll::Ready(());
                }
                listener
            }
        };
        // Told, so the count was 0 at some time during this wait; what it is now is somebody else's wait.
        Pin::new(listener).poll(cx)
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("count", &self.group.working.get()).finish()
    }
}
