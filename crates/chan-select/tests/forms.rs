//! Every form that an arm can have, and what its body may do.

use chan_core::{Receiver, RecvError, bounded, chan, nil};
use chan_select::{SelectRng, select, select_blocking};
use futures_lite::future::{block_on, pending, ready, yield_now};
use futures_lite::{StreamExt, stream};
use std::future::{Future, Pending};
use std::pin::pin;

#[test]
fn every_kind_of_arm_in_one_select() {
    block_on(async {
        let mut rng = SelectRng::new(1);
        let mut seen = [0; 4];
        for _ in 0..400 {
            let (full, one) = chan::<u32>(1);
            full.try_send(1).unwrap();
            let (room, _keep) = chan::<u32>(1);
            let chosen: usize = select! {
                seed = &mut rng;
                msg = one.recv() => { msg.unwrap(); 0 }
                res = room.send(7) => { res.unwrap(); 1 },
                _line = ready("x") => 2,
                _ = pending::<()>() => 3,
                complete => unreachable!(),
                default => unreachable!(),
            };
            seen[chosen] += 1;
        }
        assert!(seen[..3].iter().all(|n| *n > 90), "{seen:?}");
        assert_eq!(seen[3], 0);
    });
}

#[test]
fn default_runs_when_nothing_is_ready() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default => 9 }, 9);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default => 9, complete => 8 }, 9);
        tx.try_send(1).unwrap();
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default => 9 }, 1);
        assert_eq!(select! { default => 1 }, 1);
        assert_eq!(select! { default => { 1 } m = rx.recv() => m.unwrap() }, 1);
    });
}

#[test]
fn a_default_with_a_timer_runs_when_the_timer_is_done_first() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default(ready(())) => 4 }, 4);
        tx.try_send(1).unwrap();
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default(ready(())) => 4 }, 1);
        // A timer that takes a while, and a case that takes longer or less long.
        assert_eq!(select! { m = rx.recv() => m.unwrap(), default(yields(3)) => 4 }, 4);
        assert_eq!(select! { v = async { yields(5).await; 2 } => v, default(yields(3)) => 4 }, 4);
        assert_eq!(select! { v = async { yields(2).await; 2 } => v, default(yields(3)) => { 4 } }, 2);
        // Its output is of no interest, and one that is `None` never comes.
        assert_eq!(select! { _ = yields(3) => 1, default(None::<std::future::Ready<&str>>) => 4 }, 1);
        assert_eq!(select! { default(ready("done")) => 4 }, 4);
    });
}

async fn yields(times: usize) {
    for _ in 0..times {
        yield_now().await;
    }
}

#[test]
fn bodies_are_code_of_the_enclosing_function() {
    async fn sum() -> Result<u32, RecvError> {
        let (tx, rx) = chan::<u32>(4);
        for i in 0..4 {
            tx.try_send(i).unwrap();
        }
        let mut sum = 0;
        'outer: loop {
            loop {
                select! {
                    v = rx.recv() => {
                        let v = v?;
                        if v == 0 { continue }
                        if v == 3 { break 'outer }
                        sum += ready(v).await;
                        if v == 2 { break }
                    }
                    _ = pending::<()>() => return Ok(0),
                }
            }
        }
        Ok(sum)
    }
    assert_eq!(block_on(sum()), Ok(3));
}

#[test]
fn a_body_may_use_and_move_what_a_case_borrowed() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        let mut numbers = stream::iter(1..=6);
        let mut seen = vec![];
        let mut never = Box::pin(ready(5));
        for _ in 0..3 {
            select! {
                n = numbers.next() => {
                    seen.push(n.unwrap());
                    numbers.next().await;
                    let _ = tx.try_send(1);
                }
                m = rx.recv() => {
                    seen.push(m.unwrap());
                    drop(numbers);
                    break
                }
                v = &mut never, if seen.len() > 100 => seen.push(v),
            }
        }
        assert!(!seen.is_empty());
    });
}

#[test]
fn a_guard_is_lazy() {
    block_on(async {
        let mut slot: Option<u32> = None;
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(3).unwrap();
        let mut evaluated = 0;
        let got = select! {
            _ = tx.send(slot.take().unwrap()), if slot.is_some() => 0,
            _ = async { unreachable!() }, if { evaluated += 1; false } => 0,
            m = rx.recv(), if rx.len() == 1 => m.unwrap(),
        };
        assert_eq!((got, evaluated), (3, 1));
    });
}

