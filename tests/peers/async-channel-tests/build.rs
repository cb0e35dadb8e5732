//! Leads the test targets to the published files.

fn main() {
    if let Err(error) = chan_peer_tarball::test_files("async-channel", "2.5.0", &["bounded", "unbounded"]) {
        panic!("{error}");
    }
}
