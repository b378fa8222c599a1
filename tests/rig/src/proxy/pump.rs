//! One connection: bytes there and back, as the link lets them pass.

use super::frames::Frames;
use super::link::{Link, Shared};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

/// Follows a connection until either side ends it, or it is cut.
pub(super) async fn connection(client: TcpStream, server: TcpStream, shared: Arc<Shared>) {
    _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut cuts = shared.cuts();
    let frames = matches!(*shared.link().borrow(), Link::LosesAcks(_)).then(Frames::default);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = Pump::new(true, None, to_server, &shared);
    let back = Pump::new(false, frames, to_client, &shared);
    shared.count(|seen| (seen.connections, seen.open) = (seen.connections + 1, seen.open + 1));
    tokio::select! {
        _ = there.run(from_client) => {}
        _ = back.run(from_server) => {}
        _ = cuts.changed() => {}
    }
    shared.count(|seen| seen.open -= 1);
}

/// One way of a connection.
struct Pump {
    is_to_server: bool,
    frames: Option<Frames>,
    to: OwnedWriteHalf,
    shared: Arc<Shared>,
    link: watch::Receiver<Link>,
    cuts: watch::Receiver<u64>,
    /// The receiver has not got everything: it cannot make sense of what follows.
    is_torn: bool,
}

impl Pump {
    fn new(is_to_server: bool, frames: Option<Frames>, to: OwnedWriteHalf, shared: &Arc<Shared>) -> Self {
        let (link, cuts) = (shared.link(), shared.cuts());
        Self { is_to_server, frames, to, shared: Arc::clone(shared), link, cuts, is_torn: false }
    }

    async fn run(mut self, mut from: OwnedReadHalf) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return Ok(());
            }
            let mut rest = match &mut self.frames {
                Some(frames) => frames.pass(&buffer[..count], &self.shared, *self.link.borrow()),
                None => buffer[..count].to_vec(),
            };
            while !rest.is_empty() {
                let passed = self.pass(&rest).await?;
                rest.drain(..passed);
            }
        }
    }

    /// Passes on the beginning of this; says how much it was.
    async fn pass(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let link = *self.link.wait_for(|it| *it != Link::Stalled).await.map_err(io::Error::other)?;
        // Whoever was only just taken when the link went down has not seen the cut.
        let has_ended = link == Link::Refused || self.cuts.has_changed().unwrap_or(true);
        self.is_torn |= link == Link::Deaf && !self.is_to_server;
        if has_ended || self.is_torn && link != Link::Deaf {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if self.is_torn {
            return Ok(bytes.len());
        }
        let mut count = self.shared.room(self.is_to_server, bytes.len());
        if let Link::Slow(rate) = link {
            count = count.min((rate / 20).max(1) as usize);
            tokio::time::sleep(Duration::from_secs_f64(count as f64 / f64::from(rate))).await;
        }
        self.to.write_all(&bytes[..count]).await?;
        let (is_to_server, count_64) = (self.is_to_server, count as u64);
        self.shared.count(|seen| *if is_to_server { &mut seen.to_server } else { &mut seen.to_client } += count_64);
        Ok(count)
    }
}
