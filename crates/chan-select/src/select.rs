//! One turn of a select, from its first poll to its result: the steps that `chan_core::case` prescribes, in its order.
//! Knows when a case is looked at; not what it is (`case.rs`) nor in which order (`order.rs`).
//!
//! Only a select that sleeps can be taken from, and only a busy one acts: so a foreign future that is ready, or a
//! message that is received, never meets a peer that takes one of our offers at the same time.
//!
//! So a rendezvous send cannot complete in a look, though a receive waits for it. When the first look draws one before
//! anything else that is ready, the offer *goes first*: the select looks no further, sleeps with a wake-up on its way,
//! and the receive that was told has the time until the next poll to come. If it does not come, that poll looks at all
//! cases as if nothing had been. Once in a turn.

use crate::case::Look;
use crate::cases::Cases;
use crate::order::{MAX_CASES, Order, Pick, Set};
use crate::otherwise::{Kind, Otherwise};
use chan_core::case::{Begin, Turn};
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
#[cfg(feature = "std")]
use {
    chan_core::case::block_on,
    std::time::{Duration, Instant},
};

/// How long a thread whose offer goes first waits for the receive: about as long as it takes to wake a thread.
#[cfg(feature = "std")]
pub(crate) const FOR_A_PEER: Duration = Duration::from_micros(100);

/// Which arm runs.
pub enum Fired<O> {
    /// A case, with its output.
    Case(O),
    /// `default`.
    Default,
    /// `complete`.
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not polled: nothing has been begun.
    New,
    /// The cases have been let in, and no look has come to its end.
    Entered,
    /// Polled: the turn is busy in a poll, and asleep between two.
    Begun,
    /// As `Begun`, and the cases have been registered.
    Registered,
    /// There is a result.
    Done,
}

/// A select under way. Borrows its cases, which are pinned in the enclosing function.
pub struct Selecting<'a, C: Cases, D: Otherwise, P: Pick, const N: usize> {
    cases: C,
    otherwise: Pin<&'a mut D>,
    order: Order<N>,
    pick: P,
    /// There is a `complete` arm: closed cases are disabled.
    complete: bool,
    turn: Turn,
    state: State,
    /// The rendezvous send that the first look drew first of those for which a receive waits: it is announced before the
    /// others, so that its receive comes before theirs.
    favourite: Option<usize>,
    /// The last poll ended because an offer goes first.
    offered_first: bool,
}

/// With which case a look begins.
#[derive(Clone, Copy)]
enum Start {
    /// Whichever is drawn, of a new order.
    Draw,
    /// This one has been drawn.
    Drawn(usize),
    /// This one has been drawn, and a look at it found nothing.
    Missed(usize),
}

/// What a look gave.
enum Looked<O> {
    Found(usize, O),
    /// A rendezvous send goes before whatever else may be ready.
    OfferFirst,
    Nothing,
}

impl<'a, C: Cases, D: Otherwise, P: Pick, const N: usize> Selecting<'a, C, D, P, N> {
    /// A select over `cases`, which are `N`.
    pub fn new(cases: C, otherwise: Pin<&'a mut D>, pick: P, complete: bool) -> Self {
        const { assert!(N == C::LEN && N <= MAX_CASES) }
        Selecting {
            cases,
            otherwise,
            order: Order::new(),
            pick,
            complete,
            turn: Turn::NEW,
            state: State::New,
            favourite: None,
            offered_first: false,
        }
    }

    /// Blocks the thread until there is a result: `select_blocking!`.
    #[cfg(feature = "std")]
    pub fn block(mut self) -> Fired<C::Output> {
        if D::KIND != Kind::Now
            && let Some(manners) = self.cases.manners()
        {
            (manners.check_blocking)();
        }
        loop {
            let polled = block_on(None, |cx| match self.poll(cx, Start::Draw) {
                Poll::Ready(fired) => Poll::Ready(Some(fired)),
                Poll::Pending if self.offered_first => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            });
            match polled {
                Some(Some(fired)) => return fired,
                // The receive that was told is on another thread. It wakes us when it has come.
                Some(None) => {
                    let deadline = Some(Instant::now() + FOR_A_PEER);
                    block_on(deadline, |_| if self.turn.is_taken() { Poll::Ready(()) } else { Poll::Pending });
                }
                None => unreachable!("no deadline"),
            }
        }
    }

    /// Draws the first case of the turn. Where that one is ready, nothing is asked of the others, and its own runtime is
    /// the only one that could ask anything.
    #[inline]
    fn first_draw(&mut self, cx: &mut Context<'_>) -> Result<Fired<C::Output>, Start> {
        self.enter();
        self.order.restart(&mut self.pick);
        let Some(case) = self.order.draw(&mut self.pick) else { return Err(Start::Draw) };
        if self.cases.manners_of(case).is_some() {
            return Err(Start::Drawn(case));
        }
        let mut look = Look { turn: Some(&mut self.turn), foreign: Some(cx), open_only: self.complete };
        match self.cases.look(case, &mut look) {
            Some(output) => Ok(self.finish(Some(case), Fired::Case(output))),
            None => Err(Start::Missed(case)),
        }
    }

