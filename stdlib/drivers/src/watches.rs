//! One notification instance for all watched paths.
//!
//! A path is followed by watching the few directories of its [`Trail`]. Several paths share a directory's watch;
//! the last one to leave ends it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::door::Key;
use crate::inbox::Inbox;
use crate::trail::Trail;

/// How often a path that keeps changing under our eyes is followed anew before it is polled instead.
const ROUNDS: usize = 8;

/// What is watched for whom.
pub(crate) struct Watches<R> {
    inbox: Arc<Inbox<R>>,
    notifier: Notifier,
    dirs: BTreeMap<PathBuf, Watched>,
    /// Those that are more than a path in its directory, as most are.
    trails: BTreeMap<Key, Trail>,
}

enum Notifier {
    /// None was needed yet.
    Unopened,
    Open(RecommendedWatcher),
    /// None can be had, or none is wanted.
    Unavailable,
}

#[derive(Default)]
struct Watched {
    /// Sorted; thousands may share one directory.
    keys: Vec<Key>,
    /// The system has a watch on the directory that is now in this place, and reports all that happens in it.
    is_live: bool,
}

impl<R: Send + 'static> Watches<R> {
    /// Reports go to `inbox`; nothing is opened yet. Without `is_wanted` nothing ever is.
    pub(crate) fn new(inbox: Arc<Inbox<R>>, is_wanted: bool) -> Self {
        let notifier = if is_wanted { Notifier::Unopened } else { Notifier::Unavailable };
        Self { inbox, notifier, dirs: BTreeMap::new(), trails: BTreeMap::new() }
    }

    /// Watches what can change `path`, and tells whether all of it will be reported from now on. To be called
    /// before each look: the way may have changed. A key has the same path each time.
    pub(crate) fn follow(&mut self, key: Key, path: &Path) -> bool {
        for _ in 0..ROUNDS {
            // Between finding the way and watching it, it may change unseen; so it is found again under watch.
            let trail = Trail::of(path);
            let is_known = match self.trails.get(&key) {
                Some(known) => *known == trail,
                None => trail.is_straight(path) && self.is_held(key, path),
            };
            if is_known && self.is_live(&trail) {
                return true;
            }
            if !self.turn(key, path, trail) {
                return false;
            }
        }
        false
    }

    /// Whether all that can change the path of `key` is watched already, as far as is known without looking.
    pub(crate) fn is_followed(&self, key: Key, path: &Path) -> bool {
        match self.trails.get(&key) {
            Some(trail) => self.is_live(trail),
            None => self.dirs.get(dir_of(path)).is_some_and(|it| it.is_live && it.has(key)),
        }
    }

    /// Ends what is watched for `key` alone.
    pub(crate) fn leave(&mut self, key: Key, path: &Path) {
        let trail = self.trails.remove(&key).unwrap_or_else(|| Trail::straight(path));
        for dir in trail.dirs() {
            self.release(dir, key);
        }
    }

    /// For whom it can matter that something happened to `path`; `path_of` knows what is followed for a key. When that
    /// took the path away, what was watched there and below is watched no more.
    pub(crate) fn touched<'p>(
        &mut self,
        path: &Path,
        is_gone: bool,
        path_of: impl Fn(Key) -> Option<&'p Path>,
    ) -> BTreeSet<Key> {
        let around = path.parent().into_iter().chain([path]).filter_map(|dir| self.dirs.get(dir));
        let near = around.flat_map(|watched| &watched.keys).copied();
        let is_concerned = |key: &Key| match self.trails.get(key) {
            Some(trail) => trail.concerns(path),
            None => path_of(*key).is_some_and(|it| it == path || dir_of(it) == path),
        };
        let mut keys: BTreeSet<Key> = near.filter(is_concerned).collect();
        if is_gone {
            let below = self
                .dirs
                .range_mut::<Path, _>((Bound::Included(path), Bound::Unbounded))
                .take_while(|(dir, _)| dir.starts_with(path));
            for (_, watched) in below {
                watched.is_live = false;
                keys.extend(&watched.keys);
            }
        }
        keys
    }

    /// Reports were lost: no watch can be trusted any more.
    pub(crate) fn distrust(&mut self) {
        self.dirs.values_mut().for_each(|watched| watched.is_live = false);
    }

    fn is_live(&self, trail: &Trail) -> bool {
        trail.around().all(|dir| self.dirs.get(dir).is_some_and(|watched| watched.is_live))
    }

    fn is_held(&self, key: Key, path: &Path) -> bool {
        self.dirs.get(dir_of(path)).is_some_and(|it| it.has(key))
    }

    /// Watches `trail` instead of what was watched for `key` before.
    fn turn(&mut self, key: Key, path: &Path, trail: Trail) -> bool {
        let held: Vec<_> = trail.dirs().into_iter().map(|dir| self.hold(dir, key)).collect();
        let before = self.trails.remove(&key).unwrap_or_else(|| Trail::straight(path));
        for dir in before.dirs().difference(&trail.dirs()) {
            self.release(dir, key);
        }
        if !trail.is_straight(path) {
            self.trails.insert(key, trail);
        }
        held.into_iter().all(|is_live| is_live)
    }

    fn hold(&mut self, dir: &Path, key: Key) -> bool {
        let watched = self.dirs.entry(dir.to_owned()).or_default();
        watched.add(key);
        if !watched.is_live {
            watched.is_live = self.notifier.watch(dir, &self.inbox) && !is_remote(dir);
        }
        watched.is_live
    }

    fn release(&mut self, dir: &Path, key: Key) {
        let Some(watched) = self.dirs.get_mut(dir) else {
            return;
        };
        watched.remove(key);
        if watched.keys.is_empty() {
            self.dirs.remove(dir);
            self.notifier.unwatch(dir);
        }
    }
}

