//! `[metrics]`: what Prometheus reads, over HTTP or from a file.

use super::units::{self, Mistake};
use machine_host::metrics::{Places, Textfile};
use serde::{Deserialize, Deserializer};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where metrics can be read; nowhere by default.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Metrics {
    /// The address of the HTTP server.
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    /// The file for the node exporter.
    #[serde(deserialize_with = "textfile")]
    pub(crate) textfile: Option<PathBuf>,
    /// How often it is written.
    #[serde(deserialize_with = "every")]
    pub(crate) textfile_every: Duration,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { listen: None, textfile: None, textfile_every: Duration::from_secs(15) }
    }
}

impl Metrics {
    /// Where they can be read, if anywhere.
    pub(crate) fn places(&self) -> Option<Places> {
        let textfile = |path: &PathBuf| Textfile { path: path.clone(), every: self.textfile_every };
        let places = Places { listen: self.listen, textfile: self.textfile.as_ref().map(textfile) };
        (places.listen.is_some() || places.textfile.is_some()).then_some(places)
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.textfile.iter_mut()
    }
}

pub(super) const EXAMPLE: &str = r#"# What Prometheus reads; docs/metrics.md lists everything.
[metrics]
# Serve `/metrics`, `/health` and `/status` over HTTP, on an address of this host alone. Nothing listens without it.
#listen = "127.0.0.1:9464"
# Write the metrics to a file in the directory of the node exporter's textfile collector. No file without it.
#textfile = "/var/lib/prometheus/node-exporter/machined.prom"
# How often the file is written, at least 1s.
textfile-every = "15s"
"#;

/// Whoever can read the state of all machines shall be on this host already: nothing here asks who they are.
fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let read = |text: &str| match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(address) => Err(Mistake::new(
            format!("`{address}` can be reached from other hosts, and metrics are for this one alone"),
            format!("write \"127.0.0.1:{}\", and put a proxy that knows its clients before it", address.port()),
        )),
        Err(_) => Err(Mistake::new(
            format!("`{text}` is no address to listen on"),
            "write an address of this host and a port: \"127.0.0.1:9464\"; port 0 takes any that is free",
        )),
    };
    units::text(from, "an address", read).map(Some)
}

/// The node exporter reads no other names.
fn textfile<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let read = |text: &str| {
        let is_read = text.ends_with(".prom");
        let path = is_read.then(|| PathBuf::from(text));
        path.ok_or_else(|| {
            Mistake::new(
                format!("the node exporter does not read a file of the name `{text}`"),
                "let its name end in `.prom`",
            )
        })
    };
    units::text(from, "a path", read).map(Some)
}

fn every<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    units::duration_from(from, Duration::from_secs(1))
}
