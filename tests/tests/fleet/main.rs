//! Several nodes on one server: limits that count across them, and keys that they watch. The commands under a limit write
//! when they begin and end into one file; a node that dies, a server that restarts and a connection that is cut must never
//! let more of them work at once than the limit says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod doctor;
mod keys;
mod limits;
mod offline;

use machine_nats::bucket::{Bucket, Making};
use machine_nats::{Connection, Settings};
use machine_rig::{Proxy, Server, run};
use machine_tests::node::Site;
use std::future::Future;

/// The bucket of limits, and of what machines are to do.
const BUCKET: &str = "fleet";

/// Does something with the bucket, past every proxy; it is made if it is not there.
fn with_bucket<T: Send, F: Future<Output = T> + Send>(server: &Server, work: impl FnOnce(Bucket) -> F + Send) -> T {
    let settings = Settings { servers: vec![server.url()], ..Settings::default() };
    run(async move {
        let connection = Connection::begin(&settings, "test").await.unwrap();
        connection.up().await;
        work(Bucket::open_or_make(&connection, BUCKET, &Making::default()).await.unwrap()).await
    })
}

/// Writes a value; its revision.
fn put(server: &Server, key: &str, value: &[u8]) -> u64 {
    with_bucket(server, |bucket| async move { bucket.put(key, value).await.unwrap() })
}

/// A node that reaches the server by this way, and runs this.
fn node(proxy: &Proxy, source: &str) -> Site {
    let site = Site::new();
    site.ship(source);
    let nats = format!("[nats]\nservers = [\"{}\"]\n", proxy.url());
    site.configure(&format!("{nats}[limits]\nbucket = \"{BUCKET}\"\nttl = \"3s\"\n"));
    site
}
