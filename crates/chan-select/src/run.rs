//! A turn of a kept select: the steps that `chan_core::case` prescribes, for the cases that are due. Knows which cases
//! must be looked at and when; what they are is in `kept.rs`.
//!
//! * **K1** A case that is not due has nothing for us: a look found nothing, then it was registered, then a second look
//!   found nothing, and its place has not been marked since. So a turn leaves it and its channel alone.
//! * **K2** Between turns nothing of ours is open: offers are taken back, the board is away, and of the cases that were
//!   marked until then those that are parked give up their place, and with it a hint that they did not use. (They are due
//!   in the next turn.)

use crate::kept::{After, Look};
use crate::list::{CaseId, Order, Select};
use crate::places::Places;
use chan_core::case::{self, Begin};
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

/// What a turn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// One case takes effect.
    Fire,
    /// One case is ready, and stays as it is.
    Ask,
}

impl Order {
    /// The next case of a look. `left` has one at least.
    fn draw(&mut self, left: &Places, weight: impl Fn(usize) -> u32) -> usize {
        match self {
            Order::Biased => left.at(0),
            Order::Uniform(rng) => match left.len() {
                1 => left.at(0),
                n => left.at(rng.below(n)),
            },
            Order::RoundRobin(turn) => left.next(turn.start()).unwrap_or_else(|| left.at(0)),
            Order::Weighted(rng) => {
                let mut drawn = rng.below_sum(left.iter().map(|place| u64::from(weight(place))).sum());
                let found = left.iter().find(|place| match drawn.checked_sub(weight(*place).into()) {
                    Some(rest) => {
                        drawn = rest;
                        false
                    }
                    None => true,
                });
                match found {
                    Some(place) => place,
                    None => unreachable!("{drawn} is drawn below the sum of the weights"),
                }
            }
        }
    }
}

impl<'a, R> Select<'a, R> {
    /// Waits until one case is ready, lets it take effect and gives what its function makes of it. `None`: no case can
    /// ever be ready ([`is_complete`](Self::is_complete)).
    ///
    /// The function runs when the turn is over: the select is away then, as it is while you handle the result.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it moved nothing, with one exception: a rendezvous send whose message a peer had taken
    /// at that moment. That is not lost: it is the result of the next turn.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// # futures_lite::future::block_on(async {
    /// let (numbers, rx1) = chan(1);
    /// let (words, rx2) = chan(1);
    /// let mut select = Select::new();
    /// select.recv(&rx1, |n| n.ok().map(|n: u32| n.to_string()));
    /// select.recv(&rx2, |w| w.ok().map(|w: &str| w.to_owned()));
    /// words.send("hello").await.unwrap();
    /// assert_eq!(select.run().await.flatten().as_deref(), Some("hello"));
    /// numbers.send(7).await.unwrap();
    /// assert_eq!(select.run().await.flatten().as_deref(), Some("7"));
    /// # });
    /// ```
    pub fn run(&mut self) -> Run<'_, 'a, R> {
        // A turn that was leaked ends here.
        self.leave();
        Run { turn: Leaving(self) }
    }

    /// As [`run`](Self::run), until `timer` is done. `None` also when it was done and no case was ready.
    ///
    /// A timer that is done from the start makes it one look, as [`try_run`](Self::try_run). The adapters' `sleep` is
    /// such a timer; any future is.
    ///
    /// # Cancel safety
    ///
    /// As [`run`](Self::run).
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// # futures_lite::future::block_on(async {
    /// let (tx, rx) = chan::<u32>(1);
    /// let mut select = Select::new();
    /// select.recv(&rx, |message| message.ok());
    /// let timer = futures_lite::future::yield_now();
    /// assert_eq!(select.run_until(timer).await, None);
    /// # drop(tx);
    /// # });
    /// ```
    pub async fn run_until<T: Future>(&mut self, timer: T) -> Option<R> {
        let mut timer = pin!(timer);
        self.leave();
        {
            let turn = Leaving(&mut *self);
            let place = poll_fn(|cx| match turn.0.poll_in_budget(cx, Aim::Fire) {
                Poll::Ready(place) => Poll::Ready(Some(place)),
                Poll::Pending => timer.as_mut().poll(cx).map(|_| None),
            });
            if let Some(place) = place.await {
                return place.map(|place| turn.0.fire(place));
            }
        }
        // The time is up: one last look.
        self.try_run()
    }

