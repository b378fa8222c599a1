//! The language a second time, written from the manual alone: slow, obvious, and sharing nothing with compiler or core.
//!
//! [`Machine`] walks the syntax tree of a machine that the compiler accepts. It looks names up as it goes, keeps all that
//! a machine remembers in maps by name, and undoes by keeping a copy. [`crate::compare`] lets it live beside the real
//! thing and looks for the first difference.
//!
//! | file | page of the manual |
//! | --- | --- |
//! | `tree` | 2 states, names and paths |
//! | `kinds` | 6 kinds of watchers, 9 `returns` |
//! | `value`, `text`, `functions`, `calculate` | 7 types, 8 expressions |
//! | `machine` | what a machine remembers, and what can be told to it |
//! | `select` | 3 and 9: which handler is taken |
//! | `react` | 10 actions, 13 history: one reaction, done as a whole or not at all |
//! | `complete` | 10 `raise`, 11 `when`, 8 `on fault`: one reaction after the other |
//! | `clock`, `pace` | 4 time, 5 watchers and their pace |
//! | `village` | 16: what machines of one node hear of one another |
//! | `judge`, `typing` | 7, 8: whether the types of a machine are in order |

pub mod calculate;
mod clock;
mod complete;
mod functions;
mod judge;
mod kinds;
pub mod machine;
mod pace;
mod react;
mod select;
mod text;
pub mod told;
mod tree;
mod typing;
pub mod value;
mod village;

pub use calculate::Values;
pub use judge::judge;
pub use kinds::{Field, Report};
pub use machine::Machine;
pub use told::{Effect, Event, Id, Input, Verdict};
pub use value::{Reason, Type, Value};
pub use village::Village;
