//! The rules, one file for each part of Go's documentation, and programs that live by them.

use std::time::Duration;

use super::backend;

/// Long enough for everybody else to fall asleep.
const MOMENT: Duration = Duration::from_millis(5);

mod closing;
mod memory;
mod nil;
mod order;
mod programs;
mod races;
mod range;
mod sends_and_receives;
mod selects;
