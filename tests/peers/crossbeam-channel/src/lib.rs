//! Our channels and select under crossbeam-channel's names. What has the same meaning is forwarded; what the peer has
//! besides is made here of our public pieces:
//!
//! * Selects with tokens: which operation is selected is known before there is a message (`arm.rs`). `Select` is
//!   `chan_select::Select`, the macros are `select_blocking!`.
//! * Receivers of the clock: `after`, `at`, `tick` (`timer.rs`).
//! * `try_recv`, `try_send` and selects that never answer "nothing" while a send that began earlier is half way: they
//!   look again (`channel.rs`).

mod error;
mod timer;
mod letter;
mod picked;
mod channel;
mod arm;
mod select;
mod macros;

pub use channel::{IntoIter, Iter, Receiver, Sender, TryIter, after, at, bounded, never, tick, unbounded};
pub use error::{
    ReadyTimeoutError, RecvError, RecvTimeoutError, SelectTimeoutError, SendError, SendTimeoutError, TryReadyError,
    TryRecvError, TrySelectError, TrySendError,
};
pub use select::{Select, SelectedOperation};

/// What the macros expand to.
#[doc(hidden)]
pub mod internal {
    pub use crate::arm::{Arm, sleep};
    pub use chan_select;
    pub use std::thread::yield_now;
}
