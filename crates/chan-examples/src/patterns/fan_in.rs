//! Fan-in: many producers send into one consumer, each through its own channel; `select!` takes whichever has something.

use chan_select::select;

use super::ms;
use crate::runtime::Runtime;

/// Merges two channels until word comes that it is done.
pub async fn merge<R: Runtime>() {
    let (to_first, first) = R::chan::<String>(0);
    let (to_second, second) = R::chan::<String>(0);
    let (done, is_done) = R::chan::<()>(0);

    let producers = R::spawn(async move {
        for n in 0..3 {
            to_first.send(format!("first {n}")).await.expect("the consumer is there");
            to_second.send(format!("second {n}")).await.expect("the consumer is there");
            R::sleep(ms(30)).await;
        }
        done.send(()).await.expect("the consumer is there");
        // Nobody receives any more, but the channels must stay open until the consumer knows why.
        (to_first, to_second)
    });

    let mut merged = Vec::new();
    let mut idle = 0;
    loop {
        select! {
            _ = is_done.recv() => break,
            message = first.recv() => merged.push(message.expect("still open")),
            message = second.recv() => merged.push(message.expect("still open")),
            default(R::sleep(ms(10))) => idle += 1,
        }
    }
    producers.await.expect("the producers end in peace");

    println!("merged {merged:?}; {idle} times nothing was ready");
    // Every message once, and each producer's messages in its order.
    assert_eq!(merged.len(), 6);
    for source in ["first", "second"] {
        let order: Vec<_> = merged.iter().filter(|message| message.starts_with(source)).collect();
        assert_eq!(order, [&format!("{source} 0"), &format!("{source} 1"), &format!("{source} 2")]);
    }
}
