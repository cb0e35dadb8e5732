//! The grammar of `select!` and `select_blocking!`: reads one arm after the other, then writes the code. Knows tokens; whatever needs no
//! token is a function or a type of this crate, reached through `$crate::__private`, so that the macro works from any
//! crate that re-exports it.
//!
//! Names: `let` and pattern names in here are invisible to the user's expressions and bodies, and those of one arm to
//! the next (every arm is read by an expansion of its own), since `macro_rules!` names are hygienic.

/// Waits for one of several operations and runs the body of exactly one.
///
#[doc = include_str!("select.md")]
#[macro_export]
macro_rules! select {
    ( $($prefix_and_arms:tt)* ) => { $crate::__select!(@prefix wait $($prefix_and_arms)*) };
}

/// [`select!`](crate::select!) for threads: the same arms and prefixes, but it blocks the thread instead of awaiting.
///
/// Feature `std`. Bodies are ordinary code of the enclosing function, which need not be `async`. Everything that
/// `select!` promises holds here: one effect, the uniform choice, closed channels, `complete`, `default`. Foreign
/// futures and the timer of `default(timer)` are polled on this thread, with a waker that wakes it; who fires a timer
/// must not be this thread. (The adapters' timers need their runtime to run elsewhere.)
///
/// Before it parks, the thread stays awake for some microseconds, as the other blocking forms do.
///
/// # Cancel safety
///
/// Nothing cancels a thread. A foreign future that panics ends the select as a drop ends `select!`: as if it had never
/// been, but for a rendezvous send that was taken before.
///
/// # Panics
///
/// In an async context of the runtime that an adapter made one of the channels for, with what to do instead: `select!`.
/// A select with a plain `default` does not block and never panics so.
///
/// ```
/// use chan_core::chan;
/// use chan_select::select_blocking;
/// use std::thread;
///
/// let (job, jobs) = chan(0);
/// let (reply, replies) = chan(0);
/// let worker = thread::spawn(move || {
///     loop {
///         select_blocking! {
///             job = jobs.recv() => match job {
///                 Ok(n) => reply.send_blocking(n * 2).unwrap(),
///                 Err(_) => return "no more jobs",
///             },
///             _ = reply.closed() => return "nobody wants them",
///         }
///     }
/// });
/// job.send_blocking(21).unwrap();
/// assert_eq!(replies.recv_blocking(), Ok(42));
/// drop(job);
/// assert_eq!(worker.join().unwrap(), "no more jobs");
/// ```
#[cfg(feature = "std")]
#[macro_export]
macro_rules! select_blocking {
    ( $($prefix_and_arms:tt)* ) => { $crate::__select!(@prefix block $($prefix_and_arms)*) };
}

