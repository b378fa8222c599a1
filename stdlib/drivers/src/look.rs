//! One look at a path: what is there, compared with what was there before.
//!
//! The cheap signs (kind, size, times, inode, device) decide that nothing has changed; when they differ, the
//! content decides, as far as it can be read in reasonable time. So a touched file has not changed, and neither
//! has one that was replaced by an equal one.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::fs::{Mode, OFlags, open};
use sha2::{Digest as _, Sha256};

use crate::door::Memory;

/// The largest file whose content is read, in bytes; of larger ones size, time and inode decide.
const LARGEST_READ: u64 = 4 * 1024 * 1024;

/// The most entries of a directory whose names are compared; of larger ones time and inode decide.
const MOST_ENTRIES: usize = 65_536;

/// A file may be written again without any change of its times within their granularity. So times younger than
/// this prove nothing, and the content is read once more at the next look.
const GRANULARITY: Duration = Duration::from_secs(2);

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// There is nothing at the path, or only a link that leads nowhere.
    Absent,
    /// What is there cannot be looked at.
    Unreadable,
    /// Something is there.
    There(Print),
}

/// How something looks: enough to tell whether it is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Print {
    signs: Signs,
    /// SHA-256 of the content, or of the sorted names in a directory.
    digest: Option<[u8; 32]>,
    /// The times were old enough to be trusted.
    is_settled: bool,
}

/// What can be told without reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signs {
    kind: Kind,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File = 1,
    Directory = 2,
    /// A pipe, a socket, a device: never opened, because opening one has effects.
    Other = 3,
}

/// Looks at `path`, following links. The error says why what is there cannot be looked at.
pub(crate) fn look(path: &Path, before: Option<&Seen>) -> (Seen, Option<io::Error>) {
    match print(path, before) {
        Ok(print) => (Seen::There(print), None),
        Err(error) if is_absent(&error) => (Seen::Absent, None),
        Err(error) => (Seen::Unreadable, Some(error)),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn print(path: &Path, before: Option<&Seen>) -> io::Result<Print> {
    let signs = Signs::of(&fs::metadata(path)?);
    if let Some(Seen::There(before)) = before
        && before.signs == signs
        && before.is_settled
    {
        return Ok(before.clone());
    }
    match signs.kind {
        Kind::File => print_file(path),
        Kind::Directory => Ok(Print::new(signs, names_digest(path)?)),
        Kind::Other => Ok(Print::new(signs, None)),
    }
}

/// The signs are those of the file that is read: another may have taken its place since, even one that blocks
/// whoever opens it without O_NONBLOCK.
fn print_file(path: &Path) -> io::Result<Print> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mut file = File::from(open(path, flags, Mode::empty())?);
    let signs = Signs::of(&file.metadata()?);
    let is_read = signs.kind == Kind::File && signs.size <= LARGEST_READ;
    let digest = if is_read { Some(content_digest(&mut file)?) } else { None };
    Ok(Print::new(signs, digest))
}

fn content_digest(file: &mut File) -> io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    io::copy(&mut file.take(LARGEST_READ), &mut digest)?;
    Ok(digest.finalize().into())
}

fn names_digest(dir: &Path) -> io::Result<Option<[u8; 32]>> {
    let entries = fs::read_dir(dir)?.take(MOST_ENTRIES + 1);
    let mut names: Vec<OsString> = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    if names.len() > MOST_ENTRIES {
        return Ok(None);
    }
    names.sort_unstable();
    let mut digest = Sha256::new();
    for name in names {
        digest.update(name.as_bytes());
        digest.update([0]);
    }
    Ok(Some(digest.finalize().into()))
}

