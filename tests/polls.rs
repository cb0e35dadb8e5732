//! What a message costs in task polls, both sides together: not one for every waiter, and at 1:1 not more than the
//! two that parking on both sides needs.

use chan_core::bounded;
use chan_tests::executor::Executor;
use chan_tests::soon;

const CAPACITIES: [usize; 4] = [0, 1, 8, 128];
const MESSAGES: usize = if cfg!(debug_assertions) { 16_384 } else { 262_144 };

/// Polls per message when every task loops over `send().await` or `recv().await`.
fn polls_per_message(senders: usize, receivers: usize, capacity: usize) -> f64 {
    let (tx, rx) = bounded::<usize>(capacity);
    let mut executor = Executor::new();
    let total = std::rc::Rc::new(std::cell::Cell::new(0));
    for _ in 0..receivers {
        let (rx, total) = (rx.clone(), total.clone());
        executor.spawn(async move {
            while rx.recv().await.is_ok() {
                total.set(total.get() + 1);
            }
        });
    }
    for _ in 0..senders {
        let tx = tx.clone();
        executor.spawn(async move {
            for i in 0..MESSAGES / senders {
                tx.send(i).await.expect("receivers stay");
            }
        });
    }
    drop((tx, rx));
    executor.run();
    assert_eq!(total.get(), MESSAGES, "{senders}:{receivers} at capacity {capacity}: all messages came out");
    executor.polls() as f64 / MESSAGES as f64
}

fn row(senders: usize, receivers: usize) -> [f64; 4] {
    let row = CAPACITIES.map(|capacity| polls_per_message(senders, receivers, capacity));
    println!("{:>7} | {}", format!("{senders}:{receivers}"), row.map(|polls| format!("{polls:6.3}")).join(" "));
    row
}

#[test]
fn polls_per_message_are_few_and_flat_in_the_number_of_waiters() {
    soon(|| {
        println!("polls per message, both sides together");
        println!("  tasks | capacity {}", CAPACITIES.map(|capacity| capacity.to_string()).join(", "));
        let one = row(1, 1);
        let crowds: Vec<_> = [(4, 1), (1, 4), (4, 4), (16, 16), (64, 64)]
            .map(|(senders, receivers)| ((senders, receivers), row(senders, receivers)))
            .into();

        for (polls, capacity) in one.into_iter().zip(CAPACITIES) {
            let most = if capacity <= 1 { 2.1 } else { 2.0 / capacity as f64 + 0.1 };
            assert!(polls <= most, "1:1 at capacity {capacity}: {polls:.3} polls a message, at most {most:.3}");
        }
        for ((senders, receivers), row) in &crowds {
            for (polls, capacity) in row.iter().zip(CAPACITIES) {
                assert!(*polls <= 4.1, "{senders}:{receivers} at capacity {capacity}: {polls:.3} polls a message");
            }
        }
        // Four times the waiters, the same price; a crowd that a large buffer held together may come to what parking on
        // both sides costs.
        for (few, many) in [(2, 3), (3, 4)] {
            for (i, capacity) in CAPACITIES.iter().enumerate() {
                let (few, many) = (crowds[few].1[i], crowds[many].1[i]);
                let most = (few * 1.25 + 0.1).max(2.1);
                assert!(many <= most, "capacity {capacity}: {few:.3} polls grow to {many:.3}");
            }
        }
    });
}
