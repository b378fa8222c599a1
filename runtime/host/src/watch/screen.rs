//! Standard output of whoever watches.

use super::{News, Teller};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::io::{self, Write};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// So much is written at once.
const AT_ONCE: usize = 32 * 1024;
/// How long a line may take that is being written when the end comes.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is shown goes out when there is nothing more to show, or a good deal of it.
#[derive(Debug)]
pub struct Screen {
    teller: Teller,
    shown: Vec<u8>,
}

impl Screen {
    /// Nothing is shown yet.
    #[must_use]
    pub fn new(teller: Teller) -> Self {
        Self { teller, shown: Vec::new() }
    }

    /// Whether somebody still reads.
    pub fn take(&mut self, news: &News<'_>) -> bool {
        match news {
            News::Event(json) => self.shown.extend(self.teller.tell(json).bytes()),
            News::Note(text) => self.shown.extend(self.teller.note(text).bytes()),
            News::UpToDate => {
                self.shown.extend(self.teller.overdue().bytes());
                return self.write();
            }
            News::End => {
                self.shown.extend(self.teller.end().bytes());
                return self.write();
            }
        }
        self.shown.len() < AT_ONCE || self.write()
    }

    fn write(&mut self) -> bool {
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.shown).and_then(|()| out.flush());
        self.shown.clear();
        written.is_ok()
    }
}

/// Does something on a thread of its own until it is done, the user interrupts it, or nobody reads standard output any
/// more: then between two writes, and there is no result. Whoever has nothing to show would not notice the latter.
pub fn until_interrupted<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Some(work()) };
    let (ended, unread) = (on_a_thread(work), on_a_thread(until_nobody_reads));
    let result = runtime.block_on(async {
        tokio::select! {
            result = ended => result.ok(),
            Ok(()) = unread => None,
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    if result.is_none() {
        finish_the_line();
    }
    result
}

fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, ended) = oneshot::channel();
    std::thread::spawn(move || {
        // Whoever waits for it may have been interrupted.
        let _ = done.send(work());
    });
    ended
}

/// Waits until the other end of standard output is gone: of a pipe or a terminal. A file has none, and this never ends.
fn until_nobody_reads() {
    let out = io::stdout();
    // Only what need not be asked for: that it is broken.
    while let Ok(0) | Err(Errno::INTR) = poll(&mut [PollFd::new(&out, PollFlags::empty())], None) {}
}

/// No line is cut: standard output is held to the end, unless somebody stands still who should read it.
fn finish_the_line() {
    let (held, is_held) = mpsc::channel();
    std::thread::spawn(move || {
        std::mem::forget(io::stdout().lock());
        held.send(())
    });
    let _ = is_held.recv_timeout(PATIENCE);
}
