//! `wordcount`: the files of a directory tree go through a pipeline built only from channels.
//!
//! ```text
//!            paths               texts                 partials
//!  walk ──▶ bounded ──▶ N readers ──▶ rendezvous ──▶ M tokenizers ──▶ unbounded ──▶ ┐
//!   │                     │  ▲                                                      │
//!   │             requests▼  │parts   (each reader has a thread that touches files) │
//!   │                     disk                                                      ├ merge: one `select!`
//!   └───────── verdicts ──┴────────────────────────────── verdicts: unbounded ────▶ │
//!                                                     control (Ctrl-C), the clock ─▶ ┘
//! ```
//!
//! A text travels in *parts* of about 64 KiB, cut between words, so that a file of any size needs little memory and
//! several tokenizers may work on it. A file is still counted whole or not at all: the merge keeps its parts aside until
//! the reader's *verdict* says that it is complete, or why it is skipped.
//!
//! Each stage ends when the channel it receives from is closed and drained; that alone closes the next one, because a
//! stage's senders go with it. So Ctrl-C needs to close only the first channel: what was listed is still counted.
//!
//! Read in this order: [`message`] (what travels), [`words`] (what is counted), [`ledger`] (when a file counts), `walk`,
//! `disk`, `stages`, `merge`, [`pipeline`] (how they are joined), [`stats`], `report`, `cli`.

pub mod message;
pub mod words;

pub mod ledger;
pub mod stats;

mod disk;
mod merge;
mod progress;
mod stages;
mod walk;

pub mod pipeline;

mod cli;
mod report;

pub use cli::main;
