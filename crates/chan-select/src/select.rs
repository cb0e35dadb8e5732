//! One turn of a select, from its first poll to its result: the steps that `chan_core::case` prescribes, in its order.
//! Knows when a case is looked at; not what it is (`case.rs`) nor in which order (`order.rs`).
//!
//! Only a select that sleeps can be taken from, and only a busy one acts: so a foreign future that is ready, or a
//! message that is received, never meets a peer that takes one of our offers at the same time.

use crate::case::Look;
use crate::cases::Cases;
use crate::order::{MAX_CASES, Order, Pick};
use crate::otherwise::{Kind, Otherwise};
use chan_core::case::{Begin, Turn};
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

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
    /// Polled: the turn is busy in a poll, and asleep between two.
    Begun,
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
}

impl<'a, C: Cases, D: Otherwise, P: Pick, const N: usize> Selecting<'a, C, D, P, N> {
    /// A select over `cases`, which are `N`.
    pub fn new(cases: C, otherwise: Pin<&'a mut D>, pick: P, complete: bool) -> Self {
        const { assert!(N == C::LEN && N <= MAX_CASES) }
        Selecting { cases, otherwise, order: Order::new(), pick, complete, turn: Turn::default(), state: State::New }
    }

    /// Blocks the thread until there is a result: `select_blocking!`.
    #[cfg(feature = "std")]
    pub fn block(mut self) -> Fired<C::Output> {
        if D::KIND != Kind::Now
            && let Some(manners) = self.cases.manners()
        {
            (manners.check_blocking)();
        }
        match chan_core::case::block_on(None, |cx| self.poll(cx)) {
            Some(fired) => fired,
            None => unreachable!("no deadline"),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fired<C::Output>> {
        if D::KIND == Kind::Now {
            return Poll::Ready(self.decide(cx));
        }
        let mut first = mem::replace(&mut self.state, State::Begun) == State::New;
        if first {
            self.cases.enter();
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
            // Something is ready.
            if let Some((case, output)) = self.look(true, Some(cx)) {
                return Poll::Ready(self.finish(Some(case), Fired::Case(output)));
            }
            // Nothing can become ready.
            if self.is_complete() {
                return Poll::Ready(self.finish(None, Fired::Complete));
            }
            // The time is up. If it was up from the start, this was a plain `default`: a receiver that is parked had
            // no chance to come for an offer, so a send leaves its value for it.
            if self.otherwise.as_mut().poll(cx).is_ready() {
                let left = if first { self.look(false, None) } else { None };
                return Poll::Ready(match left {
                    Some((case, output)) => self.finish(Some(case), Fired::Case(output)),
                    None => self.finish(None, Fired::Default),
                });
            }
            // We are going to sleep. Only now does it matter whether our offers need a claim word, and it is not free.
            if mem::take(&mut first) {
                self.turn = Turn::new(self.must_be_claimed());
                let begun = self.turn.begin(cx.waker());
                debug_assert_eq!(begun, Begin::Look);
            }
            // What came before we were registered has told nobody: look again. Foreign futures have our waker since
            // their poll.
            self.cases.register(&mut self.turn, cx.waker(), self.complete);
            if let Some((case, output)) = self.look(true, None) {
                return Poll::Ready(self.finish(Some(case), Fired::Case(output)));
            }
            if self.is_complete() {
                return Poll::Ready(self.finish(None, Fired::Complete));
            }
            // Claimable first, announced second: who hears of an offer must be able to take it.
            let met_half_way = self.turn.sleep();
            if !self.cases.announce(&mut self.turn, self.complete) {
                // Somebody was in the middle of an operation, and will not tell us when it has ended.
                if met_half_way {
                    cx.waker().wake_by_ref();
                }
                return Poll::Pending;
            }
            // A channel closed before we could announce to it: its case is ready now, or disabled.
        }
    }

    /// Whether a peer that takes one of our offers must first win it from us: there is another way for this select to
    /// end.
    fn must_be_claimed(&self) -> bool {
        let ways = self.cases.live() + usize::from(D::KIND == Kind::Timer) + usize::from(self.complete);
        ways > 1 && self.cases.any_offers()
    }

    /// A select that does not sleep: one look, at all there is.
    fn decide(&mut self, cx: &mut Context<'_>) -> Fired<C::Output> {
        self.state = State::Begun;
        self.cases.enter();
        match self.look(false, Some(cx)) {
            Some((case, output)) => self.finish(Some(case), Fired::Case(output)),
            None if self.is_complete() => self.finish(None, Fired::Complete),
            None => self.finish(None, Fired::Default),
        }
    }

    /// Looks at the cases in a fresh order until one takes effect. `offering`: sends wait for a receiver that comes;
    /// else they may leave their value with the channel.
    fn look(&mut self, offering: bool, mut foreign: Option<&mut Context<'_>>) -> Option<(usize, C::Output)> {
        self.order.restart(&mut self.pick);
        while let Some(case) = self.order.draw(&mut self.pick) {
            let turn = offering.then_some(&mut self.turn);
            let mut look = Look { turn, foreign: foreign.as_deref_mut(), open_only: self.complete };
            if let Some(output) = self.cases.look(case, &mut look) {
                return Some((case, output));
            }
        }
        None
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
        self.state = State::Done;
        self.turn.finish();
        if let Some(case) = case {
            self.pick.fired(case);
        }
        self.cases.withdraw(case);
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
        // A select that may sleep spends one unit of the runtime's budget, as one operation does; `default` never does.
        let manners = if D::KIND == Kind::Now { None } else { this.cases.manners() };
        let Some(manners) = manners else { return this.poll(cx) };
        let mut result = Poll::Pending;
        let _ = (manners.proceed)(cx, &mut |cx| {
            if result.is_pending() {
                result = this.poll(cx);
            }
            if result.is_ready() { Poll::Ready(()) } else { Poll::Pending }
        });
        result
    }
}

impl<C: Cases, D: Otherwise, P: Pick, const N: usize> Drop for Selecting<'_, C, D, P, N> {
    /// Dropped from outside, or by a panic in a foreign future's poll: as if it had never been, unless a peer has
    /// taken an offer; then that send has happened, and nobody is left to be told.
    fn drop(&mut self) {
        if self.state == State::Begun {
            let taken = self.turn.cancel();
            // First: the others run wakers, which may panic.
            if let Some(case) = taken {
                drop(self.taken(case));
            }
            self.cases.withdraw(taken);
        }
    }
}