impl Seen {
    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::There(_))
    }

    /// Whether there is the same thing at the path as `before`, for all that its user can tell.
    pub(crate) fn is_same(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::There(now), Self::There(before)) => now.is_same(before),
            _ => false,
        }
    }

    /// The bytes that [`recall`](Self::recall) reads.
    pub(crate) fn remember(&self) -> Memory {
        let mut bytes = vec![FORMAT];
        match self {
            Self::Absent => bytes.push(ABSENT),
            Self::Unreadable => bytes.push(UNREADABLE),
            Self::There(print) => print.encode(&mut bytes),
        }
        bytes.into()
    }

    /// What was remembered; nothing, if the bytes are not what [`remember`](Self::remember) writes.
    pub(crate) fn recall(bytes: &[u8]) -> Option<Self> {
        match bytes.strip_prefix(&[FORMAT])? {
            [ABSENT] => Some(Self::Absent),
            [UNREADABLE] => Some(Self::Unreadable),
            rest => Print::decode(rest).map(Self::There),
        }
    }
}

/// The first byte of what is remembered; another one means that another version wrote it.
const FORMAT: u8 = 2;
/// The second byte: one of these two, or a [`Kind`].
const ABSENT: u8 = 0;
const UNREADABLE: u8 = 255;

impl Print {
    fn new(signs: Signs, digest: Option<[u8; 32]>) -> Self {
        Self { signs, digest, is_settled: signs.are_settled(SystemTime::now()) }
    }

    fn is_same(&self, before: &Self) -> bool {
        let (now, then) = (&self.signs, &before.signs);
        let is_same_entry = (now.inode, now.device) == (then.inode, then.device);
        now.kind == then.kind
            && match (&self.digest, &before.digest) {
                (Some(now), Some(then)) => now == then,
                (None, None) if now.kind == Kind::Other => is_same_entry,
                (None, None) => is_same_entry && (now.size, now.modified) == (then.size, then.modified),
                _ => false,
            }
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        let signs = &self.signs;
        bytes.extend([signs.kind as u8, u8::from(self.is_settled)]);
        [signs.size, signs.inode, signs.device].into_iter().for_each(|number| encode(number, bytes));
        // Mostly both times are the same.
        let (modified, changed) = (signs.modified, signs.changed);
        let since = (changed.0.wrapping_sub(modified.0), changed.1.wrapping_sub(modified.1));
        let times = [modified.0, modified.1, since.0, since.1];
        times.into_iter().for_each(|number| encode(number.cast_unsigned(), bytes));
        bytes.extend(self.digest.iter().flatten());
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[kind, is_settled], mut digest) = bytes.split_first_chunk()?;
        let mut number = || decode(&mut digest);
        let (size, inode, device) = (number()?, number()?, number()?);
        let mut time = || Some((number()?.cast_signed(), number()?.cast_signed()));
        let (modified, since) = (time()?, time()?);
        let changed = (modified.0.wrapping_add(since.0), modified.1.wrapping_add(since.1));
        let signs = Signs { kind: Kind::decode(kind)?, size, modified, changed, inode, device };
        let digest = if digest.is_empty() { None } else { Some(digest.try_into().ok()?) };
        (is_settled <= 1).then_some(Self { signs, digest, is_settled: is_settled == 1 })
    }
}

