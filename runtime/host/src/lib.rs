//! The core on a node: journal, commands, files, events.

pub mod event;
pub mod journal;
pub mod sink;
