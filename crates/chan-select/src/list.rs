//! `Select`: a list of cases made at run time and kept from turn to turn. Knows which cases there are, in which places
//! they lie and what each is worth; how a turn goes is in `run.rs`.

use crate::kept::{After, Foreign, Foreigner, Items, Kept, Many, Native, Once, hand_over, slot};
use crate::order::{SelectRng, Turn};
use crate::places::Places;
use alloc::boxed::Box;
use alloc::vec::Vec;
use chan_core::case::{self, Board, Keep, KeptRecv, KeptSend, Operation};
use chan_core::{Manners, Receiver, RecvError, SendError, Sender};
use core::any::Any;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use futures_core::Stream;

/// A case of a [`Select`], by name. It names nothing any more once the case is over or removed.
///
/// ```
/// use chan_core::chan;
/// use chan_select::Select;
///
/// let (_tx, rx) = chan::<u32>(1);
/// let mut select = Select::new();
/// let first = select.recv(&rx, |message| message.ok());
/// let second = select.recv(&rx, |message| message.ok());
/// assert_ne!(first, second);
/// assert!(select.remove(first));
/// assert!(!select.contains(first) && select.contains(second));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaseId {
    place: u32,
    /// How many cases the place has had before.
    generation: u32,
}

/// A send case of a [`Select`], by name and with the type of its messages.
///
/// ```
/// use chan_core::chan;
/// use chan_select::{Select, SendId};
///
/// let (tx, _rx) = chan::<u32>(1);
/// let mut select = Select::new();
/// let send: SendId<u32> = select.send(&tx, 1, |result| result.is_ok());
/// assert!(select.contains(send));
/// assert_eq!(select.try_ready(), Some(send.id()));
/// ```
pub struct SendId<T> {
    id: CaseId,
    _message: PhantomData<fn(T)>,
}

impl<T> SendId<T> {
    /// The name alone.
    pub fn id(self) -> CaseId {
        self.id
    }
}

impl<T> From<SendId<T>> for CaseId {
    fn from(send: SendId<T>) -> CaseId {
        send.id
    }
}

impl<T> Clone for SendId<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SendId<T> {}

impl<T> fmt::Debug for SendId<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendId").field(&self.id).finish()
    }
}

#[doc = include_str!("list.md")]
pub struct Select<'a, R> {
    pub(crate) cases: Vec<Slot<'a, R>>,
    pub(crate) board: Board,
    /// To be looked at in the next turn: new, marked, or not looked at when the last turn ended.
    pub(crate) due: Places,
    /// Disabled: weight 0.
    pub(crate) off: Places,
    /// Registered, so that a hint may lie in its cell.
    pub(crate) parked: Places,
    /// Sends that lie open while the select sleeps: offered anew in each turn.
    pub(crate) offering: Places,
    /// Places without a case.
    vacant: Places,
    /// What is left of one look.
    pub(crate) left: Places,
    pub(crate) order: Order,
    /// Cases that can fire.
    pub(crate) live: usize,
    len: usize,
    /// Of a channel that was made for a runtime, while `mannered` counts one.
    pub(crate) manners: Option<&'static Manners>,
    mannered: usize,
    pub(crate) turn: case::Turn,
    /// The places of the offers that were posted in this turn, by their number in it.
    pub(crate) posted: Vec<usize>,
    /// The offer that the first look drew first of those for which a receive waits: it is announced before the others.
    pub(crate) favourite: Option<usize>,
    /// The last poll ended because an offer goes first, as in `select.rs`.
    pub(crate) offered_first: bool,
    /// A turn is under way.
    pub(crate) here: bool,
    /// A case that has its output already: a peer took its message when the turn was dropped.
    pub(crate) taken: Option<usize>,
    /// A case that runs foreign code: a future that is polled, a peer's waker. If that panics the case is over, unless it
    /// is still whole.
    pub(crate) polling: Option<usize>,
}

pub(crate) struct Slot<'a, R> {
    generation: u32,
    pub(crate) weight: u32,
    /// It counts in `live`.
    live: bool,
    /// It counts in `mannered`.
    mannered: bool,
    pub(crate) case: Option<Box<dyn Kept<R> + Send + 'a>>,
}

/// Who wins among the ready.
#[derive(Debug)]
pub(crate) enum Order {
    Uniform(SelectRng),
    Weighted(SelectRng),
    RoundRobin(Turn),
    Biased,
}

impl<'a, R> Select<'a, R> {
    /// A select without cases, which chooses uniformly.
    ///
    /// ```
    /// let mut select = chan_select::Select::<u32>::new();
    /// assert!(select.is_empty());
    /// assert_eq!(select.try_run(), None);
    /// ```
    pub fn new() -> Self {
        Self::with_order(Order::Uniform(SelectRng::unseeded()))
    }

