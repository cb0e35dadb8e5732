//! Exactly one effect, also where a select does not end as it should: where it is leaked, cut short by a panic, closed
//! between two of its steps, or polled with another waker.

mod wakers;
mod values;
mod wakeups;
