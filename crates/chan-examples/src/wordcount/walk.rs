//! The first stage: lists the files of the tree. It runs on a thread of its own, because listing blocks, and so uses the
//! channels' blocking forms, whatever runs on their other ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chan_core::Sender;
use ignore::WalkBuilder;

use super::message::{File, Skip, Verdict};
use super::stats::{Lane, Load, Tally};

/// Sends every file below `root` that no ignore file rules out, until all are sent or `paths` is closed. What cannot be
/// listed gets its verdict here.
///
/// Symbolic links are passed over unless `follow` says otherwise. Everything that is neither folder nor link is a file,
/// named pipes too: whoever cannot be read in time is skipped.
pub(super) fn walk(root: &Path, follow: bool, paths: &Sender<File>, verdicts: &Sender<Verdict>) -> Tally {
    let mut tally = Tally::new("walk");
    // `.gitignore` counts also where there is no repository, as in an unpacked archive.
    let tree = WalkBuilder::new(root).follow_links(follow).require_git(false).sort_by_file_name(Ord::cmp).build();
    for (id, entry) in (0..).zip(tree) {
        match entry {
            Ok(entry) => {
                let Some(kind) = entry.file_type() else { continue };
                if kind.is_dir() || kind.is_symlink() {
                    continue;
                }
                let path = Arc::from(entry.into_path());
                if paths.send_blocking(File { id, path }).is_err() {
                    break;
                }
                tally.sent(Lane::Paths, Load::ONE);
            }
            Err(error) => {
                let (path, skip) = unlisted(root, &error);
                let file = File { id, path: path.into() };
                if verdicts.send_blocking(Verdict { file, parts: 0, end: Err(skip) }).is_err() {
                    break;
                }
                tally.sent(Lane::Verdicts, Load::ONE);
            }
        }
    }
    tally
}

/// Which path could not be listed, and why.
fn unlisted(root: &Path, error: &ignore::Error) -> (PathBuf, Skip) {
    match error {
        ignore::Error::WithPath { path, err } => (path.clone(), unlisted(root, err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => unlisted(root, err),
        ignore::Error::Loop { child, .. } => (child.clone(), Skip::Loop),
        other => (root.to_path_buf(), Skip::Unreadable(other.to_string())),
    }
}
