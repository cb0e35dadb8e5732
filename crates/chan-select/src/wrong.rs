//! What `select!` says to an arm that it cannot read. Knows mistakes; a program that compiles never gets here.
//!
//! `compile_error!` can point at the whole `select!` only. A trait that is not implemented points at the expression
//! that would have needed it, in a sentence of ours. So a wrong arm becomes a call `wrong::Sentence::here(token)`, with a
//! token of that arm as its argument: an identifier is made an expression by declaring a struct of its name, and the
//! struct's place is where the arrow goes. Identifiers are passed as `tt`; as `ident` they would lose their place.

macro_rules! sentences {
    ($($Sentence:ident $message:literal, $label:literal;)*) => { $(
        #[doc = $label]
        #[diagnostic::on_unimplemented(message = $message, label = $label)]
        pub trait $Sentence: Sized {
            /// Says it. Of the type that the arm should have had, so that nothing else is wrong there.
            fn here<R>(self) -> R {
                unreachable!("no type is wrong in this way, so no program calls this")
            }
        }
    )* };
}

sentences! {
    NoBody
        "select!: a case needs a body: `pattern = future => body` or `pattern = future, if guard => body`",
        "this case has no body";
    NoPattern
        "select!: a case begins with a pattern: `msg = rx.recv() => ..`, or `_ = ..` for a result you do not need",
        "this case has no `pattern =`";
    NoFuture
        "select!: this arm lacks its future: write `pattern = future => body`, or one of the arms `default`, `complete`",
        "neither a case nor `default` nor `complete`";
    EmptyFuture
        "select!: there is no future between `=` and `=>`: write `pattern = future => body`",
        "the future of this case is missing";
    Crossbeam
        "select!: write a receive as `msg = rx.recv() => ..` and a send as `res = tx.send(value) => ..` (this is crossbeam's form)",
        "crossbeam's form";
    NoElse
        "select!: there is no `else` arm here: `complete =>` runs when every channel case is closed or nil, `default =>` when nothing is ready now",
        "the body of an `else` arm";
    NoLet
        "select!: a case has no `let`: write `pattern = future => body`",
        "drop the `let` before this";
    Typed
        "select!: the pattern of a case takes no type: write `pattern = future => body`, and the type in the body if it is needed",
        "drop the `: type` after this";
    Refutable
        "select!: this pattern may not match, and a case's result has nowhere else to go: write `res = future => match res {{ .. }}`",
        "inside a pattern that may not match";
    Uncalled
        "select!: an operation is called: `msg = rx.recv() => ..`, `res = tx.send(value) => ..`",
        "`recv` or `send` of this is not called";
    GuardWithoutComma
        "select!: a guard comes after a comma: `pattern = future, if guard => body`",
        "a comma is missing before this guard's `if`";
    MissingComma
        "select!: arms are separated by commas; only after a body in braces may the comma be left out",
        "a comma is missing before this arm";
    Semicolon
        "select!: arms are separated by `,`, not `;`",
        "write `,` instead of `;` before this";
    Arrow
        "select!: the body comes after `=>`: `pattern = future => body`",
        "`=>` is missing after this";
    TwoDefaults
        "select!: more than one `default` arm",
        "the second one";
    TwoCompletes
        "select!: more than one `complete` arm",
        "the second one";
    Weight
        "select!: only the cases of a select that begins with `weighted;` have weights",
        "a weight";
    NoWeight
        "select!: in a `weighted` select every case begins with its weight: `[weight] pattern = future => body`",
        "this case has no weight";
    Prefix
        "select!: this is no prefix; those are `biased;`, `weighted;`, `round_robin = &mut turn;` and `seed = &mut rng;`",
        "neither a prefix nor a case";
    NoSemicolon
        "select!: a prefix ends with a semicolon: `biased;`, `weighted;`, `round_robin = &mut turn;`, `seed = &mut rng;`",
        "a prefix without its semicolon";
    TooMany
        "select!: at most 64 cases",
        "the 65th case";
}

