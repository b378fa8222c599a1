//! The way from the journal to the outside: the journal is the backlog, a *carrier* brings it somewhere.
//!
//! A carrier gets a [`Backlog`] and takes events from it, in order and only those that are durable; when the other end has
//! them, it says so with [`Backlog::delivered`]. That mark is written to `STATE/delivery/NAME.json` at most each second
//! and when the node ends. It is safe to lose: what is behind it is sent again, byte for byte and with the ids that it had.
//!
//! All carriers run on one thread of their own, so that none of them ever holds up the node's loop. The thread sleeps
//! until something is durable that it has not seen. Whatever the backlog has, no more of it is in memory than a carrier
//! asked for.
//!
//! | | |
//! | --- | --- |
//! | [`Backlog`], `parcel`, `label` | a carrier's end, and what it gets |
//! | `cursor` | where each carrier is, on disk |
//! | `desk` | what carriers, node and thread share |
//! | [`jetstream`], [`webhook`] | carriers to NATS and over HTTP; [`otlp`](crate::otlp) has one of its own |
//! | `again`, `find` | ranges that were asked for again, and looking for an event |
//! | `epochs` | which numbers there are, and which somebody else has given out, too |
//! | `keep`, `drops` | how much of the journal is kept, and what is told of the rest |
//! | `thread` | where it all runs |

pub mod webhook;

mod again;
mod alone;
mod backlog;
pub(crate) mod bring;
mod cursor;
mod desk;
mod drops;
mod epochs;
mod find;
pub mod jetstream;
mod keep;
mod label;
mod parcel;
#[cfg(test)]
mod tests;
mod thread;

pub use alone::carry_alone;
pub use backlog::{Backlog, BacklogError};
pub use desk::{End, Figures, Trouble};
pub use keep::Keep;
pub use parcel::{Parcel, Position};

pub(crate) use again::Order;
pub(crate) use desk::{Missed, Notice};
pub(crate) use epochs::Epochs;
pub(crate) use thread::{Delivery, Site};

use std::future::Future;
use std::pin::Pin;

/// What a carrier does until the node ends.
pub type Carrying = Pin<Box<dyn Future<Output = ()>>>;

/// Brings events somewhere.
pub trait Carrier: Send + 'static {
    /// What it is called in status, events and the name of its cursor: lower-case letters, digits and `-`. The same at
    /// each start, and no other carrier's of the node.
    fn name(&self) -> &str;

    /// Carries, on the thread of all carriers, so it never blocks. It ends when [`Backlog::next`] says that the node has
    /// ended, or soon after `end` has come: then what is left is brought if that is possible at once, and is brought by
    /// the next start if it is not.
    fn carry(self: Box<Self>, backlog: Backlog, end: End) -> Carrying;
}
