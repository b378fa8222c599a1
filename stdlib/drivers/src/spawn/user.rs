//! Another user: who that is, and a process that runs as them.
//!
//! posix_spawn cannot change the user, so here the process is forked. Between fork and exec only system calls are made,
//! on memory that was prepared before.

use std::ffi::{CStr, CString, OsStr};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::ptr;

use rustix::io::Errno;
use rustix::process::{Pid, geteuid};

use super::{Start, all_signals, blocked};

/// A user and the groups that they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    uid: libc::uid_t,
    gid: libc::gid_t,
    groups: Vec<libc::gid_t>,
}

/// The most that is read of a user.
const ENTRY_MAX: usize = 1024 * 1024;
/// The most groups of a user: as many as Linux takes.
const GROUPS_MAX: usize = 65_536;

impl User {
    /// The user of this name, if commands can run as them. May ask the network, so it takes time.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn named(name: &str) -> Result<Self, String> {
        if !geteuid().is_root() {
            return Err("the runtime does not run as root; only root can run commands as somebody else".to_owned());
        }
        let name = CString::new(name).map_err(|_| "a name without a NUL character is needed".to_owned())?;
        let (uid, gid) = entry(&name)?.ok_or("this system has no such user")?;
        let groups = groups(&name, gid).ok_or("they are in more groups than the system takes")?;
        Ok(Self { uid, gid, groups })
    }
}

/// User and main group of a name.
fn entry(name: &CStr) -> Result<Option<(libc::uid_t, libc::gid_t)>, String> {
    let mut room = 1024;
    while room <= ENTRY_MAX {
        let mut texts = vec![0; room];
        let mut entry = MaybeUninit::<libc::passwd>::zeroed();
        let mut found = ptr::null_mut();
        // SAFETY: the name is NUL-terminated, the others are valid places, and the length is that of the buffer.
        let code =
            unsafe { libc::getpwnam_r(name.as_ptr(), entry.as_mut_ptr(), texts.as_mut_ptr(), texts.len(), &mut found) };
        match code {
            libc::ERANGE => room *= 4,
            0 if found.is_null() => return Ok(None),
            // SAFETY: the call says that it found the user, so the entry is filled in.
            0 => return Ok(Some(unsafe { (entry.assume_init_ref().pw_uid, entry.assume_init_ref().pw_gid) })),
            // What some systems say when there is none.
            libc::ENOENT | libc::ESRCH => return Ok(None),
            code => return Err(format!("users cannot be looked up: {}", io::Error::from_raw_os_error(code))),
        }
    }
    Err("their entry among the users is too long".to_owned())
}

/// All groups of a user.
fn groups(name: &CStr, gid: libc::gid_t) -> Option<Vec<libc::gid_t>> {
    let mut room = 32;
    while room <= GROUPS_MAX {
        let mut groups: Vec<libc::gid_t> = vec![0; room];
        let mut count = libc::c_int::try_from(room).ok()?;
        // SAFETY: the name is NUL-terminated, and `count` says how many fit.
        let fits = unsafe { libc::getgrouplist(name.as_ptr(), gid, groups.as_mut_ptr(), &mut count) };
        if fits >= 0 {
            groups.truncate(usize::try_from(count).ok()?);
            return Some(groups);
        }
        room *= 4;
    }
    None
}

/// Starts a process as another user. What it may enter and run is what that user may.
pub(super) fn spawn_as(start: &Start<'_>, user: &User) -> Result<Pid, Errno> {
    let mut command = command(start)?;
    let (user, dir, signals) = (user.clone(), start.dir.to_owned(), (all_signals(), blocked(start.signals)));
    // SAFETY: what runs between fork and exec allocates nothing, takes no lock, and touches only what it owns.
    unsafe {
        command.pre_exec(move || become_user(&user, &dir, &signals));
    }
    let child = command.spawn().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(Errno::CHILD)
}

fn command(start: &Start<'_>) -> Result<Command, Errno> {
    let os = |text: &'_ CStr| OsStr::from_bytes(text.to_bytes()).to_owned();
    let [stdin, stdout, stderr] = start.stdio.map(|it| it.try_clone_to_owned().map(Stdio::from));
    let mut command = Command::new(os(start.program));
    let (name, args) = start.argv.split_first().ok_or(Errno::INVAL)?;
    command.arg0(os(name)).args(args.iter().map(|it| os(it))).env_clear();
    for assignment in start.envp {
        let mut parts = assignment.to_bytes().splitn(2, |byte| *byte == b'=');
        let mut part = || OsStr::from_bytes(parts.next().unwrap_or_default());
        command.env(part(), part());
    }
    let refused = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::MFILE);
    command.stdin(stdin.map_err(refused)?).stdout(stdout.map_err(refused)?).stderr(stderr.map_err(refused)?);
    Ok(command)
}

/// In the new process: a session of its own, the groups and the user, the directory, no descriptor but the three, and
/// signals as at the beginning.
fn become_user(user: &User, dir: &CStr, (all, blocked): &(libc::sigset_t, libc::sigset_t)) -> io::Result<()> {
    // SAFETY: system calls with valid arguments; the order gives the right to change the user away last.
    unsafe {
        check(libc::setsid())?;
        check(libc::setgroups(user.groups.len(), user.groups.as_ptr()))?;
        check(libc::setgid(user.gid))?;
        check(libc::setuid(user.uid))?;
        check(libc::chdir(dir.as_ptr()))?;
        for signal in 1..=64 {
            if libc::sigismember(all, signal) == 1 {
                // Two of them cannot be changed, and never were.
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        check(libc::sigprocmask(libc::SIG_SETMASK, blocked, ptr::null_mut()))?;
        // Close-on-exec instead of closed: the library tells through one of them why an exec failed.
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
    Ok(())
}

fn check(code: libc::c_int) -> io::Result<()> {
    if code < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_be_had_is_said() {
        let why = User::named("nobody-of-this-name").unwrap_err();
        let expected = if geteuid().is_root() { "this system has no such user" } else { "does not run as root" };
        assert!(why.contains(expected), "{why}");
        if geteuid().is_root() {
            let root = User::named("root").unwrap();
            assert_eq!((root.uid, root.gid), (0, 0));
        }
    }
}
