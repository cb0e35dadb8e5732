//! Shutting down in good order: one program, on each adapter by another `use` line. Knows nothing of the command line.

macro_rules! on {
    ($module:ident, $adapter:ident) => {
        /// The program on this adapter.
        pub mod $module {
            use $adapter as rt;

            include!("serve.rs");
        }
    };
}

on!(tokio, chan_tokio);
on!(smol, chan_smol);
on!(async_std, chan_async_std);
