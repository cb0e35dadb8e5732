//! What may stand before the first arm.

use chan_core::chan;
use chan_select::{SelectRng, select};
use futures_lite::future::{block_on, ready};

#[test]
fn biased_takes_the_first_ready_arm() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(1).unwrap();
        for _ in 0..20 {
            assert_eq!(select! { biased; _ = tx.send(2) => 0, _ = ready(()) => 2, m = rx.recv() => m.unwrap() }, 2);
        }
        assert_eq!(select! { biased; m = rx.recv() => m.unwrap(), default => 0 }, 1);
        assert_eq!(select! { biased; m = rx.recv() => m.unwrap(), default => 0 }, 0);
    });
}

#[test]
fn a_seed_repeats_the_choices() {
    let run = |seed| {
        let mut rng = SelectRng::new(seed);
        let mut chosen = 0_u64;
        for _ in 0..40 {
            let one = block_on(async {
                select! { seed = &mut rng; _ = ready(()) => 0, _ = ready(()) => 1 }
            });
            chosen = chosen << 1 | one;
        }
        chosen
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_prefix_may_be_followed_by_anything() {
    block_on(async {
        let mut rng = SelectRng::new(1);
        assert_eq!(select! { seed = &mut rng; default => 1 }, 1);
        assert_eq!(select! { biased; complete => 1, }, 1);
        assert_eq!(select! { seed = SelectRng::new(2); v = ready(1) => v }, 1);
    });
}
