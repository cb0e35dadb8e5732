//! Selects that are futures.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures::{FutureExt, Stream, StreamExt};
use futures_concurrency::future::Race as _;
use futures_concurrency::stream::Merge;

use super::{CAPACITY, Channels, OPEN, Sends, Taken, Task, for_each_size, pairs};
use crate::peers::Peer;
use crate::reading::Message;

pub fn peers() -> Vec<Peer> {
    vec![
        Peer::new("chan Select", "chan-select").selects::<OursKept>().selects_blocking::<OursKept>(),
        // The same channels as ours: what is different is the select.
        Peer::new("tokio::select! chan", "tokio").selects::<TokioOverOurs>().select_sends::<TokioOverOurs>(),
        Peer::new("tokio::select! tokio", "tokio").selects::<Tokio>(),
        Peer::new("tokio::select! tachyonix", "tokio").selects::<TokioOverTachyonix>(),
        Peer::new("tokio::select! flume", "tokio").exact_on_threads_only().select_sends::<TokioOverFlume>(),
        Peer::new("futures::select! async-channel", "futures").selects::<Futures>(),
        Peer::new("race tokio", "futures-concurrency").selects::<Race>().selects_among_idle::<Race>(),
        Peer::new("merge tokio", "futures-concurrency").selects::<Merged>().selects_among_idle::<Merged>(),
    ]
}

/// A select macro whose arms are written as tokio's: most are.
macro_rules! with_arms {
    (($name:ident, $($select:tt)+) $n:literal $($at:literal $rx:ident)+) => {
        impl Task<$n> for $name {
            async fn turn(set: &mut Self::Set<$n>) -> Taken {
                let [$($rx),+] = set;
                $($select)+! { $(message = $rx.recv() => ($at, message.expect(OPEN)),)+ }
            }
        }
    };
}

// ------------------------------------------------------------------ ours, and tokio's over ours

pub struct Ours;
struct TokioOverOurs;

impl Channels for Ours {
    type Tx = chan_core::Sender<Message>;
    type Set<const N: usize> = [chan_core::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| chan_core::bounded(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

for_each_size! { with_arms (Ours, chan_select::select) }

impl Channels for TokioOverOurs {
    type Tx = <Ours as Channels>::Tx;
    type Set<const N: usize> = <Ours as Channels>::Set<N>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        Ours::open()
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        Ours::try_send(tx, message)
    }
}

for_each_size! { with_arms (TokioOverOurs, tokio::select) }

/// The list of cases is made once.
pub struct OursKept;

impl Channels for OursKept {
    type Tx = <Ours as Channels>::Tx;
    type Set<const N: usize> = chan_select::Select<'static, Taken>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        let (tx, rx) = <Ours as Channels>::open();
        let mut select = chan_select::Select::new();
        for (at, rx) in rx.into_iter().enumerate() {
            select.recv(rx, move |message| (at, message.expect(OPEN)));
        }
        (tx, select)
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        Ours::try_send(tx, message)
    }
}

impl<const N: usize> Task<N> for OursKept {
    async fn turn(set: &mut Self::Set<N>) -> Taken {
        set.run().await.expect(OPEN)
    }
}

/// The ends of the channel that is sent into, and of one where nothing comes.
type TwoPairs<Tx, Rx> = ((Tx, Rx), (Tx, Rx));

impl Sends for Ours {
    type Ends = TwoPairs<chan_core::Sender<Message>, chan_core::Receiver<Message>>;

    fn ends() -> Self::Ends {
        (chan_core::bounded(0), chan_core::bounded(0))
    }

    async fn send(((tx, _), (_, nothing)): &Self::Ends, message: Message) -> bool {
        chan_select::select! { sent = tx.send(message) => sent.is_ok(), _ = nothing.recv() => false }
    }

    fn try_recv(((_, rx), _): &Self::Ends) -> Option<Message> {
        rx.try_recv().ok()
    }
}

impl Sends for TokioOverOurs {
    type Ends = <Ours as Sends>::Ends;

    fn ends() -> Self::Ends {
        Ours::ends()
    }

