//! What travels through the channels. Knows nothing of the stages.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::words::Words;

/// One file of the tree: walk → readers.
#[derive(Clone, Debug)]
pub struct File {
    /// Its number in the order of the walk.
    pub id: u64,
    /// Where it is.
    pub path: Arc<Path>,
}

/// A part of a file's text, cut between words: readers → tokenizers.
#[derive(Debug)]
pub struct Text {
    /// The file's number.
    pub file: u64,
    /// The part.
    pub body: String,
}

/// The words of one part: tokenizers → merge.
#[derive(Debug)]
pub struct Partial {
    /// The file's number.
    pub file: u64,
    /// How long the part was.
    pub bytes: u64,
    /// Its words.
    pub words: Words,
}

/// What became of a file: readers (and the walk, for what it could not list) → merge.
#[derive(Debug)]
pub struct Verdict {
    /// The file.
    pub file: File,
    /// How many of its parts a tokenizer has taken.
    pub parts: u64,
    /// Whether these are all, or why the file is skipped.
    pub end: Result<(), Skip>,
}

/// Somebody pressed Ctrl-C.
#[derive(Clone, Copy, Debug)]
pub struct Interrupt;

/// Why a file is skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// It cannot be opened, read or listed; the system's words.
    Unreadable(String),
    /// It is not UTF-8.
    NotUtf8,
    /// It was not through within the limit for one file.
    TimedOut,
    /// A symbolic link leads back to a folder above it.
    Loop,
    /// It goes on for more than [`MAX_WORD`](super::words::MAX_WORD) without a place to cut it.
    WordTooLong,
}

impl Skip {
    /// A fixed word for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Skip::Unreadable(_) => "unreadable",
            Skip::NotUtf8 => "not-utf-8",
            Skip::TimedOut => "timed-out",
            Skip::Loop => "loop",
            Skip::WordTooLong => "word-too-long",
        }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::Unreadable(why) => write!(f, "unreadable: {why}"),
            Skip::NotUtf8 => f.write_str("not UTF-8"),
            Skip::TimedOut => f.write_str("not through within the time limit"),
            Skip::Loop => f.write_str("a symbolic link that leads back to a folder above it"),
            Skip::WordTooLong => f.write_str("more than 1 MiB without a space or other ASCII gap"),
        }
    }
}
