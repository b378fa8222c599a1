//! A machine lives twice: as table and step, and as syntax tree and [`crate::reference`]. After every input, both have to
//! be in the same state, with the same data, and to have done the same.
//!
//! [`Random`] is where all chance comes from: same seed, same everything. [`generate`] writes machines, [`Inputs`] what
//! happens to them, [`Pair`] compares, [`shrink`] makes what differs small.

mod build;
mod convert;
pub mod generate;
mod inputs;
mod pair;
mod random;
mod real;
mod shrink;
mod wide;

pub use build::{Built, Divergence, FILE, Refused, build, listen, quietly, tree};
pub use inputs::Inputs;
pub use pair::{Op, Pair};
pub use random::Random;
pub use shrink::{Failure, shrink, smallest};
pub use wide::wide;