    /// A select that chooses uniformly and draws from `rng`: the same seed and the same ready cases give the same
    /// choices.
    ///
    /// ```
    /// use chan_select::{Select, SelectRng};
    ///
    /// let mut select = Select::seeded(SelectRng::new(7));
    /// select.future(std::future::ready(1), |n| n);
    /// assert_eq!(select.try_run(), Some(1));
    /// ```
    pub fn seeded(rng: SelectRng) -> Self {
        Self::with_order(Order::Uniform(rng))
    }

    /// A select in which the first ready case wins, in the order of their places: a new case comes last, or takes the
    /// first place that a case has left.
    ///
    /// A case that is always ready starves those behind it.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let ((tx1, rx1), (tx2, rx2)) = (chan(4), chan(4));
    /// (0..3).for_each(|_| (tx1.try_send('a').unwrap(), tx2.try_send('b').unwrap()).0);
    /// let mut select = Select::biased();
    /// select.recv(&rx1, |message| message.unwrap());
    /// select.recv(&rx2, |message| message.unwrap());
    /// let order: String = std::iter::from_fn(|| select.try_run()).collect();
    /// assert_eq!(order, "aaabbb");
    /// ```
    pub fn biased() -> Self {
        Self::with_order(Order::Biased)
    }

    /// A select in which a ready case wins with its weight over the sum of the ready ones' weights. The weight is 1
    /// until [`set_weight`](Self::set_weight) says otherwise.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(1000);
    /// (0..1000).for_each(|_| tx.try_send(()).unwrap());
    /// let mut select = Select::weighted();
    /// let urgent = select.recv(&rx, |_| true);
    /// select.recv(&rx, |_| false);
    /// select.set_weight(urgent, 9);
    /// let urgent = std::iter::from_fn(|| select.try_run()).filter(|urgent| *urgent).count();
    /// assert!((800..1000).contains(&urgent));
    /// ```
    pub fn weighted() -> Self {
        Self::with_order(Order::Weighted(SelectRng::unseeded()))
    }

    /// A select in which the ready cases take turns: it looks in a circle, from behind the case that won last. A case
    /// that stays ready waits for one turn of each other case at most.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let ((tx1, rx1), (tx2, rx2)) = (chan(4), chan(4));
    /// (0..3).for_each(|_| (tx1.try_send('a').unwrap(), tx2.try_send('b').unwrap()).0);
    /// let mut select = Select::round_robin();
    /// select.recv(&rx1, |message| message.unwrap());
    /// select.recv(&rx2, |message| message.unwrap());
    /// let order: String = std::iter::from_fn(|| select.try_run()).collect();
    /// assert_eq!(order, "ababab");
    /// ```
    pub fn round_robin() -> Self {
        Self::with_order(Order::RoundRobin(Turn::new()))
    }

    fn with_order(order: Order) -> Self {
        Select {
            cases: Vec::new(),
            board: Board::new(),
            due: Places::new(),
            off: Places::new(),
            parked: Places::new(),
            offering: Places::new(),
            left: Places::new(),
            order,
            live: 0,
            len: 0,
            manners: None,
            mannered: 0,
            vacant: Places::new(),
            turn: case::Turn::default(),
            posted: Vec::new(),
            favourite: None,
            offered_first: false,
            here: false,
            taken: None,
            polling: None,
        }
    }

    // ---------------------------------------------------------------------------------------------- adding cases

    /// Adds a receive, which stays from turn to turn. `rx` is a handle, a reference to one, or an `Arc` of one.
    ///
    /// When the channel is closed and drained it fires once more, with the error, and is over. On a nil channel it is
    /// never ready.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(2);
    /// let mut select = Select::new();
    /// select.recv(rx, |message| message.ok());
    /// tx.try_send(1).unwrap();
    /// tx.try_send(2).unwrap();
    /// drop(tx);
    /// assert_eq!(select.try_run(), Some(Some(1)));
    /// assert_eq!(select.try_run(), Some(Some(2)));
    /// assert_eq!(select.try_run(), Some(None)); // closed
    /// assert!(select.is_empty());
    /// ```
    pub fn recv<T, H, F>(&mut self, rx: H, map: F) -> CaseId
    where
        H: Keep<Receiver<T>> + Send + 'a,
        T: Send + 'a,
        F: FnMut(Result<T, RecvError>) -> R + Send + 'a,
    {
        let after = |result: &Result<T, RecvError>| if result.is_ok() { After::Stays } else { After::Gone };
        self.add(Box::new(Native::new(KeptRecv::new(rx), Many(map), after)))
    }

