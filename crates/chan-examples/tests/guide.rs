//! The book (`docs`) is whole: its table of contents lists every page, and every chapter of the guide is run as a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

/// The pages in one folder of the book, as `folder/page.md`.
fn pages(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(docs().join(folder)).expect("a folder of the book");
    entries
        .map(|entry| entry.expect("a readable entry").file_name().into_string().expect("a plain name"))
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

#[test]
fn the_table_of_contents_lists_every_page() {
    let summary = fs::read_to_string(docs().join("SUMMARY.md")).expect("docs/SUMMARY.md");
    let listed: BTreeSet<String> =
        summary.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect();
    let there: BTreeSet<String> = ["guide", "design", "contributing"].into_iter().flat_map(pages).collect();
    assert_eq!(listed, there);
}

/// Links from one page of the book to another, and to files of the project.
#[test]
fn no_link_is_dead() {
    for page in ["guide", "design", "contributing"].into_iter().flat_map(pages) {
        let path = docs().join(&page);
        let text = fs::read_to_string(&path).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)) {
            let file = link.split('#').next().unwrap_or_default();
            let is_elsewhere = file.is_empty() || file.contains("://");
            let there = path.parent().expect("a folder").join(file);
            assert!(is_elsewhere || there.exists(), "docs/{page}: no {link}");
        }
    }
}

#[test]
fn every_chapter_of_the_guide_is_run() {
    let run = include_str!("../src/guide.rs");
    for page in pages("guide") {
        let file = page.trim_start_matches("guide/");
        assert!(run.contains(&format!("\"{file}\"")), "docs/{page} is not among the chapters of src/guide.rs");
    }
}
