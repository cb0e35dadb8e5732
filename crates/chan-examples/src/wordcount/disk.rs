//! A thread that reads files for one reader, and the two channels between them. Only this thread may hang in the
//! system, so only a file's limit, never a reader, runs out when a file does not answer.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chan_core::{Receiver, Sender};

use super::message::Skip;
use super::words::{MAX_WORD, last_cut};
use crate::runtime::Runtime;

/// How much is read at once, and so about how long a part is.
const BLOCK: usize = 64 << 10;

/// How often a pipe that has nothing to say is asked again.
const PIPE_PAUSE: Duration = Duration::from_millis(5);

/// What the thread answers: the parts of the text, then `None`, or why there will be no more of them.
pub(super) type Answer = Result<Option<String>, Skip>;

/// A reader's end of the two channels. Dropping it tells the thread to give up.
pub(super) struct Disk {
    /// Which file to read next.
    pub(super) requests: Sender<Arc<Path>>,
    /// Its text. Room for one: the thread reads ahead by one part.
    pub(super) parts: Receiver<Answer>,
}

impl Disk {
    /// Starts a thread. It ends with the `Disk`, or, if the system holds it, with the process.
    pub(super) fn start<R: Runtime>() -> Self {
        let (requests, incoming) = R::chan(1);
        let (outgoing, parts) = R::chan(1);
        thread::spawn(move || serve(&incoming, &outgoing));
        Disk { requests, parts }
    }
}

/// The thread: reads one file after the other.
fn serve(requests: &Receiver<Arc<Path>>, parts: &Sender<Answer>) {
    let mut block = vec![0; BLOCK];
    for path in requests {
        let last = match read(&path, &mut block, parts) {
            Ok(()) => Ok(None),
            Err(End::Skip(skip)) => Err(skip),
            Err(End::Unwanted) => return,
        };
        if parts.send_blocking(last).is_err() {
            return;
        }
    }
}

/// Why reading ended before the file did.
enum End {
    Skip(Skip),
    /// The reader has dropped its end.
    Unwanted,
}

impl From<std::io::Error> for End {
    fn from(error: std::io::Error) -> Self {
        End::Skip(Skip::Unreadable(error.to_string()))
    }
}

/// Sends the text of one file in parts that end between words.
fn read(path: &Path, block: &mut [u8], parts: &Sender<Answer>) -> Result<(), End> {
    let mut file = open(path)?;
    let pipe = is_pipe(&file)?;
    let mut text = Vec::new();
    let mut started = false;
    loop {
        let length = match file.read(block) {
            // Nobody has opened the other end of the pipe yet. A pipe ends when its writers have come and gone.
            Ok(0) if pipe && !started => {
                pause(parts)?;
                continue;
            }
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                pause(parts)?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        started = true;
        text.extend_from_slice(&block[..length]);
        if text.len() < BLOCK {
            continue;
        }
        // Only what is new can hold the last gap, but looking at the rest costs nothing worth a variable: there is a
        // rest only behind a block without a gap.
        if let Some(cut) = last_cut(&text) {
            let rest = text.split_off(cut);
            send(std::mem::replace(&mut text, rest), parts)?;
        }
        if text.len() > MAX_WORD {
            return Err(End::Skip(Skip::WordTooLong));
        }
    }
    if text.is_empty() { Ok(()) } else { send(text, parts) }
}

/// Hands one part over.
fn send(part: Vec<u8>, parts: &Sender<Answer>) -> Result<(), End> {
    let part = String::from_utf8(part).map_err(|_| End::Skip(Skip::NotUtf8))?;
    parts.send_blocking(Ok(Some(part))).map_err(|_| End::Unwanted)
}

/// Waits a little, unless nobody waits for us.
fn pause(parts: &Sender<Answer>) -> Result<(), End> {
    if parts.is_closed() {
        return Err(End::Unwanted);
    }
    thread::sleep(PIPE_PAUSE);
    Ok(())
}

/// Opens without waiting for the writer of a named pipe: `open` would hang where nothing can call it back.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn is_pipe(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::FileTypeExt;
    Ok(file.metadata()?.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_file: &File) -> std::io::Result<bool> {
    Ok(false)
}
