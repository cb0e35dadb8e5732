//! The command line: arguments, Ctrl-C, exit status.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use clap::Parser;

use super::message::Interrupt;
use super::pipeline::{self, Job};
use super::progress::Progress;
use super::report::Report;
use crate::runtime::{Backend, Failed, Program, Runtime};

/// Counts the words of all text files below a folder, by a pipeline of channels.
///
/// Files that `.gitignore` rules out, hidden files and symbolic links are passed over. A file that cannot be read, is
/// not UTF-8 or takes too long is reported and not counted at all. Ctrl-C finishes the files under way and reports what
/// was counted; a second Ctrl-C reports at once.
#[derive(Clone, Debug, Parser)]
#[command(name = "wordcount", version)]
struct Args {
    /// Where to look.
    #[arg(default_value = ".")]
    root: PathBuf,

    /// What the pipeline runs on.
    #[arg(long, value_enum, default_value_t = Backend::Tokio)]
    runtime: Backend,

    /// How many readers, and how many tokenizers [default: one for each core, at least 2].
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,

    /// How many words to list.
    #[arg(long, value_name = "K", default_value_t = 20)]
    top: usize,

    /// How long one file may take.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds, allow_negative_numbers = true)]
    timeout: Duration,

    /// Follow symbolic links.
    #[arg(long)]
    follow: bool,

    /// Print JSON, with every file counted and skipped.
    #[arg(long)]
    json: bool,

    /// Show how many messages went through each channel, for each worker.
    #[arg(long)]
    stats: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// Runs the program. Exit status: 0, or 130 after Ctrl-C, or 1 if something failed that should not, or 2 for wrong
/// arguments.
pub fn main() -> ExitCode {
    let args = Args::parse();
    if let Err(error) = std::fs::metadata(&args.root) {
        eprintln!("wordcount: {}: {error}", args.root.display());
        return ExitCode::from(2);
    }
    match args.runtime.run(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wordcount: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Program for Args {
    type Output = Result<ExitCode, Box<dyn std::error::Error>>;

    fn run<R: Runtime>(self) -> Self::Output {
        let started = Instant::now();
        let workers = self
            .workers
            .map_or_else(|| available_parallelism().map_or(2, |cores| cores.get().max(2)), NonZeroUsize::get);
        let job = Job {
            root: self.root.clone(),
            follow: self.follow,
            readers: workers,
            tokenizers: workers,
            limit: self.timeout,
        };
        let outcome = R::block_on(async {
            // Two presses are all that the merge asks for; a third finds the channel full or closed, and that is fine.
            let (presses, control) = R::chan(2);
            let press = move || {
                let _ = presses.try_send(Interrupt);
            };
            ctrlc::set_handler(press).map_err(Failed::new)?;
            pipeline::count::<R>(job, control, &Progress::new()).await
        })?;
        let interrupted = outcome.interrupted;
        let report = Report::new(&self.root, R::NAME, workers, self.top, started.elapsed(), &outcome);
        let mut out = io::stdout().lock();
        let printed = if self.json { report.json(&mut out, self.stats) } else { report.tables(&mut out, self.stats) };
        match printed.and_then(|()| out.flush()) {
            // Whoever reads us has had enough (`wordcount | head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
        Ok(if interrupted { ExitCode::from(130) } else { ExitCode::SUCCESS })
    }
}