    /// Lets one case take effect if one is ready now.
    ///
    /// It looks once at each case that may have something. A rendezvous send is ready when a receive is waiting, as
    /// `try_send` sees it.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// select.recv(&rx, |message| message.unwrap());
    /// assert_eq!(select.try_run(), None);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(select.try_run(), Some(1));
    /// ```
    pub fn try_run(&mut self) -> Option<R> {
        let place = self.glance(Aim::Fire)?;
        Some(self.fire(place))
    }

    /// Waits until some case is ready and says which, without letting it take effect. `None`: none can ever be.
    ///
    /// The answer may be old when it is read: others may take what was there. A foreign future that is ready keeps its
    /// output until it wins a turn. **A send at capacity 0** is ready when a receive waits, or its channel is closed; but
    /// no wake-up comes with either, so wait with [`reserve`](chan_core::Sender) as a case instead.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it did nothing.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// # futures_lite::future::block_on(async {
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// let id = select.recv(&rx, |message| message.unwrap());
    /// tx.try_send(1).unwrap();
    /// assert_eq!(select.ready().await, Some(id));
    /// assert_eq!(rx.len(), 1); // still there
    /// # });
    /// ```
    pub fn ready(&mut self) -> Ready<'_, 'a, R> {
        self.leave();
        Ready { turn: Leaving(self) }
    }

    /// Which case is ready now, if one is; see [`ready`](Self::ready).
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// let id = select.recv(&rx, |message| message.unwrap());
    /// assert_eq!(select.try_ready(), None);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(select.try_ready(), Some(id));
    /// ```
    pub fn try_ready(&mut self) -> Option<CaseId> {
        let place = self.glance(Aim::Ask)?;
        Some(self.id(place))
    }

    // -------------------------------------------------------------------------------------------------- the steps

