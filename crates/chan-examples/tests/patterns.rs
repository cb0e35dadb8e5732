//! Every pattern on every backend: the built program asserts what it shows.

#![forbid(unsafe_code)]

use std::process::Command;

#[test]
fn every_pattern_holds_on_every_backend() {
    for backend in ["tokio", "smol", "async-std", "threads"] {
        let output = Command::new(env!("CARGO_BIN_EXE_patterns"))
            .args(["--runtime", backend])
            .output()
            .expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.ends_with(&format!("all patterns hold on {backend}\n")), "{text}");
    }
}