    #[inline]
    fn enter(&mut self) {
        self.state = State::Entered;
        self.cases.enter();
    }

    /// `start`: for its first look.
    fn poll(&mut self, cx: &mut Context<'_>, mut start: Start) -> Poll<Fired<C::Output>> {
        if D::KIND == Kind::Now {
            return Poll::Ready(self.decide(cx));
        }
        self.offered_first = false;
        if self.state == State::New {
            self.enter();
        }
        let mut first = self.state == State::Entered;
        if first {
            self.state = State::Begun;
        }
        loop {
            // A peer has taken one of our offers while we slept: that is the result.
            match self.turn.begin(cx.waker()) {
                Begin::Look => {}
                Begin::StandBack => return Poll::Pending,
                Begin::Taken(case) => {
                    let output = self.taken(case);
                    return Poll::Ready(self.finish(Some(case), Fired::Case(output)));
                }
            }
            match self.look(true, first, mem::replace(&mut start, Start::Draw), Some(cx), None) {
                // Something is ready.
                Looked::Found(case, output) => return Poll::Ready(self.finish(Some(case), Fired::Case(output))),
                Looked::OfferFirst => self.offered_first = true,
                Looked::Nothing => {
                    self.offered_first = false;
                    if let Some(fired) = self.end_without_case(first, cx) {
                        return Poll::Ready(fired);
                    }
                }
            }
            // We are going to sleep. Only now does it matter whether our offers need a claim, and it is not free.
            if mem::take(&mut first) {
                self.turn = Turn::new(self.must_be_claimed());
                let begun = self.turn.begin(cx.waker());
                debug_assert_eq!(begun, Begin::Look);
            }
            // What came before we were registered has told nobody: look again where that may be, unless we look once more
            // anyway. Foreign futures have our waker since their poll.
            self.state = State::Registered;
            let again = self.register(cx.waker());
            if !self.offered_first {
                if !again.is_empty()
                    && let Looked::Found(case, output) = self.look(true, false, Start::Draw, None, Some(again))
                {
                    return Poll::Ready(self.finish(Some(case), Fired::Case(output)));
                }
                if self.is_complete() {
                    return Poll::Ready(self.finish(None, Fired::Complete));
                }
            }
            // Claimable first, announced second: who hears of an offer must be able to take it.
            let met_half_way = self.turn.sleep();
            if !self.announce() {
                // Somebody was in the middle of an operation, and will not tell us when it has ended.
                if met_half_way {
                    cx.waker().wake_by_ref();
                }
                return Poll::Pending;
            }
            // A channel closed before we could announce to it: its case is ready now, or disabled.
        }
    }

    /// `complete` and `default(timer)`, after a look that found nothing.
    fn end_without_case(&mut self, first: bool, cx: &mut Context<'_>) -> Option<Fired<C::Output>> {
        // Nothing can become ready.
        if self.is_complete() {
            return Some(self.finish(None, Fired::Complete));
        }
        // The time is up. If it was up from the start, this was a plain `default`: a receiver that is parked had no
        // chance to come for an offer, so a send leaves its value for it.
        if self.otherwise.as_mut().poll(cx).is_pending() {
            return None;
        }
        let left = if first { self.look(false, false, Start::Draw, None, None) } else { Looked::Nothing };
        Some(match left {
            Looked::Found(case, output) => self.finish(Some(case), Fired::Case(output)),
            _ => self.finish(None, Fired::Default),
        })
    }

    /// Registers all cases. Those that must be looked at again.
    fn register(&mut self, waker: &Waker) -> Set {
        let offers = self.cases.offering();
        if !offers.has_several() {
            return self.cases.register(&mut self.turn, waker, self.complete, Set::default());
        }
        // Of several offers in one channel a receiver takes the one that lies first: they are posted in a fresh order.
        let mut again = self.cases.register(&mut self.turn, waker, self.complete, offers);
        self.order.restart(&mut self.pick);
        self.order.keep(offers);
        while let Some(case) = self.order.draw(&mut self.pick) {
            again = again.with(case, self.cases.register_one(case, &mut self.turn, waker, self.complete));
        }
        again
    }

    /// Announces the offers. `true`: a channel closed meanwhile.
    fn announce(&mut self) -> bool {
        let favourite = self.favourite.take();
        let closed = match favourite {
            Some(case) => self.cases.announce_first(case, &mut self.turn, self.complete),
            None => false,
        };
        if self.offered_first {
            // Only that one, or the receives of others would come for theirs.
            self.turn.owe_announcements();
            return closed;
        }
        self.cases.announce(&mut self.turn, self.complete, favourite) | closed
    }

    /// Whether a peer that takes one of our offers must first win it from us: there is another way for this select to
    /// end.
    fn must_be_claimed(&self) -> bool {
        let ways = self.cases.live() + usize::from(D::KIND == Kind::Timer) + usize::from(self.complete);
        ways > 1 && !self.cases.offering().is_empty()
    }

