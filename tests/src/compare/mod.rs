//! A machine lives twice: as table and step, and as syntax tree and [`crate::reference`]. After every input, both have to
//! be in the same state, with the same data, and to have done the same.
//!
//! [`Random`] is where all chance comes from: same seed, same everything. [`generate`] writes machines, [`Inputs`] what
//! happens to them, [`Pair`] compares, [`shrink`] makes what differs small. [`Town`] is a [`Pair`] of several machines
//! that hear one another.

mod build;
mod convert;
pub mod generate;
mod inputs;
mod pair;
mod random;
mod real;
mod same;
mod seen;
mod shrink;
mod town;
mod wide;

pub use build::{Built, Divergence, FILE, Refused, build, build_all, listen, quietly, tree};
pub use inputs::{Inputs, View};
pub use pair::{Op, Pair};
pub use random::Random;
pub use shrink::{Failure, Look, shrink, smallest};
pub use town::Town;
pub use wide::wide;
