//! Values that own what is in them: what scripts give to machines, and what machines tell.

pub use machine_value::{Value, least, lend};
use std::sync::Arc;

/// What an event carries: a value for each field. Shared, because the same is given again and again.
pub type Payload = Arc<[Value]>;
