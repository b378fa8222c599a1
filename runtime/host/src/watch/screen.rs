//! Standard output of whoever watches.

use super::{News, Teller};
use std::io::{self, Write};

/// So much is written at once.
const AT_ONCE: usize = 32 * 1024;

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

/// Does something on a thread of its own until it is done, or until the user interrupts it: then between two writes, and
/// there is no result.
pub fn until_interrupted<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Some(work()) };
    let (done, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Whoever waits for it may have been interrupted.
        let _ = done.send(work());
    });
    let result = runtime.block_on(async {
        tokio::select! {
            result = ended => result.ok(),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    if result.is_none() {
        // Held to the end, so that no line is cut.
        std::mem::forget(io::stdout().lock());
    }
    result
}
