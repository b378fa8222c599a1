//! What the end-to-end tests share.

pub mod binaries;
pub mod terminal;
pub mod transcript;
