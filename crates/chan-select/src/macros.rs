//! The grammar of `select!`: reads one arm after the other, then writes the code. Knows tokens; whatever needs no
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
    // `biased;` and `seed = ..;` are prefixes only with their semicolon: both words are fine as patterns.
    ( biased ; $($arms:tt)* ) => {
        $crate::__select!(@start ($crate::__private::Biased) $($arms)*)
    };
    ( seed = $rng:expr ; $($arms:tt)* ) => {
        $crate::__select!(@start ($rng) $($arms)*)
    };
    ( $($arms:tt)* ) => {
        $crate::__select!(@start ($crate::SelectRng::unseeded()) $($arms)*)
    };
}

/// `select!`'s expansion, one arm a step: 64 arms stay under the default recursion limit of 128.
///
/// What has been read so far is `@arm`'s first argument, `{ rng cases list default complete numbers }`:
///
/// * `(rng)` where the order comes from;
/// * `[{case (pattern of its output) output (pattern) (operation [, guard]) (body)} ..]`, where `case` and `output` are
///   one identifier each, hygienic for its arm;
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
    (@start $rng:tt $($arms:tt)*) => {
        $crate::__select!(@arm { $rng [] (()) [] [] (0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
            25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
            61 62 63 64) } $($arms)*)
    };

    // ---- all read ----
    (@arm $read:tt) => { $crate::__select!(@write $read) };

    // ---- `default`, `default(timer)` and `complete`, once each ----
    (@arm { $rng:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { $rng $cases $list [{[$($timer)?] ({ $($body)* })}] $complete $numbers } $($rest)*)
    };
    (@arm { $rng:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { $rng $cases $list [{[$($timer)?] ({ $($body)* })}] $complete $numbers } $($rest)*)
    };
    (@arm { $rng:tt $cases:tt $list:tt [] $complete:tt $numbers:tt }
        default $(( $timer:expr ))? => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { $rng $cases $list [{[$($timer)?] ($body)}] $complete $numbers } $($($rest)*)?)
    };
    (@arm { $rng:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { $rng $cases $list $default [({ $($body)* })] $numbers } $($rest)*)
    };
    (@arm { $rng:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { $rng $cases $list $default [({ $($body)* })] $numbers } $($rest)*)
    };
    (@arm { $rng:tt $cases:tt $list:tt $default:tt [] $numbers:tt }
        complete => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { $rng $cases $list $default [($body)] $numbers } $($($rest)*)?)
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
    (@arm { $rng:tt $cases:tt $list:tt $default:tt $complete:tt (64) } $pattern:pat = $first:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@at TooMany $first)
    };

    // ---- a case: it becomes the last one, and the patterns of the earlier ones' outputs grow by one ----
    (@arm { $rng:tt [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt $complete:tt
        ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } , $($rest:tt)*) => {
        $crate::__select!(@arm { $rng
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* })}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { $rng:tt [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt $complete:tt
        ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => { $($body:tt)* } $($rest:tt)*) => {
        $crate::__select!(@arm { $rng
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ({ $($body)* })}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($rest)*)
    };
    (@arm { $rng:tt [$({$case:tt ($($choice:tt)*) $($more:tt)*})*] ($($list:tt)*) $default:tt $complete:tt
        ($used:tt $($numbers:tt)+) }
        $pattern:pat = $operation:expr $(, if $guard:expr)? => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@arm { $rng
            [$({$case ($crate::__private::Choice::Earlier($($choice)*)) $($more)*})*
                {case ($crate::__private::Choice::This(output)) output
                    ($pattern) ($operation $(, $guard)?) ($body)}]
            ($crate::__private::And($($list)*, case)) $default $complete ($($numbers)+) } $($($rest)*)?)
    };

    // ---- wrong: `wrong.rs` finds out how ----
    (@arm $read:tt $pattern:pat = $($rest:tt)*) => { $crate::__select_wrong!(@future [] $($rest)*) };
    (@arm $read:tt $($rest:tt)+) => { $crate::__select_wrong!($($rest)+) };

    // ---- the code ----
    (@write {
        ($rng:expr)
        [$({$case:tt ($choice:pat) $output:tt ($pattern:pat) ($($operation:tt)*) ($body:expr)})*]
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
                $($crate::__select!(@case $($operation)*),)*
                $crate::__select!(@otherwise $($timer)?),
            ) {
                ($($case,)* otherwise,) => {
                    let otherwise = $crate::__private::core::pin::pin!(otherwise);
                    $(let $case = $crate::__private::core::pin::pin!($case);)*
                    $crate::__private::Selecting::<_, _, _, $len>::new(
                        $list,
                        otherwise,
                        $rng,
                        $crate::__select!(@given $($complete)?),
                    )
                    .await
                }
            }
        };
        match fired {
            $($crate::__private::Fired::Case($choice) => {
                let $pattern = $output;
                $body
            })*
            $($crate::__private::Fired::Default => $default,)?
            $($crate::__private::Fired::Complete => $complete,)?
            #[allow(unreachable_patterns)]
            _ => $crate::__private::never(),
        }
    }};

    (@case $operation:expr) => {
        match $crate::__private::Operand::this($operation) {
            operation => (&&&$crate::__private::probe(&operation)).kind().case(operation),
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
