//! What other machines can see of a machine, read off its tree: its body need not be right for that.

use super::declared::{self, Declared};
use super::report::Report;
use super::scope::Scope;
use super::setting::{EventShape, Interface, Param};
use super::types::{self, Use};
use crate::ast::{self, Action, ActionKind, Body, Declaration, Event, Extern, Machine, Name, Path};
use crate::diagnostic::{Code, Diagnostics};
use crate::source::FileId;
use std::collections::BTreeSet;

/// What is to be seen of a machine that a source declares. What is wrong with it is told where it is checked itself.
pub(crate) fn of_machine(machine: &Machine<'_>) -> Interface {
    let mut ignored = Diagnostics::default();
    let report = &mut Report::new(FileId(0), None, &mut ignored);
    let params = Declared::of_params(&params(machine, report));
    let mut shown = Interface { name: machine.name.text.to_owned(), ..Interface::default() };
    let mut emitted = BTreeSet::new();
    for declaration in &machine.body.declarations {
        if let Declaration::Event(it) = declaration {
            shown.events.push(event(it, &params, report));
        }
    }
    body(&machine.body, "", &mut shown, &mut emitted);
    emitted.retain(|it| shown.events.iter().all(|event| event.name != *it));
    let emitted = emitted.into_iter().map(|it| EventShape { name: it.to_owned(), fields: Vec::new(), declared: false });
    shown.events.extend(emitted);
    shown
}

/// The parameters of a template, of which only the types are known.
fn params(machine: &Machine<'_>, report: &mut Report<'_>) -> Vec<Param> {
    let nothing = Declared::default();
    let mut known = Vec::new();
    for it in machine.params.iter().flatten() {
        let ty = types::resolve(&it.ty, Use::Param, Scope::constants(&nothing), report);
        known.extend(ty.map(|ty| Param { name: it.name.text.to_owned(), ty, value: None, span: it.name.span }));
    }
    known
}

/// What is to be seen of a machine outside of the sources. What is wrong with it is told by [`check_extern`].
pub(crate) fn of_extern(machine: &Extern<'_>) -> Interface {
    let mut ignored = Diagnostics::default();
    let report = &mut Report::new(FileId(0), None, &mut ignored);
    Interface {
        name: machine.name.text.to_owned(),
        states: machine.states.iter().map(path).collect(),
        events: machine.events.iter().map(|it| event(it, &Declared::default(), report)).collect(),
        faulty: machine.faulty,
    }
}

/// Tells what is wrong with the declaration of a machine outside of the sources.
pub(super) fn check_extern(machine: &Extern<'_>, report: &mut Report<'_>) {
    let states: Vec<_> = machine.states.iter().map(|it| (path(it), it.span)).collect();
    for (at, (state, span)) in states.iter().enumerate() {
        if let Some((_, first)) = states[..at].iter().find(|it| it.0 == *state) {
            let headline = format!("machine `{}` has two states `{state}`", machine.name.text);
            report.tell(Code::DUPLICATE_STATE, *span, headline, |file, it| {
                it.label("the second one").also(file, *first, "the first one").help("leave one of them out")
            });
        }
    }
    for (at, it) in machine.events.iter().enumerate() {
        declared::fields(&it.fields, Scope::constants(&Declared::default()), report);
        if let Some(first) = machine.events[..at].iter().find(|first| first.name.text == it.name.text) {
            twice(it.name, first.name, report);
        }
    }
    if machine.states.is_empty() && machine.events.is_empty() && !machine.faulty {
        let headline = format!("nothing is said of machine `{}`", machine.name.text);
        report.tell(Code::EMPTY_EXTERN, machine.name.span, headline, |_, it| {
            it.label("its states or events are what others can wait for")
                .help("write them between its braces, as in `states open, shut`")
        });
    }
}

fn twice(name: Name<'_>, first: Name<'_>, report: &mut Report<'_>) {
    report.tell(Code::DUPLICATE_NAME, name.span, format!("`{}` is declared twice", name.text), |file, it| {
        it.label("the second one").also(file, first.span, "the first one").help("leave one of them out")
    });
}

/// States and emitted events of a body and of all states inside. The grammar bounds how deep they nest.
fn body<'a>(body_: &'a Body<'_>, around: &str, shown: &mut Interface, emitted: &mut BTreeSet<&'a str>) {
    let handled = body_.handlers.iter().map(|it| &it.actions);
    shown.faulty |= body_.faulty;
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

fn event(event: &Event<'_>, params: &Declared, report: &mut Report<'_>) -> EventShape {
    let field = |(name, ty): &(Name<'_>, ast::Type<'_>)| {
        Some((name.text.to_owned(), types::resolve(ty, Use::Value, Scope::constants(params), report)?))
    };
    let fields = event.fields.iter().filter_map(field).collect();
    EventShape { name: event.name.text.to_owned(), fields, declared: true }
}

fn path(path: &Path<'_>) -> String {
    path.names.iter().map(|it| part(it.text)).collect::<Vec<_>>().join(".")
}

/// A name with a dot in it keeps its backticks, as in the paths of states.
fn part(name: &str) -> String {
    if name.contains('.') { format!("`{name}`") } else { name.to_owned() }
}
