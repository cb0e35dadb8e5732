//! One crate is enough: what core and select have is here, and works with this adapter's tasks and clock.

use super::*;

#[test]
fn everything_a_program_needs_has_a_name_here() {
    use rt::{
        Builder, Msg, OwnedPermit, Permit, SelectRng, Signal, Turn, WaitGroup, WeakReceiver, WeakSender, core,
        select_blocking,
    };

    run(async {
        let (tx, rx) = Builder::bounded(1).manners(&rt::MANNERS).build();
        let (weak_tx, weak_rx): (WeakSender<u8>, WeakReceiver<u8>) = (tx.downgrade(), rx.downgrade());
        assert!(weak_tx.upgrade().is_some() && weak_rx.upgrade().is_some());
        let (plain, _rx) = core::chan::<u8>(1);
        assert!(!tx.same_channel(&plain));

        let group = WaitGroup::new();
        let member = group.member();
        go(async move { drop(member) });
        group.wait().await;

        let mut rng = SelectRng::new(1);
        tx.send(1).await.unwrap();
        let got = select! { seed = &mut rng; got = rx.recv() => got, _ = sleep(MINUTE) => Ok(0) };
        assert_eq!(got, Ok(1));
        let mut turn = Turn::new();
        let got = select! { round_robin = &mut turn; got = rx.recv() => got, default => Ok(2) };
        assert_eq!(got, Ok(2));

        let permit: Permit<'_, u8> = tx.reserve().await.unwrap();
        permit.send(4);
        assert_eq!(rx.recv().await, Ok(4));
        let permit: OwnedPermit<u8> = tx.reserve_owned().await.unwrap();
        let tx = permit.send(5);
        assert_eq!(rx.recv().await, Ok(5));

        // Signals: in order with the data, or on a lane of their own.
        let (letters, inbox) = chan(1);
        letters.send(Msg::<u8>::Signal(Signal::Heartbeat)).await.unwrap();
        assert!(inbox.recv().await.unwrap().is_signal());
        assert!(letters.signal(Signal::Done));
        let heard = select! { signal = inbox.signal::<Signal>() => signal, _ = sleep(MINUTE) => Ok(Signal::Cancel) };
        assert_eq!(heard, Ok(Signal::Done));

        let thread = std::thread::spawn(move || {
            select_blocking! {
                biased;
                got = rx.recv() => got,
                () = pending() => Ok(0),
            }
        });
        tx.send(3).await.unwrap();
        assert_eq!(thread.join().unwrap(), Ok(3));
    });
}
