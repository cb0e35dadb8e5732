//! A hub whose clients come and go: one task that listens to all of them with one `Select`.
//!
//! `select!` is for channels that are known when the program is written. Here their number changes while the program
//! runs: each client that joins becomes a case, and a client that leaves is one no more by itself, since its channel
//! closes. Idle clients cost a turn nothing. Run it with `cargo run -p chan-examples --example hub`.

use std::collections::BTreeMap;

use chan_select::Select;
use chan_tokio::{Receiver, Sender, block_on, bounded, go};

/// What happens to the hub.
enum Event {
    Joined(Client),
    Said(String, String),
    Left(String),
    /// Nobody can join any more.
    DoorClosed,
}

struct Client {
    name: String,
    says: Receiver<String>,
}

/// Counts who said how much, until the door is closed and everybody has left.
async fn hub(door: Receiver<Client>) -> BTreeMap<String, usize> {
    let mut select = Select::new();
    select.recv(door, |client| client.map_or(Event::DoorClosed, Event::Joined));
    let mut said = BTreeMap::new();
    // Each case turns what it receives into an event that knows whose it is. While an event is handled the select is
    // away: it may be changed, and keeps nothing from others.
    while let Some(event) = select.run().await {
        match event {
            Event::Joined(Client { name, says }) => {
                said.insert(name.clone(), 0);
                select.recv(says, move |text| match text {
                    Ok(text) => Event::Said(name.clone(), text),
                    Err(_) => Event::Left(name.clone()),
                });
            }
            Event::Said(name, text) => *said.entry(name).or_default() += text.split_whitespace().count(),
            Event::Left(name) => println!("{name} leaves, {} are here", select.len()),
            Event::DoorClosed => println!("the door is closed"),
        }
    }
    said
}

/// Joins, says its words one by one, and leaves.
async fn client(door: Sender<Client>, name: &str, words: &str) {
    let (say, says) = bounded(1);
    let joined = door.send(Client { name: name.to_owned(), says }).await;
    drop(door);
    if joined.is_err() {
        return;
    }
    for word in words.split(' ') {
        if say.send(word.to_owned()).await.is_err() {
            return;
        }
    }
}

fn run() -> BTreeMap<String, usize> {
    block_on(async {
        let (door, joining) = bounded(0);
        for (name, words) in [("ada", "to be or not to be"), ("bob", "that"), ("cyd", "is the question")] {
            let door = door.clone();
            go(async move { client(door, name, words).await });
        }
        drop(door);
        hub(joining).await
    })
}

fn main() {
    println!("{:?}", run());
}

#[test]
fn everybody_is_heard_to_the_end() {
    let expected = [("ada", 6), ("bob", 1), ("cyd", 3)].map(|(name, words)| (name.to_owned(), words));
    assert_eq!(run(), expected.into());
}
