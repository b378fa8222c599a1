//! One connection to NATS, and what a node does over it.
//!
//! | | |
//! | --- | --- |
//! | [`Settings`] | where the server is and how a node shows who it is; as the configuration file has it |
//! | [`Connection`] | a connection that is made in the background, again and again, and never given up |
//! | [`Shared`] | one connection for all of a node that need it |
//! | [`subject`] | names of nodes and machines inside subjects |
//! | [`stream`] | a JetStream stream: what it is like, what stands at a place of it, making one |
//! | [`bucket`] | a key-value bucket: get, create, update and delete with revisions, watch |
//!
//! An error of a call over a network means "unknown", never "no": a write whose answer was lost may have happened, or
//! may still happen. So every write carries what makes a repetition harmless: an id, or the revision that it replaces.

pub mod bucket;
pub mod stream;
pub mod subject;

mod backoff;
mod connection;
mod credentials;
mod settings;
mod shared;
mod worker;

pub use async_nats;
pub use backoff::Backoff;
pub use connection::{Connection, Link};
pub use credentials::valid_until;
pub use settings::{Settings, SettingsError, Tls};
pub use shared::Shared;
pub use worker::Worker;
