//! Seeded bugs: one build, one switch read at run time (`CHAN_BUG=name`). A model that still passes with the bug that
//! it is there for proves nothing; `cargo xtask bugs` runs the list. Without `cfg(chan_bug)` everything here is a
//! constant.

#![forbid(unsafe_code)]

use super::Ordering;

/// Whether the seeded bug `name` is switched on.
#[cfg(chan_bug)]
pub(crate) fn bug(name: &str) -> bool {
    use std::string::String;
    static BUG: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    BUG.get_or_init(|| std::env::var("CHAN_BUG").unwrap_or_default()) == name
}
/// Whether the seeded bug `name` is switched on: never, in shipped code.
#[cfg(not(chan_bug))]
#[inline(always)]
pub(crate) const fn bug(_name: &str) -> bool {
    false
}

/// `strong`, or `Relaxed` when the seeded bug `name` is switched on.
#[inline(always)]
pub(crate) fn weaken(name: &str, strong: Ordering) -> Ordering {
    if bug(name) { Ordering::Relaxed } else { strong }
}