    /// Adds a send of `message`. It fires once, and stays in the list without a message until
    /// [`rearm`](Self::rearm) gives it the next one; on a closed channel it fires with the error and is over.
    ///
    /// `tx` is a handle, a reference to one, or an `Arc` of one. Exact at every capacity: until the case fires the
    /// message has not been sent, and [`take_message`](Self::take_message) gives it back. While no turn is under way a
    /// rendezvous send is not offered to anybody. Messages that borrow can be sent by [`operation`](Self::operation).
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// let send = select.send(&tx, "first".to_owned(), |result| result.is_ok());
    /// assert_eq!(select.try_run(), Some(true));
    /// assert_eq!(select.try_run(), None); // spent
    /// select.rearm(send, "second".to_owned()).unwrap();
    /// assert_eq!(select.try_run(), None); // no room
    /// assert_eq!(select.take_message(send).as_deref(), Some("second"));
    /// assert_eq!(rx.try_recv().as_deref(), Ok("first"));
    /// ```
    pub fn send<T, H, F>(&mut self, tx: H, message: T, map: F) -> SendId<T>
    where
        H: Keep<Sender<T>> + Send + 'a,
        T: Send + 'static,
        F: FnMut(Result<(), SendError<T>>) -> R + Send + 'a,
    {
        let after = |result: &Result<(), SendError<T>>| if result.is_ok() { After::Spent } else { After::Gone };
        let case = Native::new(KeptSend::new(tx, message), Many(map), after).with_message(
            |send, any| slot::<T>(any).is_some_and(|from| hand_over(from, |message| send.rearm(message))),
            |send, any| {
                let taken = slot::<T>(any).map(|into| *into = send.take());
                taken.is_some()
            },
        );
        SendId { id: self.add(Box::new(case)), _message: PhantomData }
    }

    /// Adds any operation of a channel, which fires once and is over: `tx.send(message)`, `tx.reserve()`, `rx.recv()`,
    /// by value, `&mut`, pinned, or an `Option` of these.
    ///
    /// Nothing else is accepted: an operation that is wrapped in an `async` block has lost its exactness, and the
    /// compiler says so here.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let word = String::from("borrowed");
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// select.operation(tx.send(word.as_str()), |result| result.is_ok());
    /// assert_eq!(select.try_run(), Some(true));
    /// assert!(select.is_empty());
    /// assert_eq!(rx.try_recv(), Ok("borrowed"));
    /// ```
    ///
    /// ```compile_fail
    /// # use chan_core::chan;
    /// # use chan_select::Select;
    /// let (tx, _rx) = chan(0);
    /// let mut select = Select::new();
    /// select.operation(async { tx.send(1).await }, |result| result.is_ok()); // not an operation
    /// ```
    pub fn operation<O, F>(&mut self, operation: O, map: F) -> CaseId
    where
        O: Operation + Send + 'a,
        O::Output: Send,
        F: FnOnce(O::Output) -> R + Send + 'a,
    {
        self.add(Box::new(Native::new(operation, Once(Some(map)), |_| After::Gone)))
    }

    /// Adds a future that is no operation of a channel, which fires once and is over: a timer, the end of a task.
    ///
    /// By value; or `Pin<&mut _>` where it must outlive the select. It is polled when it has woken itself, and dropped
    /// when it is ready, when its case is removed, or when it panics. **Not for a send at capacity 0**: given as a
    /// future, and not as an [`operation`](Self::operation), its message may be taken while another case wins.
    ///
    /// ```
    /// use chan_select::Select;
    ///
    /// let mut select = Select::new();
    /// select.future(async { 6 * 7 }, |answer| answer);
    /// assert_eq!(futures_lite::future::block_on(select.run()), Some(42));
    /// ```
    pub fn future<P, F>(&mut self, future: P, map: F) -> CaseId
    where
        P: Future + Send + 'a,
        P::Output: Send,
        F: FnOnce(P::Output) -> R + Send + 'a,
    {
        self.add(Box::new(Foreigner::new(Foreign(Some(Box::pin(future))), Once(Some(map)), |_| After::Gone)))
    }

