//! A file that would become too large, or too old, makes way for a new one: `events` becomes `events.1`, that becomes
//! `events.2`, and the last one goes.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// When a file of events makes way, and how many are kept beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Before it is larger than this, by bytes; what is written at once stays together. None: however large it is.
    pub size: Option<u64>,
    /// When it is older than this and there is something to write. None: however old it is.
    pub age: Option<Duration>,
    /// So many files are kept beside it.
    pub keep: u32,
}

impl Rotation {
    /// Whether this file makes way before so many bytes more are written to it.
    pub(super) fn is_due(self, file: &Metadata, more: u64, now: SystemTime) -> bool {
        let is_large = self.size.is_some_and(|size| file.len().saturating_add(more) > size);
        // Not every file system knows when a file was made.
        let made = file.created().or_else(|_| file.modified());
        let age = made.ok().and_then(|it| now.duration_since(it).ok());
        let is_old = self.age.is_some_and(|limit| age.is_some_and(|age| age > limit));
        file.len() > 0 && (is_large || is_old)
    }

    /// Moves the file out of its place, and the others on.
    pub(super) fn shift(self, path: &Path) -> io::Result<()> {
        for number in (1..=self.keep).rev() {
            let from = if number == 1 { path.to_owned() } else { numbered(path, number - 1) };
            match fs::rename(from, numbered(path, number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if self.keep == 0 { fs::remove_file(path) } else { Ok(()) }
    }
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::samples::{lines, publish};
    use crate::sink::{JsonFile, Sink};

    fn files(dir: &Path) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|it| it.unwrap().path())
            .map(|it| (it.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(it).unwrap()))
            .collect();
        files.sort();
        files
    }

    /// Writes so many turns of one event to a file that has room for two, and keeps two beside it.
    fn written(turns: usize, keep: u32) -> Vec<(String, usize)> {
        let dir = tempfile::tempdir().unwrap();
        let size = Some(lines(2).len() as u64);
        let rotation = Rotation { size, age: None, keep };
        let mut sink = JsonFile::open(dir.path().join("events")).unwrap().rotating(rotation);
        for _ in 0..turns {
            publish(&mut sink, 1);
            sink.flush().unwrap();
        }
        files(dir.path()).into_iter().map(|(name, text)| (name, text.lines().count())).collect()
    }

    #[test]
    fn a_file_makes_way_before_it_is_too_large_and_the_oldest_goes() {
        let check = |turns, keep, expected: &[(&str, usize)]| {
            let found = written(turns, keep);
            let found: Vec<_> = found.iter().map(|(name, lines)| (name.as_str(), *lines)).collect();
            assert_eq!(found, expected, "{turns} turns");
        };
        check(2, 2, &[("events", 2)]);
        check(3, 2, &[("events", 1), ("events.1", 2)]);
        check(9, 2, &[("events", 1), ("events.1", 2), ("events.2", 2)]);
        check(9, 0, &[("events", 1)]);
    }

    #[test]
    fn no_event_is_lost_or_cut_where_files_change() {
        let dir = tempfile::tempdir().unwrap();
        let rotation = Rotation { size: Some(1), age: None, keep: 9 };
        let mut sink = JsonFile::open(dir.path().join("events")).unwrap().rotating(rotation);
        for count in [2, 1, 3] {
            publish(&mut sink, count);
            sink.flush().unwrap();
        }
        let texts: Vec<_> = files(dir.path()).into_iter().map(|it| it.1).collect();
        assert_eq!(texts, [lines(3), lines(1), lines(2)]);
    }

    #[test]
    fn an_old_file_makes_way_when_there_is_something_to_write() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("events"), "x\n").unwrap();
        let file = fs::metadata(dir.path().join("events")).unwrap();
        let rotation = Rotation { size: None, age: Some(Duration::from_secs(60)), keep: 1 };
        let later = |seconds| SystemTime::now() + Duration::from_secs(seconds);
        assert!(!rotation.is_due(&file, 9, later(0)) && rotation.is_due(&file, 9, later(70)));
        fs::write(dir.path().join("events"), "").unwrap();
        let empty = fs::metadata(dir.path().join("events")).unwrap();
        assert!(!rotation.is_due(&empty, 9, later(70)), "there is nothing to keep of an empty one");
    }
}
