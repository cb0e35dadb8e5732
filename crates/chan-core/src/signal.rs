//! What a kind of signal is: a small number with a name. The control lane that carries them is `channel/signals.rs`.

#![forbid(unsafe_code)]

/// How many kinds of signals a channel tells apart: numbers below this.
pub const SIGNAL_KINDS: usize = 30;

/// A kind of signal for [`Sender::signal`](crate::Sender::signal): an enum whose variants are numbered.
///
/// A channel knows the numbers only. One with a lower number is more urgent: of several that are pending, a receiver sees
/// it first. Types may be mixed on one channel: a receive sees the numbers that its type knows
/// ([`from_index`](Self::from_index) is `Some`), and leaves the others pending.
///
/// [`signal_kinds!`](crate::signal_kinds) writes the implementation.
///
/// ```
/// use chan_core::SignalKind;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Lamp {
///     Off,
///     On,
/// }
///
/// impl SignalKind for Lamp {
///     fn index(self) -> usize {
///         self as usize
///     }
///     fn from_index(index: usize) -> Option<Self> {
///         [Lamp::Off, Lamp::On].get(index).copied()
///     }
/// }
///
/// let (tx, rx) = chan_core::bounded::<u8>(1);
/// assert!(tx.signal(Lamp::On));
/// assert_eq!(rx.try_signal(), Ok(Lamp::On));
/// ```
pub trait SignalKind: Copy {
    /// The kind's number, below [`SIGNAL_KINDS`].
    fn index(self) -> usize;

    /// The kind with this number, if there is one.
    fn from_index(index: usize) -> Option<Self>;
}

/// Defines an enum that is a [`SignalKind`]. The variants are numbered in the order they are written, the most urgent
/// first.
///
/// At most [`SIGNAL_KINDS`] variants, without fields. Derives `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq` and `Hash`.
///
/// ```
/// chan_core::signal_kinds! {
///     /// What a player is told.
///     pub enum Control {
///         Stop,
///         /// Until `Resume`.
///         Pause,
///         Resume,
///     }
/// }
///
/// let (tx, rx) = chan_core::unbounded::<Vec<u8>>();
/// tx.signal(Control::Resume);
/// tx.signal(Control::Stop);
/// assert_eq!(rx.try_signal(), Ok(Control::Stop));
/// assert_eq!(rx.try_signal(), Ok(Control::Resume));
/// assert!(rx.try_signal::<Control>().is_err());
/// ```
#[macro_export]
macro_rules! signal_kinds {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($(#[$doc:meta])* $kind:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $visibility enum $name {
            $($(#[$doc])* $kind,)+
        }

        const _: () = assert!(
            [$($name::$kind),+].len() <= $crate::SIGNAL_KINDS,
            "more kinds of signals than a channel tells apart",
        );

        impl $crate::SignalKind for $name {
            fn index(self) -> usize {
                self as usize
            }
            fn from_index(index: usize) -> Option<Self> {
                [$($name::$kind),+].get(index).copied()
            }
        }
    };
}