    /// One poll of a turn: the place of the case that has its output, or is ready.
    fn poll(&mut self, cx: &mut Context<'_>, aim: Aim) -> Poll<Option<usize>> {
        if self.taken.is_some() {
            // Taken when an earlier turn was dropped.
            return Poll::Ready(self.taken);
        }
        if self.live == 0 {
            self.leave();
            return Poll::Ready(None);
        }
        self.offered_first = false;
        let mut first = !self.here;
        if first {
            self.here = true;
            self.board.arrive();
            self.turn = case::Turn::of(&self.board, aim == Aim::Fire && !self.offering.is_empty());
        }
        loop {
            match self.turn.begin(cx.waker()) {
                Begin::Look => {}
                Begin::StandBack => return Poll::Pending,
                Begin::Taken(number) => {
                    let place = self.posted[number];
                    self.note_taken(place);
                    return Poll::Ready(Some(self.finish(place, aim)));
                }
            }
            self.collect();
            let (how, again) = match aim {
                Aim::Fire => (How::First { may_offer: core::mem::take(&mut first) }, How::Second),
                Aim::Ask => (How::Ask, How::Ask),
            };
            self.offered_first = false;
            if let Some(place) = self.look(how) {
                return Poll::Ready(Some(self.finish(place, aim)));
            }
            self.register(aim);
            if !self.offered_first
                && let Some(place) = self.look(again)
            {
                return Poll::Ready(Some(self.finish(place, aim)));
            }
            // Claimable first, announced second: who hears of an offer must be able to take it.
            let met_half_way = self.turn.sleep();
            if !met_half_way && !self.offered_first {
                // Looked at, registered, looked at again (K1).
                self.due.clear();
            }
            if self.announce() {
                // A channel closed before we could announce to it.
                self.due.insert_all(&self.offering);
                continue;
            }
            if self.board.sleep(cx.waker()) || met_half_way {
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
    }

    /// As `poll`, under the runtime's budget where a channel was made for one.
    fn poll_in_budget(&mut self, cx: &mut Context<'_>, aim: Aim) -> Poll<Option<usize>> {
        let result = match self.manners {
            None => self.poll(cx, aim),
            Some(manners) => {
                let mut result = Poll::Pending;
                let _ = (manners.proceed)(cx, &mut |cx| {
                    if result.is_pending() {
                        result = self.poll(cx, aim);
                    }
                    if result.is_ready() { Poll::Ready(()) } else { Poll::Pending }
                });
                result
            }
        };
        if self.offered_first && result.is_pending() {
            // Behind the receive that was told, where wakes are served in their order.
            cx.waker().wake_by_ref();
        }
        result
    }

    /// A look at what is due, by a select that does not sleep; and a second one: meanwhile a message may have gone from a
    /// case that was still to come to one that had been found empty.
    fn glance(&mut self, aim: Aim) -> Option<usize> {
        self.leave();
        if self.taken.is_some() {
            return self.taken;
        }
        self.collect();
        // As far as `leave` is concerned, which comes in any case: a foreign future may panic.
        self.here = true;
        let turn = Leaving(self);
        let (how, again) = if aim == Aim::Ask { (How::Ask, How::Ask) } else { (How::Now, How::NowAgain) };
        let mut found = turn.0.look(how);
        if found.is_none() && turn.0.len() > 1 {
            turn.0.collect();
            found = turn.0.look(again);
        }
        Some(turn.0.finish(found?, aim))
    }

    fn collect(&mut self) {
        let due = &mut self.due;
        self.board.collect(|number, marks| due.insert_word(number, marks));
    }

    /// Looks at the due cases in a fresh order until one is ready.
    fn look(&mut self, how: How) -> Option<usize> {
        self.left.assign(&self.due, &self.off);
        while !self.left.is_empty() {
            let cases = &self.cases;
            let place = self.order.draw(&self.left, |place| cases[place].weight);
            self.left.remove(place);
            // A place without a case: a wake-up of an earlier one came late.
            let Some(case) = &mut self.cases[place].case else { continue };
            let mut look = match how {
                How::First { .. } => Look::First(&mut self.turn),
                How::Second => Look::Second(&mut self.turn),
                How::Now => Look::Now,
                How::NowAgain => Look::NowAgain,
                How::Ask => Look::Ask,
            };
            self.polling = Some(place);
            let ready = case.look(&mut look, self.board.waker(place));
            self.polling = None;
            if ready {
                return Some(place);
            }
            if matches!(how, How::First { may_offer: true })
                && self.favourite.is_none()
                && self.offering.contains(place)
                && case.is_promising()
            {
                self.favourite = Some(place);
                let others = self.left.iter().filter(|other| !self.offering.contains(*other));
                let cases = &self.cases;
                // If nothing else can win, the usual sleep does, without a further poll.
                if others.filter_map(|other| cases[other].case.as_ref()).any(|case| case.is_promising()) {
                    self.offered_first = true;
                    return None;
                }
            }
        }
        None
    }

    /// Registers what was looked at; offers are posted once in a turn.
    fn register(&mut self, aim: Aim) {
        self.left.assign(&self.due, &self.off);
        let mut from = 0;
        while let Some(place) = self.left.next(from) {
            from = place + 1;
            let offers = self.offering.contains(place);
            if !offers || aim == Aim::Ask || self.posted.contains(&place) {
                self.left.remove(place);
            }
            let Some(case) = &mut self.cases[place].case else { continue };
            if !offers {
                self.parked.insert(place);
                case.register(&mut self.turn, 0, self.board.waker(place));
            }
        }
        // Of several offers in one channel a receiver takes the one that lies first: they are posted in a fresh order.
        while !self.left.is_empty() {
            let cases = &self.cases;
            let place = self.order.draw(&self.left, |place| cases[place].weight);
            self.left.remove(place);
            let Some(case) = &mut self.cases[place].case else { continue };
            self.posted.push(place);
            case.register(&mut self.turn, self.posted.len() - 1, self.board.waker(place));
        }
    }

    /// Announces the offers, all of them even if the first says that its channel closed.
    fn announce(&mut self) -> bool {
        let favourite = self.favourite.take();
        let mut closed = false;
        for place in favourite.iter().chain(self.posted.iter().filter(|place| Some(**place) != favourite)) {
            if let Some(case) = &mut self.cases[*place].case {
                self.polling = Some(*place);
                closed |= case.announce(&mut self.turn);
                self.polling = None;
            }
            if self.offered_first {
                // Only that one, or the receives of others would come for theirs.
                self.turn.owe_announcements();
                break;
            }
        }
        closed
    }

    fn note_taken(&mut self, place: usize) {
        if let Some(case) = &mut self.cases[place].case {
            case.taken();
        }
    }

    /// The case in `place` is the result: the turn is over.
    fn finish(&mut self, place: usize, aim: Aim) -> usize {
        self.turn.finish();
        if aim == Aim::Fire {
            // An operation that has fired has left its cell.
            self.parked.remove(place);
            if let Order::RoundRobin(turn) = &mut self.order {
                turn.pass_behind(place);
            }
        }
        self.due.insert(place);
        self.go_away(Some(place));
        place
    }

    /// Ends a turn that has no result, if one is under way. A send that was taken is the result of the next turn.
    pub(crate) fn leave(&mut self) {
        if !self.here {
            return;
        }
        if let Some(number) = self.turn.cancel() {
            let place = self.posted[number];
            self.note_taken(place);
            self.taken = Some(place);
        }
        if let Some(place) = self.polling.take()
            && self.cases[place].case.as_ref().is_some_and(|case| !case.is_live())
        {
            // Its poll panicked.
            drop(self.take_out(place));
        }
        self.go_away(self.taken);
    }

    /// Nothing of ours is open any more (K2), but for what `taken` is.
    fn go_away(&mut self, taken: Option<usize>) {
        // What runs wakers may panic: each step is noted before it is done, and `here` says until the end that some may
        // be left.
        while let Some(place) = self.posted.pop() {
            if let Some(case) = &mut self.cases[place].case
                && taken != Some(place)
            {
                case.withdraw();
            }
        }
        self.board.leave();
        self.collect();
        while let Some(place) = self.due.first_common(&self.parked) {
            self.parked.remove(place);
            if let Some(case) = &mut self.cases[place].case {
                case.withdraw();
            }
        }
        self.due.insert_all(&self.offering);
        self.favourite = None;
        self.offered_first = false;
        self.here = false;
    }

    /// The result of the case in `place`, which has its output. Its function comes last: it may panic.
    fn fire(&mut self, place: usize) -> R {
        if self.taken == Some(place) {
            self.taken = None;
        }
        let after = self.cases[place].case.as_ref().map(|case| case.after());
        let result = match after {
            Some(After::Gone) => self.take_out(place).map(|mut case| case.result()),
            Some(after) => {
                if after == After::Spent {
                    self.end(place);
                }
                self.cases[place].case.as_mut().map(|case| case.result())
            }
            None => None,
        };
        match result {
            Some(result) => result,
            None => unreachable!("no case in the place that has fired"),
        }
    }
}

/// How cases are looked at; see [`Look`].
#[derive(Clone, Copy, Debug)]
enum How {
    /// `may_offer`: the first look of the turn, so an offer may go first.
    First {
        may_offer: bool,
    },
    Second,
    Now,
    NowAgain,
    Ask,
}

/// Ends the turn in any case.
pub(crate) struct Leaving<'s, 'a, R>(pub(crate) &'s mut Select<'a, R>);

impl<R> Drop for Leaving<'_, '_, R> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// The future of [`Select::run`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Run<'s, 'a, R> {
    turn: Leaving<'s, 'a, R>,
}

impl<R> Future for Run<'_, '_, R> {
    type Output = Option<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<R>> {
        let select = &mut *self.turn.0;
        select.poll_in_budget(cx, Aim::Fire).map(|place| place.map(|place| select.fire(place)))
    }
}

impl<R> fmt::Debug for Run<'_, '_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Run").field(&self.turn.0).finish()
    }
}

