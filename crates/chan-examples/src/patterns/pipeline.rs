//! A pipeline: each stage receives from the one before and sends to the one behind; closing runs through by itself.

use crate::runtime::Runtime;
use chan_core::{Receiver, Sender};

async fn numbers(out: Sender<u32>) {
    for n in 0..5 {
        out.send(n).await.expect("the next stage is there");
    }
    // `out` goes with this stage: that closes the channel, behind the last number.
}

async fn doubled(input: Receiver<u32>, out: Sender<u32>) {
    while let Ok(n) = input.recv().await {
        out.send(2 * n).await.expect("the next stage is there");
    }
}

/// Numbers, doubled, gathered.
pub async fn three_stages<R: Runtime>() {
    let (to_double, from_numbers) = R::chan(0);
    let (to_gather, from_double) = R::chan(3);
    drop(R::spawn(numbers(to_double)));
    drop(R::spawn(doubled(from_numbers, to_gather)));

    let mut gathered = Vec::new();
    while let Ok(n) = from_double.recv().await {
        gathered.push(n);
    }
    println!("{gathered:?}");
    assert_eq!(gathered, [0, 2, 4, 6, 8]);
}