/// `select!`'s expansion, one arm a step: 64 arms stay under the default recursion limit of 128.
///
/// What has been read so far is `@arm`'s first argument, `{ how cases list default complete numbers }`:
///
/// * `[order wait (rng)]`, `[order block (rng)]`: await or block, and where the order comes from; `[weighted wait]`,
///   `[weighted block]`: every case begins with its weight;
/// * `[{case (pattern of its output) output (pattern) (operation [, guard]) (body) [(weight) number]} ..]`, where `case`
///   and `output` are one identifier each, hygienic for its arm;
/// * `(list)` the expression of the case list, `And(And((), case), case)`;
/// * `[{[timer?] (body)}?]` the `default` arm;
/// * `[(body)?]` the `complete` arm;
/// * `(i ..)` the numbers not used yet: the first is how many cases there are.
///
/// A body in braces needs no comma after it; any other ends at a comma or with the macro. (It is matched as braces, not
/// as `$body:block`: a body that is a metavariable of the user's own macro would be taken for a block, and refused.)
#[doc(hidden)]
#[macro_export]
macro_rules! __select {
    // A prefix is one only with its semicolon: all four words are fine as patterns.
    (@prefix $run:tt biased ; $($arms:tt)*) => {
        $crate::__select!(@start [order $run ($crate::__private::Biased)] $($arms)*)
    };
    (@prefix $run:tt weighted ; $($arms:tt)*) => { $crate::__select!(@start [weighted $run] $($arms)*) };
    (@prefix $run:tt round_robin = $turn:expr ; $($arms:tt)*) => {
        $crate::__select!(@start [order $run ($crate::__private::in_turn($turn))] $($arms)*)
    };
    (@prefix $run:tt seed = $rng:expr ; $($arms:tt)*) => {
        $crate::__select!(@start [order $run ($rng)] $($arms)*)
    };
    (@prefix $run:tt $($arms:tt)*) => {
        $crate::__select!(@start [order $run ($crate::SelectRng::unseeded())] $($arms)*)
    };

    (@start $how:tt $($arms:tt)*) => {
        $crate::__select!(@arm { $how [] (()) [] [] (0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
            25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
            61 62 63 64) } $($arms)*)
    };

    // ---- all read ----
    (@arm $read:tt) => { $crate::__select!(@write $read) };

    // ---- `default`, `default(timer)` and `complete`, once each ----
    (@arm { $how:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { $how $cases $list [{[$($timer)?] ({ $($body)* })}] $complete $numbers } $($rest)*)
    };
    (@arm { $how:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { $how $cases $list [{[$($timer)?] ({ $($body)* })}] $complete $numbers } $($rest)*)
    };
    (@arm { $how:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { $how $cases $list [{[$($timer)?] ($body)}] $complete $numbers } $($($rest)*)?)
    };
    (@arm { $how:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { $how $cases $list $default [({ $($body)* })] $numbers } $($rest)*)
    };
    (@arm { $how:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { $how $cases $list $default [({ $($body)* })] $numbers } $($rest)*)
    };
    (@arm { $how:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { $how $cases $list $default [($body)] $numbers } $($($rest)*)?)
    };

    // ---- wrong weights; a weight before an arm that is wrong in another way ----
    (@arm { [weighted $run:tt] $($read:tt)* } [$($slice:tt)*] = $first:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@at NoWeight $first)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [] $($rest:tt)*) => {
        $crate::__select_wrong!(@weight NoWeight $($rest)*)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] let $($rest:tt)*) => {
        $crate::__select_wrong!(let $($rest)*)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] $name:tt = => $($rest:tt)*) => {
        $crate::__select_wrong!($name = => $($rest)*)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] Ok $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] Err $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] Some $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm { [order $($how:tt)*] $($read:tt)* } [$($weight:tt)+] _ $($rest:tt)*) => {
        $crate::__select_wrong!(@weight Weight $($weight)+)
    };
    (@arm { [order $($how:tt)*] $($read:tt)* } [$($weight:tt)+] ($($pattern:tt)*) $($rest:tt)*) => {
        $crate::__select_wrong!(@weight Weight $($weight)+)
    };
    (@arm { [order $($how:tt)*] $($read:tt)* } [$($weight:tt)+] $name:ident $($rest:tt)*) => {
        $crate::__select_wrong!(@weight Weight $($weight)+)
    };
    // ---- wrong, in a way that the rules below would answer with a parse error of the compiler's ----
    (@arm $read:tt let $($rest:tt)*) => { $crate::__select_wrong!(let $($rest)*) };
    (@arm $read:tt else $($rest:tt)*) => { $crate::__select_wrong!(else $($rest)*) };
    (@arm $read:tt self . $($rest:tt)*) => { $crate::__select_wrong!(self . $($rest)*) };
    (@arm $read:tt $name:tt . $($rest:tt)*) => { $crate::__select_wrong!($name . $($rest)*) };
    (@arm $read:tt $name:tt = => $($rest:tt)*) => { $crate::__select_wrong!($name = => $($rest)*) };
    (@arm $read:tt $name:tt => $($rest:tt)*) => { $crate::__select_wrong!(@word $read $name) };
    // ---- wrong, though it could be read ----
    (@arm $read:tt Ok $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm $read:tt Err $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm $read:tt Some $inner:tt = $future:expr => $($rest:tt)*) => {
        $crate::__select_wrong!(@refutable $inner $future)
    };
    (@arm $read:tt None = $future:expr => $($rest:tt)*) => { $crate::__select_wrong!(@refutable [] $future) };
    (@arm $read:tt $name:tt = $handle:tt . recv => $($rest:tt)*) => { $crate::__select_wrong!(@at Uncalled $handle) };
    (@arm $read:tt $name:tt = $handle:tt . send => $($rest:tt)*) => { $crate::__select_wrong!(@at Uncalled $handle) };
    (@arm { $how:tt $cases:tt $list:tt $default:tt $complete:tt (64) } $pattern:pat = $first:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@at TooMany $first)
    };

    // ---- a case: it becomes the last one, and the patterns of the earlier ones' outputs grow by one ----
    (@arm { [order $($how:tt)*] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { [order $($how)*]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* }) []}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { [order $($how:tt)*] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { [order $($how)*]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* }) []}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { [order $($how:tt)*] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { [order $($how)*]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ($body) []}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($($rest)*)?)
    };
    // ---- the same with its weight ----
    (@arm { [weighted $run:tt] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        [$weight:expr] $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { [weighted $run]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* }) [($weight) $used]}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { [weighted $run:tt] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        [$weight:expr] $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { [weighted $run]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* }) [($weight) $used]}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { [weighted $run:tt] [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt
        $complete:tt ($used:tt $($numbers:tt)+) }
        [$weight:expr] $pattern:pat = $operation:expr $(, if $guard:expr)? => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { [weighted $run]
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ($body) [($weight) $used]}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($($rest)*)?)
    };
    // ---- wrong: a case without its weight, though it could be read otherwise ----
    (@arm { [weighted $run:tt] $($read:tt)* } $name:tt = $first:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@either NoWeight $name $name $first)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } [$($weight:tt)*] $($rest:tt)*) => {
        $crate::__select!(@arm { [order $run (())] $($read)* } $($rest)*)
    };
    (@arm { [weighted $run:tt] $($read:tt)* } $pattern:pat = $first:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@at NoWeight $first)
    };

    // ---- wrong: `wrong.rs` finds out how ----
    (@arm $read:tt seed = & mut $($rest:tt)*) => { $crate::__select_wrong!(@unfinished $($rest)*) };
    (@arm $read:tt round_robin = & mut $($rest:tt)*) => { $crate::__select_wrong!(@unfinished $($rest)*) };
    (@arm $read:tt $name:tt = & mut $value:expr ; $($rest:tt)*) => { $crate::__select_wrong!(@at Prefix $name) };
    (@arm $read:tt $pattern:pat = $($rest:tt)*) => { $crate::__select_wrong!(@future [] $($rest)*) };
    (@arm $read:tt $first:tt $($rest:tt)*) => { $crate::__select_wrong!(@lost $first $first $($rest)*) };

    // ---- the code: weights are numbers that are known first, and a case of weight 0 has a false guard ----
    (@write {
        [weighted $run:tt]
        [$({$case:tt $choice:tt $output:tt $pattern:tt ($operation:expr $(, $guard:expr)?) $body:tt
            [($weight:expr) $number:tt]})*]
        $list:tt $default:tt $complete:tt ($len:tt $($numbers:tt)*)
    }) => {{
        let weights: [$crate::__private::core::primitive::u32; $len] = [$($weight),*];
        $crate::__select!(@write {
            [order $run ($crate::__private::Weighted::new(weights))]
            [$({$case $choice $output $pattern ($operation, weights[$number] != 0 $(&& $guard)?) $body []})*]
            $list $default $complete ($len $($numbers)*)
        })
    }};
    (@write {
        [order $run:tt ($rng:expr)]
        [$({$case:tt ($choice:pat) $output:tt ($pattern:pat) ($($operation:tt)*) ($body:expr) []})*]
        ($list:expr)
        [$({$timer:tt ($default:expr)})?]
        [$(($complete:expr))?]
        ($len:tt $($numbers:tt)*)
    }) => {{
        // One statement, so that what an operation borrows from a temporary lives as long as the select; and the
        // cases are gone when it ends, so that a body may use what they borrowed.
        let fired = {
            #[allow(unused_imports)]
            use $crate::__private::{Kind0 as _, Kind1 as _, Kind2 as _};
            match (
                // A place for each, not a tuple of them: a case is written where it stays, and not moved once more.
                $(&mut $crate::__select!(@case $($operation)*),)*
                $crate::__select!(@otherwise $($timer)?),
            ) {
                ($($case,)* otherwise,) => {
                    let otherwise = $crate::__private::core::pin::pin!(otherwise);
                    $(
                        let pinned = $crate::__private::core::pin::pin!($crate::__private::core::default::Default::default());
                        let $case = $crate::__private::Place::place($case, pinned);
                    )*
                    $crate::__select!(@run $run $crate::__private::Selecting::<_, _, _, $len>::new(
                        $list,
                        otherwise,
                        $rng,
                        $crate::__select!(@given $($complete)?),
                    ))
                }
            }
        };
        match fired {
            $($crate::__private::Fired::Case($choice) => {
                let ($pattern) = $output;
                $body
            })*
            $($crate::__private::Fired::Default => $default,)?
            $($crate::__private::Fired::Complete => $complete,)?
            #[allow(unreachable_patterns)]
            _ => $crate::__private::never(),
        }
    }};

    (@run wait $select:expr) => { $select.await };
    (@run block $select:expr) => { $select.block() };

    (@case $operation:expr) => {
        match $crate::__private::Operand::this($operation) {
            operation => (&&&$crate::__private::probe(&operation)).__kind_of_case().case(operation),
        }
    };
    // A guard is lazy: the operation behind a false one is never built.
    (@case $operation:expr, $guard:expr) => {
        if $guard { $crate::__select!(@case $operation) } else { $crate::__private::nil() }
    };
    (@otherwise) => { $crate::__private::Wait };
    (@otherwise []) => { $crate::__private::Now };
    (@otherwise [$timer:expr]) => { $crate::__private::Timer::this($timer) };
    (@given) => { false };
    (@given $complete:expr) => { true };
}
