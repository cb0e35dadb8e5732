//! The cases of a select, side by side: a list that the compiler sees through, so that each case keeps its type and
//! nothing is boxed. Knows positions; not what they are looked at for.
//!
//! The macro meets its arms from left to right and wraps what it has into the next: `And(And((), a), b)`. So the
//! *last* case is the outermost, and a list knows how many are inside it.

use crate::case::{Case, Look};
use crate::order::Set;
use chan_core::Manners;
use chan_core::case::Turn;
use core::convert::Infallible;
use core::task::Waker;

/// A list and one case more.
pub struct And<L, C>(pub L, pub C);

/// The output of one case of a list: of its last one, or of an earlier one.
pub enum Choice<E, L> {
    /// One of the list that is inside.
    Earlier(E),
    /// The last one.
    This(L),
}

/// A list of cases, told apart by position.
pub trait Cases {
    /// The output of any one of them.
    type Output;

    /// How many there are.
    const LEN: usize;

    /// Whether their drop withdraws them all, as long as they are not registered.
    const DROP_WITHDRAWS: bool;

    /// How many can ever be ready.
    fn live(&self) -> usize;

    /// Whether any channel operation may still succeed.
    fn any_open(&self) -> bool;

    /// Those whose value a peer may take.
    fn offering(&self) -> Set;

    /// Whether case `index` is a rendezvous send for which a receive waits.
    fn awaits_peer(&self, index: usize, open_only: bool) -> bool;

    /// Whether a look at case `index` may find something now.
    fn may_be_found(&self, index: usize, open_only: bool) -> bool;

    /// Those that are worth a look: all but the idle ones.
    fn worth_a_look(&self) -> Set;

    /// Lets them all in. Once, before everything else.
    fn enter(&mut self);

    /// What the runtime of the first channel that was made for one asks of a poll.
    fn manners(&self) -> Option<&'static Manners>;

    /// What the runtime of case `index` asks of a poll.
    fn manners_of(&self, index: usize) -> Option<&'static Manners>;

    /// Looks at case `index`.
    fn look(&mut self, index: usize, look: &mut Look<'_, '_>) -> Option<Self::Output>;

    /// Registers them all but `later`. Those that must be looked at again.
    fn register(&mut self, turn: &mut Turn, waker: &Waker, open_only: bool, later: Set) -> Set;

    /// Registers case `index`. Whether it must be looked at again.
    fn register_one(&mut self, index: usize, turn: &mut Turn, waker: &Waker, open_only: bool) -> bool;

    /// Announces case `index`. `true`: it closed meanwhile.
    fn announce_first(&mut self, index: usize, turn: &mut Turn, open_only: bool) -> bool;

    /// Announces them all but `except`, even if the first says `true`: any of them closed meanwhile.
    fn announce(&mut self, turn: &mut Turn, open_only: bool, except: Option<usize>) -> bool;

    /// The output of case `index`, whose offer was taken.
    fn taken(&mut self, index: usize) -> Option<Self::Output>;

    /// Withdraws all but the one that has taken effect.
    fn withdraw(&mut self, except: Option<usize>);
}

impl Cases for () {
    type Output = Infallible;

    const LEN: usize = 0;

    const DROP_WITHDRAWS: bool = true;

    fn live(&self) -> usize {
        0
    }

    fn any_open(&self) -> bool {
        false
    }

    fn offering(&self) -> Set {
        Set::default()
    }

    fn awaits_peer(&self, _: usize, _: bool) -> bool {
        false
    }

    fn may_be_found(&self, _: usize, _: bool) -> bool {
        false
    }

    fn worth_a_look(&self) -> Set {
        Set::default()
    }

    fn enter(&mut self) {}

