//! Sending and receiving as operators: `&tx << message` is `tx.send(message)`, `&rx >> ()` is `rx.recv()`. The arrows of
//! the seed (and of Go); nothing else.

#![forbid(unsafe_code)]

use core::ops::{Shl, Shr};

use crate::future::{Recv, Send};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// `&tx << message` is [`tx.send(message)`](Sender::send): the same future, which is to be awaited or to be a case.
///
/// ```
/// use futures_lite::future::block_on;
///
/// let (tx, rx) = chan_core::bounded(1);
/// block_on(async {
///     (&tx << "hello").await.unwrap();
///     assert_eq!((&rx >> ()).await, Ok("hello"));
/// });
/// ```
impl<'a, T> Shl<T> for &'a Sender<T> {
    type Output = Send<'a, T>;

    #[inline]
    fn shl(self, message: T) -> Send<'a, T> {
        self.send(message)
    }
}

/// `&rx >> ()` is [`rx.recv()`](Receiver::recv): the same future.
///
/// ```
/// let (tx, rx) = chan_core::bounded(1);
/// tx.try_send(1).unwrap();
/// assert_eq!(futures_lite::future::block_on(&rx >> ()), Ok(1));
/// ```
impl<'a, T> Shr<()> for &'a Receiver<T> {
    type Output = Recv<'a, T>;

    #[inline]
    fn shr(self, (): ()) -> Recv<'a, T> {
        self.recv()
    }
}
