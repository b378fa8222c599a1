//! Watching events: those of one node as it writes them down, or those of a fleet as somebody brings them.
//!
//! | | |
//! | --- | --- |
//! | `filter` | which events are shown |
//! | `gaps` | which numbers are missing, and who interferes |
//! | `teller` | events as lines or JSON, and notes about what is missing |
//! | `screen` | where it is shown |
//! | `moment` | since when, as somebody types it |
//! | `follow` | the events of a node on this host, from its journal |

mod filter;
mod follow;
mod gaps;
mod moment;
mod screen;
mod teller;

pub use filter::Filter;
pub use follow::{Follow, News, WatchError};
pub use gaps::{Gaps, Note, Verdict};
pub use moment::moment;
pub use screen::{Screen, until_interrupted};
pub use teller::{Form, Teller};
