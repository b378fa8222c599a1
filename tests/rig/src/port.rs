//! Ports.

use crate::until;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody has: below those that systems give to outgoing connections, so that none of these can take it while the server
/// is down, and held by a lock against other tests.
pub(crate) fn free_port() -> (u16, File) {
    let directory = std::env::temp_dir().join("machine-rig-ports");
    fs::create_dir_all(&directory).expect("a directory");
    until("a free port", || {
        let port = fastrand::u16(10_000..32_000);
        let file = File::create(directory.join(port.to_string())).ok()?;
        file.try_lock().ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        Some((port, file))
    })
}
