//! `select!` and `select_biased!` with the peer's grammar, over `select_blocking!`.

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
/// each inside the one before it, so that temporaries live as long as the select. `@select`: selects, two cases for each arm (`arm.rs`). `@end`: completes.
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
    (@bind [] [] [(now) $body:tt] $names:tt) => { $body };
    (@bind [] [] [(after $limit:expr) $body:tt] $names:tt) => {{
        ::std::thread::sleep($limit);
        $body
    }};
    (@bind [] $bound:tt [] $names:tt) => {{
        let operation = $crate::crossbeam_channel_internal!(@select $bound []);
        let operation = ::std::option::Option::expect(operation, "there is no limit");
        $crate::crossbeam_channel_internal!(@end operation $bound)
    }};
    (@bind [] $bound:tt [(now) $body:tt] $names:tt) => {
        match $crate::crossbeam_channel_internal!(@try $bound) {
            ::std::option::Option::None => $body,
            ::std::option::Option::Some(operation) => $crate::crossbeam_channel_internal!(@end operation $bound),
        }
    };
    (@bind [] $bound:tt [(after $limit:expr) $body:tt] $names:tt) => {{
        let limit = $crate::internal::sleep($limit);
        let operation = $crate::crossbeam_channel_internal!(@select $bound [default(limit) => None]);
        match operation.or_else(|| $crate::crossbeam_channel_internal!(@try $bound)) {
            ::std::option::Option::None => $body,
            ::std::option::Option::Some(operation) => $crate::crossbeam_channel_internal!(@end operation $bound),
        }
    }};

    // Again while something is half way.
    (@try [$({$kind:ident $index:tt $name:ident $message:tt $pattern:tt $body:tt})*]) => {
        loop {
            let operation = $crate::crossbeam_channel_internal!(
                @select [$({$kind $index $name $message $pattern $body})*] [default => None]);
            if operation.is_some() || !($($crate::internal::Arm::is_half_way($name))||*) {
                break operation;
            }
            $crate::internal::yield_now();
        }
    };

    (@select [$({$kind:ident $index:tt $name:ident $message:tt $pattern:tt $body:tt})*] [$($default:tt)*]) => {{
        use ::std::option::Option::{None, Some};
        $(let mut $name = $crate::internal::Arm::arm($name, $index);)*
        if _IS_BIASED {
            $crate::internal::chan_select::select_blocking! {
                biased;
                $(
                    result = $name.first() => Some($name.first_selected(result)),
                    result = $name.second() => Some($name.second_selected(result)),
                )*
                $($default)*
            }
        } else {
            $crate::internal::chan_select::select_blocking! {
                $(
                    result = $name.first() => Some($name.first_selected(result)),
                    result = $name.second() => Some($name.second_selected(result)),
                )*
                $($default)*
            }
        }
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
