//! Which expressions are seen as channel operations. A rendezvous send that is not has a weaker contract.

use chan_core::chan;
use chan_select::__private::{Kind0 as _, Kind1 as _, Kind2 as _, probe};
use std::any::type_name_of_val;
use std::future::{Future, ready};
use std::pin::pin;

macro_rules! is_native {
    ($e:expr) => {
        match $e {
            e => type_name_of_val(&(&&&probe(&e)).__kind_of_case().case(e)).contains("Native"),
        }
    };
}

#[test]
fn operations_are_native_in_every_form() {
    let (tx, rx) = chan::<u32>(1);
    assert!(is_native!(rx.recv()));
    assert!(is_native!(tx.send(1)));
    assert!(is_native!(&mut tx.send(1)));
    assert!(is_native!(Some(rx.recv())));
    assert!(is_native!(Some(&mut rx.recv())));
    assert!(is_native!(&mut Some(tx.send(1))));
    assert!(is_native!(pin!(tx.send(1))));
    assert!(is_native!(Box::pin(tx.send(1))));
    assert!(is_native!(Some(Box::pin(rx.recv()))));
}

#[test]
fn everything_else_is_foreign() {
    fn generic<F: Future>(f: F) -> bool {
        is_native!(f)
    }
    let (tx, rx) = chan::<u32>(1);
    assert!(!is_native!(async { tx.send(1).await }));
    assert!(!is_native!(Some(async { rx.recv().await })));
    assert!(!is_native!(ready(1)));
    assert!(!is_native!(Some(ready(1))));
    assert!(!generic(tx.send(1)));
}
