//! Questions to a machine whose names and types are in order: one file a question, each linear in the machine.

mod blocks;
mod calculations;
mod cases;
mod cycle;
mod faults;
mod graph;
mod guards;
mod idle;
mod races;
mod raised;
mod reachable;
mod reaction;
mod schedules;
mod shadowed;
mod size;
mod stuck;
mod subject;
mod timers;
mod together;
mod unheard;

use crate::diagnostic::Diagnostics;
use crate::model::Machine;
use crate::source::FileId;
use subject::Subject;
pub(crate) use subject::event_name;

/// Asks every question of one machine that [`check`](mod@crate::check) has returned.
pub fn analyse(file: FileId, machine: &Machine, sink: &mut Diagnostics) {
    let subject = Subject::new(file, machine);
    for question in QUESTIONS {
        question(&subject, sink);
    }
}

/// They do not depend on one another: where one mistake could show in two answers, the question that owns it tells it
/// and the other one passes it over.
const QUESTIONS: &[fn(&Subject<'_>, &mut Diagnostics)] = &[
    idle::ask,
    reachable::ask,
    faults::ask,
    guards::ask,
    shadowed::ask,
    timers::ask,
    calculations::ask,
    stuck::ask,
    cycle::ask,
    raised::ask,
    races::ask,
    unheard::ask,
    schedules::ask,
    size::ask,
];
