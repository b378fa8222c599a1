//! Source text in, verified table bytes out, or diagnostics: a pure library.

pub mod ast;
pub mod diagnostic;
pub mod model;
pub mod source;
pub mod lower;
pub mod check;
pub mod analysis;
