//! What is measured: the cells of the table, their names and their order. Knows no implementation.

use std::fmt;

/// How many messages a channel holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    Of(usize),
    Unbounded,
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capacity::Of(n) => write!(f, "cap{n}"),
            Capacity::Unbounded => f.write_str("unb"),
        }
    }
}

/// Where tasks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// tokio's `current_thread`.
    Current,
    /// tokio's `multi_thread` with two workers.
    TwoWorkers,
}

/// What happens with the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Producers send in blocking form, consumers receive until the channel closes.
    Threads { producers: usize, consumers: usize },
    /// The same with tasks.
    Tasks { runtime: Runtime, producers: usize, consumers: usize },
    /// One thread, blocking forms that never block.
    SendRecv,
    /// One thread, `try_send` then `try_recv`.
    TrySendTryRecv,
    /// One thread, both futures polled to their end by hand.
    AsyncSendRecv,
    /// `try_recv` finds nothing.
    TryRecvEmpty,
    /// A channel is made, both ends are dropped.
    CreateDrop,
    /// A receive is polled once and dropped while others stay parked.
    PollDrop { parked: usize },
    /// Each message wakes one of many parked tasks; the next is sent when it has arrived.
    WakeOneByOne { tasks: usize },
    /// A select in a task takes a message from one of so many channels. All of them have one, always.
    SelectReady { channels: usize },
    /// The same on a thread, by a form that would block.
    SelectReadyBlocking { channels: usize },
    /// A select in a task sleeps; then one of its channels gets a message.
    SelectWoken { channels: usize },
    /// The same, and it is always the same channel; the others are idle.
    SelectOneBusy { channels: usize },
    /// A select with a send at capacity 0, and a receive that never comes, sleeps; then somebody receives.
    SelectSend,
}

/// The tables of the report, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Threads,
    TasksCurrent,
    TasksTwoWorkers,
    OneThread,
    Waiters,
    Select,
    SelectBlocking,
}

impl Group {
    pub const ALL: [Group; 7] = [
        Group::Threads,
        Group::TasksCurrent,
        Group::TasksTwoWorkers,
        Group::OneThread,
        Group::Waiters,
        Group::Select,
        Group::SelectBlocking,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Group::Threads => "Threads, per message",
            Group::TasksCurrent => "Tasks, tokio current_thread, per message",
            Group::TasksTwoWorkers => "Tasks, tokio with 2 workers, per message",
            Group::OneThread => "One thread, never blocked, per send + recv (or per attempt)",
            Group::Waiters => "Creation and many waiters, per channel, receive or wake",
            Group::Select => "Select in a task, polled by hand, per turn",
            Group::SelectBlocking => "Select on a thread, per turn",
        }
    }
}

/// One row of the table: a scenario at a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub scenario: Scenario,
    pub capacity: Capacity,
}

impl Cell {
    /// The table that the cell is printed in.
    pub fn group(&self) -> Group {
        match self.scenario {
            Scenario::Threads { .. } => Group::Threads,
            Scenario::Tasks { runtime: Runtime::Current, .. } => Group::TasksCurrent,
            Scenario::Tasks { runtime: Runtime::TwoWorkers, .. } => Group::TasksTwoWorkers,
            Scenario::SendRecv | Scenario::TrySendTryRecv | Scenario::AsyncSendRecv | Scenario::TryRecvEmpty => {
                Group::OneThread
            }
            Scenario::CreateDrop | Scenario::PollDrop { .. } | Scenario::WakeOneByOne { .. } => Group::Waiters,
            Scenario::SelectReady { .. }
            | Scenario::SelectWoken { .. }
            | Scenario::SelectOneBusy { .. }
            | Scenario::SelectSend => Group::Select,
            Scenario::SelectReadyBlocking { .. } => Group::SelectBlocking,
        }
    }

    /// Whether the cell uses futures. Some peers keep their promises on threads only.
    pub fn uses_futures(&self) -> bool {
        match self.scenario {
            Scenario::Tasks { .. }
            | Scenario::AsyncSendRecv
            | Scenario::PollDrop { .. }
            | Scenario::WakeOneByOne { .. }
            | Scenario::SelectReady { .. }
            | Scenario::SelectWoken { .. }
            | Scenario::SelectOneBusy { .. }
            | Scenario::SelectSend => true,
            Scenario::Threads { .. }
            | Scenario::SendRecv
            | Scenario::TrySendTryRecv
            | Scenario::TryRecvEmpty
            | Scenario::CreateDrop
            | Scenario::SelectReadyBlocking { .. } => false,
        }
    }