/// The future of [`Select::ready`].
#[must_use = "futures do nothing unless they are polled"]
pub struct Ready<'s, 'a, R> {
    turn: Leaving<'s, 'a, R>,
}

impl<R> Future for Ready<'_, '_, R> {
    type Output = Option<CaseId>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<CaseId>> {
        let select = &mut *self.turn.0;
        select.poll_in_budget(cx, Aim::Ask).map(|place| place.map(|place| select.id(place)))
    }
}

impl<R> fmt::Debug for Ready<'_, '_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ready").field(&self.turn.0).finish()
    }
}

// ------------------------------------------------------------------------------------------------------- threads

#[cfg(feature = "std")]
mod threads {
    use super::{Aim, CaseId, Leaving, Select};
    use crate::select::FOR_A_PEER;
    use chan_core::case::block_on;
    use core::task::{Context, Poll};
    use std::time::{Duration, Instant};

    /// For threads: the same turns, in which the thread is blocked. Feature `std`.
    ///
    /// In an async context of the runtime that an adapter made one of the channels for they panic and say what to do
    /// instead. Foreign futures are polled on this thread, with a waker that wakes it.
    impl<R> Select<'_, R> {
        /// As [`run`](Self::run), blocking the thread.
        ///
        /// # Panics
        ///
        /// In an async context of a channel's runtime.
        ///
        /// ```
        /// use chan_core::chan;
        /// use chan_select::Select;
        ///
        /// let (tx, rx) = chan(0);
        /// let sender = std::thread::spawn(move || tx.send_blocking(7));
        /// let mut select = Select::new();
        /// select.recv(&rx, |message| message.ok());
        /// assert_eq!(select.run_blocking(), Some(Some(7)));
        /// sender.join().unwrap().unwrap();
        /// assert_eq!(select.run_blocking(), Some(None)); // closed
        /// assert_eq!(select.run_blocking(), None); // nothing left
        /// ```
        pub fn run_blocking(&mut self) -> Option<R> {
            self.block(None, Aim::Fire).map(|place| self.fire(place))
        }

