//! `cargo +nightly fuzz run ops` looks for a list of operations that breaks the oracle of [`chan_fuzz::ops`];
//! `cargo run --bin ops FILE..` (in this folder, any compiler) plays found ones again.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chan_fuzz::ops::run(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        println!("{}", file.display());
        chan_fuzz::ops::run(&std::fs::read(&file)?);
    }
    Ok(())
}
