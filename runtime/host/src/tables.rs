//! The directory that tables are shipped to: what is in it, what changed, and when to look.

use machine_core::limits::TABLE_MAX;
use machine_core::{OwnedTable, TableError};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, inotify};
use rustix::io::Errno;
use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

/// After a change the directory is left alone for so long, so that a copy of many files is looked at once.
pub(crate) const SETTLE: Duration = Duration::from_millis(100);
/// Where the system cannot tell of changes, the directory is looked at this often.
pub(crate) const POLL: Duration = Duration::from_secs(5);

/// What became of one file.
#[derive(Debug)]
pub(crate) enum Change {
    /// There is a table in it, new or changed.
    Table(Arc<Path>, OwnedTable),
    /// There is something else in it.
    Bad(Arc<Path>, String),
    /// It is gone.
    Gone(Arc<Path>),
}

impl Change {
    /// The file.
    pub(crate) fn file(&self) -> &Arc<Path> {
        match self {
            Self::Table(file, _) | Self::Bad(file, _) | Self::Gone(file) => file,
        }
    }
}

/// The directory of tables.
#[derive(Debug)]
pub(crate) struct Directory {
    dir: Arc<Path>,
    /// What was seen last of each file, in the order of their names.
    seen: Vec<(Arc<Path>, Identity)>,
    /// Tells of changes, as long as the directory stays where it is.
    notices: Option<AsyncFd<OwnedFd>>,
    /// The next look, if one stands out: it does not move when the wait for it is given up and begun again.
    look_at: Option<Instant>,
}

/// Differs after every way of changing a file: a hash of device, inode, size and times.
type Identity = u64;

impl Directory {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// When there is no such directory, or it cannot be read.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let dir = std::path::absolute(dir)?.into();
        fs::read_dir(&dir)?;
        Ok(Self { dir, seen: Vec::new(), notices: None, look_at: None })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Arc<Path> {
        &self.dir
    }

    /// Waits until it is worth looking again. May be given up and called again at any time.
    pub(crate) async fn changed(&mut self) {
        let at = match (self.look_at, &self.notices) {
            (Some(at), _) => at,
            (None, None) => Instant::now() + POLL,
            (None, Some(notices)) => {
                if !reported(notices).await {
                    self.notices = None;
                }
                Instant::now() + SETTLE
            }
        };
        self.look_at = Some(at);
        sleep_until(at).await;
        self.look_at = None;
    }

    /// Everything that changed since the last look, what is gone first, then in the order of the names. Needs a
    /// tokio runtime.
    ///
    /// # Errors
    /// When the directory itself cannot be read; nothing is taken for gone then.
    pub(crate) fn look(&mut self) -> io::Result<Vec<Change>> {
        // Before it is read, so that what changes meanwhile is told.
        if self.notices.is_none() {
            self.notices = notices(&self.dir).ok();
        }
        let now = self.identities()?;
        let gone = self.seen.iter().filter(|(path, _)| find(&now, path).is_none());
        let mut changes: Vec<Change> = gone.map(|(path, _)| Change::Gone(path.clone())).collect();
        let is_news = |(path, identity): &&(Arc<Path>, Identity)| {
            find(&self.seen, path).is_none_or(|(_, before)| before != identity)
        };
        changes.extend(now.iter().filter(is_news).map(|(path, _)| read(path)));
        self.seen = now;
        Ok(changes)
    }

    /// All files that are named like tables.
    fn identities(&self) -> io::Result<Vec<(Arc<Path>, Identity)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let is_table = path.extension().is_some_and(|it| it == "table");
            if let Some(metadata) = fs::metadata(&path).ok().filter(|_| is_table) {
                // Many share the name of a file, so it stays where it is.
                let known = find(&self.seen, &path).map(|(path, _)| path.clone());
                found.push((known.unwrap_or_else(|| path.into()), identity(&metadata)));
            }
        }
        found.sort_unstable();
        found.shrink_to_fit();
        Ok(found)
    }
}

/// Waits for reports and takes them all; whether there will be more.
pub(crate) async fn reported(notices: &AsyncFd<OwnedFd>) -> bool {
    use inotify::ReadFlags;
    let Ok(mut ready) = notices.readable().await else {
        return false;
    };
    let last = ReadFlags::IGNORED | ReadFlags::UNMOUNT | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF;
    let mut is_live = true;
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(ready.get_inner(), &mut buffer);
    loop {
        match reader.next() {
            Ok(report) => is_live &= !report.events().intersects(last),
            Err(Errno::INTR) => {}
            Err(_) => break,
        }
    }
    ready.clear_ready();
    is_live
}

pub(crate) fn notices(dir: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    use inotify::{CreateFlags, WatchFlags};
    let notices = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let files = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE;
    let itself = WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF | WatchFlags::ONLYDIR;
    inotify::add_watch(&notices, dir, files | itself | WatchFlags::ATTRIB)?;
    machine_drivers::spawn::watch(notices)
}

fn find<'s>(seen: &'s [(Arc<Path>, Identity)], path: &Path) -> Option<&'s (Arc<Path>, Identity)> {
    let index = seen.binary_search_by(|(it, _)| it.as_ref().cmp(path)).ok()?;
    seen.get(index)
}

fn identity(it: &Metadata) -> Identity {
    let times = [it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec()];
    let mut hasher = DefaultHasher::new();
    (it.dev(), it.ino(), it.size(), times).hash(&mut hasher);
    hasher.finish()
}

