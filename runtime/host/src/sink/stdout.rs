//! Standard output: lines for people, or events as JSON lines.

use super::error::SinkError;
use super::outlet::Outlet;
use super::patient::Patient;
use super::{MOST_WAITING, Published, Sink};
use crate::event::{Lines, Look};
use machine_value::counted;
use std::io::Write;

/// Writes events to standard output as JSON, one a line, for other programs.
#[derive(Debug)]
pub struct StdoutJson {
    out: Collected,
}

impl StdoutJson {
    /// To standard output, from now on.
    ///
    /// # Errors
    ///
    /// [`SinkError::Output`] if there is no standard output, or no thread to write with.
    pub fn new() -> Result<Self, SinkError> {
        Self::to(Patient::stdout().map_err(SinkError::Output)?)
    }

    /// To something else, as [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn to(output: impl Write + Send + 'static) -> Result<Self, SinkError> {
        Ok(StdoutJson { out: Collected::new(output)? })
    }
}

impl Sink for StdoutJson {
    fn name(&self) -> &str {
        "stdout"
    }

    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        self.out.line(event.json)
    }

    fn publish_again(&mut self, json: &[u8]) -> Result<(), SinkError> {
        self.out.line(json)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.out.flush()
    }
}

/// Writes events to standard output as lines for people.
#[derive(Debug)]
pub struct StdoutLines {
    out: Collected,
    lines: Lines,
    /// Events that were refused since the last line.
    left_out: u64,
}

impl StdoutLines {
    /// To standard output, from now on, looking like this.
    ///
    /// # Errors
    ///
    /// [`SinkError::Output`] if there is no standard output, or no thread to write with.
    pub fn new(look: Look) -> Result<Self, SinkError> {
        Self::to(Patient::stdout().map_err(SinkError::Output)?, look)
    }

    /// To something else, as [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn to(output: impl Write + Send + 'static, look: Look) -> Result<Self, SinkError> {
        Ok(StdoutLines { out: Collected::new(output)?, lines: Lines::new(look), left_out: 0 })
    }

    /// Who reads lines sees a gap only if it is said; in JSON, the `sequence` shows it. It is said when half of what
    /// may wait has been read, so that a slow reader gets a few long gaps and not a note every other line.
    fn tell_gap(&mut self) -> Result<(), SinkError> {
        if self.left_out == 0 {
            return Ok(());
        }
        self.out.has_room(MOST_WAITING / 2)?;
        let note = format!("… {} left out here: more came than was read", counted(self.left_out, "line"));
        self.out.line(note.as_bytes())?;
        self.left_out = 0;
        Ok(())
    }
}

impl Sink for StdoutLines {
    fn name(&self) -> &str {
        "stdout"
    }

    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        let line = self.lines.line(event.origin, event.happening);
        let result = self.tell_gap().and_then(|()| self.out.line(line.as_bytes()));
        if result.is_err() {
            self.left_out += 1;
        }
        result
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.out.flush()
    }
}

/// Lines until the next flush.
#[derive(Debug)]
struct Collected {
    lines: Vec<u8>,
    outlet: Outlet,
}

impl Collected {
    fn new(output: impl Write + Send + 'static) -> Result<Self, SinkError> {
        Ok(Collected { lines: Vec::new(), outlet: Outlet::new(output)? })
    }

    fn has_room(&self, more: usize) -> Result<(), SinkError> {
        self.outlet.has_room(self.lines.len() + more)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), SinkError> {
        self.has_room(line.len() + 1)?;
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.outlet.give(&mut self.lines)
    }
}

impl Drop for Collected {
    /// What was taken is still written; the outlet then waits for its reader.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Zone;
    use crate::sink::samples;
    use std::io::{PipeReader, Read, pipe};

    fn read(mut reader: PipeReader) -> String {
        let mut all = String::new();
        reader.read_to_string(&mut all).unwrap();
        all
    }

    #[test]
    fn events_are_json_lines() {
        let (reader, writer) = pipe().unwrap();
        let mut sink = StdoutJson::to(writer).unwrap();
        samples::publish(&mut sink, 3);
        sink.flush().unwrap();
        samples::publish(&mut sink, 2);
        drop(sink);
        assert_eq!(read(reader), samples::lines(3) + &samples::lines(2));
    }

    #[test]
    fn lines_are_for_people() {
        let (reader, writer) = pipe().unwrap();
        let look = Look { zone: Zone::Utc, ..Look::default() };
        let mut sink = StdoutLines::to(writer, look).unwrap();
        samples::publish(&mut sink, 2);
        drop(sink);
        insta::assert_snapshot!(read(reader), @r"
03:04:05.678  container_manager  unknown -> deploy  (manifest.changed)
03:04:05.678  container_manager  unknown -> deploy  (manifest.changed)
");
    }

    #[test]
    fn a_gap_is_told() {
        let (mut reader, writer) = pipe().unwrap();
        let look = Look { zone: Zone::Utc, ..Look::default() };
        let mut sink = StdoutLines::to(writer, look).unwrap();
        let refused = samples::fill(&mut sink);
        assert!(matches!(refused, SinkError::Behind { .. }), "{refused:?}");
        assert!(matches!(samples::try_publish(&mut sink), Err(SinkError::Behind { .. })));

        let reading = std::thread::spawn(move || {
            let mut all = String::new();
            reader.read_to_string(&mut all).map(|_| all).unwrap()
        });
        while samples::try_publish(&mut sink).is_err() {
            std::thread::yield_now();
        }
        drop(sink);
        let all = reading.join().unwrap();
        let gap: Vec<_> = all.lines().filter(|line| line.contains("left out here")).collect();
        assert_eq!(gap.len(), 1, "{gap:?}");
        assert!(all.ends_with("unknown -> deploy  (manifest.changed)\n"));
    }
}
