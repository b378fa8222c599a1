//! A file of events: one JSON object a line, appended for ever. Whoever rotates logs may move it away, or it makes way by
//! itself.

use super::error::SinkError;
use super::{MOST_WAITING, Published, Rotation, Sink};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Appends events to a file, as JSON lines.
///
/// A flush is one write, without a wait for the disk: the journal is what survives a power cut. Before it writes, it
/// looks whether the path still leads to the file it has open, so a file that was moved away gets no more events
/// and a new one is begun in its place. What could not be written is kept, up to 8 MiB, and written by a later flush
/// exactly from where the last one stopped: lines are never mixed.
#[derive(Debug)]
pub struct JsonFile {
    path: PathBuf,
    file: File,
    /// Lines, the first `written` bytes of which are in the file.
    waiting: Vec<u8>,
    written: usize,
    /// When it makes way for a new one by itself.
    rotation: Option<Rotation>,
}

impl JsonFile {
    /// Opens the file for more events; makes it if there is none, readable for its owner and group.
    ///
    /// If the last line has no end, because the machine went down while it was written, the next event begins a new
    /// line: the broken one stays as it is.
    ///
    /// # Errors
    ///
    /// [`SinkError::NotAFile`] for a directory, a pipe or a device, [`SinkError::File`] if it cannot be opened.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, SinkError> {
        let path = path.into();
        let mut file = open(&path)?;
        let waiting = start_of_line(&mut file).map_err(|source| file_error(&path, "read", source))?;
        Ok(JsonFile { path, file, waiting, written: 0, rotation: None })
    }

    /// The same file, which makes way for a new one by itself.
    #[must_use]
    pub fn rotating(mut self, rotation: Rotation) -> Self {
        self.rotation = Some(rotation);
        self
    }

    /// Makes way if it is time, but never in the middle of a line.
    fn make_way(&mut self) -> Result<(), SinkError> {
        let Some(rotation) = self.rotation.filter(|_| self.written == 0) else { return Ok(()) };
        let file = self.file.metadata().map_err(|source| file_error(&self.path, "read", source))?;
        if rotation.is_due(&file, self.waiting.len() as u64, SystemTime::now()) {
            rotation.shift(&self.path).map_err(|source| file_error(&self.path, "moved", source))?;
            self.begin_again()?;
        }
        Ok(())
    }

    /// Follows the path to the file that it leads to now.
    fn follow(&mut self) -> Result<(), SinkError> {
        let now = std::fs::metadata(&self.path).ok();
        let open = self.file.metadata().ok();
        if now.is_some() && now.as_ref().map(identity) == open.as_ref().map(identity) {
            return Ok(());
        }
        self.begin_again()
    }

    fn begin_again(&mut self) -> Result<(), SinkError> {
        let mut next = JsonFile::open(&self.path)?;
        self.forget_whole_lines();
        // A line of which the old file has only a part goes into the new one as a whole.
        self.written = 0;
        next.waiting.append(&mut self.waiting);
        next.rotation = self.rotation;
        *self = next;
        Ok(())
    }

    fn forget_whole_lines(&mut self) {
        let (done, _) = self.waiting.split_at(self.written);
        let lines = done.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.waiting.drain(..lines);
        self.written -= lines;
    }

    fn write(&mut self) -> io::Result<()> {
        while let Some(rest) = self.waiting.get(self.written..).filter(|rest| !rest.is_empty()) {
            match self.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.waiting.clear();
        self.written = 0;
        Ok(())
    }
}

impl Sink for JsonFile {
    fn name(&self) -> &str {
        "file"
    }

    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        self.publish_again(event.json)
    }

    fn publish_again(&mut self, json: &[u8]) -> Result<(), SinkError> {
        if self.waiting.len() + json.len() >= MOST_WAITING {
            self.flush()?;
        }
        self.waiting.extend_from_slice(json);
        self.waiting.push(b'\n');
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.follow()?;
        // If it cannot be moved, it grows on, and that is said.
        let moved = self.make_way();
        self.write().map_err(|source| {
            self.forget_whole_lines();
            file_error(&self.path, "written", source)
        })?;
        moved
    }

    fn reopen(&mut self) -> Result<(), SinkError> {
        self.follow()
    }
}

impl Drop for JsonFile {
    /// A last try; whoever wants to know flushes before.
    fn drop(&mut self) {
        let _ = self.write();
    }
}

fn open(path: &Path) -> Result<File, SinkError> {
    // Asked first, because to open a pipe would wait for its other end.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(SinkError::NotAFile { path: path.to_owned() });
    }
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o640)
        .open(path)
        .map_err(|source| file_error(path, "opened", source))
}