    /// A select that does not sleep. It looks twice: during the first look a message may have gone from a case that was
    /// still to come to one that had been found empty, and was never nowhere. The second look finds it.
    fn decide(&mut self, cx: &mut Context<'_>) -> Fired<C::Output> {
        self.enter();
        let found = match self.look(false, false, Start::Draw, Some(cx), None) {
            Looked::Nothing if N > 1 => self.look(false, false, Start::Draw, None, None),
            found => found,
        };
        match found {
            Looked::Found(case, output) => self.finish(Some(case), Fired::Case(output)),
            _ if self.is_complete() => self.finish(None, Fired::Complete),
            _ => self.finish(None, Fired::Default),
        }
    }

    /// Looks at the cases in a fresh order until one takes effect. `offering`: sends wait for a receiver that comes;
    /// else they may leave their value with the channel. `first`: the first look of the turn, so an offer may go first.
    /// `only`: at these alone.
    ///
    /// One case is drawn from all of them. Only when it is not ready the others are asked, in the written order, which of
    /// them are worth a look: where all are ready, a turn costs the same however many they are, and where few are, nobody
    /// jumps from one idle channel to another in an order that no processor can guess.
    fn look(
        &mut self,
        offering: bool,
        first: bool,
        start: Start,
        mut foreign: Option<&mut Context<'_>>,
        only: Option<Set>,
    ) -> Looked<C::Output> {
        let (mut drawn, mut missed) = match start {
            Start::Draw => {
                self.order.restart(&mut self.pick);
                if let Some(only) = only {
                    self.order.keep(only);
                }
                (self.order.draw(&mut self.pick), false)
            }
            Start::Drawn(case) => (Some(case), false),
            Start::Missed(case) => (Some(case), true),
        };
        let mut asked = only.is_some();
        while let Some(case) = drawn {
            if !mem::take(&mut missed) {
                let turn = offering.then_some(&mut self.turn);
                let mut look = Look { turn, foreign: foreign.as_deref_mut(), open_only: self.complete };
                if let Some(output) = self.cases.look(case, &mut look) {
                    return Looked::Found(case, output);
                }
            }
            if first && self.favourite.is_none() && self.cases.awaits_peer(case, self.complete) {
                self.favourite = Some(case);
                // If nothing else can win, the usual sleep does, without a further poll.
                if self.order.left().any(|other| self.cases.may_be_found(other, self.complete)) {
                    return Looked::OfferFirst;
                }
            }
            if !mem::replace(&mut asked, true) {
                self.order.keep(self.cases.worth_a_look());
            }
            drawn = self.order.draw(&mut self.pick);
        }
        Looked::Nothing
    }

    fn is_complete(&self) -> bool {
        self.complete && !self.cases.any_open()
    }

    fn taken(&mut self, case: usize) -> C::Output {
        match self.cases.taken(case) {
            Some(output) => output,
            None => unreachable!("case {case} offers nothing that could have been taken"),
        }
    }

    /// The result is there: no offer can be taken any more, and the other cases end without effect.
    fn finish(&mut self, case: Option<usize>, fired: Fired<C::Output>) -> Fired<C::Output> {
        let registered = mem::replace(&mut self.state, State::Done) == State::Registered;
        self.turn.finish();
        if let Some(case) = case {
            self.pick.fired(case);
        }
        // The cases are dropped as soon as there is a result. What was never registered needs no more than that.
        if registered || !C::DROP_WITHDRAWS {
            self.cases.withdraw(case);
        }
        fired
    }
}

impl<C: Cases, D: Otherwise, P: Pick, const N: usize> Future for Selecting<'_, C, D, P, N>
where
    Self: Unpin,
{
    type Output = Fired<C::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        assert!(this.state != State::Done, "select!: polled after its result");
        if D::KIND == Kind::Now {
            return this.poll(cx, Start::Draw);
        }
        let mut start = Start::Draw;
        if this.state == State::New {
            match this.first_draw(cx) {
                Ok(fired) => return Poll::Ready(fired),
                Err(drawn) => start = drawn,
            }
        }
        // One unit of the runtime's budget is spent, as by one operation; `default` spends none.
        let result = match this.cases.manners() {
            None => this.poll(cx, start),
            Some(manners) => {
                let mut result = Poll::Pending;
                let _ = (manners.proceed)(cx, &mut |cx| {
                    if result.is_pending() {
                        result = this.poll(cx, mem::replace(&mut start, Start::Draw));
                    }
                    if result.is_ready() { Poll::Ready(()) } else { Poll::Pending }
                });
                result
            }
        };
        if this.offered_first && result.is_pending() {
            // Behind the receive that was told, where wakes are served in their order.
            cx.waker().wake_by_ref();
        }
        result
    }
}

impl<C: Cases, D: Otherwise, P: Pick, const N: usize> Drop for Selecting<'_, C, D, P, N> {
    /// Dropped from outside, or by a panic in a foreign future's poll: as if it had never been, unless a peer has
    /// taken an offer; then that send has happened, and nobody is left to be told.
    fn drop(&mut self) {
        if !matches!(self.state, State::New | State::Done) {
            let taken = self.turn.cancel();
            // First: the others run wakers, which may panic.
            if let Some(case) = taken {
                drop(self.taken(case));
            }
            self.cases.withdraw(taken);
        }
    }
}
