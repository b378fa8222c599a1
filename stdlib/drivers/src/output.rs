//! Reads what a command prints: all of it is taken, so that nothing blocks; a bounded part of it is kept.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::io;
use std::os::fd::OwnedFd;

use rustix::pipe::{PipeFlags, pipe_with};
use tokio::net::unix::pipe::Receiver;

use crate::door::Raw;
use crate::lines::Lines;
use crate::secret::{Patterns, Redactor};

/// How much is kept of the beginning of a stream, and as much again of its end, in bytes.
pub(crate) const KEPT: usize = 32 * 1024;

/// How much is read at once, in bytes. It lies on the stack while it is copied, so no command holds a buffer.
const CHUNK: usize = 16 * 1024;

/// Standard output and standard error of one command.
pub(crate) struct Output {
    out: Stream,
    err: Stream,
}

/// The ends that the command writes to; they must be closed here once it has them.
pub(crate) struct Inlets {
    pub(crate) out: OwnedFd,
    pub(crate) err: OwnedFd,
}

impl Output {
    /// Two new pipes. What fits one of the patterns is not kept.
    pub(crate) fn open(patterns: &Patterns) -> io::Result<(Self, Inlets)> {
        let (read_out, out) = pipe_with(PipeFlags::CLOEXEC)?;
        let (read_err, err) = pipe_with(PipeFlags::CLOEXEC)?;
        let output = Self { out: Stream::new(read_out, patterns)?, err: Stream::new(read_err, patterns)? };
        Ok((output, Inlets { out, err }))
    }

    /// Takes standard output line by line from now on.
    pub(crate) fn split_lines(&mut self, lines: Lines) {
        self.out.lines = Some(lines);
    }

    /// The lines that were taken.
    pub(crate) fn lines(&mut self) -> Option<&mut Lines> {
        self.out.lines.as_mut()
    }

    /// Waits for `event`, and takes what is printed in the meantime.
    pub(crate) async fn until<T>(&mut self, event: impl Future<Output = T>) -> T {
        tokio::pin!(event);
        loop {
            tokio::select! {
                biased;
                value = &mut event => return value,
                () = self.read() => {}
            }
        }
    }

    /// Takes what is printed until nobody holds the other ends any more.
    pub(crate) async fn drain(&mut self) {
        while self.out.is_open() || self.err.is_open() {
            self.read().await;
        }
    }

    /// Nothing more is taken: what was held back counts.
    pub(crate) fn finish(&mut self) {
        self.out.finish();
        self.err.finish();
    }

    /// All of standard output, if it was not too much.
    pub(crate) fn raw(&self) -> Raw {
        self.out.kept.raw()
    }

    /// What was kept of standard output.
    pub(crate) fn out(&self) -> String {
        self.out.kept.text()
    }

    /// What was kept of standard error.
    pub(crate) fn err(&self) -> String {
        self.err.kept.text()
    }

    /// Takes one piece of either stream; pending for ever when both have ended.
    pub(crate) async fn read(&mut self) {
        tokio::select! {
            () = self.out.read() => {}
            () = self.err.read() => {}
        }
    }
}

/// One pipe and what was kept of it.
struct Stream {
    pipe: Option<Receiver>,
    /// Keeps secrets out, if there are any.
    redactor: Option<Redactor>,
    kept: Kept,
    lines: Option<Lines>,
}

impl Stream {
    fn new(pipe: OwnedFd, patterns: &Patterns) -> io::Result<Self> {
        let redactor = (!patterns.is_empty()).then(|| Redactor::new(patterns.clone()));
        Ok(Self { pipe: Some(Receiver::from_owned_fd(pipe)?), redactor, kept: Kept::default(), lines: None })
    }

    /// Nothing of a secret is ever kept.
    fn take(&mut self, bytes: &[u8]) {
        match &mut self.redactor {
            Some(redactor) => redactor.push(bytes, |it| keep(&mut self.kept, &mut self.lines, it)),
            None => keep(&mut self.kept, &mut self.lines, bytes),
        }
    }

    fn finish(&mut self) {
        if let Some(redactor) = &mut self.redactor {
            redactor.finish(|it| keep(&mut self.kept, &mut self.lines, it));
        }
        self.lines.as_mut().map(Lines::finish);
    }

    fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// Takes one piece; safe to give up and call again.
    async fn read(&mut self) {
        let Some(pipe) = &self.pipe else {
            return pending().await;
        };
        _ = pipe.readable().await;
        let mut chunk = [0; CHUNK];
        match pipe.try_read(&mut chunk) {
            Ok(n) if n > 0 => self.take(chunk.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Ok(_) | Err(_) => self.pipe = None,
        }
    }
}

fn keep(kept: &mut Kept, lines: &mut Option<Lines>, bytes: &[u8]) {
    match lines {
        Some(lines) => lines.push(bytes),
        None => kept.push(bytes),
    }
}

/// The first and the last [`KEPT`] bytes of a stream, and how many there were.
#[derive(Debug, Default)]
struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        let room = KEPT - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..excess);
        self.left_out += excess as u64;
    }

    /// All that came, if nothing is missing.
    fn raw(&self) -> Raw {
        let count = self.head.len() + self.tail.len();
        match self.left_out {
            0 => Raw::Whole(self.head.iter().chain(&self.tail).copied().collect()),
            left_out => Raw::TooLarge(left_out + count as u64),
        }
    }

    /// What was kept as text, with a line that says how much is missing in the middle.
    fn text(&self) -> String {
        let (front, back) = self.tail.as_slices();
        let mut bytes = self.head.clone();
        if self.left_out > 0 {
            bytes.extend(format!("\n… {} bytes left out …\n", self.left_out).as_bytes());
        }
        bytes.extend(front);
        bytes.extend(back);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pieces: &[&[u8]]) -> Kept {
        let mut kept = Kept::default();
        pieces.iter().for_each(|piece| kept.push(piece));
        kept
    }

    #[test]
    fn little_is_kept_whole() {
        assert_eq!(kept(&[b"one ", b"", b"two"]).text(), "one two");
    }

    #[test]
    fn exactly_twice_the_limit_is_kept_whole() {
        let text = "x".repeat(2 * KEPT);
        assert_eq!(kept(&[text.as_bytes()]).text(), text);
    }

    #[test]
    fn of_much_the_beginning_and_the_end_are_kept() {
        let middle = vec![b'-'; 10 * KEPT];
        let kept = kept(&[b"first", &middle, &middle, b"last"]);
        let text = kept.text();
        assert!(text.starts_with("first-") && text.ends_with("-last"));
        assert!(text.contains(&format!("\n… {} bytes left out …\n", 18 * KEPT + 9)));
        assert!(text.len() < 2 * KEPT + 64);
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(kept(&[&[b'a', 0xff, b'b']]).text(), "a\u{fffd}b");
    }
}
