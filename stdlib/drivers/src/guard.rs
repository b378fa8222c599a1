//! The process that ends the commands of a runtime that was killed.
//!
//! A runtime that is killed cannot clean up after itself. So before its first command it starts itself once more
//! as a guard, and tells it through a pipe which commands are under way. When the runtime is gone, however that
//! came about, the pipe ends, and the guard kills the trees of the commands that were still under way, and ends.
//!
//! A binary takes part by calling [`main_if_asked`] before anything else; in one that does not, commands run
//! unguarded.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use rustix::time::Timespec;

use crate::lease;
use crate::spawn::{Signals, Start, spawn};
use crate::tree::{self, Tree};

/// The first argument that makes a binary a guard. No user ever writes it.
const FLAG: &str = "--guard-commands";

/// Whether this program's `main` has the hook, so that starting it again makes a guard and nothing else.
static HOOKED: AtomicBool = AtomicBool::new(false);

/// Becomes the guard and never returns, if this process was started as one.
///
/// To be called first in `main`, before threads, signal handlers and the reading of arguments.
pub fn main_if_asked() {
    HOOKED.store(true, Ordering::Relaxed);
    if std::env::args_os().nth(1).is_some_and(|argument| argument == FLAG) {
        stand_guard(io::stdin());
        std::process::exit(0);
    }
}

/// Notes what the runtime tells until it is gone, then ends what is left. What has a time by which it must have ended is
/// ended then, even if the runtime stands still.
fn stand_guard(told: impl AsFd) {
    let (mut under_way, mut rest) = (BTreeMap::new(), Vec::new());
    while hears(told.as_fd(), pause(&under_way), &mut rest) {
        note(&mut rest, &mut under_way);
        end_what_is_over(&mut under_way, lease::now());
    }
    note(&mut rest, &mut under_way);
    let until = Some(tree::now());
    for mut watched in under_way.into_values() {
        watched.tree.until = until;
        watched.tree.kill_all();
    }
}

/// A command, and the time by which it must have ended.
#[derive(Debug)]
struct Watched {
    tree: Tree,
    until: u64,
}

/// The longest wait while there is such a time: the clock of a wait stands still while the computer sleeps.
const NAP: Duration = Duration::from_secs(1);

/// How long there is nothing to do, if nobody tells anything.
fn pause(under_way: &BTreeMap<u64, Watched>) -> Option<Duration> {
    let first = under_way.values().map(|it| it.until).min().filter(|it| *it != u64::MAX)?;
    Some(Duration::from_nanos(first.saturating_sub(lease::now())).min(NAP))
}

/// Waits, at most so long, and takes what is told; false when nobody will tell anything any more.
fn hears(told: BorrowedFd<'_>, pause: Option<Duration>, rest: &mut Vec<u8>) -> bool {
    // Rounded up, so that it is not called again just before the time.
    let pause = pause.and_then(|it| Timespec::try_from(it + Duration::from_millis(1)).ok());
    match poll(&mut [PollFd::new(&told, PollFlags::IN)], pause.as_ref()) {
        Ok(0) | Err(Errno::INTR) => return true,
        Ok(_) => {}
        Err(_) => return false,
    }
    let mut bytes = [0; 4096];
    match rustix::io::read(told, &mut bytes) {
        Ok(count) if count > 0 => {
            rest.extend(bytes.get(..count).unwrap_or_default());
            true
        }
        Err(Errno::INTR | Errno::AGAIN) => true,
        _ => false,
    }
}

/// Notes whole lines. Nothing is believed that cannot be read: a runtime that dies may leave half a line.
fn note(told: &mut Vec<u8>, under_way: &mut BTreeMap<u64, Watched>) {
    let whole = told.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
    let lines: Vec<u8> = told.drain(..whole).collect();
    let notes = lines.split(|it| *it == b'\n').filter_map(|it| Note::parse(std::str::from_utf8(it).ok()?));
    notes.for_each(|note| note.apply(under_way));
}

/// Kills what must have ended by now. It stays noted until the runtime says that it has ended.
fn end_what_is_over(under_way: &mut BTreeMap<u64, Watched>, now: u64) {
    for watched in under_way.values_mut().filter(|it| it.until <= now) {
        watched.tree.kill_all();
        watched.until = u64::MAX;
    }
}

