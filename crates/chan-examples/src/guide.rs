//! The code blocks of the guide (`docs/guide`), compiled and run by `cargo test`.

macro_rules! chapters {
    ($($name:ident $file:literal)*) => {$(
        #[doc = include_str!(concat!("../../../docs/guide/", $file))]
        struct $name;
    )*};
}

chapters! {
    Index "index.md"
    Channels "channels.md"
    Capacity "capacity.md"
    Go "go.md"
    Select "select.md"
    Signals "signals.md"
    Blocking "blocking.md"
    Patterns "patterns.md"
    Fairness "fairness.md"
}
