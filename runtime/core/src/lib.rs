//! The transition table and the step that it drives: no `std`, no dependencies, no clock, no randomness, no I/O.
//!
//! Read [`step()`] first: it is the whole behaviour of a machine, `select -> leave -> enter -> arm`, on one screen.
//! Then [`Table`], what the compiler ships and a node borrows in place, and [`Instance`], what a machine remembers.
//!
//! What holds here, and is tested:
//!
//! 1. `step` depends on its arguments alone. Same table, instance, time and input: same instance and effects.
//! 2. One input, then all its effects are handled before the next.
//! 3. `step` does not allocate; an instance has its full size from the start.
//! 4. Between two steps an instance can be written to bytes and read back. That is also the crash model.
//! 5. A [`Table`] is a verified table. No step on it can fail, read out of range, or spin.
//!
//! ```
//! use machine_core::{Definition, Effect, Input, Instance, Instant, Table, step};
//!
//! let bytes = Definition::example().encode().expect("the example is in order");
//! let table = Table::verify(&bytes).expect("what the encoder writes is accepted");
//! let mut instance = Instance::new(&table);
//! let mut effects: Vec<Effect> = Vec::new();
//! step(&table, &mut instance, Instant(0), Input::Start, &mut effects);
//! assert!(matches!(effects[0], Effect::Ask { .. }), "the initial state's watcher is asked at once");
//! ```

#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod canonical;
pub mod data;
pub mod definition;
pub mod dispatch;
pub mod dispatcher;
pub mod effect;
mod fit;
pub mod id;
pub mod instance;
pub mod limits;
mod memory;
pub mod product;
mod run;
mod snapshot;
pub mod step;
pub mod table;
pub mod takeover;
#[cfg(test)]
mod testing;
mod text;
pub mod time;

pub use data::{Data, DataList};
pub use definition::Definition;
pub use dispatch::Decision;
pub use dispatcher::Dispatcher;
pub use effect::{Effect, Effects, Input, Verdict};
pub use id::{EventId, KindId, PlanId, SignalId, StateId, TimerId, WatcherId};
pub use instance::Instance;
pub use product::Product;
pub use snapshot::SnapshotError;
pub use step::step;
pub use table::{OwnedTable, Table, TableError};
pub use takeover::TakeoverError;
pub use time::{Instant, Milliseconds};