/// One line of what a runtime tells its guard.
#[derive(Debug, PartialEq, Eq)]
enum Note {
    /// A command is about to be started.
    Begin { id: u64, since: tree::Ticks, run_id: String },
    /// It was started: this is its process, and its session.
    Started { id: u64, leader: Pid },
    /// It must have ended by this time, in nanoseconds since boot.
    Until { id: u64, until: u64 },
    /// It has ended; what it left behind on purpose may stay.
    End { id: u64 },
}

impl Note {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (verb, id) = (words.next()?, words.next()?.parse().ok()?);
        match verb {
            "begin" => {
                let since = words.next()?.parse().ok()?;
                Some(Self::Begin { id, since, run_id: words.next()?.to_owned() })
            }
            "started" => Some(Self::Started { id, leader: Pid::from_raw(words.next()?.parse().ok()?)? }),
            "until" => Some(Self::Until { id, until: words.next()?.parse().ok()? }),
            "end" => Some(Self::End { id }),
            _ => None,
        }
    }

    fn apply(self, under_way: &mut BTreeMap<u64, Watched>) {
        match self {
            Self::Begin { id, since, run_id } => {
                under_way.insert(id, Watched { tree: Tree::new(run_id, since), until: u64::MAX });
            }
            Self::Started { id, leader } => {
                under_way.entry(id).and_modify(|it| it.tree.leader = Some(leader));
            }
            Self::Until { id, until } => {
                under_way.entry(id).and_modify(|it| it.until = until);
            }
            Self::End { id } => {
                under_way.remove(&id);
            }
        }
    }
}

/// The runtime's side: the guard, if it has one, and what it has been told.
#[derive(Debug, Default)]
pub(crate) struct Guard(Mutex<Post>);

#[derive(Debug, Default)]
struct Post {
    /// The guard's process and the pipe to it.
    standing: Option<(Pid, OwnedFd)>,
    under_way: BTreeMap<u64, Watched>,
    last_id: u64,
}

/// A command that the guard has been told of; dropping it tells the guard that the command has ended.
pub(crate) struct Guarded<'a> {
    guard: &'a Guard,
    id: u64,
}

impl Guard {
    /// Tells that a command is about to be started.
    pub(crate) fn begin(&self, tree: Tree, null: BorrowedFd<'_>) -> Guarded<'_> {
        let mut post = self.lock();
        post.last_id += 1;
        let id = post.last_id;
        let line = begin_line(id, &tree);
        post.under_way.insert(id, Watched { tree, until: u64::MAX });
        if !post.tell(&line) && HOOKED.load(Ordering::Relaxed) {
            post.post_anew(null);
        }
        Guarded { guard: self, id }
    }

    /// By when the commands that it was told of have to have ended.
    #[cfg(test)]
    pub(crate) fn ends(&self) -> Vec<u64> {
        self.lock().under_way.values().map(|it| it.until).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Post> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guarded<'_> {
    /// Tells as which process the command was started.
    pub(crate) fn started(&self, leader: Pid) {
        let mut post = self.guard.lock();
        if let Some(watched) = post.under_way.get_mut(&self.id) {
            watched.tree.leader = Some(leader);
        }
        post.tell(&started_line(self.id, leader));
    }

    /// Tells by when the command must have ended.
    pub(crate) fn until(&self, until: u64) {
        let mut post = self.guard.lock();
        if let Some(watched) = post.under_way.get_mut(&self.id) {
            watched.until = until;
        }
        post.tell(&until_line(self.id, until));
    }
}

impl Drop for Guarded<'_> {
    fn drop(&mut self) {
        let mut post = self.guard.lock();
        post.under_way.remove(&self.id);
        post.tell(&format!("end {}\n", self.id));
    }
}

impl Post {
    /// Writes one line, in one piece; a guard that cannot take it is given up.
    fn tell(&mut self, line: &str) -> bool {
        let written = self.standing.as_ref().is_some_and(|(_, pipe)| write_whole(pipe, line));
        if !written && let Some((pid, _)) = self.standing.take() {
            _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
        }
        written
    }