    async fn send(((tx, _), (_, nothing)): &Self::Ends, message: Message) -> bool {
        tokio::select! { sent = tx.send(message) => sent.is_ok(), _ = nothing.recv() => false }
    }

    fn try_recv(ends: &Self::Ends) -> Option<Message> {
        Ours::try_recv(ends)
    }
}

// ------------------------------------------------------------------ tokio's over other channels

struct Tokio;

impl Channels for Tokio {
    type Tx = tokio::sync::mpsc::Sender<Message>;
    type Set<const N: usize> = [tokio::sync::mpsc::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| tokio::sync::mpsc::channel(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

for_each_size! { with_arms (Tokio, tokio::select) }

struct TokioOverTachyonix;

impl Channels for TokioOverTachyonix {
    type Tx = tachyonix::Sender<Message>;
    type Set<const N: usize> = [tachyonix::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| tachyonix::channel(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

for_each_size! { with_arms (TokioOverTachyonix, tokio::select) }

struct TokioOverFlume;

impl Sends for TokioOverFlume {
    type Ends = TwoPairs<flume::Sender<Message>, flume::Receiver<Message>>;

    fn ends() -> Self::Ends {
        (flume::bounded(0), flume::bounded(0))
    }

    async fn send(((tx, _), (_, nothing)): &Self::Ends, message: Message) -> bool {
        tokio::select! { sent = tx.send_async(message) => sent.is_ok(), _ = nothing.recv_async() => false }
    }

    fn try_recv(((_, rx), _): &Self::Ends) -> Option<Message> {
        rx.try_recv().ok()
    }
}

// ------------------------------------------------------------------ futures

struct Futures;

impl Channels for Futures {
    type Tx = async_channel::Sender<Message>;
    type Set<const N: usize> = [async_channel::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| async_channel::bounded(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

/// `futures::select!` asks for fused futures that are pinned already.
macro_rules! with_fused_arms {
    (($name:ident) $n:literal $($at:literal $rx:ident)+) => {
        impl Task<$n> for $name {
            async fn turn(set: &mut Self::Set<$n>) -> Taken {
                let [$($rx),+] = set;
                $(let mut $rx = pin!($rx.recv().fuse());)+
                futures::select! { $(message = $rx => ($at, message.expect(OPEN)),)+ }
            }
        }
    };
}

for_each_size! { with_fused_arms (Futures) }

// ------------------------------------------------------------------ futures-concurrency

struct Race;

impl Channels for Race {
    type Tx = <Tokio as Channels>::Tx;
    type Set<const N: usize> = <Tokio as Channels>::Set<N>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        Tokio::open()
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        Tokio::try_send(tx, message)
    }
}

impl<const N: usize> Task<N> for Race {
    async fn turn(set: &mut Self::Set<N>) -> Taken {
        let mut numbers = 0..;
        let futures = set.each_mut().map(|rx| {
            let at = numbers.next().expect("numbers do not end");
            async move { (at, rx.recv().await.expect(OPEN)) }
        });
        futures.race().await
    }
}

/// Streams that are merged once, and kept.
struct Merged;

/// A receiver as a stream.
struct Numbered(usize, tokio::sync::mpsc::Receiver<Message>);

impl Stream for Numbered {
    type Item = Taken;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Taken>> {
        let at = self.0;
        self.1.poll_recv(cx).map(|message| message.map(|message| (at, message)))
    }
}

impl Channels for Merged {
    type Tx = <Tokio as Channels>::Tx;
    type Set<const N: usize> = Pin<Box<<[Numbered; N] as Merge>::Stream>>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        let (tx, rx) = Tokio::open::<N>();
        let mut numbers = 0..;
        let streams = rx.map(|rx| Numbered(numbers.next().expect("numbers do not end"), rx));
        (tx, Box::pin(streams.merge()))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        Tokio::try_send(tx, message)
    }
}

impl<const N: usize> Task<N> for Merged {
    async fn turn(set: &mut Self::Set<N>) -> Taken {
        set.next().await.expect(OPEN)
    }
}
