//! A server that owns its data: each request carries the channel for its reply.
//!
//! Many clients, one task with the data, no lock. Shows what happens to requests when the server stops: those that were
//! accepted are answered, or their reply channel closes; nobody waits for ever. Run it with
//! `cargo run -p chan-examples --example request_reply`.

use std::collections::HashMap;
use std::time::Duration;

use chan_smol::{Receiver, ReceiverExt, RecvTimeoutError, Sender, block_on, bounded, go, sleep};

enum Request {
    Put {
        key: String,
        value: u64,
        reply: Sender<Option<u64>>,
    },
    Get {
        key: String,
        reply: Sender<Option<u64>>,
    },
    /// For the example: does nothing for a while.
    Doze(Duration),
}

/// Serves until all clients have gone or the channel is closed, and answers what had been accepted by then.
async fn serve(requests: Receiver<Request>) -> HashMap<String, u64> {
    let mut data = HashMap::new();
    while let Ok(request) = requests.recv().await {
        // A reply channel has room for its one reply, so answering never waits. A client that has given up has dropped
        // its receiver: then there is nobody to tell.
        match request {
            Request::Put { key, value, reply } => drop(reply.try_send(data.insert(key, value)).ok()),
            Request::Get { key, reply } => drop(reply.try_send(data.get(&key).copied()).ok()),
            Request::Doze(time) => sleep(time).await,
        }
    }
    data
}

/// A client's handle; clone it as you like.
#[derive(Clone)]
struct Store {
    requests: Sender<Request>,
}

/// The server has stopped, before it took the request or without answering it.
#[derive(Debug, PartialEq, Eq)]
struct Stopped;

impl Store {
    async fn ask(&self, request: impl FnOnce(Sender<Option<u64>>) -> Request) -> Result<Option<u64>, Stopped> {
        let (reply, answer) = bounded(1);
        self.requests.send(request(reply)).await.map_err(|_| Stopped)?;
        // The sender went with the request: if that is dropped unanswered, this closes.
        answer.recv().await.map_err(|_| Stopped)
    }

    async fn put(&self, key: &str, value: u64) -> Result<Option<u64>, Stopped> {
        self.ask(|reply| Request::Put { key: key.into(), value, reply }).await
    }

    async fn get(&self, key: &str) -> Result<Option<u64>, Stopped> {
        self.ask(|reply| Request::Get { key: key.into(), reply }).await
    }
}

fn main() {
    block_on(async {
        let (requests, incoming) = bounded(4);
        let server = go(serve(incoming));
        let store = Store { requests };

        // Many clients at once.
        let clients: Vec<_> = (0..20)
            .map(|n| {
                let store = store.clone();
                go(async move {
                    let key = format!("key {n}");
                    assert_eq!(store.put(&key, n).await, Ok(None));
                    assert_eq!(store.put(&key, n * n).await, Ok(Some(n)));
                    store.get(&key).await
                })
            })
            .collect();
        for (n, client) in (0..).zip(clients) {
            assert_eq!(client.await.expect("no client panics"), Ok(Some(n * n)));
        }
        println!("20 clients were served");

        // A client with little patience. Its answer comes too late, and nobody minds.
        store.requests.send(Request::Doze(Duration::from_millis(30))).await.expect("the server runs");
        let (reply, answer) = bounded(1);
        store.requests.send(Request::Get { key: "key 3".into(), reply }).await.expect("the server runs");
        assert_eq!(answer.recv_timeout(Duration::from_millis(5)).await, Err(RecvTimeoutError::Timeout));
        drop(answer);
        assert_eq!(store.get("key 3").await, Ok(Some(9)));
        println!("one gave up, the next was served");

        // Stop gracefully: no new requests, but what was accepted is answered.
        store.requests.send(Request::Doze(Duration::from_millis(10))).await.expect("the server runs");
        let (reply, answer) = bounded(1);
        store.requests.send(Request::Get { key: "key 4".into(), reply }).await.expect("there is room");
        store.requests.close();
        assert_eq!(store.get("key 5").await, Err(Stopped));
        assert_eq!(answer.recv().await, Ok(Some(16)));
        assert_eq!(server.await.expect("the server does not panic").len(), 20);

        // Stop hard: what waits in the queue is dropped with the server's receiver, and with it the reply channels.
        let (requests, incoming) = bounded(4);
        let server = go(serve(incoming));
        let store = Store { requests };
        store.requests.send(Request::Doze(Duration::from_secs(60))).await.expect("the server runs");
        let waiting = go({
            let store = store.clone();
            async move { store.get("key").await }
        });
        sleep(Duration::from_millis(10)).await;
        server.cancel();
        assert_eq!(waiting.await.expect("the client does not panic"), Err(Stopped));
        println!("stopped: nobody waits for an answer that cannot come");
    });
}

#[test]
fn serves() {
    main();
}