    /// Starts a guard and tells it of everything that is under way.
    fn post_anew(&mut self, null: BorrowedFd<'_>) {
        self.standing = start(null).ok();
        let mut lines = String::new();
        for (id, Watched { tree, until }) in &self.under_way {
            lines += &begin_line(*id, tree);
            lines.extend(tree.leader.map(|leader| started_line(*id, leader)));
            lines.extend((*until != u64::MAX).then(|| until_line(*id, *until)));
        }
        for line in lines.split_inclusive('\n') {
            self.tell(line);
        }
    }
}

fn begin_line(id: u64, tree: &Tree) -> String {
    let mut line = String::new();
    _ = writeln!(line, "begin {id} {} {}", tree.since, tree.run_id);
    line
}

fn started_line(id: u64, leader: Pid) -> String {
    format!("started {id} {}\n", leader.as_raw_pid())
}

fn until_line(id: u64, until: u64) -> String {
    format!("until {id} {until}\n")
}

/// A line is shorter than what a pipe takes in one piece or not at all, so there is no rest to write.
fn write_whole(pipe: &OwnedFd, line: &str) -> bool {
    rustix::io::write(pipe, line.as_bytes()) == Ok(line.len())
}

/// Starts this program as a guard. It reads the pipe as its standard input and has nothing else open; in a
/// session of its own and with the signals blocked that end a program, it stays until the runtime is gone.
fn start(null: BorrowedFd<'_>) -> io::Result<(Pid, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&write, true)?;
    let name = std::env::args_os().next().unwrap_or_else(|| "guard".into());
    let argv = [CString::new(name.into_vec())?, CString::new(FLAG)?];
    let guard = Start {
        program: c"/proc/self/exe",
        argv: &argv,
        envp: &[],
        dir: c"/",
        stdio: [read.as_fd(), null, null],
        signals: Signals::EndBlocked,
        user: None,
    };
    Ok((spawn(&guard)?, write))
}

/// `/dev/null`, for what nobody reads and what is not there to be read.
pub(crate) fn open_null() -> io::Result<OwnedFd> {
    Ok(File::options().read(true).write(true).open("/dev/null")?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(told: &str) -> Vec<(u64, Option<i32>)> {
        let mut under_way = BTreeMap::new();
        note(&mut told.as_bytes().to_vec(), &mut under_way);
        under_way.into_iter().map(|(id, it)| (id, it.tree.leader.map(Pid::as_raw_pid))).collect()
    }

    #[test]
    fn what_is_told_is_what_is_noted() {
        let tree = Tree::new("r-1".into(), 12);
        let line = begin_line(3, &tree);
        let note = Note::Begin { id: 3, since: 12, run_id: "r-1".into() };
        assert_eq!(Note::parse(line.trim_end()), Some(note));
        assert_eq!(noted(&(line + &started_line(3, Pid::from_raw(77).unwrap()))), [(3, Some(77))]);
    }

    #[test]
    fn a_command_that_ended_is_forgotten() {
        assert_eq!(noted("begin 1 5 a\nbegin 2 5 b\nstarted 1 9\nend 1\n"), [(2, None)]);
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        assert_eq!(noted("begin 1 5 a\nbegin x\nstarted 1 0\nstarted 8 9\nend\nhello\nbeg"), [(1, None)]);
    }

    #[test]
    fn what_must_have_ended_by_now_is_ended_once() {
        let mut under_way = BTreeMap::new();
        assert_eq!(pause(&under_way), None);
        note(
            &mut b"begin 1 5 a\nuntil 1 100\nbegin 2 5 b\nuntil 2 300\nuntil 2 400\nuntil 9 1\nbegin 3 5".to_vec(),
            &mut under_way,
        );
        let untils = |it: &BTreeMap<u64, Watched>| it.values().map(|it| it.until).collect::<Vec<_>>();
        assert_eq!(untils(&under_way), [100, 400]);
        assert_eq!(pause(&under_way), Some(Duration::ZERO));
        end_what_is_over(&mut under_way, 300);
        assert_eq!(untils(&under_way), [u64::MAX, 400]);
    }

    #[test]
    fn a_program_without_the_hook_has_no_guard() {
        let guard = Guard::default();
        let tree = Tree::new("r".into(), 0);
        drop(guard.begin(tree, open_null().unwrap().as_fd()));
        assert!(guard.lock().standing.is_none() && guard.lock().under_way.is_empty());
    }
}
