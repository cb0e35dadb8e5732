// The program, under the names that every adapter has. `rt` is the adapter.

use std::error::Error;
use std::time::Duration;

use rt::{Scope, after, chan, ctrl_c, select, sleep};

/// Accepts jobs until Ctrl-C, then finishes those that were accepted; a second Ctrl-C leaves without that. Gives how
/// many were finished, and how many accepted; or an error when `limit` is over, for those who forget the first one.
///
/// `tell` hears of what happens. With `stuck` a job has no end.
pub async fn serve(stuck: bool, limit: Duration, tell: fn(&str)) -> Result<(u32, u32), Box<dyn Error>> {
    let interrupted = ctrl_c()?;
    let mut limit = after(limit);
    let (jobs, queue) = chan(16);

    // Whatever way this function is left, no worker outlives it.
    let scope = Scope::new();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let queue = queue.clone();
            scope.go(async move {
                let mut finished = 0;
                while let Ok(_job) = queue.recv().await {
                    sleep(if stuck { Duration::MAX } else { Duration::from_millis(1) }).await;
                    finished += 1;
                }
                finished
            })
        })
        .collect();

    tell("ready");
    let mut accepted = 0;
    loop {
        select! {
            sent = jobs.send(accepted) => {
                sent?;
                accepted += 1;
            }
            _ = interrupted.recv() => break,
            _ = &mut limit => return Err("nobody pressed Ctrl-C".into()),
        }
    }

    tell("finishing; Ctrl-C again to leave at once");
    jobs.close();
    select! {
        ended = scope.wait() => ended?,
        _ = interrupted.recv() => scope.cancel(),
        _ = &mut limit => return Err("the jobs have no end".into()),
    }

    let mut finished = 0;
    for worker in workers {
        // A worker that was cancelled does not say how far it was.
        finished += worker.await.unwrap_or(0);
    }
    Ok((finished, accepted))
}
