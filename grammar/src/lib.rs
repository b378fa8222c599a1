//! x
mod span;
pub use span::Span;
