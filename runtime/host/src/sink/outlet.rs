//! A thread that writes what it is given, so that whoever gives it never waits for a reader.
//!
//! Standard output is often a pipe, and a pipe blocks when nobody reads: a pager that shows its first page, a log
//! shipper that hangs. It cannot be made non-blocking, since the setting is shared with every other process that has it.
//! So a thread waits in place of the event loop. What waits is bounded; beyond that, events are refused.

use super::MOST_WAITING;
use super::error::SinkError;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the end of a process waits for its last lines to be read.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The giving end. Dropping it waits until all is written, or for two seconds if the reader does not read.
#[derive(Debug)]
pub(super) struct Outlet {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Given, and not yet taken by the thread.
    waiting: Vec<u8>,
    /// Bytes that the thread is writing.
    writing: usize,
    /// The giving end is gone.
    ended: bool,
    /// Why the thread has given up.
    failed: Option<io::Error>,
}

impl Outlet {
    /// Starts the thread. It sleeps whenever there is nothing to write.
    ///
    /// # Errors
    ///
    /// If the system has no thread to give.
    pub(super) fn new(output: impl Write + Send + 'static) -> Result<Self, SinkError> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("events-out".to_owned())
            .spawn(move || theirs.write_all(output))
            .map_err(SinkError::Output)?;
        Ok(Outlet { shared })
    }

    /// Hands over what is in `lines` and empties it.
    pub(super) fn give(&self, lines: &mut Vec<u8>) -> Result<(), SinkError> {
        let mut state = self.shared.lock();
        state.check()?;
        state.waiting.append(lines);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Whether `more` bytes may still be given.
    pub(super) fn has_room(&self, more: usize) -> Result<(), SinkError> {
        let state = self.shared.lock();
        state.check()?;
        let waiting = state.waiting.len() + state.writing;
        if waiting + more > MOST_WAITING {
            return Err(SinkError::Behind { waiting });
        }
        Ok(())
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.ended = true;
        self.shared.changed.notify_all();
        let busy = |state: &mut State| state.is_busy();
        drop(self.shared.changed.wait_timeout_while(state, LAST_WORDS, busy));
    }
}

impl Shared {
    /// The thread: writes until the giving end is gone and all is written, or until the output fails.
    fn write_all(&self, mut output: impl Write) {
        while let Some(lines) = self.next() {
            let result = output.write_all(&lines).and_then(|()| output.flush());
            let mut state = self.lock();
            state.writing = 0;
            state.failed = result.err();
            self.changed.notify_all();
            if state.failed.is_some() {
                return;
            }
        }
    }

    /// Waits for something to write; `None` when there will be nothing more.
    fn next(&self) -> Option<Vec<u8>> {
        let idle = |state: &mut State| state.waiting.is_empty() && !state.ended;
        let mut state = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut state.waiting);
        state.writing = lines.len();
        (!lines.is_empty()).then_some(lines)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_busy(&self) -> bool {
        self.failed.is_none() && self.writing + self.waiting.len() > 0
    }

    /// The failure of the thread, told anew each time.
    fn check(&self) -> Result<(), SinkError> {
        match &self.failed {
            None => Ok(()),
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(SinkError::Closed),
            Some(error) => Err(SinkError::Output(again(error))),
        }
    }
}

/// An I/O error cannot be cloned.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, PipeReader, Read, pipe};
    use std::time::Instant;

    fn outlet() -> (Outlet, PipeReader) {
        let (reader, writer) = pipe().unwrap();
        (Outlet::new(writer).unwrap(), reader)
    }

    /// Waits for a condition, with a limit that only a broken test meets.
    fn until(mut condition: impl FnMut() -> bool) {
        let start = Instant::now();
        while !condition() {
            assert!(start.elapsed() < Duration::from_secs(60), "it never came true");
            std::thread::yield_now();
        }
    }

    #[test]
    fn what_is_given_is_written_in_order() {
        let (outlet, mut reader) = outlet();
        for number in 0..1000 {
            outlet.give(&mut format!("{number}\n").into_bytes()).unwrap();
        }
        drop(outlet);
        let mut all = String::new();
        reader.read_to_string(&mut all).unwrap();
        assert!(all.lines().eq((0..1000).map(|number| number.to_string())));
    }

    #[test]
    fn a_line_is_written_without_waiting_for_the_next() {
        let (outlet, reader) = outlet();
        let mut reader = BufReader::new(reader);
        for text in ["one\n", "two\n"] {
            outlet.give(&mut text.into()).unwrap();
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert_eq!(line, text);
        }
    }

    #[test]
    fn a_reader_that_does_not_read_stops_nobody() {
        let (outlet, mut reader) = outlet();
        let line = vec![b'x'; 64 * 1024];
        let mut given = 0;
        while outlet.has_room(line.len()).is_ok() {
            outlet.give(&mut line.clone()).unwrap();
            given += line.len();
        }
        assert!((MOST_WAITING..2 * MOST_WAITING).contains(&(given + line.len())), "{given}");
        assert!(matches!(outlet.has_room(line.len()), Err(SinkError::Behind { .. })));

        let reading = std::thread::spawn(move || io::copy(&mut reader, &mut io::sink()).unwrap());
        until(|| outlet.has_room(line.len()).is_ok());
        drop(outlet);
        assert_eq!(reading.join().unwrap(), given as u64);
    }

    #[test]
    fn a_reader_that_is_gone_is_told() {
        let (outlet, reader) = outlet();
        drop(reader);
        outlet.give(&mut b"lost\n".to_vec()).unwrap();
        until(|| outlet.has_room(0).is_err());
        assert!(matches!(outlet.has_room(0), Err(SinkError::Closed)));
        assert!(matches!(outlet.give(&mut b"lost\n".to_vec()), Err(SinkError::Closed)));
    }

    #[test]
    fn a_broken_output_says_why() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let outlet = Outlet::new(full).unwrap();
        outlet.give(&mut b"lost\n".to_vec()).unwrap();
        until(|| outlet.has_room(0).is_err());
        match outlet.has_room(0) {
            Err(SinkError::Output(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
            other => panic!("{other:?}"),
        }
    }
}
