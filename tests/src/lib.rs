//! Tools that the behaviour tests share. Each test file beside this package's `Cargo.toml` holds one idea; what more
//! than one of them needs is here. Knows only the public API of `chan-core`.

/// A global allocator that counts.
pub mod counting_alloc;
/// A deterministic executor that counts polls and lets a test choose who runs next.
pub mod executor;
/// The kinds of channel that every suite goes through.
pub mod flavour;
/// A checker of recorded histories.
pub mod linearize;
/// Payloads that are accounted for one by one.
pub mod tracked;
/// Wakers that count, and wakers that do harm.
pub mod wakers;
/// A test that hangs ends the process and says its name.
pub mod watchdog;

pub use flavour::Flavour;
pub use wakers::{counting, poll, poll_noop};
pub use watchdog::{soon, within};

/// Drops a result that a test does not look at.
pub fn ignore<T>(_: T) {}
