//! Figures as a file, for the textfile collector of the node exporter.

use super::Textfile;
use super::book::Book;
use super::reading::Desk;
use crate::node::say;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::time::{MissedTickBehavior, interval};

/// Writes the file again and again.
pub(super) async fn keep(file: &Textfile, desk: &Desk) {
    let mut clock = interval(file.every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_troubled = false;
    loop {
        clock.tick().await;
        let Some(text) = desk.figures(Book::text).await else { continue };
        let written = write(&file.path, &text);
        let was_troubled = std::mem::replace(&mut is_troubled, written.is_err());
        if let (Err(error), false) = (written, was_troubled) {
            say(&explained(&file.path, &error));
        }
    }
}

/// Figures of a node that has ended would look as if it went on.
pub(super) fn remove(file: &Textfile) {
    // It is gone already, or its directory is.
    let _ = fs::remove_file(&file.path);
}

/// Whoever reads finds the old file or the new one, never a part.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let part = part(path);
    // The exporter is another user.
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&part)?;
    file.write_all(text.as_bytes())?;
    fs::rename(&part, path)
}

/// Beside the file, with a name that the exporter does not read.
fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn explained(path: &Path, error: &io::Error) -> io::Error {
    let text = format!("the metrics cannot be written to `{}`, and are tried again: {error}", path.display());
    io::Error::new(error.kind(), text)
}
