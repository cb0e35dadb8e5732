//! Selects that block a thread.

use super::{Blocking, CAPACITY, Channels, OPEN, Ours, OursKept, Taken, for_each_size, pairs};
use crate::peers::Peer;
use crate::reading::Message;

pub fn peers() -> Vec<Peer> {
    vec![
        Peer::new("crossbeam select!", "crossbeam-channel").selects_blocking::<Crossbeam>(),
        Peer::new("crossbeam Select", "crossbeam-channel").selects_blocking::<CrossbeamKept>(),
        Peer::new("flume Selector", "flume").selects_blocking::<Flume>(),
    ]
}

macro_rules! our_arms {
    (($name:ident) $n:literal $($at:literal $rx:ident)+) => {
        impl Blocking<$n> for $name {
            fn turn_blocking(set: &mut Self::Set<$n>) -> Taken {
                let [$($rx),+] = set;
                chan_select::select_blocking! { $(message = $rx.recv() => ($at, message.expect(OPEN)),)+ }
            }
        }
    };
}

for_each_size! { our_arms (Ours) }

impl<const N: usize> Blocking<N> for OursKept {
    fn turn_blocking(set: &mut Self::Set<N>) -> Taken {
        set.run_blocking().expect(OPEN)
    }
}

struct Crossbeam;

impl Channels for Crossbeam {
    type Tx = crossbeam_channel::Sender<Message>;
    type Set<const N: usize> = [crossbeam_channel::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| crossbeam_channel::bounded(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

macro_rules! crossbeam_arms {
    (($name:ident) $n:literal $($at:literal $rx:ident)+) => {
        impl Blocking<$n> for $name {
            fn turn_blocking(set: &mut Self::Set<$n>) -> Taken {
                let [$($rx),+] = set;
                crossbeam_channel::select! { $(recv($rx) -> message => ($at, message.expect(OPEN)),)+ }
            }
        }
    };
}

for_each_size! { crossbeam_arms (Crossbeam) }

/// The list of cases is built once.
struct CrossbeamKept;

/// A list borrows its receivers. They are leaked: a measurement is a process, and has a few of them.
struct List<const N: usize> {
    rx: &'static [crossbeam_channel::Receiver<Message>; N],
    select: crossbeam_channel::Select<'static>,
}

impl Channels for CrossbeamKept {
    type Tx = <Crossbeam as Channels>::Tx;
    type Set<const N: usize> = List<N>;

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        let (tx, rx) = Crossbeam::open();
        let rx: &'static [_; N] = Box::leak(Box::new(rx));
        let mut select = crossbeam_channel::Select::new();
        for rx in rx {
            select.recv(rx);
        }
        (tx, List { rx, select })
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        Crossbeam::try_send(tx, message)
    }
}

impl<const N: usize> Blocking<N> for CrossbeamKept {
    fn turn_blocking(set: &mut Self::Set<N>) -> Taken {
        let case = set.select.select();
        let at = case.index();
        (at, case.recv(&set.rx[at]).expect(OPEN))
    }
}

struct Flume;

impl Channels for Flume {
    type Tx = flume::Sender<Message>;
    type Set<const N: usize> = [flume::Receiver<Message>; N];

    fn open<const N: usize>() -> ([Self::Tx; N], Self::Set<N>) {
        pairs(|| flume::bounded(CAPACITY))
    }

    fn try_send(tx: &Self::Tx, message: Message) -> bool {
        tx.try_send(message).is_ok()
    }
}

impl<const N: usize> Blocking<N> for Flume {
    fn turn_blocking(set: &mut Self::Set<N>) -> Taken {
        let mut selector = flume::Selector::new();
        for (at, rx) in set.iter().enumerate() {
            selector = selector.recv(rx, move |message| (at, message.expect(OPEN)));
        }
        selector.wait()
    }
}
