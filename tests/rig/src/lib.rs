//! What the tests of delivery stand on. Nothing here knows the runtime: the rig starts what is outside of a node, breaks
//! it, and looks at what arrived.
//!
//! - [`Server`]: a `nats-server` of the test's own on a free port, killed, restarted, wiped, put back in time; set up by [`Setup`]
//! - [`Proxy`]: stands between a node and a server, and refuses, cuts, stalls, slows down and swallows
//! - [`Stream`]: a JetStream stream as its consumer sees it
//! - [`Collector`]: a collector of OpenTelemetry, good or bad, and what it was sent
//! - [`check()`]: proves of such a stream that nothing is lost, nothing stored twice, and all in order, or says what is not
//!
//! All of it may be called from ordinary tests and from asynchronous ones.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod binary;
pub mod checker;
mod client;
pub mod collector;
mod identity;
mod port;
mod proxy;
mod server;
mod setup;
mod stream;
mod tls;
mod wait;

/// The client that the rig uses, for how streams are set up.
pub use async_nats;
pub use binary::nats_server;
pub use checker::{Checker, Report, check};
pub use collector::Collector;
pub use identity::Credentials;
/// The messages that a collector takes.
pub use opentelemetry_proto::tonic as otlp;
pub use proxy::{Deed, Link, Proxy, Seen, When};
pub use server::{Backup, Server};
pub use setup::{Access, Setup};
pub use stream::{Message, Stream};
pub use tls::Certificates;
pub use wait::{run, until};
