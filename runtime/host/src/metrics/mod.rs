//! What a node is doing, in figures for Prometheus: over HTTP on an address of this host, and as a file for the node
//! exporter; [`otlp`](crate::otlp) sends them to a collector. `docs/metrics.md` lists every figure.
//!
//! | | |
//! | --- | --- |
//! | `book`, `machines` | what is counted from events: it is a [`Sink`](crate::sink::Sink) like others |
//! | `asked`, `journal`, `process` | what is asked only when somebody reads |
//! | `server`, `textfile` | who reads: a thread of their own, so that no reader holds up a machine |
//!
//! A node that is not asked for figures has none of this, not even the thread.

mod asked;
mod book;
mod journal;
mod machines;
mod process;
mod reading;
mod server;
#[cfg(test)]
pub(crate) mod tests;
mod textfile;

pub(crate) use asked::{LimitFigures, SinkFigures};
pub(crate) use book::{Book, Counting};
pub(crate) use reading::{Desk, Reading};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where a node's figures can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Over HTTP: `/metrics`, `/health`, `/status`.
    pub listen: Option<SocketAddr>,
    /// In a file.
    pub textfile: Option<Textfile>,
}

/// A file for the node exporter's textfile collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Textfile {
    /// Its path; its name has to end in `.prom`.
    pub path: PathBuf,
    /// How often it is written.
    pub every: Duration,
}