    /// Adds a stream, which stays from turn to turn; its end fires once, with `None`, and is the end of the case.
    ///
    /// ```
    /// use chan_select::Select;
    /// use futures_lite::{future::block_on, stream};
    ///
    /// let mut select = Select::new();
    /// select.stream(stream::iter([1, 2]), |item| item);
    /// block_on(async {
    ///     assert_eq!(select.run().await, Some(Some(1)));
    ///     assert_eq!(select.run().await, Some(Some(2)));
    ///     assert_eq!(select.run().await, Some(None));
    ///     assert_eq!(select.run().await, None); // nothing left
    /// });
    /// ```
    pub fn stream<S, F>(&mut self, stream: S, map: F) -> CaseId
    where
        S: Stream + Send + 'a,
        S::Item: Send,
        F: FnMut(Option<S::Item>) -> R + Send + 'a,
    {
        let after = |item: &Option<S::Item>| if item.is_some() { After::Stays } else { After::Gone };
        self.add(Box::new(Foreigner::new(Items(Some(Box::pin(stream))), Many(map), after)))
    }

    fn add(&mut self, case: Box<dyn Kept<R> + Send + 'a>) -> CaseId {
        self.leave();
        let place = match self.vacant.next(0) {
            Some(place) => {
                self.vacant.remove(place);
                place
            }
            None => {
                let places = self.cases.len() + 1;
                assert!(u32::try_from(places).is_ok(), "a Select has at most {} cases", u32::MAX);
                self.cases.push(Slot { generation: 0, weight: 1, live: false, mannered: false, case: None });
                self.board.grow(places);
                for set in [&mut self.due, &mut self.off, &mut self.parked, &mut self.offering, &mut self.vacant] {
                    set.grow(places);
                }
                places - 1
            }
        };
        let manners = case.manners();
        self.manners = self.manners.or(manners);
        self.mannered += usize::from(manners.is_some());
        self.len += 1;
        let slot = &mut self.cases[place];
        slot.weight = 1;
        slot.mannered = manners.is_some();
        slot.case = Some(case);
        let generation = slot.generation;
        self.off.remove(place);
        self.begin(place);
        CaseId { place: place as u32, generation }
    }

    /// The case in `place` is new, or has a new message.
    fn begin(&mut self, place: usize) {
        let slot = &mut self.cases[place];
        let Some(case) = &slot.case else { return };
        if case.offers() {
            self.offering.insert(place);
        }
        slot.live = case.is_live() && slot.weight > 0;
        self.live += usize::from(slot.live);
        self.due.insert(place);
    }

    // -------------------------------------------------------------------------------------------- changing cases

    /// Where a case lies.
    fn find(&self, id: CaseId) -> Option<usize> {
        let slot = self.cases.get(id.place as usize)?;
        (slot.generation == id.generation && slot.case.is_some()).then_some(id.place as usize)
    }

    pub(crate) fn id(&self, place: usize) -> CaseId {
        CaseId { place: place as u32, generation: self.cases[place].generation }
    }

    /// Whether the case is still in the list.
    ///
    /// ```
    /// use chan_select::Select;
    ///
    /// let mut select = Select::new();
    /// let id = select.future(std::future::ready(1), |n| n);
    /// assert!(select.contains(id));
    /// assert_eq!(select.try_run(), Some(1));
    /// assert!(!select.contains(id));
    /// ```
    pub fn contains(&self, id: impl Into<CaseId>) -> bool {
        self.find(id.into()).is_some()
    }

    /// Removes a case, without effect on its channel; whether it was there. A message that it had not sent is dropped:
    /// [take it back](Self::take_message) first.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(1);
    /// let mut select = Select::new();
    /// let id = select.recv(&rx, |message| message.ok());
    /// assert!(select.remove(id));
    /// tx.try_send(1).unwrap();
    /// assert_eq!(select.try_run(), None);
    /// assert!(!select.remove(id));
    /// ```
    pub fn remove(&mut self, id: impl Into<CaseId>) -> bool {
        self.leave();
        match self.find(id.into()) {
            Some(place) => {
                drop(self.take_out(place));
                true
            }
            None => false,
        }
    }

