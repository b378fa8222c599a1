//! Slots of a limit: single stories, and thousands of nodes, servers and networks that do their worst.

mod fleet;
mod stories;
