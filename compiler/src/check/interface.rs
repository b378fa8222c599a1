//! What other machines can see of a machine, read off its tree: its body need not be right for that.

use super::Interface;
use super::setting::EventShape;
use crate::ast::{Action, ActionKind, Body, Declaration, Event, Extern, Machine, Path};
use std::collections::BTreeSet;

/// What is to be seen of a machine that a source declares.
pub(crate) fn of_machine(machine: &Machine<'_>) -> Interface {
    let mut shown = Interface { name: machine.name.text.to_owned(), ..Interface::default() };
    let mut emitted = BTreeSet::new();
    let declared = machine.body.declarations.iter().filter_map(|it| match it {
        Declaration::Event(it) => Some(event(it)),
        _ => None,
    });
    shown.events.extend(declared);
    body(&machine.body, "", &mut shown, &mut emitted);
    emitted.retain(|it| shown.events.iter().all(|event| event.name != *it));
    let emitted = emitted.into_iter().map(|it| EventShape { name: it.to_owned(), fields: Vec::new(), declared: false });
    shown.events.extend(emitted);
    shown
}

/// What is to be seen of a machine outside of the sources.
pub(crate) fn of_extern(machine: &Extern<'_>) -> Interface {
    Interface {
        name: machine.name.text.to_owned(),
        states: machine.states.iter().map(path).collect(),
        events: machine.events.iter().map(event).collect(),
    }
}

/// States and emitted events of a body and of all states inside. The grammar bounds how deep they nest.
fn body<'a>(body_: &'a Body<'_>, around: &str, shown: &mut Interface, emitted: &mut BTreeSet<&'a str>) {
    let handled = body_.handlers.iter().map(|it| &it.actions);
    let done = body_.blocks.iter().map(|it| &it.actions);
    handled.chain(done).flatten().for_each(|it| emitted.extend(emit(it)));
    for state in &body_.states {
        let own = part(state.name.text);
        let path = if around.is_empty() { own } else { format!("{around}.{own}") };
        shown.states.push(path.clone());
        body(&state.body, &path, shown, emitted);
    }
}

fn emit<'a>(action: &'a Action<'_>) -> Option<&'a str> {
    match &action.kind {
        ActionKind::Emit { name, .. } => Some(name.text),
        _ => None,
    }
}

fn event(event: &Event<'_>) -> EventShape {
    EventShape { name: event.name.text.to_owned(), fields: Vec::new(), declared: true }
}

fn path(path: &Path<'_>) -> String {
    path.names.iter().map(|it| part(it.text)).collect::<Vec<_>>().join(".")
}

/// A name with a dot in it keeps its backticks, as in the paths of states.
fn part(name: &str) -> String {
    if name.contains('.') { format!("`{name}`") } else { name.to_owned() }
}
