//! The one toolchain here that can build its own standard library: Debian's rustc-web with rust-web-src, which are made
//! from the same source. Rustup's cannot (its components do not include rust-src everywhere, and a library of another
//! version does not compile), and thread sanitizer and microcontrollers need a standard library built for them.

use crate::run::{Limit, Run, program, target};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Compiler, cargo and library source; the symbolizer that turns sanitizer reports into names follows the compiler's LLVM.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Installs what is missing. Fails with the line to type where it may not.
pub(crate) fn install(limit: &Limit) -> Result<()> {
    let missing: Vec<&str> = PACKAGES.into_iter().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        println!("{} are installed", PACKAGES.join(", "));
    } else {
        apt(&missing, limit)?;
    }
    let symbolizer = symbolizer(limit)?;
    if !symbolizer.exists() {
        apt(&[&format!("llvm-{}", llvm_major(limit)?)], limit)?;
    }
    cargo()?.args(&["--version", "--verbose"]).run(limit)
}

/// Debian's cargo, with the nightly features that `-Zbuild-std` needs. Its compiler is the first in the PATH: rustup's
/// would be taken otherwise.
pub(crate) fn cargo() -> Result<Run> {
    if let Some(name) = PACKAGES.into_iter().find(|name| !is_installed(name)) {
        bail!("Debian package {name} is missing: `cargo xtask ci packages` installs it");
    }
    Ok(program("/usr/bin/cargo").env("PATH", "/usr/bin:/bin").env("RUSTC_BOOTSTRAP", "1"))
}

/// The symbolizer of the same LLVM.
pub(crate) fn symbolizer(limit: &Limit) -> Result<PathBuf> {
    Ok(PathBuf::from(format!("/usr/bin/llvm-symbolizer-{}", llvm_major(limit)?)))
}

fn llvm_major(limit: &Limit) -> Result<String> {
    let version = program("/usr/bin/rustc").args(&["-vV"]).stdout(&target().join("xtask/debian-rustc"), limit)?;
    let llvm = version.lines().find_map(|line| line.strip_prefix("LLVM version: "));
    let major = llvm.and_then(|number| number.split('.').next());
    Ok(major.with_context(|| format!("no LLVM version in {version:?}"))?.to_owned())
}

fn is_installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]).output();
    query.is_ok_and(|answer| answer.stdout == b"installed")
}

fn apt(packages: &[&str], limit: &Limit) -> Result<()> {
    let by_hand = || format!("needed: apt-get install --no-install-recommends {}", packages.join(" "));
    let apt_get = || {
        // Another installation may be under way.
        program("apt-get").args(&["-o", "DPkg::Lock::Timeout=60"]).env("DEBIAN_FRONTEND", "noninteractive")
    };
    apt_get().args(&["update"]).run(limit).with_context(by_hand)?;
    apt_get().args(&["install", "-y", "--no-install-recommends"]).args(packages).run(limit).with_context(by_hand)
}