    /// With how many messages the first, shortest run of a measurement is made.
    pub fn first_messages(&self) -> u64 {
        match self.scenario {
            // Every task is woken at least once.
            Scenario::WakeOneByOne { tasks } => tasks as u64,
            _ => 1_000,
        }
    }
}

/// The name by which `--only` and the child find the cell: `threads/4:4/cap128`, `one/try_recv on empty/unb`.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scenario {
            Scenario::Threads { producers, consumers } => write!(f, "threads/{producers}:{consumers}")?,
            Scenario::Tasks { runtime: Runtime::Current, producers, consumers } => {
                write!(f, "tokio-ct/{producers}:{consumers}")?;
            }
            Scenario::Tasks { runtime: Runtime::TwoWorkers, producers, consumers } => {
                write!(f, "tokio-mt2/{producers}:{consumers}")?;
            }
            Scenario::SendRecv => f.write_str("one/send+recv")?,
            Scenario::TrySendTryRecv => f.write_str("one/try_send+try_recv")?,
            Scenario::AsyncSendRecv => f.write_str("one/async send+recv")?,
            Scenario::TryRecvEmpty => f.write_str("one/try_recv on empty")?,
            Scenario::CreateDrop => f.write_str("waiters/create+drop")?,
            Scenario::PollDrop { parked } => write!(f, "waiters/poll+drop a recv, {parked} parked")?,
            Scenario::WakeOneByOne { tasks } => write!(f, "waiters/tokio-ct, wake {tasks} one by one")?,
            Scenario::SelectReady { channels } => write!(f, "select/{channels} ready")?,
            Scenario::SelectReadyBlocking { channels } => write!(f, "select on a thread/{channels} ready")?,
            Scenario::SelectWoken { channels } => write!(f, "select/1 of {channels} after a wake")?,
            Scenario::SelectOneBusy { channels } => write!(f, "select/1 busy of {channels}, asleep")?,
            Scenario::SelectSend => f.write_str("select/send after a wake")?,
        }
        write!(f, "/{}", self.capacity)
    }
}

/// Every cell, in the order of the report.
pub fn plan() -> Vec<Cell> {
    const RENDEZVOUS: Capacity = Capacity::Of(0);
    const ONE: Capacity = Capacity::Of(1);
    const MANY: Capacity = Capacity::Of(128);
    const EACH: [Capacity; 4] = [RENDEZVOUS, ONE, MANY, Capacity::Unbounded];
    const ENDS: [usize; 2] = [1, 4];

    let mut cells = Vec::new();
    let mut add = |scenario, capacities: &[Capacity]| {
        cells.extend(capacities.iter().map(|&capacity| Cell { scenario, capacity }));
    };
    for n in ENDS {
        add(Scenario::Threads { producers: n, consumers: n }, &EACH);
    }
    for runtime in [Runtime::Current, Runtime::TwoWorkers] {
        for n in ENDS {
            add(Scenario::Tasks { runtime, producers: n, consumers: n }, &EACH);
        }
    }
    for scenario in [Scenario::SendRecv, Scenario::TrySendTryRecv, Scenario::AsyncSendRecv, Scenario::TryRecvEmpty] {
        add(scenario, &[MANY, Capacity::Unbounded]);
    }
    add(Scenario::CreateDrop, &EACH);
    for parked in [0, 1_000, 10_000] {
        add(Scenario::PollDrop { parked }, &[MANY]);
    }
    add(Scenario::WakeOneByOne { tasks: 10_000 }, &[MANY]);
    for channels in [2, 4, 16] {
        add(Scenario::SelectReady { channels }, &[MANY]);
    }
    for channels in [2, 4, 16] {
        add(Scenario::SelectWoken { channels }, &[MANY]);
    }
    for channels in [2, 64] {
        add(Scenario::SelectOneBusy { channels }, &[MANY]);
    }
    add(Scenario::SelectSend, &[RENDEZVOUS]);
    for channels in [2, 4, 16] {
        add(Scenario::SelectReadyBlocking { channels }, &[MANY]);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_its_own_name() {
        let mut names: Vec<String> = plan().iter().map(Cell::to_string).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
