//! Makes a directory tree with everything in it that a word counter may meet.

#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode};

/// How many ordinary small files.
pub(crate) const SMALL: usize = 10_000;

/// How many files [`odd_files`] makes.
pub(crate) const ODD: usize = 26;

/// How many small files lie in one folder.
const PER_FOLDER: usize = 100;

/// Small files, a hundred a folder, different words in each.
pub(crate) fn small_files(root: &Path, count: usize) -> io::Result<()> {
    let syllables = ["ka", "Ro", "mi", "Grün", "te", "LU", "no", "é", "zi", "sha"];
    let mut number = 1_u64;
    for file in 0..count {
        let folder = root.join(format!("d{:03}", file / PER_FOLDER));
        if file % PER_FOLDER == 0 {
            fs::create_dir_all(&folder)?;
        }
        let mut text = String::new();
        for word in 0..20 + file % 30 {
            // A small generator: the same tree each time.
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            for digit in [number >> 60, number >> 52, number >> 44].into_iter().take(1 + word % 3) {
                text.push_str(syllables[(digit % 10) as usize]);
            }
            text.push_str([" ", ", ", "\n", ". ", "\t"][word % 5]);
        }
        fs::write(folder.join(format!("f{:02}.txt", file % PER_FOLDER)), text)?;
    }
    Ok(())
}

/// What is unusual, but counted: empty files, long lines, deep folders, text that ends in the middle of a line.
pub(crate) fn odd_files(root: &Path) -> io::Result<()> {
    let odd = root.join("odd");
    fs::create_dir_all(&odd)?;
    for n in 0..20 {
        fs::write(odd.join(format!("empty{n}")), "")?;
    }
    fs::write(odd.join("gaps-only"), " \n\t \n".repeat(10_000))?;
    fs::write(odd.join("long-line"), "one huge line, ".repeat(60_000))?;
    fs::write(odd.join("long-words"), format!("{} {}", "x".repeat(300_000), "größe".repeat(40_000)))?;
    fs::write(odd.join("no-ascii-gap"), "中文。字，".repeat(10_000))?;
    fs::write(odd.join("name with spaces and ü"), "found under an odd name")?;
    let mut deep = odd.join("deep");
    for level in 0..60 {
        deep.push(format!("level{level}"));
    }
    fs::create_dir_all(&deep)?;
    fs::write(deep.join("bottom"), "the word at the bottom")
}

/// What must be skipped, with the reason.
pub(crate) fn bad_files(root: &Path) -> io::Result<Vec<(PathBuf, &'static str)>> {
    let bad = root.join("bad");
    fs::create_dir_all(&bad)?;
    let mut expected = Vec::new();
    let mut expect = |name: &str, reason| {
        let path = bad.join(name);
        expected.push((path.clone(), reason));
        path
    };
    let unreadable = expect("unreadable", "unreadable");
    let latin = expect("latin-1", "not-utf-8");
    let late = expect("not-text-at-the-end", "not-utf-8");
    let endless = expect("no-gap", "word-too-long");
    let pipe = expect("pipe", "timed-out");
    let sparse = expect("sparse", "timed-out");

    cannot_be_read(&unreadable)?;
    fs::write(latin, b"caf\xe9 au lait")?;
    // The parts in front of the bad byte have long been counted when it is found.
    let mut text = "good words ".repeat(40_000).into_bytes();
    text.push(0xff);
    fs::write(late, text)?;
    fs::write(endless, "x".repeat(1_500_000))?;
    make_pipe(&pipe)?;
    File::create(sparse)?.set_len(1 << 40)?;
    Ok(expected)
}

/// A file that its reader cannot read. Root may read whatever the mode says, and this often runs as root: then it is a
/// socket, which nobody can open.
fn cannot_be_read(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, "secret words")?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o000))?;
    if File::open(path).is_ok() {
        fs::remove_file(path)?;
        std::os::unix::net::UnixListener::bind(path)?;
    }
    Ok(())
}

/// A named pipe.
pub(crate) fn make_pipe(path: &Path) -> io::Result<()> {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    Ok(())
}

/// What is not even looked at: a link that leads back up, a link to a file, hidden and ignored files.
pub(crate) fn ignored_files(root: &Path) -> io::Result<()> {
    fs::write(root.join(".gitignore"), "ignored/\n*.log\n")?;
    fs::create_dir_all(root.join("ignored"))?;
    fs::write(root.join("ignored/words"), "ignoredword")?;
    fs::write(root.join("app.log"), "ignoredword")?;
    fs::write(root.join(".hidden"), "ignoredword")?;
    std::os::unix::fs::symlink("..", root.join("d000/up"))?;
    std::os::unix::fs::symlink("f00.txt", root.join("d000/again.txt"))
}
