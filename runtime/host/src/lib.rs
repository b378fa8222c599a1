//! The core on a node: clock, journal, drivers, events.
//!
//! [`run`] is a whole node; `node` holds its loop. What is pure stands apart from what touches the system: `chronicle`
//! tells a step in words, `event` makes those into CloudEvents, `record` says what the journal keeps, `metrics` counts.

pub mod delivery;
pub mod event;
pub mod journal;
pub mod sink;
pub mod watch;

pub mod control;
pub mod metrics;
pub mod otlp;

mod alarm;
mod bounded;
mod chronicle;
mod clock;
mod error;
mod limits;
mod machine;
mod memories;
mod nearest;
mod needs;
mod node;
mod payload;
mod record;
mod secrets;
mod store;
mod tables;
mod watched;

pub use error::NodeError;
pub use limits::FleetLimits;
pub use nearest::nearest;
pub use needs::{Needs, Watched, needs};
pub use node::{Config, Tables, run};
pub use store::table_hash;

/// The host's name, made fit to be a node's: what is neither letter, digit, `.`, `_` nor `-` becomes `-`.
#[must_use]
pub fn host_name() -> String {
    let uname = rustix::system::uname();
    let fit = |it: char| if it.is_ascii_alphanumeric() || "._-".contains(it) { it } else { '-' };
    let name: String = uname.nodename().to_string_lossy().chars().take(253).map(fit).collect();
    if name.is_empty() { "node".to_owned() } else { name }
}
