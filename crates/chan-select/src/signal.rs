//! The signals that programs need most, and messages that may be one: the seed's sentinels, with types. How a signal
//! overtakes messages is the channel's business ([`Sender::signal`](chan_core::Sender::signal)).

use chan_core::signal_kinds;

signal_kinds! {
    /// What one part of a program tells another beside its data: the most urgent first.
    ///
    /// Use it out of order, on the control lane ([`Sender::signal`](chan_core::Sender::signal),
    /// [`Receiver::signal`](chan_core::Receiver::signal)), or in order, inside a [`Msg`]. For kinds of your own write
    /// [`signal_kinds!`](chan_core::signal_kinds).
    ///
    /// ```
    /// use chan_core::chan;
    /// use chan_select::{Signal, select};
    ///
    /// # futures_lite::future::block_on(async {
    /// let (tx, rx) = chan::<u32>(4);
    /// tx.send(1).await.unwrap();
    /// tx.signal(Signal::Cancel);
    ///
    /// let mut sum = 0;
    /// loop {
    ///     select! {
    ///         biased;
    ///         signal = rx.signal() => match signal {
    ///             Ok(Signal::Heartbeat) => {}
    ///             Ok(Signal::Cancel | Signal::Done) | Err(_) => break,
    ///         },
    ///         n = rx.recv() => sum += n.unwrap(),
    ///     }
    /// }
    /// assert_eq!(sum, 0); // cancelled before the work that was queued
    /// # });
    /// ```
    pub enum Signal {
        /// Stop now; what is queued does not matter any more.
        Cancel,
        /// That was all.
        Done,
        /// Still alive.
        Heartbeat,
    }
}

/// A message that carries data or a signal, in order with the others.
///
/// For sentinels that must not overtake the data before them: `Done` after the last item of one producer of several, for
/// example, where the close comes only when all have gone.
///
/// ```
/// use chan_core::chan;
/// use chan_select::{Msg, Signal};
///
/// # futures_lite::future::block_on(async {
/// let (tx, rx) = chan(4);
/// tx.send(Msg::Data("a")).await.unwrap();
/// tx.send(Msg::Signal(Signal::Done)).await.unwrap();
///
/// let first = rx.recv().await.unwrap();
/// assert!(!first.is_signal());
/// assert_eq!(first.data(), Some("a"));
/// assert!(rx.recv().await.unwrap().is(Signal::Done));
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Msg<T, S = Signal> {
    /// Data.
    Data(T),
    /// A signal.
    Signal(S),
}

impl<T, S> Msg<T, S> {
    /// Whether it is a signal.
    ///
    /// ```
    /// use chan_select::{Msg, Signal};
    ///
    /// assert!(Msg::<u8>::Signal(Signal::Done).is_signal());
    /// assert!(!Msg::<u8>::Data(1).is_signal());
    /// ```
    pub const fn is_signal(&self) -> bool {
        matches!(self, Msg::Signal(_))
    }

    /// Whether it is this signal.
    ///
    /// ```
    /// use chan_select::{Msg, Signal};
    ///
    /// assert!(Msg::<u8>::Signal(Signal::Done).is(Signal::Done));
    /// assert!(!Msg::<u8>::Signal(Signal::Done).is(Signal::Cancel));
    /// ```
    pub fn is(&self, signal: S) -> bool
    where
        S: PartialEq,
    {
        matches!(self, Msg::Signal(this) if *this == signal)
    }

    /// The data, if it is no signal.
    ///
    /// ```
    /// use chan_select::{Msg, Signal};
    ///
    /// assert_eq!(Msg::<u8>::Data(1).data(), Some(1));
    /// assert_eq!(Msg::<u8>::Signal(Signal::Done).data(), None);
    /// ```
    pub fn data(self) -> Option<T> {
        match self {
            Msg::Data(data) => Some(data),
            Msg::Signal(_) => None,
        }
    }

    /// The signal, if it is one.
    ///
    /// ```
    /// use chan_select::{Msg, Signal};
    ///
    /// assert_eq!(Msg::<u8>::Signal(Signal::Done).signal(), Some(Signal::Done));
    /// assert_eq!(Msg::<u8>::Data(1).signal(), None);
    /// ```
    pub fn signal(self) -> Option<S> {
        match self {
            Msg::Data(_) => None,
            Msg::Signal(signal) => Some(signal),
        }
    }
}

/// Data, as a message.
impl<T, S> From<T> for Msg<T, S> {
    fn from(data: T) -> Self {
        Msg::Data(data)
    }
}
