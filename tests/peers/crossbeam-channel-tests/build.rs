//! Leads the test targets to the published files.

const FILES: [&str; 14] = [
    "after",
    "array",
    "golang",
    "iter",
    "list",
    "mpsc",
    "never",
    "ready",
    "same_channel",
    "select",
    "select_macro",
    "thread_locals",
    "tick",
    "zero",
];

fn main() {
    if let Err(error) = chan_peer_tarball::test_files("crossbeam-channel", "0.5.17", &FILES) {
        panic!("{error}");
    }
}
