//! Ports.

use crate::until;
use std::fs::{self, File};
use std::io;
use std::net::Ipv4Addr;
use tokio::net::TcpSocket;

/// A port that nobody has: below those that systems give to outgoing connections, so that none of these can take it while the server
/// is down, and held by a lock against other tests.
///
/// To see whether it is free, nobody listens at it. A process that another test starts at the same moment has a copy of every socket of
/// this one until its program begins, and while a copy listens, nobody else can.
pub(crate) fn free_port() -> (u16, File) {
    let directory = std::env::temp_dir().join("machine-rig-ports");
    fs::create_dir_all(&directory).expect("a directory");
    until("a free port", || {
        let port = fastrand::u16(10_000..32_000);
        let file = File::create(directory.join(port.to_string())).ok()?;
        file.try_lock().ok()?;
        bound(port).ok()?;
        Some((port, file))
    })
}

/// A socket at this port that does not listen yet.
pub(crate) fn bound(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    Ok(socket)
}
