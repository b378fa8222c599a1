//! Other machines of the node: their states and events by name.

use super::report::Report;
use super::setting::{EventShape, Interface, Others};
use super::wording;
use crate::ast::{Name, Path};
use crate::diagnostic::{Code, suggest};
use machine_grammar::Span;
use std::sync::Arc;

/// The machine of this name; `None` if there is none, which has been told.
pub(super) fn machine(name: Name<'_>, others: &dyn Others, report: &mut Report<'_>) -> Option<Arc<Interface>> {
    let found = others.find(name.text);
    match found.is_none() {
        true if others.unsure() => report.known_broken(),
        true if template(name, others, report) => {}
        true => unknown_machine(name, others, report),
        false => {}
    }
    found
}

/// Tells that a name is that of a template, of which only the instances run; whether it is.
pub(super) fn template(name: Name<'_>, others: &dyn Others, report: &mut Report<'_>) -> bool {
    let Some(instances) = others.instances(name.text) else { return false };
    let headline = format!("`{}` is a template, and only its instances run", name.text);
    report.tell(Code::UNKNOWN_MACHINE, name.span, headline, |file, it| {
        let it = it.label("a machine belongs here");
        match instances.as_slice() {
            [] => it.help(format!("make one with `machine NAME = {}(…)`, and name that", wording::name(name.text))),
            [one] => it.help(format!("write `{}`", wording::name(one))).fix(file, name.span, wording::name(one)),
            several => it.help(format!("name one of {}", wording::any_of(several))),
        }
    });
    true
}

fn unknown_machine(name: Name<'_>, others: &dyn Others, report: &mut Report<'_>) {
    let names = others.names();
    let nearest = suggest::nearest(name.text, names.iter().map(String::as_str));
    let headline = format!("there is no machine `{}`", name.text);
    let written = wording::name(name.text);
    report.tell(Code::UNKNOWN_MACHINE, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{}`", wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().map(String::as_str))),
        None => it.label("no machine of this name is known here").help(format!(
            "bring it with `use \"{}.machine\"`, or declare what it can do with `extern machine {written} {{ states … }}`",
            name.text
        )),
    });
}

/// The path of a state of another machine; `None` if it has none such, which has been told.
pub(super) fn state(of: &Interface, path: &Path<'_>, report: &mut Report<'_>) -> Option<String> {
    let wanted: Vec<_> = path.names.iter().map(|it| part(it.text)).collect();
    let wanted = wanted.join(".");
    if of.states.contains(&wanted) {
        return Some(wanted);
    }
    if of.faulty {
        report.known_broken();
        return None;
    }
    let longer: Vec<_> = of.states.iter().filter(|it| it.ends_with(&format!(".{wanted}"))).collect();
    let nearest = match longer.as_slice() {
        [only] => Some(only.as_str()),
        _ => suggest::nearest(&wanted, of.states.iter().map(String::as_str)),
    };
    let headline = format!("machine `{}` has no state `{wanted}`", of.name);
    report.tell(Code::UNKNOWN_OF_MACHINE, path.span, headline, |file, it| match nearest {
        Some(right) => {
            it.label(format!("did you mean `{right}`?")).help(format!("write `{right}`")).fix(file, path.span, right)
        }
        None => it.label("no state of this name").help(format!(
            "the states of `{}` are {}",
            of.name,
            wording::all_of(&of.states)
        )),
    });
    None
}

/// A name with a dot in it keeps its backticks, as in the paths of states.
fn part(name: &str) -> String {
    if name.contains('.') { format!("`{name}`") } else { name.to_owned() }
}

/// An event of another machine; `None` if it has none such, which has been told.
pub(super) fn event<'i>(of: &'i Interface, name: Name<'_>, report: &mut Report<'_>) -> Option<&'i EventShape> {
    let found = of.events.iter().find(|it| it.name == name.text);
    if found.is_some() || of.faulty {
        if found.is_none() {
            report.known_broken();
        }
        return found;
    }
    let names: Vec<_> = of.events.iter().map(|it| it.name.as_str()).collect();
    let nearest = suggest::nearest(name.text, names.iter().copied());
    let is_state = of.states.iter().any(|it| it == name.text);
    let headline = format!("machine `{}` tells no event `{}`", of.name, name.text);
    report.tell(Code::UNKNOWN_OF_MACHINE, name.span, headline, |file, it| match nearest {
        _ if is_state => it.label("a state of it").help(format!("write `on {} enters {}`", of.name, name.text)),
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{}.{}`", of.name, wording::name(right)))
            .fix(file, name.span, wording::name(right))
            .certain_if(suggest::is_certain(name.text, names.iter().copied())),
        None if names.is_empty() => it.label("it tells no events of its own").help(format!(
            "wait for one of its states with `on {} enters STATE`, or let it `emit {}`",
            of.name, name.text
        )),
        None => it.label("no event of this name").help(format!("`{}` tells {}", of.name, wording::all_of(&names))),
    });
    None
}

/// Tells that a machine has only states and events behind its dot.
pub(super) fn alone(name: Name<'_>, of: &Interface, span: Span, report: &mut Report<'_>) {
    let names: Vec<_> = of.events.iter().map(|it| format!("{}.{}", of.name, it.name)).collect();
    let headline = format!("`{}` is a machine, and alone it is not an event", name.text);
    report.tell(Code::MISSING_OUTCOME, span, headline, |_, it| {
        it.label("say what of it").help(match (names.is_empty(), of.states.first()) {
            (false, _) => format!("write {}", wording::any_of(&names)),
            (true, Some(state)) => format!("write `on {} enters {state}`", of.name),
            (true, None) => format!("write `on {} enters STATE`", of.name),
        })
    });
}
