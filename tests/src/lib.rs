//! What the end-to-end tests share.

pub mod binaries;
pub mod choir;
pub mod compare;
pub mod layout;
pub mod node;
pub mod reference;
pub mod sentences;
pub mod spec;
pub mod terminal;
pub mod told;
pub mod transcript;
