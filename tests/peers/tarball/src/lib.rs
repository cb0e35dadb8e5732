//! Finds the test files of a published crate where Cargo has unpacked it, and has them compiled from there: byte for
//! byte what was published, nothing of it copied. Called by build scripts.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// For each file of the peer's folder `tests`, writes `NAME.rs` into `OUT_DIR`: a module declaration that leads there.
///
/// # Errors
///
/// When the crate that calls this does not depend on that version of the peer, or `files` does not name all there are.
pub fn test_files(name: &str, version: &str, files: &[&str]) -> Result<(), Box<dyn Error>> {
    let tests = folder(name, version)?.join("tests");
    let mut published = Vec::new();
    for entry in fs::read_dir(&tests)? {
        let path = entry?.path();
        published.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    published.sort_unstable();
    if published != files {
        return Err(format!("{} holds {published:?}, and not {files:?}", tests.display()).into());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for file in files {
        let path = tests.join(file).with_extension("rs");
        // Its warnings are not ours.
        fs::write(
            out.join(file).with_extension("rs"),
            format!("#[allow(warnings, clippy::all)]\n#[path = {path:?}]\nmod {file};\n"),
        )?;
    }
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}

/// Where the package lies, as Cargo says.
fn folder(name: &str, version: &str) -> Result<PathBuf, Box<dyn Error>> {
    // This platform only: what others need, Cargo may not have downloaded, and we do not need it.
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &env::var("HOST")?])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata = String::from_utf8(output.stdout)?;
    let manifest = format!("{name}-{version}/Cargo.toml");
    let end = metadata.find(&manifest).ok_or_else(|| format!("Cargo knows no {manifest}"))?;
    let start = metadata[..end].rfind('"').map_or(0, |quote| quote + 1);
    let manifest = Path::new(&metadata[start..end + manifest.len()]);
    Ok(manifest.parent().ok_or("a manifest lies in a folder")?.to_owned())
}
