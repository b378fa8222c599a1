//! Whether the transitions of a machine fit into a table, where handlers of outer states count in every state inside.

use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostics};
use crate::model::{Event, HandlerId, Machine, Origin, StateId, Trigger};
use machine_core::limits::IDS_MAX;
use std::collections::HashSet;

pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let machine = subject.machine;
    if roughly(machine) <= IDS_MAX || at_most(machine) <= IDS_MAX || fits(machine) {
        return;
    }
    let headline = format!("the transitions of machine `{}` fit into no table", machine.name);
    let told = subject
        .diagnostic(Code::TOO_MANY, machine.name_span, headline)
        .label(format!("they are more than {IDS_MAX}, each counted in every innermost state where it can be taken"))
        .help("answer fewer events in outer states that hold many others, or make several machines of it");
    sink.push(told);
}

/// As many as they would be if every handler counted in every leaf, which is few enough for nearly all machines.
fn roughly(machine: &Machine) -> usize {
    let answered: usize = (0..machine.handlers.len()).map(|it| events(machine, HandlerId(it)).count()).sum();
    answered.saturating_mul(machine.states.len())
}

/// As many as they would be if no inner handler answered what an outer one answers. States stand behind those around
/// them.
fn at_most(machine: &Machine) -> usize {
    let mut answered: Vec<usize> = Vec::with_capacity(machine.states.len());
    for state in &machine.states {
        let own: usize = state.handlers.iter().map(|it| events(machine, *it).count()).sum();
        answered.push(own + state.parent.map_or(0, |it| answered[it.0]));
    }
    machine.leaves().map(|it| answered[it.0]).sum()
}

fn fits(machine: &Machine) -> bool {
    let mut count = 0;
    machine.leaves().all(|leaf| {
        count += cells(machine, leaf);
        count <= IDS_MAX
    })
}

/// The events that are answered in a leaf, each once.
fn cells(machine: &Machine, leaf: StateId) -> usize {
    let handlers = machine.outwards(leaf).flat_map(|it| &machine.state(it).handlers);
    handlers.flat_map(|it| events(machine, *it)).collect::<HashSet<_>>().len()
}

#[derive(PartialEq, Eq, Hash)]
enum Answered {
    Event(Origin),
    Timer(HandlerId),
}

fn events(machine: &Machine, handler: HandlerId) -> impl Iterator<Item = Answered> {
    let (named, own): (&[Event], _) = match &machine.handler(handler).trigger {
        Trigger::On(events) => (events, None),
        Trigger::After { .. } => (&[], Some(Answered::Timer(handler))),
        Trigger::When(signal) => (&[], Some(Answered::Event(Origin::Signal(*signal)))),
    };
    named.iter().map(|it| Answered::Event(it.origin)).chain(own)
}
