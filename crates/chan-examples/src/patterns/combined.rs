//! All together: a small service with a queue, workers, a reply for each request, a limit, and a way to stop.

use std::time::Duration;

use chan_core::{Receiver, RecvError, Sender};
use chan_select::select;

use super::ms;
use crate::runtime::Runtime;

struct Picture {
    name: &'static str,
    /// How long it takes.
    effort: Duration,
}

/// The source: never ends by itself.
fn picture(number: usize) -> Picture {
    match ["sun", "moon", "a panorama", "stars"][number % 4] {
        name @ "a panorama" => Picture { name, effort: ms(60_000) },
        name => Picture { name, effort: ms(1) },
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Report {
    Small(&'static str),
    TooSlow(&'static str),
}

/// Fan-out: takes pictures until there are no more, each within a limit.
async fn worker<R: Runtime>(pictures: Receiver<Picture>, reports: Sender<Report>) {
    while let Ok(Picture { name, effort }) = pictures.recv().await {
        let report = select! {
            () = R::sleep(effort) => Report::Small(name),
            () = R::sleep(ms(100)) => Report::TooSlow(name),
        };
        if reports.send(report).await.is_err() {
            return;
        }
    }
}

/// Shrinks pictures with two workers; stops when told to, but finishes what it has accepted.
pub async fn resizer<R: Runtime>() {
    let (to_workers, pictures) = R::chan(2);
    let (reporting, reports) = R::unbounded();
    let (control, stop) = R::chan::<()>(1);
    for _ in 0..2 {
        drop(R::spawn(worker::<R>(pictures.clone(), reporting.clone())));
    }
    drop((pictures, reporting));

    let mut accepted = 0;
    let mut waits = 0;
    let mut finished = Vec::new();
    let mut to_workers = Some(to_workers);
    let mut stop = Some(stop);
    loop {
        select! {
            // A send is a case as well: the next picture goes out when a worker has room for it. If another case wins,
            // the message is dropped with this one, so it is made from what stays.
            sent = to_workers.as_ref().map(|tx| tx.send(picture(accepted))) => {
                sent.expect("the workers are there");
                accepted += 1;
            },
            report = reports.recv() => match report {
                Ok(report) => {
                    finished.push(report);
                    if finished.len() == 6 {
                        control.send(()).await.expect("we hold the other end");
                    }
                }
                Err(RecvError) => break,
            },
            // Stop: no more pictures. The workers finish, the reports close behind the last one.
            _ = stop.as_ref().map(|rx| rx.recv()) => {
                to_workers = None;
                stop = None;
            },
            default(R::sleep(ms(30))) => waits += 1,
        }
    }
    println!("accepted {accepted}, finished {finished:?}; {waits} times all workers were busy");
    assert_eq!(finished.len(), accepted);
    assert!(finished.contains(&Report::TooSlow("a panorama")));
    assert!(finished.contains(&Report::Small("sun")));
}
