//! Where the socket is. A path to a socket is at most 107 bytes long, so the way goes through a descriptor of its
//! directory, which is as long as it is.

use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;

/// The socket's name in its directory.
const NAME: &str = "control.sock";

/// A state directory, as the place of a socket.
#[derive(Debug)]
pub(super) struct Place {
    dir: OwnedFd,
}

impl Place {
    pub(super) fn open(state: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { dir: rustix::fs::open(state, flags, Mode::empty())? })
    }

    /// A socket that only this user may open. It gets its name when that is so; one that a runtime left behind goes.
    pub(super) fn bind(&self) -> io::Result<UnixListener> {
        let part = self.path("control.part");
        _ = fs::remove_file(&part);
        let listener = UnixListener::bind(&part)?;
        fs::set_permissions(&part, Permissions::from_mode(0o600))?;
        fs::rename(&part, self.path(NAME))?;
        Ok(listener)
    }

    /// The path to connect to.
    pub(super) fn socket(&self) -> PathBuf {
        self.path(NAME)
    }

    /// The runtime ends.
    pub(super) fn remove(&self) {
        // What stays is replaced by the next runtime.
        _ = fs::remove_file(self.path(NAME));
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{name}", self.dir.as_raw_fd()))
    }
}
