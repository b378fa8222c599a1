//! The directory that tables are shipped to: what is in it, what changed, and when to look.

use machine_core::limits::TABLE_MAX;
use machine_core::{OwnedTable, TableError};
use rustix::fd::OwnedFd;
use rustix::fs::inotify;
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// After a change the directory is left alone for so long, so that a copy of many files is looked at once.
const SETTLE: Duration = Duration::from_millis(100);
/// Where the system cannot tell of changes, the directory is looked at this often.
const POLL: Duration = Duration::from_secs(5);

/// What became of one file.
#[derive(Debug)]
pub(crate) enum Change {
    /// There is a table in it, new or changed.
    Table(PathBuf, Box<OwnedTable>),
    /// There is something else in it.
    Bad(PathBuf, String),
    /// It is gone.
    Gone(PathBuf),
}

/// The directory of tables.
#[derive(Debug)]
pub(crate) struct Directory {
    dir: PathBuf,
    /// What was seen last of each file.
    seen: BTreeMap<PathBuf, Identity>,
    notices: Option<AsyncFd<OwnedFd>>,
}

/// Differs after every way of changing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Directory {
    /// Nothing is read yet. Needs a tokio runtime.
    pub(crate) fn new(dir: PathBuf) -> Self {
        let notices = notices(&dir).ok();
        Self { dir, seen: BTreeMap::new(), notices }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    /// Waits until it is worth looking again.
    pub(crate) async fn changed(&mut self) {
        let Some(notices) = &self.notices else {
            return tokio::time::sleep(POLL).await;
        };
        if let Ok(mut ready) = notices.readable().await {
            tokio::time::sleep(SETTLE).await;
            let mut buffer = [0; 4096];
            while rustix::io::read(ready.get_inner(), &mut buffer[..]).is_ok_and(|count| count > 0) {}
            ready.clear_ready();
        }
    }

    /// Everything that changed since the last look, in the order of the names.
    ///
    /// # Errors
    /// When the directory itself cannot be read; nothing is taken for gone then.
    pub(crate) fn look(&mut self) -> io::Result<Vec<Change>> {
        let mut now = BTreeMap::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let is_table = path.extension().is_some_and(|it| it == "table");
            if let Some(metadata) = fs::metadata(&path).ok().filter(|_| is_table) {
                now.insert(path, identity(&metadata));
            }
        }
        let is_gone = |path: &&PathBuf| !now.contains_key(*path);
        let mut changes: Vec<Change> = self.seen.keys().filter(is_gone).cloned().map(Change::Gone).collect();
        let is_news = |(path, identity): &(&PathBuf, &Identity)| self.seen.get(*path) != Some(*identity);
        changes.extend(now.iter().filter(is_news).map(|(path, _)| read(path)));
        self.seen = now;
        Ok(changes)
    }
}

fn notices(dir: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    use inotify::{CreateFlags, WatchFlags};
    let notices = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let changes = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE;
    inotify::add_watch(&notices, dir, changes | WatchFlags::ATTRIB)?;
    machine_drivers::spawn::watch(notices)
}

fn identity(it: &Metadata) -> Identity {
    Identity {
        device: it.dev(),
        inode: it.ino(),
        size: it.size(),
        modified: (it.mtime(), it.mtime_nsec()),
        changed: (it.ctime(), it.ctime_nsec()),
    }
}

fn read(path: &Path) -> Change {
    match read_bytes(path) {
        Ok(bytes) => match OwnedTable::verify(bytes.into()) {
            Ok(table) => Change::Table(path.to_owned(), Box::new(table)),
            Err(error) => Change::Bad(path.to_owned(), refusal(error)),
        },
        Err(error) => Change::Bad(path.to_owned(), format!("it cannot be read: {error}")),
    }
}

/// At most one byte more than a table may have.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(TABLE_MAX).unwrap_or(u64::MAX) + 1;
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why bytes are no table, with the way out.
pub(crate) fn refusal(error: TableError) -> String {
    format!("{error}; build it again with `machinec build` and copy it as a whole")
}
