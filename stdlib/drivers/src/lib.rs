//! The drivers of the standard watcher kinds: what runs commands, looks at files and keeps schedules for a node.
//!
//! A node asks through one [`door`]: an [`Ask`] goes in when a watcher is due, an [`Answer`] comes out
//! when there is something to tell. What the answer means is none of a driver's business: it knows no state,
//! no transition and no journal, and it never decides whether an answer still counts.
//!
//! Each kind has a folder of its own beside this crate (`stdlib/exec`, `stdlib/file`, `stdlib/schedule`, …) with its
//! declaration, its driver, its tests and its page. What several kinds need is here:
//!
//! | for commands | |
//! | --- | --- |
//! | `commands` | the life of a command: wait for a slot, start, read, stop, answer |
//! | `launch` | program, arguments, environment and directory, and why a start failed |
//! | [`spawn`] | posix_spawn into a new session, or as another user; the only place with `unsafe` in it |
//! | `child`, `output` | waiting for a process, and keeping a bounded part of what it prints |
//! | `ending` | what is told of a command that has ended |
//! | `secret` | secrets, and keeping them out of all that is told |
//! | `program`, `lines` | kinds of a user's own, which a program implements |
//! | `lease` | a slot of a limit across the fleet, and the time until which it is held |
//! | `tree` | all the processes of a command, and their end |
//! | [`guard`] | the process that ends the commands of a runtime that was killed |
//!
//! | for files | |
//! | --- | --- |
//! | `place` | a path that is looked at again and again, and what there is to tell of it |
//! | `look` | one look at a path, compared with what was seen before |
//! | `rounds` | when to look at what nobody reports |
//! | `trail` | the directories in which a path can change |
//! | `watches`, `inbox` | one notification instance for all paths, and what it reports |
//!
//! | for keys | |
//! | --- | --- |
//! | `entry` | what a key holds, and what there is to tell of it |
//! | `lookout` | following one key over a connection |
//!
//! | for schedules | |
//! | --- | --- |
//! | `wall` | the clock that people read, waited for |
//! | `zones` | the time zones of the machine |
//! | `telling` | what is told of a schedule, as an answer |
//!
//! Linux only: sessions, pidfds and `/proc` are what makes "the whole tree" a promise that can be kept.

pub mod door;
#[path = "../../exec/driver.rs"]
pub mod exec;
#[path = "../../file/driver.rs"]
pub mod file;
pub mod guard;
#[path = "../../kv/driver.rs"]
pub mod kv;
#[path = "../../schedule/driver.rs"]
pub mod schedule;
#[path = "../../shell/driver.rs"]
pub mod shell;
pub mod spawn;

mod arguments;
mod child;
mod commands;
mod ending;
mod entry;
mod inbox;
mod launch;
mod lease;
mod lines;
mod look;
mod lookout;
mod output;
mod place;
pub mod program;
mod rounds;
mod secret;
mod telling;
#[cfg(test)]
mod testing;
mod trail;
mod tree;
mod wall;
mod watches;
mod words;
mod zones;

pub use door::{Answer, Answers, Ask, Context, Driver, Key, Memory, Notice, OUTPUT_MAX, Program, Raw, Value};
pub use lease::Lease;
pub use secret::Secret;

use machine_nats::Worker;

/// How many commands run at once on a node; the others wait for their turn, first come, first served.
pub const COMMANDS_AT_ONCE: usize = 64;

/// The drivers of all standard kinds, one each, answering into `answers`. `node` is the name of the node, from which
/// splay is drawn; over `worker`'s connection keys of buckets are watched.
///
/// They must be used inside a tokio runtime whose I/O and time drivers are enabled. Nothing is started, opened
/// or watched before the first [`Driver::ask`].
pub fn standard(answers: &Answers, node: &str, worker: Option<&Worker>) -> Vec<Box<dyn Driver>> {
    let launcher = commands::Launcher::new(COMMANDS_AT_ONCE);
    vec![
        Box::new(exec::Exec::new(answers.clone(), launcher.clone())),
        Box::new(shell::Shell::new(answers.clone(), launcher.clone())),
        Box::new(program::Programs::new(answers.clone(), launcher)),
        Box::new(file::File::new(answers.clone(), file::Pace::default())),
        Box::new(kv::Keys::new(answers.clone(), worker.cloned())),
        Box::new(schedule::Schedules::new(answers.clone(), node, wall::System::default())),
    ]
}