impl Watched {
    fn has(&self, key: Key) -> bool {
        self.keys.binary_search(&key).is_ok()
    }

    fn add(&mut self, key: Key) {
        if let Err(index) = self.keys.binary_search(&key) {
            if self.keys.len() == self.keys.capacity() {
                self.keys.reserve_exact(1 + self.keys.len() / 8);
            }
            self.keys.insert(index, key);
        }
    }

    fn remove(&mut self, key: Key) {
        if let Ok(index) = self.keys.binary_search(&key) {
            self.keys.remove(index);
        }
    }
}

impl Notifier {
    fn watch<R: Send + 'static>(&mut self, dir: &Path, inbox: &Arc<Inbox<R>>) -> bool {
        // What was watched in this place before may be another directory.
        self.unwatch(dir);
        match self.open(inbox) {
            Self::Open(notifier) => notifier.watch(dir, RecursiveMode::NonRecursive).is_ok(),
            _ => false,
        }
    }

    fn unwatch(&mut self, dir: &Path) {
        if let Self::Open(notifier) = self {
            // Of what is gone the notifier knows already.
            _ = notifier.unwatch(dir);
        }
    }

    fn open<R: Send + 'static>(&mut self, inbox: &Arc<Inbox<R>>) -> &mut Self {
        if matches!(self, Self::Unopened) {
            let inbox = Arc::clone(inbox);
            let notifier = notify::recommended_watcher(move |report| inbox.report(report));
            *self = notifier.map_or(Self::Unavailable, Self::Open);
        }
        self
    }
}

/// The directory in which a path stands.
fn dir_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Whether `dir` is on a file system that changes without this system being told: on the network, in the hands of
/// another program, or made up by the kernel at each look.
fn is_remote(dir: &Path) -> bool {
    const NFS: u64 = 0x6969;
    const SMB: [u64; 3] = [0x517b, 0xff53_4d42, 0xfe53_4d42];
    const OTHERS: [u64; 6] = [0x00c3_6400, 0x0bd0_0bd0, 0x5346_414f, 0x7461_636f, 0x0102_1997, 0x6573_5546];
    const KERNEL: [u64; 5] = [0x9fa0, 0x6265_6572, 0x6462_6720, 0x0027_e0eb, 0x6367_7270];
    let kind = rustix::fs::statfs(dir).map_or(0, |system| system.f_type as u64 & 0xffff_ffff);
    kind == NFS || SMB.contains(&kind) || OTHERS.contains(&kind) || KERNEL.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Key = Key { machine: 1, watcher: 0, visit: 1 };
    const TWO: Key = Key { machine: 2, watcher: 0, visit: 1 };

    fn watches(is_wanted: bool) -> Watches<()> {
        Watches::new(Arc::default(), is_wanted)
    }

    fn root() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        (dir, path)
    }

    #[test]
    fn paths_of_one_directory_share_its_watch() {
        let ((_dir, root), mut watches) = (root(), watches(true));
        assert!(watches.follow(ONE, &root.join("a")) && watches.follow(TWO, &root.join("b")));
        assert_eq!(watches.dirs.len(), 1);
        watches.leave(ONE, &root.join("a"));
        let b = root.join("b");
        assert_eq!(watches.touched(&b, false, |_| Some(&b)), BTreeSet::from([TWO]));
        watches.leave(TWO, &b);
        assert!(watches.dirs.is_empty() && watches.trails.is_empty());
    }

    #[test]
    fn only_those_concerned_are_told() {
        let ((_dir, root), mut watches) = (root(), watches(true));
        watches.follow(ONE, &root.join("a"));
        watches.follow(TWO, &root);
        let a = root.join("a");
        let path_of = |key| Some(if key == ONE { a.as_path() } else { root.as_path() });
        assert_eq!(watches.touched(&a, false, path_of), BTreeSet::from([ONE, TWO]));
        assert_eq!(watches.touched(&root.join("b"), false, path_of), BTreeSet::from([TWO]));
    }

    #[test]
    fn a_directory_that_went_away_is_watched_anew_when_it_is_back() {
        let ((_dir, root), mut watches) = (root(), watches(true));
        let dir = root.join("d");
        std::fs::create_dir(&dir).unwrap();
        assert!(watches.follow(ONE, &dir.join("f")));
        assert_eq!(watches.touched(&root, true, |_| None), BTreeSet::from([ONE]));
        assert!(!watches.dirs[&dir].is_live);
        assert!(watches.follow(ONE, &dir.join("f")) && watches.dirs[&dir].is_live);
    }

    #[test]
    fn without_notification_nothing_is_promised() {
        let ((_dir, root), mut watches) = (root(), watches(false));
        assert!(!watches.follow(ONE, &root.join("a")));
    }

    #[test]
    fn a_file_system_that_reports_nothing_is_known() {
        assert!(is_remote(Path::new("/proc")) && !is_remote(&std::env::temp_dir()));
    }
}
