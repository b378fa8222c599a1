//! Starts a process in a session of its own, with posix_spawn.
//!
//! The standard library has no way to a new session but `pre_exec`, and that forks: the cost of a start then
//! grows with the memory of the parent. posix_spawn shares the parent's memory until the program is loaded; only a
//! command that runs as another user has to go the other way. This file and `user` are the only ones of the
//! project that need `unsafe`, so what else takes it is here too.
#![allow(unsafe_code)]

mod user;

pub use user::User;

use std::ffi::{CStr, CString, c_char, c_int, c_short};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::ptr;

use rustix::io::Errno;
use rustix::process::Pid;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A process to start. Its environment may hold secrets, so it cannot be shown.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// The file to run, an absolute path; it is not searched for.
    pub program: &'a CStr,
    /// The arguments, the program's own name first.
    pub argv: &'a [CString],
    /// The whole environment, as `NAME=value`.
    pub envp: &'a [CString],
    /// The working directory.
    pub dir: &'a CStr,
    /// Standard input, output and error, none of them a descriptor below 3. All others stay behind.
    pub stdio: [BorrowedFd<'a>; 3],
    /// What the process does with signals at first.
    pub signals: Signals,
    /// Whom it runs as, if not as this process.
    pub user: Option<&'a User>,
}

/// How a process starts out with signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// All at their default, none blocked, whatever this process has set for itself.
    Default,
    /// All at their default, and all blocked that a terminal or a service manager sends to end a program.
    EndBlocked,
}

/// Starts a process, the leader of a new session and a new process group, and returns its id.
///
/// # Errors
///
/// The error of the step that failed: entering the directory, loading the program, or making a process at all.
pub fn spawn(start: &Start<'_>) -> Result<Pid, Errno> {
    if let Some(user) = start.user {
        return user::spawn_as(start, user);
    }
    let actions = Actions::new(start)?;
    let attributes = Attributes::new(start.signals)?;
    let argv = pointers(start.argv);
    let envp = pointers(start.envp);
    let mut pid = 0;
    // SAFETY: the pointers are to NUL-terminated strings and NULL-terminated arrays that outlive the call, and
    // both objects were initialised.
    check(unsafe {
        libc::posix_spawn(&mut pid, start.program.as_ptr(), &actions.0, &attributes.0, argv.as_ptr(), envp.as_ptr())
    })?;
    Pid::from_raw(pid).ok_or(Errno::CHILD)
}

/// Makes sure that this process is told how its children end: one that was started with SIGCHLD ignored is not.
pub(crate) fn keep_children() {
    // SAFETY: a null action only asks; `old` is a valid place for the answer; restoring the default handler runs
    // no code of ours in a signal context.
    unsafe {
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        let asked = libc::sigaction(libc::SIGCHLD, ptr::null(), old.as_mut_ptr());
        if asked == 0 && old.assume_init().sa_sigaction == libc::SIG_IGN {
            libc::signal(libc::SIGCHLD, libc::SIG_DFL);
        }
    }
}

/// Has the reactor tell when `fd` becomes readable.
///
/// # Errors
/// When the reactor cannot take it, as with a plain file.
pub fn watch(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is open, and stays so for as long as the `AsyncFd` owns it.
    Ok(unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }?)
}

/// Gives memory that was freed back to the system. The allocator keeps whatever lies below something that still lives,
/// however much that is: after many machines have begun at once, a third as much again as is in use.
pub fn give_back_memory() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it has no preconditions: it takes the allocator's own locks, and touches nothing but free memory.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// What the child does before it becomes the program.
struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new(start: &Start<'_>) -> Result<Self, Errno> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: `init` initialises what it is given, or fails.
        check(unsafe { libc::posix_spawn_file_actions_init(raw.as_mut_ptr()) })?;
        // SAFETY: it was initialised just now.
        let mut actions = Self(unsafe { raw.assume_init() });
        for (target, fd) in (0..).zip(start.stdio) {
            // SAFETY: the object is initialised; the descriptor is borrowed for longer than this call.
            check(unsafe { libc::posix_spawn_file_actions_adddup2(&mut actions.0, fd.as_raw_fd(), target) })?;
        }
        // SAFETY: the object is initialised; the path is NUL-terminated, and copied by the call.
        check(unsafe { libc::posix_spawn_file_actions_addchdir_np(&mut actions.0, start.dir.as_ptr()) })?;
        actions.close_the_rest()?;
        Ok(actions)
    }

    /// Closes what was opened without close-on-exec, by whoever started this process or by a library.
    #[cfg(target_env = "gnu")]
    fn close_the_rest(&mut self) -> Result<(), Errno> {
        // SAFETY: the object is initialised.
        check(unsafe { libc::posix_spawn_file_actions_addclosefrom_np(&mut self.0, 3) })
    }

    /// Only the GNU C library can; elsewhere close-on-exec has to do.
    #[cfg(not(target_env = "gnu"))]
    fn close_the_rest(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: it was initialised in `new`, and is destroyed once.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut self.0) };
    }
}

/// What the child is, apart from what it runs: session and signals.
struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(signals: Signals) -> Result<Self, Errno> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: `init` initialises what it is given, or fails.
        check(unsafe { libc::posix_spawnattr_init(raw.as_mut_ptr()) })?;
        // SAFETY: it was initialised just now.
        let mut attributes = Self(unsafe { raw.assume_init() });
        let flags = libc::POSIX_SPAWN_SETSID as c_int
            | libc::POSIX_SPAWN_SETSIGDEF as c_int
            | libc::POSIX_SPAWN_SETSIGMASK as c_int;
        // SAFETY: the object and both sets are initialised; the sets are copied by the calls.
        unsafe {
            check(libc::posix_spawnattr_setflags(&mut attributes.0, flags as c_short))?;
            check(libc::posix_spawnattr_setsigdefault(&mut attributes.0, &all_signals()))?;
            check(libc::posix_spawnattr_setsigmask(&mut attributes.0, &blocked(signals)))?;
        }
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: it was initialised in `new`, and is destroyed once.
        unsafe { libc::posix_spawnattr_destroy(&mut self.0) };
    }
}

fn all_signals() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigfillset` initialises the set, and cannot fail on a valid place.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        set.assume_init()
    }
}

fn blocked(signals: Signals) -> libc::sigset_t {
    let ends: &[c_int] = match signals {
        Signals::Default => &[],
        Signals::EndBlocked => &[libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGTSTP],
    };
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` initialises the set; the numbers are signals, so `sigaddset` cannot fail.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in ends {
            libc::sigaddset(set.as_mut_ptr(), *signal);
        }
        set.assume_init()
    }
}

/// The strings as C takes them: an array of pointers that ends in NULL.
fn pointers(strings: &[CString]) -> Vec<*mut c_char> {
    strings.iter().map(|string| string.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
}

/// The posix_spawn family returns its error instead of setting `errno`.
fn check(code: c_int) -> Result<(), Errno> {
    match code {
        0 => Ok(()),
        code => Err(Errno::from_raw_os_error(code)),
    }
}