/// Seven bits a byte, the low ones first; most numbers here are small, and there is one memory for each file that is
/// watched.
fn encode(number: u64, bytes: &mut Vec<u8>) {
    let mut rest = number;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn decode(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

impl Signs {
    fn of(entry: &Metadata) -> Self {
        Self {
            kind: Kind::of(entry),
            size: entry.size(),
            modified: (entry.mtime(), entry.mtime_nsec()),
            changed: (entry.ctime(), entry.ctime_nsec()),
            inode: entry.ino(),
            device: entry.dev(),
        }
    }

    fn are_settled(&self, now: SystemTime) -> bool {
        let changed = u64::try_from(self.changed.0).unwrap_or(0);
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(changed);
        now.duration_since(changed).is_ok_and(|age| age > GRANULARITY + Duration::from_secs(1))
    }
}

impl Kind {
    fn of(entry: &Metadata) -> Self {
        match entry.file_type() {
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Directory,
            _ => Self::Other,
        }
    }

    fn decode(byte: u8) -> Option<Self> {
        [Self::File, Self::Directory, Self::Other].into_iter().find(|kind| *kind as u8 == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(path: &Path) -> Seen {
        look(path, None).0
    }

    fn here() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        (dir, path)
    }

    #[test]
    fn the_content_decides_for_a_file() {
        let (_dir, path) = here();
        fs::write(&path, "one").unwrap();
        let before = see(&path);
        fs::write(&path, "one").unwrap();
        assert!(see(&path).is_same(&before));
        fs::write(&path, "two").unwrap();
        assert!(!see(&path).is_same(&before));
    }

    #[test]
    fn a_write_within_the_granularity_of_the_times_is_seen() {
        let (_dir, path) = here();
        fs::write(&path, "one").unwrap();
        let times = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        let before = see(&path);
        fs::write(&path, "two").unwrap();
        File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
        assert!(!look(&path, Some(&before)).0.is_same(&before));
    }

    #[test]
    fn the_names_decide_for_a_directory() {
        let (dir, path) = here();
        fs::write(&path, "one").unwrap();
        let before = see(dir.path());
        fs::write(&path, "two").unwrap();
        fs::write(dir.path().join("y"), "").unwrap();
        fs::remove_file(dir.path().join("y")).unwrap();
        assert!(see(dir.path()).is_same(&before));
        fs::write(dir.path().join("y"), "").unwrap();
        assert!(!see(dir.path()).is_same(&before));
    }

    #[test]
    fn a_large_file_is_not_read() {
        let (_dir, path) = here();
        File::create(&path).unwrap().set_len(LARGEST_READ + 1).unwrap();
        let before = see(&path);
        assert!(matches!(&before, Seen::There(print) if print.digest.is_none()));
        assert!(see(&path).is_same(&before));
        File::options().write(true).open(&path).unwrap().set_len(LARGEST_READ + 2).unwrap();
        assert!(!see(&path).is_same(&before));
    }

    #[test]
    fn a_pipe_is_never_opened() {
        let (_dir, path) = here();
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert!(see(&path).is_same(&see(&path)));
    }

    #[test]
    fn nothing_and_a_link_to_nothing_are_absent() {
        let (_dir, path) = here();
        assert_eq!(see(&path), Seen::Absent);
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        assert_eq!(see(&path), Seen::Absent);
        assert_eq!(see(&path.join("below")), Seen::Absent);
    }

    #[test]
    fn a_circle_of_links_is_unreadable() {
        let (_dir, path) = here();
        std::os::unix::fs::symlink(&path, &path).unwrap();
        let (seen, error) = look(&path, None);
        assert_eq!(seen, Seen::Unreadable);
        assert!(error.unwrap().to_string().contains("symbolic links"));
    }

    #[test]
    fn what_is_remembered_is_recalled() {
        let (dir, path) = here();
        fs::write(&path, "one").unwrap();
        for seen in [Seen::Absent, Seen::Unreadable, see(&path), see(dir.path()), see(Path::new("/dev/null"))] {
            let memory = seen.remember();
            assert!(memory.len() <= 128);
            assert_eq!(Seen::recall(&memory), Some(seen));
        }
    }

    #[test]
    fn numbers_of_every_size_come_back() {
        for number in (0..64).map(|bit| 1 << bit).flat_map(|it: u64| [it - 1, it]).chain([u64::MAX]) {
            let mut bytes = Vec::new();
            encode(number, &mut bytes);
            let mut rest = &bytes[..];
            assert_eq!((decode(&mut rest), rest), (Some(number), &[][..]));
        }
        assert_eq!(decode(&mut &[0x80; 11][..]), None);
    }

    #[test]
    fn a_memory_of_another_length_or_version_is_none() {
        let memory = see(Path::new("/")).remember();
        // Without the digest it is whole again: that of something too large to read.
        let whole = memory.len() - 32;
        for length in (0..memory.len()).filter(|length| *length != whole) {
            assert_eq!(Seen::recall(&memory[..length]), None, "{length}");
        }
        for bytes in [&[][..], &[1, 0], &[FORMAT, 4], &[FORMAT, 0, 0]] {
            assert_eq!(Seen::recall(bytes), None);
        }
    }
}