#[test]
fn operations_are_evaluated_once_in_the_order_they_are_written() {
    block_on(async {
        let order = std::cell::RefCell::new(vec![]);
        let note = |name: &'static str| {
            order.borrow_mut().push(name);
            pending::<()>()
        };
        select! {
            _ = note("a") => {}
            _ = note("b"), if { drop(note("guard")); false } => {}
            _ = note("c") => {}
            _ = yields(4) => {}
        }
        assert_eq!(*order.borrow(), ["a", "guard", "c"]);
    });
}

#[test]
fn an_operation_may_borrow_a_temporary() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(3).unwrap();
        let got = select! {
            m = rx.clone().recv() => m.unwrap(),
            _ = async { pending::<()>().await } => 1,
        };
        assert_eq!(got, 3);
    });
}

#[test]
fn generic_futures_and_options_are_cases() {
    async fn now<F: Future>(f: F) -> Option<F::Output> {
        select! { v = f => Some(v), default => None }
    }
    block_on(async {
        let (_tx, rx) = chan::<u32>(1);
        assert_eq!(now(ready(1)).await, Some(1));
        assert!(now(rx.recv()).await.is_none());
        let some = Some(ready(4));
        assert_eq!(select! { v = some => v }, 4);
        let none: Option<std::future::Ready<u32>> = None;
        assert_eq!(select! { v = none => v, default => 5 }, 5);
    });
}

#[test]
fn operations_by_reference_and_pinned() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        let mut send = tx.send(1);
        assert!(select! { res = &mut send => res.is_ok() });
        let recv = pin!(rx.recv());
        assert_eq!(select! { m = recv => m }, Ok(1));
        assert!(select! { res = Box::pin(tx.send(2)) => res.is_ok() });
        assert_eq!(select! { m = Some(rx.recv()) => m }, Ok(2));
        // Kept in a slot: what loses stays there, and what has won is nil from then on.
        let mut slot = Some(tx.send(3));
        assert!(select! { res = &mut slot => res.is_ok(), default => false });
        assert!(!select! { res = &mut slot => res.is_ok(), default => false });
    });
}

#[test]
fn nil_channels_and_options_are_never_ready() {
    block_on(async {
        let (never_tx, never_rx) = nil::<u32>();
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(1).unwrap();
        for _ in 0..20 {
            let got = select! {
                m = never_rx.recv() => m.unwrap() + 10,
                _ = never_tx.send(1) => 11,
                m = rx.recv() => m.unwrap(),
            };
            assert_eq!(got, 1);
            tx.try_send(1).unwrap();
        }
        assert_eq!(select! { _ = never_rx.recv() => 1, _ = never_tx.send(1) => 2, default => 3 }, 3);
        assert_eq!(select! { _ = never_rx.recv() => 1, _ = never_tx.send(1) => 2, complete => 3 }, 3);
        // Disabled for this turn.
        let (off, on): (Option<&Receiver<u32>>, _) = (None, Some(&rx));
        assert_eq!(select! { m = off.map(Receiver::recv) => m.unwrap(), complete => 8 }, 8);
        assert_eq!(select! { m = on.map(Receiver::recv) => m.unwrap(), complete => 8 }, 1);
    });
}

#[test]
fn names_of_the_grammar_are_good_names() {
    block_on(async {
        let default = select! { default = ready(1) => default, complete => 2 };
        let complete = select! { complete = ready(default) => complete };
        let (recv, send) = (complete, 2);
        assert_eq!(select! { v = ready(recv + send) => v }, 3);
        assert_eq!(select! { seed = ready(3) => seed, default => 9 }, 3);
        assert_eq!(select! { biased = ready(3) => biased }, 3);
        // Names that the macro uses inside.
        let (case, output, fired, otherwise, operation) = (1, 2, 3, 4, 5);
        let sum = select! {
            output = ready(case + output) => output + fired + otherwise + operation,
        };
        assert_eq!(sum, 15);
    });
}

#[test]
fn selects_nest_in_operations_and_bodies() {
    block_on(async {
        let got = select! {
            v = async { select! { a = ready(1) => a, b = ready(1) => b } } => select! { w = ready(v + 1) => w },
        };
        assert_eq!(got, 2);
    });
}

