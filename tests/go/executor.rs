//! The rules on the deterministic executor: one thread, tasks in the order in which they were woken. When everybody is
//! asleep it says so, as Go's runtime does.

mod backend {
    use std::cell::RefCell;
    use std::pin::Pin;
    use std::rc::Rc;
    use std::time::Duration;

    pub(super) use chan_core::*;
    pub(super) use chan_select::*;
    use chan_tests::executor::{Countdown, Executor};

    /// Tasks in the thousands cost nothing here.
    pub(super) const MANY: usize = 2000;

    type Task = Pin<Box<dyn Future<Output = ()>>>;

    thread_local! {
        /// What `go` has started, until the executor has it.
        static NEW: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn run<R: 'static>(main: impl Future<Output = R> + 'static) -> R {
        let result = Rc::new(RefCell::new(None));
        let mut executor = Executor::new();
        executor.spawn({
            let result = result.clone();
            async move {
                let output = main.await;
                *result.borrow_mut() = Some(output);
            }
        });
        while let Some(next) = executor.next_woken() {
            executor.poll(next);
            for task in NEW.take() {
                executor.spawn(task);
            }
            if let Some(output) = result.borrow_mut().take() {
                return output;
            }
        }
        panic!("all tasks are asleep: deadlock");
    }

    /// Awaited for the result of a task; dropped, it leaves the task running.
    pub(super) struct Handle<R>(Receiver<R>);

    impl<R: 'static> IntoFuture for Handle<R> {
        type Output = Result<R, RecvError>;
        type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

        fn into_future(self) -> Self::IntoFuture {
            Box::pin(async move { self.0.recv().await })
        }
    }

    pub(super) fn go<R: 'static>(body: impl Future<Output = R> + 'static) -> Handle<R> {
        let (tx, rx) = chan(1);
        NEW.with_borrow_mut(|new| {
            new.push(Box::pin(async move {
                // Nobody may be interested.
                let _ = tx.try_send(body.await);
            }));
        });
        Handle(rx)
    }

    /// Some turns of everybody.
    pub(super) fn sleep(time: Duration) -> Countdown {
        Countdown(20 * time.as_millis() as usize)
    }
}

#[path = "rules/mod.rs"]
mod rules;