        /// As [`run_blocking`](Self::run_blocking), for no longer than `limit`; a limit too long for the clock is none.
        /// `None` also when the time was up.
        ///
        /// # Panics
        ///
        /// As [`run_blocking`](Self::run_blocking).
        ///
        /// ```
        /// use chan_core::chan;
        /// use chan_select::Select;
        /// use std::time::Duration;
        ///
        /// let (_tx, rx) = chan::<u32>(1);
        /// let mut select = Select::new();
        /// select.recv(&rx, |message| message.ok());
        /// assert_eq!(select.run_timeout_blocking(Duration::from_millis(1)), None);
        /// assert!(!select.is_complete()); // the time was up
        /// ```
        pub fn run_timeout_blocking(&mut self, limit: Duration) -> Option<R> {
            self.block(Some(Instant::now().checked_add(limit)), Aim::Fire).map(|place| self.fire(place))
        }

        /// As [`run_blocking`](Self::run_blocking), until `deadline`. `None` also when it had come.
        ///
        /// # Panics
        ///
        /// As [`run_blocking`](Self::run_blocking).
        ///
        /// ```
        /// use chan_select::Select;
        /// use std::time::Instant;
        ///
        /// let mut select = Select::new();
        /// select.future(std::future::pending(), |never: u32| never);
        /// assert_eq!(select.run_deadline_blocking(Instant::now()), None);
        /// ```
        pub fn run_deadline_blocking(&mut self, deadline: Instant) -> Option<R> {
            self.block(Some(Some(deadline)), Aim::Fire).map(|place| self.fire(place))
        }