/// See the module's documentation.
#[doc(hidden)]
#[macro_export]
macro_rules! __select_wrong {
    // ---- a sentence, at a token or an expression ----
    (@at $sentence:ident $token:tt) => { $crate::__select_wrong!(@at $sentence $token $token) };
    (@at $sentence:ident $is_name:ident $name:tt) => {{
        #[allow(non_camel_case_types)]
        struct $name;
        $crate::__private::wrong::$sentence::here($name)
    }};
    (@at $sentence:ident $not_a_name:tt $token:tt) => { $crate::__private::wrong::$sentence::here(()) };
    (@either $sentence:ident $is_name:ident $name:tt $other:tt) => { $crate::__select_wrong!(@at $sentence $name) };
    (@either $sentence:ident $not_a_name:tt $name:tt $other:tt) => { $crate::__select_wrong!(@at $sentence $other) };
    (@on $sentence:ident $expression:expr) => { $crate::__private::wrong::$sentence::here($expression) };

    // ---- known by how it begins ----
    (let mut $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoLet $name) };
    (let $name:ident ( $inner:tt ) $($rest:tt)*) => { $crate::__select_wrong!(@at NoLet $inner) };
    (let $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoLet $name) };
    (else => $body:expr $(, $($rest:tt)*)?) => { $crate::__select_wrong!(@on NoElse $body) };
    (self . $field:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoPattern $field) };
    ($name:tt . $($rest:tt)*) => { $crate::__select_wrong!(@at NoPattern $name) };
    ($name:tt ( $($args:tt)* ) -> $($rest:tt)*) => { $crate::__select_wrong!(@at Crossbeam $name) };
    ($name:tt : $($rest:tt)*) => { $crate::__select_wrong!(@at Typed $name) };
    (default ( $($timer:tt)* ) => $($rest:tt)*) => {
        $crate::__private::core::compile_error!("select!: more than one `default` arm")
    };
    ($name:tt = => $($rest:tt)*) => { $crate::__select_wrong!(@at EmptyFuture $name) };

    // ---- `Ok(..) =`, `Err(..) =`, `Some(..) =`, `None =` ----
    (@refutable ($name:tt) $future:expr) => { $crate::__select_wrong!(@at Refutable $name) };
    (@refutable $pattern:tt $future:expr) => { $crate::__select_wrong!(@on Refutable $future) };

    // ---- a second `default` or `complete`; otherwise a lone word ----
    (@word $read:tt $word:tt) => { $crate::__select_wrong!(@word $read $word $word) };
    (@word { $how:tt $cases:tt $list:tt [$($default:tt)+] $complete:tt $numbers:tt } default $word:tt) => {
        $crate::__select_wrong!(@at TwoDefaults $word)
    };
    (@word { $how:tt $cases:tt $list:tt $default:tt [$($complete:tt)+] $numbers:tt } complete $word:tt) => {
        $crate::__select_wrong!(@at TwoCompletes $word)
    };
    (@word $read:tt $any:tt $word:tt) => { $crate::__select_wrong!(@at NoFuture $word) };

    // ---- prefixes and weights ----
    (@weight NoWeight $name:tt = $first:tt $($rest:tt)*) => { $crate::__select_wrong!(@either NoWeight $name $name $first) };
    (@weight NoWeight $first:tt $($rest:tt)*) => { $crate::__select_wrong!(@either NoWeight $first $first ()) };
    (@weight NoWeight) => { $crate::__select_wrong!(@at NoWeight ()) };
    (@weight Weight $weight:expr) => { $crate::__select_wrong!(@on Weight $weight) };
    (@weight Weight $($weight:tt)*) => { $crate::__select_wrong!(@at Weight ()) };
    (@unfinished $value:expr , $($rest:tt)*) => { $crate::__select_wrong!(@on NoSemicolon $value) };
    (@unfinished $first:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoSemicolon $first) };
    (@lost biased $word:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoSemicolon $word) };
    (@lost weighted $word:tt $($rest:tt)*) => { $crate::__select_wrong!(@at NoSemicolon $word) };
    (@lost $any:tt $word:tt ; $($rest:tt)*) => { $crate::__select_wrong!(@at Prefix $word) };
    (@lost $any:tt $($arm:tt)+) => { $crate::__select_wrong!($($arm)+) };

    // ---- known by what follows: token by token through the future ... `seen` is where to point ----
    (@future $seen:tt => $($rest:tt)*) => { $crate::__select_wrong!(@body [] $($rest)*) };
    (@future $seen:tt , if $guard:expr => $($rest:tt)*) => { $crate::__select_wrong!(@body [] $($rest)*) };
    (@future $seen:tt if $guard:expr => $($rest:tt)*) => { $crate::__select_wrong!(@on GuardWithoutComma $guard) };
    (@future [$seen:tt] -> $($rest:tt)*) => { $crate::__select_wrong!(@at Arrow $seen) };
    (@future [$seen:tt] = $($rest:tt)*) => { $crate::__select_wrong!(@at Arrow $seen) };
    (@future [$seen:tt] , $($rest:tt)*) => { $crate::__select_wrong!(@at NoBody $seen) };
    (@future [$seen:tt] ; $($rest:tt)*) => { $crate::__select_wrong!(@at NoBody $seen) };
    (@future [$seen:tt]) => { $crate::__select_wrong!(@at NoBody $seen) };
    (@future $seen:tt . await $($rest:tt)*) => { $crate::__select_wrong!(@future $seen $($rest)*) };
    (@future $seen:tt self $($rest:tt)*) => { $crate::__select_wrong!(@future $seen $($rest)*) };
    (@future $seen:tt $name:tt ( $($args:tt)* ) $($rest:tt)*) => { $crate::__select_wrong!(@future [$name] $($rest)*) };
    (@future [] $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@future [$name] $($rest)*) };
    (@future $seen:tt $token:tt $($rest:tt)*) => { $crate::__select_wrong!(@future $seen $($rest)*) };
    // ... and through the body, up to the `=>` of an arm that nothing separates from this one.
    (@body [$seen:tt] => $($rest:tt)*) => { $crate::__select_wrong!(@at MissingComma $seen) };
    (@body $seen:tt ; _ = $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@at Semicolon $name) };
    (@body $seen:tt ; $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@at Semicolon $name) };
    (@body $seen:tt ;) => { $crate::__select_wrong!(@at Semicolon ()) };
    (@body $seen:tt $token:tt ( $($pattern:tt)* ) = $name:tt $($rest:tt)*) => {
        $crate::__select_wrong!(@body [$name] $($rest)*)
    };
    (@body $seen:tt _ = $name:tt $($rest:tt)*) => { $crate::__select_wrong!(@body [$name] $($rest)*) };
    (@body $seen:tt $name:tt = $($rest:tt)*) => { $crate::__select_wrong!(@body [$name] $($rest)*) };
    (@body $seen:tt default => $($rest:tt)*) => { $crate::__select_wrong!(@no_comma_before default) };
    (@body $seen:tt complete => $($rest:tt)*) => { $crate::__select_wrong!(@no_comma_before complete) };
    (@body $seen:tt $token:tt $($rest:tt)*) => { $crate::__select_wrong!(@body $seen $($rest)*) };
    (@no_comma_before $word:ident) => {
        $crate::__private::core::compile_error!($crate::__private::core::concat!(
            "select!: a comma is missing before the `",
            $crate::__private::core::stringify!($word),
            "` arm"
        ))
    };

    // ---- anything else: the compiler's own arrow, by a macro that only knows a right arm ----
    ($($rest:tt)+) => {{
        $crate::__private::core::compile_error!($crate::__private::core::concat!(
            "select!: cannot read this arm: `",
            $crate::__private::core::stringify!($($rest)+),
            "`; expected `pattern = future => body`, `pattern = future, if guard => body`, `default => body` or ",
            "`complete => body`, separated by commas"
        ));
        $crate::__select_right!($($rest)+)
    }};
    () => { $crate::__private::core::compile_error!("select!: cannot read this arm") };
}

/// An arm as it should be; fails at the token where one differs.
#[doc(hidden)]
#[macro_export]
macro_rules! __select_right {
    ($pattern:pat = $future:expr => $body:expr, $($rest:tt)*) => {};
}