/// The end of line that is missing at the end of the file, if it is.
fn start_of_line(file: &mut File) -> io::Result<Vec<u8>> {
    if file.metadata()?.len() == 0 {
        return Ok(Vec::new());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(if last == *b"\n" { Vec::new() } else { vec![b'\n'] })
}

/// What tells one file from another.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

fn file_error(path: &Path, verb: &'static str, source: io::Error) -> SinkError {
    SinkError::File { path: path.to_owned(), verb, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::samples::{lines, publish};
    use miette::Diagnostic;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Place(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.path(name)).unwrap()
        }

        fn sink(&self) -> JsonFile {
            JsonFile::open(self.path("events")).unwrap()
        }

        fn rotate(&self) {
            fs::rename(self.path("events"), self.path("events.1")).unwrap();
        }
    }

    fn put(sink: &mut JsonFile, count: usize) {
        publish(sink, count);
        sink.flush().unwrap();
    }

    #[test]
    fn events_are_appended() {
        let place = Place::new();
        put(&mut place.sink(), 2);
        put(&mut place.sink(), 1);
        assert_eq!(place.read("events"), lines(3));
        let mode = fs::metadata(place.path("events")).unwrap().permissions().mode();
        assert_eq!(mode & 0o137, 0, "{mode:o}");
    }

    #[test]
    fn nothing_is_written_before_a_flush() {
        let place = Place::new();
        let mut sink = place.sink();
        publish(&mut sink, 2);
        assert_eq!(place.read("events"), "");
        sink.flush().unwrap();
        sink.flush().unwrap();
        assert_eq!(place.read("events"), lines(2));
    }

    #[test]
    fn the_end_writes_what_is_left() {
        let place = Place::new();
        publish(&mut place.sink(), 2);
        assert_eq!(place.read("events"), lines(2));
    }

    #[test]
    fn a_broken_last_line_stays_alone() {
        let place = Place::new();
        fs::write(place.path("events"), lines(1) + r#"{"specver"#).unwrap();
        put(&mut place.sink(), 1);
        assert_eq!(place.read("events"), lines(1) + "{\"specver\n" + &lines(1));
    }

    #[test]
    fn a_file_that_was_moved_away_is_followed_by_a_new_one() {
        let place = Place::new();
        let mut sink = place.sink();
        put(&mut sink, 2);
        place.rotate();
        put(&mut sink, 1);
        assert_eq!(place.read("events.1"), lines(2));
        assert_eq!(place.read("events"), lines(1));
    }

    #[test]
    fn a_file_that_was_removed_or_replaced_is_followed() {
        let place = Place::new();
        let mut sink = place.sink();
        put(&mut sink, 2);
        fs::remove_file(place.path("events")).unwrap();
        put(&mut sink, 1);
        assert_eq!(place.read("events"), lines(1));
        fs::write(place.path("other"), "other\n").unwrap();
        fs::rename(place.path("other"), place.path("events")).unwrap();
        put(&mut sink, 1);
        assert_eq!(place.read("events"), "other\n".to_owned() + &lines(1));
    }

    #[test]
    fn a_new_file_is_begun_on_demand() {
        let place = Place::new();
        let mut sink = place.sink();
        place.rotate();
        sink.reopen().unwrap();
        assert_eq!(place.read("events"), "");
    }

    #[test]
    fn what_could_not_be_written_is_written_later() {
        let place = Place::new();
        let mut sink = place.sink();
        put(&mut sink, 1);
        // Opened for reading only, the same file refuses to be written.
        let good = std::mem::replace(&mut sink.file, File::open(place.path("events")).unwrap());
        publish(&mut sink, 2);
        let error = sink.flush().unwrap_err();
        assert!(matches!(&error, SinkError::File { verb: "written", .. }), "{error:?}");
        sink.file = good;
        put(&mut sink, 1);
        assert_eq!(place.read("events"), lines(4));
    }

    #[test]
    fn a_line_cut_by_the_move_is_whole_in_the_new_file() {
        let place = Place::new();
        let mut sink = place.sink();
        publish(&mut sink, 3);
        // As after a write that stopped in the middle of the second line.
        sink.written = lines(1).len() + 5;
        fs::write(place.path("events"), &lines(2)[..sink.written]).unwrap();
        place.rotate();
        sink.flush().unwrap();
        assert_eq!(place.read("events"), lines(2));
    }

    #[test]
    fn while_the_directory_is_gone_events_are_kept() {
        let place = Place::new();
        fs::create_dir(place.path("log")).unwrap();
        let mut sink = JsonFile::open(place.path("log/events")).unwrap();
        fs::rename(place.path("log"), place.path("gone")).unwrap();
        publish(&mut sink, 2);
        let error = sink.flush().unwrap_err();
        assert!(matches!(&error, SinkError::File { verb: "opened", .. }), "{error:?}");
        fs::create_dir(place.path("log")).unwrap();
        put(&mut sink, 1);
        assert_eq!(place.read("log/events"), lines(3));
    }

    #[test]
    fn what_waits_is_bounded() {
        let place = Place::new();
        fs::create_dir(place.path("log")).unwrap();
        let mut sink = JsonFile::open(place.path("log/events")).unwrap();
        fs::rename(place.path("log"), place.path("gone")).unwrap();
        while crate::sink::samples::try_publish(&mut sink).is_ok() {}
        assert!(sink.waiting.len() <= MOST_WAITING);
        assert!(sink.waiting.len() > MOST_WAITING - 64 * 1024);
    }

    #[test]
    fn a_bad_path_is_explained() {
        let place = Place::new();
        let check = |name: &str, message: &str, help: &str| {
            let error = JsonFile::open(place.path(name)).unwrap_err();
            let shown = error.to_string().replace(&place.path("").display().to_string(), "");
            assert_eq!(shown, message);
            assert_eq!(error.help().unwrap().to_string(), help);
        };
        fs::create_dir(place.path("dir")).unwrap();
        check(
            "dir",
            "the file of events `dir` is not a regular file",
            "name a file that does not exist yet, or one of earlier events",
        );
        check(
            "none/events",
            "the file of events `none/events` cannot be opened",
            "make the directory first, or name another one",
        );
    }
}