        /// As [`ready`](Self::ready), blocking the thread.
        ///
        /// # Panics
        ///
        /// As [`run_blocking`](Self::run_blocking).
        ///
        /// ```
        /// use chan_core::chan;
        /// use chan_select::Select;
        ///
        /// let (tx, rx) = chan(1);
        /// let mut select = Select::new();
        /// let id = select.recv(&rx, |message| message.ok());
        /// tx.try_send(1).unwrap();
        /// assert_eq!(select.ready_blocking(), Some(id));
        /// assert_eq!(select.try_run(), Some(Some(1)));
        /// ```
        pub fn ready_blocking(&mut self) -> Option<CaseId> {
            self.block(None, Aim::Ask).map(|place| self.id(place))
        }

        /// As [`ready`](Self::ready), blocking the thread for no longer than `limit`.
        ///
        /// # Panics
        ///
        /// As [`run_blocking`](Self::run_blocking).
        ///
        /// ```
        /// use chan_core::chan;
        /// use chan_select::Select;
        /// use std::time::Duration;
        ///
        /// let (_tx, rx) = chan::<u32>(1);
        /// let mut select = Select::new();
        /// select.recv(&rx, |message| message.ok());
        /// assert_eq!(select.ready_timeout_blocking(Duration::from_millis(1)), None);
        /// ```
        pub fn ready_timeout_blocking(&mut self, limit: Duration) -> Option<CaseId> {
            self.block(Some(Instant::now().checked_add(limit)), Aim::Ask).map(|place| self.id(place))
        }

        /// As [`ready`](Self::ready), blocking the thread until `deadline`.
        ///
        /// # Panics
        ///
        /// As [`run_blocking`](Self::run_blocking).
        ///
        /// ```
        /// use chan_select::Select;
        /// use std::time::Instant;
        ///
        /// let mut select = Select::new();
        /// let id = select.future(std::future::ready(1), |n| n);
        /// assert_eq!(select.ready_deadline_blocking(Instant::now()), Some(id));
        /// ```
        pub fn ready_deadline_blocking(&mut self, deadline: Instant) -> Option<CaseId> {
            self.block(Some(Some(deadline)), Aim::Ask).map(|place| self.id(place))
        }

        /// `limit`: `Some(None)` is one that the clock cannot hold.
        fn block(&mut self, limit: Option<Option<Instant>>, aim: Aim) -> Option<usize> {
            if let Some(manners) = self.manners {
                (manners.check_blocking)();
            }
            self.leave();
            let deadline = limit.flatten();
            if deadline.is_none_or(|deadline| deadline > Instant::now()) {
                let turn = Leaving(&mut *self);
                loop {
                    let polled = block_on(deadline, |cx| match turn.0.poll(cx, aim) {
                        Poll::Ready(place) => Poll::Ready(Some(place)),
                        Poll::Pending if turn.0.offered_first => Poll::Ready(None),
                        Poll::Pending => Poll::Pending,
                    });
                    match polled {
                        Some(Some(place)) => return place,
                        // The receive that was told is on another thread. It wakes us when it has come.
                        Some(None) => {
                            let until = Instant::now() + FOR_A_PEER;
                            let until = deadline.map_or(until, |deadline| deadline.min(until));
                            let taken = |_: &mut Context<'_>| {
                                if turn.0.turn.is_taken() { Poll::Ready(()) } else { Poll::Pending }
                            };
                            block_on(Some(until), taken);
                        }
                        None => break,
                    }
                }
            }
            // The time is up: one last look.
            self.glance(aim)
        }
    }
}