#[test]
fn patterns_take_outputs_apart() {
    struct Pair(u32, u32);
    block_on(async {
        assert_eq!(select! { (a, b) = ready((1, 2)) => a + b }, 3);
        assert_eq!(select! { Pair(a, ref b) = ready(Pair(1, 2)) => a + b }, 3);
        assert_eq!(select! { mut v = ready(vec![1]) => { v.push(2); v.len() } }, 2);
        assert_eq!(select! { [a, .., b] = ready([1, 2, 3]) => a + b }, 4);
        assert_eq!(select! { () = ready(()) => 1 }, 1);
    });
}

#[test]
fn the_names_of_the_prelude_may_be_taken() {
    #[allow(dead_code, non_snake_case, unreachable_pub)]
    mod hostile {
        pub fn Some() {}
        pub struct Option;
        pub struct Result;
        pub trait Future {}
        pub mod core {}
        pub mod std {}

        pub async fn run() -> u32 {
            chan_select::select! { v = ::std::future::ready(1) => v, _ = ::std::future::ready(()), if false => 2 }
        }
    }
    assert_eq!(block_on(hostile::run()), 1);
}

#[test]
fn sixty_four_cases() {
    macro_rules! select_64 {
        ($($n:literal)*) => { select! { $(_ = ready(()), if $n == 40 => $n,)* } };
    }
    let chosen = block_on(async {
        select_64!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37
            38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63)
    });
    assert_eq!(chosen, 40);
}

#[test]
fn parts_may_come_from_a_macro_of_the_user() {
    macro_rules! first {
        ($default:expr; $($pattern:pat, $future:expr, $guard:expr, $body:expr;)*) => {
            select! { $($pattern = $future, if $guard => $body,)* default => $default }
        };
        ($($pattern:pat, $future:expr, $body:block)*) => {
            select! { $($pattern = $future => $body,)* }
        };
    }
    block_on(async {
        assert_eq!(first!(4; v, ready(1), true, v + 1; _, ready(2), false, 3;), 2);
        assert_eq!(first!({ 4 }; v, ready(1), false, v + 1;), 4);
        assert_eq!(first!(v, ready(1), { v + 1 }), 2);
    });
}

#[test]
fn works_under_another_name_in_another_place() {
    mod adapter {
        pub(crate) use chan_select::select as choose;
    }
    assert_eq!(
        block_on(async {
            adapter::choose! { v = ready(1) => v, default => 2 }
        }),
        1
    );
}

#[test]
fn a_select_is_send_when_its_cases_are() {
    fn assert_send<F: Send + Future>(future: F) -> F {
        future
    }
    let (tx, rx) = bounded::<u32>(1);
    let got = block_on(assert_send(async move {
        tx.try_send(1).unwrap();
        select! {
            m = rx.recv() => m.unwrap(),
            _ = tx.send(4) => 2,
            // What only the body sees need not be.
            _not_send = async { std::rc::Rc::new(3) }, if false => 3,
        }
    }));
    assert_eq!(got, 1);
}

#[test]
fn a_pattern_may_have_alternatives() {
    block_on(async {
        let whole = select! { Ok(n) | Err(n) = ready(Err::<u32, u32>(1)) => n };
        let half = select! { weighted; [1] Ok(n) | Err(n) = ready(Ok::<u32, u32>(2)), if true => { n } };
        assert_eq!((whole, half), (1, 2));
    });
}

#[test]
fn a_method_that_every_type_has_is_not_taken_for_ours() {
    trait Everywhere {
        fn kind(&self) -> &'static str {
            "kind"
        }
    }
    impl<T> Everywhere for T {}
    let (tx, rx) = chan(1);
    block_on(async {
        select! { res = tx.send(1) => res.unwrap(), () = pending() => {}, () = None::<Pending<()>> => {} }
        let got = select! { weighted; [1] m = rx.recv(), if true => m, [1] () = pending() => Ok(2), complete => Ok(3) };
        assert_eq!((got, got.kind()), (Ok(1), "kind"));
    });
    assert_eq!(select_blocking! { m = rx.recv() => m, default => Ok(4) }, Ok(4));
}
