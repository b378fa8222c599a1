//! When schedules are due: pure functions of a text and a time, for the compiler, for a node and in virtual time alike.
//!
//! Nothing in here looks at a clock or at a file: time comes in as milliseconds since 1970, zones come from the tables
//! that are built in, or from whoever hands over others.
//!
//! | from below | |
//! | --- | --- |
//! | [`Zone`] | a time zone: what its clocks show, and when they are changed |
//! | `cron`, `words` | the two ways to write a line, and what can be wrong with either ([`Mistake`]) |
//! | [`Line`] | one line of a schedule, in its zone |
//! | `slots` | from what clocks show to points in time, through hours that are skipped or come twice |
//! | [`Calendar`] | several lines: the slot behind and before a time, all between two |
//! | [`Schedule`] | what a watcher tells at a time, given what it told last ([`Told`], [`Memory`]) |
//!
//! Patterns are read and matched by `croner`, against what clocks show and not against points in time: what becomes of a
//! time of day that a change of the clocks skips or doubles is said by the language, in `slots`, and nowhere else.
//!
//! ```
//! use machine_calendar::{Calendar, Changes, Zone, shown};
//!
//! let zone = Zone::bundled("Europe/Berlin").unwrap();
//! let calendar = Calendar::read(&["daily at 02:30"], &zone, Changes::default(), &Zone::bundled).unwrap();
//! // On 29 March 2026 there is no 02:30 in Berlin.
//! let slots = calendar.after(1_774_566_000_000).take(3).map(|it| shown(it, &zone)).collect::<Vec<_>>();
//! assert_eq!(slots, ["2026-03-27 02:30 +01:00", "2026-03-28 02:30 +01:00", "2026-03-29 03:00 +02:00"]);
//! ```

mod calendar;
mod cron;
mod line;
mod mistake;
mod schedule;
mod slots;
mod splay;
mod words;
mod zone;

pub use calendar::Calendar;
pub use line::Line;
pub use mistake::Mistake;
pub use schedule::{CATCH_UP, GRACE, MISSED_MOST, Memory, Missed, Schedule, Told};
pub use slots::{Changes, Doubled, Skipped};
pub use splay::offset;
pub use zone::{LOCAL, Zone, read_time, rfc3339, shown};