    /// Gives the send case `id` its next message.
    ///
    /// # Errors
    ///
    /// The message: when the case still has one, is over or removed, or is another select's.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, rx) = chan(8);
    /// let mut select = Select::new();
    /// let send = select.send(&tx, 0, |result| result.is_ok());
    /// for next in 1..4 {
    ///     assert_eq!(select.rearm(send, next), Err(next)); // not sent yet
    ///     assert_eq!(select.try_run(), Some(true));
    ///     select.rearm(send, next).unwrap();
    /// }
    /// assert!(rx.try_iter().eq(0..3));
    /// ```
    pub fn rearm<T: 'static>(&mut self, id: SendId<T>, message: T) -> Result<(), T> {
        self.leave();
        let mut message = Some(message);
        if let Some(place) = self.find(id.id)
            && self.taken != Some(place)
            && let Some(case) = &mut self.cases[place].case
            && case.put(&mut message)
        {
            self.begin(place);
            return Ok(());
        }
        match message {
            Some(message) => Err(message),
            None => unreachable!("a message that was not accepted was kept"),
        }
    }

    /// Takes the message of send case `id` back; the case stays, to be [armed again](Self::rearm). `None`: it has none,
    /// or is over or removed.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, _rx) = chan(0);
    /// let mut select = Select::new();
    /// let send = select.send(&tx, "parcel", |result| result.is_ok());
    /// assert_eq!(select.try_run(), None); // nobody receives
    /// assert_eq!(select.take_message(send), Some("parcel"));
    /// assert!(select.is_complete());
    /// ```
    pub fn take_message<T: 'static>(&mut self, id: SendId<T>) -> Option<T> {
        self.leave();
        let place = self.find(id.id).filter(|place| self.taken != Some(*place))?;
        let mut message: Option<T> = None;
        if let Some(case) = &mut self.cases[place].case {
            case.take(&mut message as &mut dyn Any);
        }
        if message.is_some() {
            self.end(place);
        }
        message
    }

    /// Sets a case's weight, which is 1 at first; whether the case is there. 0 disables it, in every select; other
    /// numbers matter in a [`weighted`](Self::weighted) one.
    ///
    /// ```
    /// use chan_select::Select;
    ///
    /// let mut select = Select::new();
    /// let id = select.future(std::future::ready(1), |n| n);
    /// select.set_weight(id, 0);
    /// assert_eq!(select.try_run(), None);
    /// select.set_weight(id, 1);
    /// assert_eq!(select.try_run(), Some(1));
    /// ```
    pub fn set_weight(&mut self, id: impl Into<CaseId>, weight: u32) -> bool {
        self.leave();
        let Some(place) = self.find(id.into()) else { return false };
        let slot = &mut self.cases[place];
        slot.weight = weight;
        let Some(case) = &mut slot.case else { return false };
        let live = case.is_live() && weight > 0;
        self.live = self.live + usize::from(live) - usize::from(slot.live);
        slot.live = live;
        if weight > 0 {
            self.off.remove(place);
        } else {
            self.off.insert(place);
            if self.parked.contains(place) {
                // It keeps no hint from others.
                case.withdraw();
                self.parked.remove(place);
            }
        }
        self.due.insert(place);
        true
    }

    /// How many cases are in the list, spent and disabled ones included.
    ///
    /// ```
    /// use chan_core::nil;
    /// use chan_select::Select;
    ///
    /// let (_tx, rx) = nil::<u32>();
    /// let mut select = Select::new();
    /// select.recv(&rx, |message| message.is_ok());
    /// assert_eq!(select.len(), 1);
    /// assert!(select.is_complete()); // it will never be ready
    /// ```
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no case is in the list.
    ///
    /// ```
    /// assert!(chan_select::Select::<()>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether no case can ever fire as they are: all are nil, spent, disabled, or there is none.
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::Select;
    ///
    /// let (tx, _rx) = chan(1);
    /// let mut select = Select::new();
    /// select.send(&tx, 1, |result| result.is_ok());
    /// assert!(!select.is_complete());
    /// assert_eq!(select.try_run(), Some(true));
    /// assert!(select.is_complete()); // until the send gets its next message
    /// ```
    pub fn is_complete(&self) -> bool {
        self.live == 0 && self.taken.is_none()
    }

    // ---------------------------------------------------------------------------------------------- for `run.rs`

    /// The case in `place` cannot fire any more as it is.
    pub(crate) fn end(&mut self, place: usize) {
        let slot = &mut self.cases[place];
        self.live -= usize::from(core::mem::take(&mut slot.live));
        for set in [&mut self.due, &mut self.parked, &mut self.offering] {
            set.remove(place);
        }
    }

    /// Takes a case out of its place, which is free for the next one.
    pub(crate) fn take_out(&mut self, place: usize) -> Option<Box<dyn Kept<R> + Send + 'a>> {
        self.end(place);
        if self.taken == Some(place) {
            self.taken = None;
        }
        let slot = &mut self.cases[place];
        let case = slot.case.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.len -= 1;
        self.mannered -= usize::from(slot.mannered);
        if self.mannered == 0 {
            self.manners = None;
        }
        self.vacant.insert(place);
        Some(case)
    }
}

impl<R> Default for Select<'_, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> fmt::Debug for Select<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("cases", &self.len).field("order", &self.order).finish_non_exhaustive()
    }
}

impl<R> Drop for Select<'_, R> {
    /// As if the turns that are not finished had never been.
    fn drop(&mut self) {
        self.leave();
    }
}
