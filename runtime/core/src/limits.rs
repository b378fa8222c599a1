//! Every maximum of a table, by name. The verifier refuses what is beyond; the compiler says so first.

/// Most of anything that is counted with an id; the last value of 16 bits means "none".
pub const IDS_MAX: usize = 65_000;
/// States inside states, the machine not counted.
pub const DEPTH_MAX: usize = 64;
/// Longest text (name, doc comment, argument) in bytes.
pub const TEXT_MAX: usize = 64 * 1024;
/// Largest table in bytes.
pub const TABLE_MAX: usize = 16 * 1024 * 1024;
/// Outcomes of one kind of watcher.
pub const OUTCOMES_MAX: usize = 32;
/// Arguments of one watcher.
pub const ARGS_MAX: usize = 255;
/// Lists and maps inside one another in an argument.
pub const VALUE_DEPTH_MAX: usize = 8;
/// Longest duration, in milliseconds: ten years.
pub const DURATION_MAX_MS: u64 = 10 * 366 * 24 * 3_600 * 1_000;
/// Shortest pace of a watcher and shortest `after`, in milliseconds.
pub const DURATION_MIN_MS: u64 = 10;
/// Transitions that a machine may take in one go before its watchers are slowed down.
pub const BURST: u64 = 20;
/// One further transition is earned in this time, in nanoseconds.
pub const BURST_REFILL_NS: u64 = 1_000_000_000;
/// Most memory of an instance in bytes.
pub const MEMORY_MAX: usize = 1024 * 1024;
/// Values that one event carries.
pub const FIELDS_MAX: usize = 32;
/// Values that a calculation may hold at once.
pub const STACK_MAX: usize = 32;
/// Calculations inside one another.
pub const EXPR_DEPTH_MAX: usize = 128;
/// Code of a table in bytes.
pub const CODE_MAX: usize = 65_535 * 4;
/// Raised events that wait to be taken.
pub const QUEUE_MAX: usize = 16;
/// Events that are handled in one step: the one of the input, and what is raised or becomes true on the way.
pub const REACTIONS_MAX: usize = 64;