    fn manners(&self) -> Option<&'static Manners> {
        None
    }

    #[inline]
    fn manners_of(&self, _: usize) -> Option<&'static Manners> {
        None
    }

    fn look(&mut self, _: usize, _: &mut Look<'_, '_>) -> Option<Infallible> {
        None
    }

    fn register(&mut self, _: &mut Turn, _: &Waker, _: bool, _: Set) -> Set {
        Set::default()
    }

    fn register_one(&mut self, _: usize, _: &mut Turn, _: &Waker, _: bool) -> bool {
        false
    }

    fn announce_first(&mut self, _: usize, _: &mut Turn, _: bool) -> bool {
        false
    }

    fn announce(&mut self, _: &mut Turn, _: bool, _: Option<usize>) -> bool {
        false
    }

    fn taken(&mut self, _: usize) -> Option<Infallible> {
        None
    }

    fn withdraw(&mut self, _: Option<usize>) {}
}

impl<L: Cases, C: Case> Cases for And<L, C> {
    type Output = Choice<L::Output, C::Output>;

    const LEN: usize = L::LEN + 1;

    const DROP_WITHDRAWS: bool = L::DROP_WITHDRAWS && C::DROP_WITHDRAWS;

    fn live(&self) -> usize {
        self.0.live() + usize::from(self.1.is_live())
    }

    fn any_open(&self) -> bool {
        self.0.any_open() || self.1.is_open()
    }

    fn offering(&self) -> Set {
        self.0.offering().with(L::LEN, self.1.offers())
    }

    fn awaits_peer(&self, index: usize, open_only: bool) -> bool {
        if index == L::LEN { self.1.awaits_peer(open_only) } else { self.0.awaits_peer(index, open_only) }
    }

    fn may_be_found(&self, index: usize, open_only: bool) -> bool {
        if index == L::LEN { self.1.may_be_found(open_only) } else { self.0.may_be_found(index, open_only) }
    }

    #[inline]
    fn worth_a_look(&self) -> Set {
        self.0.worth_a_look().with(L::LEN, !self.1.is_idle())
    }

    fn enter(&mut self) {
        self.0.enter();
        self.1.enter();
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.0.manners().or_else(|| self.1.manners())
    }

    #[inline]
    fn manners_of(&self, index: usize) -> Option<&'static Manners> {
        if index == L::LEN { self.1.manners() } else { self.0.manners_of(index) }
    }

    #[inline]
    fn look(&mut self, index: usize, look: &mut Look<'_, '_>) -> Option<Self::Output> {
        if index == L::LEN {
            self.1.look(look).map(Choice::This)
        } else {
            self.0.look(index, look).map(Choice::Earlier)
        }
    }

    fn register(&mut self, turn: &mut Turn, waker: &Waker, open_only: bool, later: Set) -> Set {
        let earlier = self.0.register(turn, waker, open_only, later);
        earlier.with(L::LEN, !later.has(L::LEN as u8) && self.1.register(turn, L::LEN, waker, open_only))
    }

    fn register_one(&mut self, index: usize, turn: &mut Turn, waker: &Waker, open_only: bool) -> bool {
        if index == L::LEN {
            self.1.register(turn, index, waker, open_only)
        } else {
            self.0.register_one(index, turn, waker, open_only)
        }
    }

    fn announce_first(&mut self, index: usize, turn: &mut Turn, open_only: bool) -> bool {
        if index == L::LEN { self.1.announce(turn, open_only) } else { self.0.announce_first(index, turn, open_only) }
    }

    fn announce(&mut self, turn: &mut Turn, open_only: bool, except: Option<usize>) -> bool {
        let earlier = self.0.announce(turn, open_only, except);
        (except != Some(L::LEN) && self.1.announce(turn, open_only)) | earlier
    }

    fn taken(&mut self, index: usize) -> Option<Self::Output> {
        if index == L::LEN { self.1.taken().map(Choice::This) } else { self.0.taken(index).map(Choice::Earlier) }
    }

    fn withdraw(&mut self, except: Option<usize>) {
        self.0.withdraw(except);
        if except != Some(L::LEN) {
            self.1.withdraw();
        }
    }
}
