//! The core in virtual time: the table and the step that a node runs, with answers from a script, faults from a seed, and
//! a clock that only moves when something happens.
//!
//! Nothing of a machine's behaviour is written here a second time. Here is what stands around it: what comes when
//! ([`world`]), what is written down ([`trace`]) and run again from there ([`trace::replay`]), what a test says and
//! expects ([`script`]), what somebody does by hand and takes back ([`hand`]), runs that nobody wrote ([`random`]), and what
//! runs have touched ([`coverage`]).
//!
//! ```
//! use machine_core::{Definition, Instant, OwnedTable, WatcherId};
//! use machine_sim::clock::{BEGIN, ns};
//! use machine_sim::world::{Answer, Series, World};
//!
//! let bytes = Definition::example().encode().expect("the example is in order");
//! let lamp = OwnedTable::verify(bytes.into()).expect("what the encoder writes is accepted").into();
//! let mut world = World::new(vec![lamp], 1, BEGIN);
//! let on = Answer { outcome: Some(0), payload: [].into(), times: None, after_ms: 0 };
//! world.answers(0, &[WatcherId(0)], Series(vec![on]));
//! world.start();
//! world.run(Instant(ns(59_000)), &mut |_, _, _| false);
//! assert_eq!(world.machine(0).map(|it| it.instance().state().0), Some(1), "it is lit for a minute");
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod clock;
pub mod coverage;
pub mod hand;
pub mod machine;
pub mod random;
pub mod script;
#[cfg(test)]
mod testing;
pub mod trace;
pub mod value;
pub mod world;

pub use clock::Clock;
pub use coverage::Coverage;
pub use hand::Hand;
pub use machine::Machine;
pub use script::{Judge, Report, Script};
pub use trace::Trace;
pub use value::{Payload, Value};
pub use world::{Seen, World};
