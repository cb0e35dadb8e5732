//! Child processes that cannot outlive their time. Knows commands and clocks; nothing about what is checked.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Until when something may run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(Option<Instant>);

impl Limit {
    /// As long as it takes.
    pub(crate) fn none() -> Self {
        Limit(None)
    }
    /// From now on.
    pub(crate) fn within(time: Duration) -> Self {
        Limit(Some(Instant::now() + time))
    }
    /// Whichever comes first.
    pub(crate) fn and(self, other: Limit) -> Self {
        Limit(match (self.0, other.0) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        })
    }
    /// How long it still is.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0.map(|end| end.saturating_duration_since(Instant::now()))
    }
    /// Whether it is over.
    pub(crate) fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}

/// A command, its environment, and how it is shown.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
    shown: String,
}

/// The cargo that runs us. What it told us about itself is not passed on: the child may be another toolchain's.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    program("cargo").args(arguments)
}

/// Any other program.
pub(crate) fn program(name: &str) -> Run {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    for inherited in [
        "CARGO",
        "CARGO_ENCODED_RUSTFLAGS",
        // rustup's libraries must not be found by Debian's compiler.
        "LD_LIBRARY_PATH",
        "RUSTDOCFLAGS",
        "RUSTFLAGS",
    ] {
        command.env_remove(inherited);
    }
    Run { command, shown: name.to_owned() }
}

impl Run {
    /// More arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: &[S]) -> Self {
        for argument in arguments {
            let argument = argument.as_ref();
            self.command.arg(argument);
            self.shown = format!("{} {}", self.shown, quoted(argument));
        }
        self
    }
    /// One more variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value.as_ref());
        self.shown = format!("{name}={} {}", quoted(value.as_ref()), self.shown);
        self
    }
    /// Compiles into a folder of its own below `target`: other flags there would rebuild everything each time.
    pub(crate) fn target(mut self, name: &str) -> Self {
        self.command.env("CARGO_TARGET_DIR", target().join(name));
        self
    }

    /// Runs it to its end; our output is its output.
    pub(crate) fn run(mut self, limit: &Limit) -> Result<()> {
        println!("$ {}", self.shown);
        let mut child = Started::new(&mut self.command, &self.shown)?;
        match child.wait(*limit)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!("`{}`: {status}", self.shown),
            None => bail!("`{}` was stopped: out of time", self.shown),
        }
    }

    /// Runs it with stdout kept in `file`, and returns that.
    pub(crate) fn stdout(mut self, file: &Path, limit: &Limit) -> Result<String> {
        println!("$ {}", self.shown);
        self.command.stdout(create(file)?);
        let mut child = Started::new(&mut self.command, &self.shown)?;
        match child.wait(*limit)? {
            Some(status) if status.success() => Ok(std::fs::read_to_string(file)?),
            Some(status) => bail!("`{}`: {status}", self.shown),
            None => bail!("`{}` was stopped: out of time", self.shown),
        }
    }

    /// Runs it in silence, both outputs kept in `file`; says how it ended, also when that was badly.
    pub(crate) fn observe(mut self, file: &Path, limit: Limit) -> Result<Observed> {
        let output = create(file)?;
        self.command.stderr(output.try_clone()?).stdout(output);
        let began = Instant::now();
        let status = Started::new(&mut self.command, &self.shown)?.wait(limit)?;
        let output = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        Ok(Observed { status, output, seconds: began.elapsed().as_secs_f64() })
    }
}

/// How a silent command ended.
#[derive(Debug)]
pub(crate) struct Observed {
    /// `None`: stopped, out of time.
    pub(crate) status: Option<ExitStatus>,
    /// Both outputs.
    pub(crate) output: String,
    /// Wall time.
    pub(crate) seconds: f64,
}

/// The process groups that run now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A running child, and with it all that it starts: one process group, gone when this is dropped.
struct Started {
    child: Child,
    ended: bool,
}

impl Started {
    fn new(command: &mut Command, shown: &str) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().with_context(|| format!("cannot start `{shown}`"))?;
        running().push(child.id());
        Ok(Started { child, ended: false })
    }

    /// `None` when the limit came first; the group is killed then.
    fn wait(&mut self, limit: Limit) -> Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.ended = true;
                return Ok(Some(status));
            }
            if limit.is_over() {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        running().retain(|id| *id != self.child.id());
        if !self.ended {
            kill_group(self.child.id());
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn running() -> std::sync::MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn kill_group(leader: u32) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(leader).ok().and_then(rustix::process::Pid::from_raw) {
        // An error means that nobody is left in it.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
}

/// Children have process groups of their own, so the terminal's Ctrl-C reaches only us.
pub(crate) fn stop_children_on_ctrl_c() {
    let stop = || {
        for leader in running().drain(..) {
            kill_group(leader);
        }
        std::process::exit(130);
    };
    if let Err(error) = ctrlc::set_handler(stop) {
        eprintln!("xtask: Ctrl-C will leave children behind: {error}");
    }
}

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/xtask lies two folders down")
}

/// Where builds go.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A new file, and the folders above it.
fn create(path: &Path) -> Result<File> {
    let folder = path.parent().context("a file lies in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    File::create(path).with_context(|| format!("cannot write {}", path.display()))
}

/// As one would type it.
fn quoted(argument: &OsStr) -> String {
    let text = argument.to_string_lossy();
    match text.contains([' ', '"', '*']) {
        true => format!("'{text}'"),
        false => text.into_owned(),
    }
}
