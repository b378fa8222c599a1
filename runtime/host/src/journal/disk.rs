//! The few operations on files that the journal needs, and the real directory that does them.
//!
//! They go through a trait so that tests can lose, tear and refuse each of them.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroU64;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Advice;
use rustix::rand::{GetRandomFlags, getrandom};

use super::JournalError;
use super::head::JournalId;

type Result<T> = std::result::Result<T, JournalError>;

/// The name under which a file is made before it takes its place.
pub(super) const UNFINISHED: &str = "unfinished";

/// One flat directory. Nothing is durable before [`Disk::sync`] (contents) and [`Disk::sync_names`] (names).
pub(super) trait Disk: Send {
    /// The names of the files.
    fn list(&self) -> Result<Vec<String>>;
    /// Reads up to `limit` bytes of a file from `offset` on into a buffer, which is cleared first; tells the length of
    /// the file.
    fn read(&self, name: &str, offset: u64, limit: u64, into: &mut Vec<u8>) -> Result<u64>;
    /// Makes an empty file, or empties it.
    fn create(&mut self, name: &str) -> Result<()>;
    /// Writes all bytes at an offset.
    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<()>;
    /// Returns when all that was written to the file is durable.
    fn sync(&mut self, name: &str) -> Result<()>;
    /// Renames, in place of a file that has the name already.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Removes a file.
    fn remove(&mut self, name: &str) -> Result<()>;
    /// Returns when all that was made, renamed and removed is durable.
    fn sync_names(&mut self) -> Result<()>;
    /// An identity for a new journal.
    fn draw_id(&mut self) -> Result<JournalId>;
    /// What to call a file towards people.
    fn path(&self, name: &str) -> PathBuf;
}

/// Gives the finished file its name, durably. The caller has synced it: the name then stands for the old contents
/// or for all of the new, whatever happens.
pub(super) fn publish(disk: &mut dyn Disk, name: &str) -> Result<()> {
    disk.rename(UNFINISHED, name)?;
    disk.sync_names()
}

/// The real thing. It keeps the file open that was written last: nearly always the one that is written next.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    handle: File,
    open: Option<(String, File)>,
}

impl Directory {
    /// Opens the directory, and makes it if there is none.
    pub(super) fn open(path: &Path) -> Result<Directory> {
        make(path).map_err(|e| JournalError::io("create the directory", path, e))?;
        let handle = File::open(path).map_err(|e| JournalError::io("open the directory", path, e))?;
        Ok(Directory { path: path.to_path_buf(), handle, open: None })
    }

    fn writable(&mut self, name: &str) -> io::Result<&File> {
        let file = match self.open.take() {
            Some((open, file)) if open == name => file,
            _ => File::options().write(true).open(self.path.join(name))?,
        };
        Ok(&self.open.insert((name.to_owned(), file)).1)
    }

    fn failed(&self, action: &'static str, name: &str, source: io::Error) -> JournalError {
        JournalError::io(action, &self.path.join(name), source)
    }
}

impl Disk for Directory {
    fn list(&self) -> Result<Vec<String>> {
        names(&self.path).map_err(|e| JournalError::io("list", &self.path, e))
    }

    fn read(&self, name: &str, offset: u64, limit: u64, into: &mut Vec<u8>) -> Result<u64> {
        read(&self.path.join(name), offset, limit, into).map_err(|e| self.failed("read", name, e))
    }

    fn create(&mut self, name: &str) -> Result<()> {
        match File::create(self.path.join(name)) {
            Ok(file) => self.open = Some((name.to_owned(), file)),
            Err(e) => return Err(self.failed("create", name, e)),
        }
        Ok(())
    }

    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        self.writable(name).and_then(|file| file.write_all_at(bytes, offset)).map_err(|e| self.failed("write", name, e))
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        self.writable(name).and_then(File::sync_data).map_err(|e| self.failed("sync", name, e))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        fs::rename(self.path.join(from), self.path.join(to)).map_err(|e| self.failed("rename", from, e))?;
        if let Some((open, _)) = self.open.as_mut().filter(|(open, _)| open == from) {
            to.clone_into(open);
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        self.open.take_if(|(open, _)| open == name);
        fs::remove_file(self.path.join(name)).map_err(|e| self.failed("remove", name, e))
    }

    fn sync_names(&mut self) -> Result<()> {
        self.handle.sync_all().map_err(|e| JournalError::io("sync", &self.path, e))
    }

    fn draw_id(&mut self) -> Result<JournalId> {
        let mut id = JournalId::default();
        getrandom(&mut id, GetRandomFlags::empty())
            .map_err(|e| JournalError::io("draw an identity for", &self.path, e.into()))?;
        Ok(id)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Makes the directory durably: with its name synced in the one above. What is remembered is nobody else's business.
fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))?;
    match path.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        // A name that is not UTF-8 is none of ours.
        names.extend(entry?.file_name().into_string().ok());
    }
    Ok(names)
}

/// Reads from the disk itself: after a failed write the cache may hold what never reached it.
fn read(path: &Path, offset: u64, limit: u64, into: &mut Vec<u8>) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let piece = NonZeroU64::new(limit).filter(|limit| limit.get() < u64::MAX / 4);
    rustix::fs::fadvise(&file, offset, piece, Advice::DontNeed)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(offset))?;
    into.clear();
    into.reserve_exact(usize::try_from(length.saturating_sub(offset).min(limit)).unwrap_or(0));
    file.take(limit).read_to_end(into)?;
    Ok(length)
}
