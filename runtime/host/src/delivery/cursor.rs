//! Where a carrier is, on disk: `STATE/delivery/NAME.json`. Safe to lose, so nothing waits for it; one that cannot be read
//! or belongs to another journal is as good as none.

use super::parcel::Position;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The identity of the journal, hexadecimal: a position means nothing in another one.
    pub(super) journal: String,
    /// The record of the last event that was delivered with all before it.
    pub(super) lsn: u64,
    /// Which of its events.
    pub(super) place: u32,
    /// What the carrier wants to remember.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) notes: Value,
}

impl Cursor {
    pub(super) fn position(&self) -> Position {
        Position { lsn: self.lsn, place: self.place }
    }

    /// Reads the cursor of a carrier on this journal.
    pub(super) fn read(dir: &Path, name: &str, journal: &str) -> Option<Self> {
        let text = fs::read(file(dir, name)).ok()?;
        serde_json::from_slice(&text).ok().filter(|it: &Self| it.journal == journal)
    }

    /// Writes it as a whole, in place of the one before.
    pub(super) fn write(&self, dir: &Path, name: &str) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        let part = dir.join(format!("{name}.part"));
        let mut new = File::create(&part)?;
        serde_json::to_writer(&mut new, self)?;
        new.write_all(b"\n")?;
        // After a power cut there is the old one or this one, never an empty file.
        new.sync_data()?;
        fs::rename(part, file(dir, name))
    }
}

fn file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor { journal: "1d1d".into(), lsn: 7, place: 2, notes: serde_json::json!({"stream": 5}) }
    }

    #[test]
    fn what_was_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("delivery");
        cursor().write(&place, "nats").unwrap();
        let later = Cursor { lsn: 9, ..cursor() };
        later.write(&place, "nats").unwrap();
        assert_eq!(Cursor::read(&place, "nats", "1d1d"), Some(later));
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
    }

    #[test]
    fn what_is_broken_or_of_another_journal_is_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Cursor::read(dir.path(), "nats", "1d1d"), None);
        cursor().write(dir.path(), "nats").unwrap();
        assert_eq!(Cursor::read(dir.path(), "nats", "2e2e"), None);
        fs::write(dir.path().join("nats.json"), "{\"journal\":\"1d").unwrap();
        assert_eq!(Cursor::read(dir.path(), "nats", "1d1d"), None);
    }
}
