//! `select!` and `select_biased!` with the peer's grammar, over the select of `select.rs`.

/// Waits for one of several operations.
#[macro_export]
macro_rules! select {
    ($($tokens:tt)*) => {{
        const _IS_BIASED: bool = false;
        $crate::crossbeam_channel_internal!($($tokens)*)
    }};
}

/// Waits for one of several operations; the first that is ready wins.
#[macro_export]
macro_rules! select_biased {
    ($($tokens:tt)*) => {{
        const _IS_BIASED: bool = true;
        $crate::crossbeam_channel_internal!($($tokens)*)
    }};
}

/// The arms of either, which says which one it is by a constant `_IS_BIASED`. Under the peer's name, since one of its test
/// files calls it.
///
/// `@arms`: reads arm after arm, and keeps them as `{kind (arguments) (pattern) body}`. `@bind`: borrows the handles,
/// each inside the one before it, so that temporaries live as long as the select. `@run`: selects. `@end`: completes.
#[doc(hidden)]
#[macro_export]
macro_rules! crossbeam_channel_internal {
    // A body that is a block may end its arm; any other ends with a comma or the select.
    (@arms [$($arms:tt)*] $default:tt) => {
        $crate::crossbeam_channel_internal!(@bind [$($arms)*] [] $default
            [0 a0 1 a1 2 a2 3 a3 4 a4 5 a5 6 a6 7 a7 8 a8 9 a9 10 a10 11 a11])
    };
    (@arms $arms:tt [] default => $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@default $arms (now) $($rest)*)
    };
    (@arms $arms:tt [] default() => $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@default $arms (now) $($rest)*)
    };
    (@arms $arms:tt [] default($limit:expr $(,)?) => $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@default $arms (after $limit) $($rest)*)
    };
    (@arms [$($arms:tt)*] $default:tt $kind:ident $arguments:tt -> $pattern:pat => {$($body:tt)*}, $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms [$($arms)* {$kind $arguments ($pattern) {$($body)*}}] $default $($rest)*)
    };
    (@arms [$($arms:tt)*] $default:tt $kind:ident $arguments:tt -> $pattern:pat => {$($body:tt)*} $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms [$($arms)* {$kind $arguments ($pattern) {$($body)*}}] $default $($rest)*)
    };
    (@arms [$($arms:tt)*] $default:tt $kind:ident $arguments:tt -> $pattern:pat => $body:expr) => {
        $crate::crossbeam_channel_internal!(@arms [$($arms)* {$kind $arguments ($pattern) {$body}}] $default)
    };
    (@arms [$($arms:tt)*] $default:tt $kind:ident $arguments:tt -> $pattern:pat => $body:expr, $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms [$($arms)* {$kind $arguments ($pattern) {$body}}] $default $($rest)*)
    };
    (@default $arms:tt $when:tt {$($body:tt)*}, $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms $arms [$when {$($body)*}] $($rest)*)
    };
    (@default $arms:tt $when:tt {$($body:tt)*} $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms $arms [$when {$($body)*}] $($rest)*)
    };
    (@default $arms:tt $when:tt $body:expr) => {
        $crate::crossbeam_channel_internal!(@arms $arms [$when {$body}])
    };
    (@default $arms:tt $when:tt $body:expr, $($rest:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms $arms [$when {$body}] $($rest)*)
    };

    (@bind [{recv ($handle:expr $(,)?) $pattern:tt $body:tt} $($arms:tt)*] [$($bound:tt)*] $default:tt
        [$index:tt $name:ident $($names:tt)*]) => {
        match $handle {
            ref $name => {
                let $name: &$crate::Receiver<_> = $name;
                $crate::crossbeam_channel_internal!(@bind [$($arms)*]
                    [$($bound)* {recv $index $name () $pattern $body}] $default [$($names)*])
            }
        }
    };
    (@bind [{send ($handle:expr, $message:expr $(,)?) $pattern:tt $body:tt} $($arms:tt)*] [$($bound:tt)*] $default:tt
        [$index:tt $name:ident $($names:tt)*]) => {
        match $handle {
            ref $name => {
                let $name: &$crate::Sender<_> = $name;
                $crate::crossbeam_channel_internal!(@bind [$($arms)*]
                    [$($bound)* {send $index $name (, $message) $pattern $body}] $default [$($names)*])
            }
        }
    };
    (@bind [] $bound:tt [] $names:tt) => {{
        let operation = $crate::crossbeam_channel_internal!(@list $bound).select();
        $crate::crossbeam_channel_internal!(@end operation $bound)
    }};
    (@bind [] $bound:tt [(now) $body:tt] $names:tt) => {{
        let operation = $crate::crossbeam_channel_internal!(@list $bound).try_select();
        match operation {
            ::std::option::Option::None => $body,
            ::std::option::Option::Some(operation) => $crate::crossbeam_channel_internal!(@end operation $bound),
        }
    }};
    (@bind [] $bound:tt [(after $limit:expr) $body:tt] $names:tt) => {{
        let operation = $crate::crossbeam_channel_internal!(@list $bound).select_timeout($limit);
        match operation {
            ::std::option::Option::None => $body,
            ::std::option::Option::Some(operation) => $crate::crossbeam_channel_internal!(@end operation $bound),
        }
    }};

    (@list [$({$kind:ident $index:tt $name:ident $message:tt $pattern:tt $body:tt})*]) => {{
        #[allow(unused_mut)]
        let mut select = $crate::Arms::new(_IS_BIASED);
        $(select.$kind($name);)*
        select
    }};

    (@end $operation:ident [{$kind:ident $index:tt $name:ident ($($message:tt)*) ($pattern:pat) $body:tt} $($bound:tt)*]) => {
        if $operation.index() == $index {
            let result = $operation.$kind($name $($message)*);
            let $pattern = result;
            $body
        } else {
            $crate::crossbeam_channel_internal!(@end $operation [$($bound)*])
        }
    };
    (@end $operation:ident []) => {
        unreachable!("no such operation")
    };

    ($($tokens:tt)*) => {
        $crate::crossbeam_channel_internal!(@arms [] [] $($tokens)*)
    };
}