/// What is in a file.
pub(crate) fn read(path: &Arc<Path>) -> Change {
    match read_bytes(path) {
        Ok(bytes) => match OwnedTable::verify(bytes.into()) {
            Ok(table) => Change::Table(path.clone(), table),
            Err(error) => Change::Bad(path.clone(), refusal(error)),
        },
        Err(error) => Change::Bad(path.clone(), format!("it cannot be read: {error}")),
    }
}

/// At most one byte more than a table may have. Anything but a file might keep its reader waiting for ever.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::from(rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(TABLE_MAX).unwrap_or(u64::MAX) + 1;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why bytes are no table, with the way out.
pub(crate) fn refusal(error: TableError) -> String {
    format!("{error}; build it again with `machinec build` and copy it as a whole")
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::Definition;
    use rustix::fs::{CWD, FileType, mknodat};
    use std::path::PathBuf;

    /// Nothing takes this long, on however busy a machine.
    const LIMIT: Duration = Duration::from_secs(60);

    struct Place {
        root: tempfile::TempDir,
        directory: Directory,
    }

    impl Place {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let dir = root.path().join("tables");
            fs::create_dir(&dir).unwrap();
            Self { directory: Directory::open(&dir).unwrap(), root }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.root.path().join("tables").join(name)
        }

        fn put(&self, name: &str, version: &str) {
            let definition = Definition { version: version.into(), ..Definition::example() };
            fs::write(self.root.path().join("part"), definition.encode().unwrap()).unwrap();
            fs::rename(self.root.path().join("part"), self.path(name)).unwrap();
        }

        /// What a look finds, in words.
        fn look(&mut self) -> Vec<String> {
            let changes = self.directory.look().unwrap();
            let name = |path: &Arc<Path>| path.file_name().unwrap().to_string_lossy().into_owned();
            let words = |change: Change| match change {
                Change::Table(path, table) => format!("{} {}", name(&path), table.table().version()),
                Change::Bad(path, why) => format!("{} {why}", name(&path)),
                Change::Gone(path) => format!("{} is gone", name(&path)),
            };
            changes.into_iter().map(words).collect()
        }

        async fn changed(&mut self) {
            tokio::time::timeout(LIMIT, self.directory.changed()).await.expect("a report in time");
        }
    }

    #[tokio::test]
    async fn what_comes_changes_and_goes_is_seen_once() {
        let mut place = Place::new();
        place.put("b.table", "1");
        place.put("a.table", "1");
        fs::write(place.path("notes.txt"), "not a table").unwrap();
        assert_eq!(place.look(), ["a.table 1", "b.table 1"]);
        assert_eq!(place.look(), [""; 0]);
        place.put("a.table", "2");
        place.put("c.table", "1");
        fs::remove_file(place.path("b.table")).unwrap();
        assert_eq!(place.look(), ["b.table is gone", "a.table 2", "c.table 1"]);
    }

    #[tokio::test]
    async fn what_is_no_table_says_why() {
        let mut place = Place::new();
        fs::write(place.path("empty.table"), "").unwrap();
        fs::create_dir(place.path("folder.table")).unwrap();
        mknodat(CWD, place.path("pipe.table"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let found = place.look();
        assert!(found[0].starts_with("empty.table ") && found[0].contains("machinec build"), "{found:?}");
        assert_eq!(found[1], "folder.table it cannot be read: it is not a regular file");
        assert_eq!(found[2], "pipe.table it cannot be read: it is not a regular file");
    }

    #[tokio::test]
    async fn a_change_is_reported() {
        let mut place = Place::new();
        place.look();
        place.put("a.table", "1");
        place.changed().await;
        assert_eq!(place.look(), ["a.table 1"]);
        fs::remove_file(place.path("a.table")).unwrap();
        place.changed().await;
        assert_eq!(place.look(), ["a.table is gone"]);
    }

    #[tokio::test]
    async fn a_wait_that_is_given_up_again_and_again_still_ends() {
        let mut place = Place::new();
        place.look();
        place.put("a.table", "1");
        let begun = std::time::Instant::now();
        let mut is_over = false;
        while !is_over {
            assert!(begun.elapsed() < LIMIT, "it never ended");
            is_over = tokio::time::timeout(SETTLE / 10, place.directory.changed()).await.is_ok();
        }
    }

    #[tokio::test]
    async fn a_directory_that_goes_and_comes_back_is_watched_again() {
        let mut place = Place::new();
        place.put("a.table", "1");
        place.look();
        let away = place.root.path().join("away");
        fs::rename(&place.directory.dir, &away).unwrap();
        place.changed().await;
        assert!(place.directory.look().is_err(), "nothing is taken for gone");
        fs::rename(&away, &place.directory.dir).unwrap();
        place.put("b.table", "1");
        assert_eq!(place.look(), ["b.table 1"]);
        place.put("c.table", "1");
        place.changed().await;
        assert_eq!(place.look(), ["c.table 1"]);
    }

    #[test]
    fn there_has_to_be_a_directory() {
        let root = tempfile::tempdir().unwrap();
        assert!(Directory::open(&root.path().join("nowhere")).is_err());
        fs::write(root.path().join("file"), "").unwrap();
        assert!(Directory::open(&root.path().join("file")).is_err());
    }
}
