//! A crawler without its network code: a frontier of addresses, workers that fetch, a limit on how often, a way to stop.
//!
//! One task, the coordinator, owns the frontier and everything it has seen, so nothing is shared and nothing is locked.
//! It hands out addresses (fan-out) and takes pages back (fan-in) in one `select!`. Run it with
//! `cargo run -p chan-examples --example crawler`.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use chan_tokio::{Receiver, Sender, block_on, chan, go, select, sleep, tick};

type Address = u32;

struct Page {
    address: Address,
    links: Vec<Address>,
}

/// Stands for the network: each page links to the two below it, and back to the first.
async fn fetch(address: Address) -> Page {
    sleep(Duration::from_millis(3)).await;
    let links = if address < 32 { vec![1, 2 * address, 2 * address + 1] } else { vec![1] };
    Page { address, links }
}

/// Fetches what it is given until there is nothing more to come.
async fn worker(addresses: Receiver<Address>, pages: Sender<Page>) {
    while let Ok(address) = addresses.recv().await {
        let page = fetch(address).await;
        if pages.send(page).await.is_err() {
            break;
        }
    }
}

/// Fetches every page that can be reached, once, no more than one in each `period`, until there are no more or `stop`
/// is closed. Pages under way are waited for either way.
async fn crawl(first: Address, workers: usize, period: Duration, stop: Receiver<()>) -> BTreeSet<Address> {
    // Rendezvous: an address is handed out when a worker is there for it, and not before.
    let (to_workers, addresses) = chan(0);
    let (finished, pages) = chan(workers);
    for _ in 0..workers {
        go(worker(addresses.clone(), finished.clone()));
    }
    // If all workers died, sends and receives would fail; held by us, their ends would hide it.
    drop((addresses, finished));

    let mut beat = tick(period);
    let mut may_fetch = true;
    let mut stop = Some(stop);
    let mut frontier = VecDeque::from([first]);
    // The address that is to be handed out next. With nothing in it the send below is no case.
    let mut next = None;
    let mut seen = BTreeSet::from([first]);
    let mut under_way = 0;
    let mut fetched = BTreeSet::new();
    while under_way > 0 || next.is_some() || !frontier.is_empty() {
        if next.is_none() && may_fetch {
            next = frontier.pop_front();
        }
        select! {
            // A case that is not chosen leaves the address where it is.
            sent = to_workers.send_from(&mut next) => {
                sent.expect("the workers live as long as we send");
                under_way += 1;
                may_fetch = false;
            }
            _ = beat.next(), if !may_fetch => may_fetch = true,
            page = pages.recv() => {
                let page = page.expect("the workers live as long as we send");
                under_way -= 1;
                fetched.insert(page.address);
                if stop.is_some() {
                    frontier.extend(page.links.into_iter().filter(|link| seen.insert(*link)));
                }
            }
            // A closed channel is ready for ever: look at it once.
            _ = stop.as_ref().map(|stop| stop.recv()) => {
                stop = None;
                next = None;
                frontier.clear();
            }
        }
    }
    fetched
    // `to_workers` goes: the workers' channel closes, and they leave.
}

fn main() {
    let period = Duration::from_millis(2);
    block_on(async {
        let start = Instant::now();
        let (_running, stop) = chan(0);
        let all = crawl(1, 4, period, stop).await;
        println!("{} pages in {:?}", all.len(), start.elapsed());
        assert_eq!(all, (1..64).collect());
        assert!(start.elapsed() >= period * 62, "not faster than allowed");

        let (running, stop) = chan::<()>(0);
        go(async move {
            sleep(Duration::from_millis(30)).await;
            drop(running);
        });
        let some = crawl(1, 4, period, stop).await;
        println!("stopped after {} pages", some.len());
        assert!(some.len() < 63);
    });
}

#[test]
fn crawls() {
    main();
}
