//! The table of what the seed promises, one file for each row or two, and what the seed's own code (0.1.3) did instead.
//!
//! | row | file |
//! |---|---|
//! | fan-in with `select`, default, timeout | `fan_in` |
//! | fan-out: workers on one channel | `fan_out` |
//! | graceful shutdown by done, close or a signal | `shutdown` |
//! | timeout, and default after it | `timeout` |
//! | disabling a case with `nil()` | `nil` |
//! | pipelines of stages | `pipeline` |
//! | unbuffered channels block | `unbuffered` |
//! | `v, ok` after close | `after_close` |
//! | select with a send case | `select_send` |
//! | `split()` into send-only and receive-only | `split` |
//! | `<<` and `>>` | `operators` |
//! | fairness, weights, priorities, two-party handshake | `fairness`, `handshake` |
//! | combinations | `combined` |
//!
//! Messages are tracked, so that every test ends with an account: nothing was lost, nothing came twice.

use std::time::Duration;

use super::backend;

/// Short, but long enough to be waited for.
const MOMENT: Duration = Duration::from_millis(5);
/// What never passes in a test.
const MINUTE: Duration = Duration::from_secs(60);

/// Sends a tracked message and writes down what became of it: sent, or given back. `true` if it was sent.
macro_rules! deliver {
    ($tx:expr, $message:expr) => {{
        let (receipt, message) = $message.with_receipt();
        match send!($tx, message) {
            Ok(()) => {
                receipt.sent();
                true
            }
            Err(error) => {
                error.into_inner().back();
                false
            }
        }
    }};
}

mod after_close;
mod combined;
mod fairness;
mod fan_in;
mod fan_out;
mod handshake;
mod nil;
mod operators;
mod pipeline;
mod select_send;
mod shutdown;
mod split;
mod timeout;
mod unbuffered;
