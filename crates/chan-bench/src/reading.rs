//! One run of a workload: how long it took, what it cost, whether every message came.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What all channels carry: 8 bytes.
pub type Message = u64;

/// The outcome of one run.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    pub wall: Duration,
    /// Of the whole process, user and system.
    pub cpu: Duration,
    /// How often the thing was done that the cell measures.
    pub messages: u64,
    /// `false`: messages were lost or came twice.
    pub intact: bool,
}

/// Wall and CPU clock, started together.
pub struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { cpu: process_cpu_time(), wall: Instant::now() }
    }

    /// Stops both clocks. `intact` is asked afterwards, outside the measured time.
    pub fn stop(self, messages: u64, intact: impl FnOnce() -> bool) -> Reading {
        let wall = self.wall.elapsed();
        let cpu = process_cpu_time().saturating_sub(self.cpu);
        Reading { wall, cpu, messages, intact: intact() }
    }
}

/// The same counter as `getrusage`, user and system together, but in nanoseconds.
fn process_cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).expect("CPU time is not negative")
}

/// What a consumer has received: enough to notice a message that is missing or came twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    count: u64,
    sum: u64,
}

impl Tally {
    pub fn add(&mut self, message: Message) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(message);
    }

    pub fn merge(self, other: Self) -> Self {
        Self { count: self.count + other.count, sum: self.sum.wrapping_add(other.sum) }
    }

    /// Whether these were the messages `0..messages`, each once.
    pub fn is_all_of(self, messages: u64) -> bool {
        let mut all = Tally { count: messages, sum: 0 };
        all.sum = (0..messages).fold(0, u64::wrapping_add);
        self == all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_message_is_noticed() {
        let mut tally = Tally::default();
        for message in [0, 1, 3] {
            tally.add(message);
        }
        assert!(!tally.is_all_of(4));
        tally.add(2);
        assert!(tally.is_all_of(4));
    }

    #[test]
    fn a_message_that_comes_twice_is_noticed() {
        let mut tally = Tally::default();
        for message in [0, 1, 1, 3] {
            tally.add(message);
        }
        assert!(!tally.is_all_of(4));
    }
}
