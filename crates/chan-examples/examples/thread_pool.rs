//! A pool of threads for work that would block the executor, fed from async code.
//!
//! One channel, two kinds of use at once: tasks `await` their sends, threads block in their receives. Its capacity is
//! the back-pressure; closing it is the shutdown. Run it with `cargo run -p chan-examples --example thread_pool`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chan_tokio::{Receiver, Sender, block_on, bounded, go};

type Job = Box<dyn FnOnce() + Send>;

struct Pool {
    jobs: Sender<Job>,
    threads: Vec<JoinHandle<u32>>,
}

/// The job panicked, or the pool has been closed.
#[derive(Debug, PartialEq, Eq)]
struct NoAnswer;

impl Pool {
    fn new(threads: usize) -> Self {
        let (jobs, queue) = bounded::<Job>(threads);
        let threads = (0..threads).map(|_| {
            thread::spawn({
                let queue = queue.clone();
                move || work(&queue)
            })
        });
        Pool { jobs, threads: threads.collect() }
    }

    /// Runs `job` on one of the threads. Waits for room in the queue, then for the answer; dropping the future before
    /// the first takes the job back, later it only gives up the answer.
    async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, NoAnswer> {
        let (answer, result) = bounded(1);
        let job = move || {
            // There is room for one, so this never fails but when nobody waits any more.
            let _ = answer.try_send(job());
        };
        self.jobs.send(Box::new(job)).await.map_err(|_| NoAnswer)?;
        // A job that panics drops `answer` unused: that closes the channel.
        result.recv().await.map_err(|_| NoAnswer)
    }

    /// Lets the threads finish what is queued, and says how many jobs each has done.
    fn close(self) -> Vec<u32> {
        self.jobs.close();
        self.threads.into_iter().map(|thread| thread.join().expect("a thread outlives its jobs")).collect()
    }
}

/// A thread's life: ends when the channel is closed and drained.
fn work(queue: &Receiver<Job>) -> u32 {
    let mut done = 0;
    for job in queue {
        // A job that panics is its own affair.
        let _ = catch_unwind(AssertUnwindSafe(job));
        done += 1;
    }
    done
}

/// Something that keeps a thread busy.
fn slow_square(n: u64) -> u64 {
    thread::sleep(Duration::from_millis(2));
    n * n
}

fn main() {
    let pool = std::sync::Arc::new(Pool::new(4));
    block_on(async {
        let tasks: Vec<_> = (0..50)
            .map(|n| {
                let pool = pool.clone();
                go(async move { pool.run(move || slow_square(n)).await })
            })
            .collect();
        for (n, task) in (0..).zip(tasks) {
            assert_eq!(task.await.expect("no task panics"), Ok(n * n));
        }
        assert_eq!(pool.run(|| panic!("on purpose; the pool goes on")).await, Err::<(), _>(NoAnswer));
        assert_eq!(pool.run(|| "still here").await, Ok("still here"));
    });
    let pool = std::sync::Arc::into_inner(pool).expect("all tasks have ended");
    let done = pool.close();
    println!("jobs by thread: {done:?}");
    assert_eq!(done.iter().sum::<u32>(), 52);
}

#[test]
fn pools() {
    main();
}
