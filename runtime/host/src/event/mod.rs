//! x
pub mod happening;
