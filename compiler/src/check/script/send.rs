//! What comes from outside: events of operators, and of other machines.

use super::{Script, wording};
use crate::ast::{Arg, Name, Path};
use crate::check::declared;
use crate::diagnostic::{Code, suggest};
use crate::model::test::LineKind;
use crate::model::{Constant, Field, Signal, SignalId, SignalSource};
use machine_grammar::Span;

impl Script<'_, '_> {
    pub(super) fn send(&mut self, event: &Path<'_>, fields: &[Arg<'_>]) -> Option<LineKind> {
        if self.is_a_state(event) {
            self.state_as_event(event);
            return None;
        }
        let signal = match event.names.as_slice() {
            [name] => self.declared_event(*name)?,
            [machine, name] => self.told_event(*machine, *name, event)?,
            _ => {
                self.not_heard(event.span, &wording::path(event));
                return None;
            }
        };
        let payload = &self.subject.machine.signals.get(signal.0)?.fields;
        let name = event.names.last()?;
        let values = self.all_fields(*name, fields, payload)?;
        Some(LineKind::Send { signal, values })
    }

    fn find(&self, is: impl Fn(&SignalSource) -> bool) -> Option<SignalId> {
        self.subject.machine.signals.iter().position(|it| is(&it.source)).map(SignalId)
    }

    /// Whether a path that can only be meant as a state stands where an event belongs.
    fn is_a_state(&self, path: &Path<'_>) -> bool {
        let is_event = |name: &str| self.subject.machine.events.iter().any(|it| it.name == name);
        match path.names.as_slice() {
            [name] => self.states.has(name.text) && !is_event(name.text),
            names => self.states.find(names).is_some(),
        }
    }

    fn state_as_event(&mut self, path: &Path<'_>) {
        let written = wording::path(path);
        let headline = format!("`{written}` is a state, and an event belongs here");
        self.report.tell(Code::STATE_AS_EVENT, path.span, headline, |_, it| {
            it.label("a state, not an event")
                .help(format!("write `advance until {written}` to go there, or `expect {written}`"))
        });
    }

    /// An event that operators send.
    fn declared_event(&mut self, name: Name<'_>) -> Option<SignalId> {
        let machine = self.subject.machine;
        let Some(at) = machine.events.iter().position(|it| it.name == name.text) else {
            self.unknown_event(name);
            return None;
        };
        if !machine.events.get(at)?.operator {
            self.not_from_operator(name);
            return None;
        }
        let found = self.find(|it| *it == SignalSource::Declared(at));
        if found.is_none() {
            self.not_heard(name.span, &wording::name(name.text));
        }
        found
    }

    fn told_event(&mut self, machine: Name<'_>, name: Name<'_>, path: &Path<'_>) -> Option<SignalId> {
        let told = |it: &SignalSource| matches!(it, SignalSource::Emitted { machine: m, event } if *m == machine.text && *event == name.text);
        let found = self.find(told);
        if found.is_none() {
            self.not_heard(path.span, &wording::path(path));
        }
        found
    }

    // ---- Where other machines are

    pub(super) fn other_enters(&mut self, machine: Name<'_>, state: &Path<'_>) -> Option<LineKind> {
        let wanted = plain(state);
        let enters = |it: &SignalSource| matches!(it, SignalSource::Enters { machine: m, state } if *m == machine.text && *state == wanted);
        let Some(signal) = self.find(enters) else {
            let what = format!("{} enters {}", wording::name(machine.text), wording::path(state));
            self.not_heard(machine.span.to(state.span), &what);
            return None;
        };
        Some(LineKind::Send { signal, values: Vec::new() })
    }

    pub(super) fn other_is(&mut self, machine: Name<'_>, negated: bool, state: &Path<'_>) -> Option<LineKind> {
        let wanted = plain(state);
        let conditions = &self.subject.machine.conditions;
        let found = conditions.iter().position(|it| it.machine == machine.text && it.state == wanted);
        match found {
            Some(condition) => Some(LineKind::Condition { condition, holds: !negated }),
            None if let Some(limit) = self.limit_named(machine) => self.limit_is(limit, negated, state),
            None => {
                let what = format!("{} is {}", wording::name(machine.text), wording::path(state));
                self.not_heard(machine.span.to(state.span), &what);
                None
            }
        }
    }

    // ---- Fields

    /// One value for each field: by name, or in their order.
    fn all_fields(&mut self, event: Name<'_>, given: &[Arg<'_>], payload: &[Field]) -> Option<Vec<Constant>> {
        let mut values: Vec<Option<Constant>> = payload.iter().map(|_| None).collect();
        let mut whole = declared::repeated_field(given.iter().filter_map(|it| it.name), self.report).is_none();
        for (position, arg) in given.iter().enumerate() {
            let at = match arg.name {
                Some(name) => payload.iter().position(|it| it.0 == name.text),
                None => Some(position).filter(|it| *it < payload.len()),
            };
            let Some(at) = at else {
                match arg.name {
                    Some(name) => self.unknown_field(event.text, name, payload),
                    None => self.too_many(event, arg.value.span, payload),
                }
                whole = false;
                continue;
            };
            let (name, ty) = payload.get(at)?;
            let found = self.constant(&arg.value, ty, name);
            whole &= found.is_some();
            values[at] = found;
        }
        let missing: Vec<_> =
            payload.iter().zip(&values).filter(|it| it.1.is_none()).map(|it| it.0.0.as_str()).collect();
        if whole && !missing.is_empty() {
            self.missing(event, &missing);
        }
        if whole { values.into_iter().collect() } else { None }
    }

    fn missing(&mut self, event: Name<'_>, missing: &[&str]) {
        let headline = format!("`{}` is sent without its {}", event.text, wording::all_of(missing));
        let example: Vec<_> = missing.iter().map(|it| format!("{}: …", wording::name(it))).collect();
        let help = format!("write `{}({})`", wording::name(event.text), example.join(", "));
        self.report
            .tell(Code::EVENT_FIELDS, event.span, headline, |_, it| it.label("each field needs a value").help(help));
    }

    fn too_many(&mut self, event: Name<'_>, span: Span, payload: &[Field]) {
        let names: Vec<_> = payload.iter().map(|it| it.0.as_str()).collect();
        let headline = format!("`{}` carries nothing for this", event.text);
        self.report.tell(Code::EVENT_FIELDS, span, headline, |_, it| {
            it.label("no field is left").help(match names.is_empty() {
                true => "leave it out: this event carries nothing".to_owned(),
                false => format!("it carries, in this order, {}", wording::all_of(&names)),
            })
        });
    }

    // ---- What is none

    fn unknown_event(&mut self, name: Name<'_>) {
        let machine = self.subject.machine;
        let operators = machine.events.iter().filter(|it| it.operator);
        let names: Vec<_> = operators.map(|it| it.name.as_str()).collect();
        let near = suggest::nearest(name.text, names.iter().copied());
        let is_watcher = machine.watchers.iter().any(|it| it.name == name.text);
        let written = wording::name(name.text);
        let headline = format!("`{}` has no event `{}`", machine.name, name.text);
        self.report.tell(Code::UNKNOWN_EVENT, name.span, headline, |file, it| match near {
            _ if is_watcher => it.label("this is a watcher").help(format!("write `{written} answers …`")),
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{}`", wording::name(right)))
                .fix(file, name.span, wording::name(right))
                .certain_if(suggest::is_certain(name.text, names.iter().copied())),
            None => it.label("no event of this name").help(match names.is_empty() {
                true => format!("declare it in the machine: `event {written} from operator`"),
                false => format!("operators can send it {}", wording::all_of(&names)),
            }),
        });
    }

    fn not_from_operator(&mut self, name: Name<'_>) {
        let headline = format!("nobody outside can send `{}`", name.text);
        let help =
            format!("let the machine come to raise it, or declare `event {} from operator`", wording::name(name.text));
        self.report.tell(Code::NOT_SENT, name.span, headline, |_, it| {
            it.label("the machine raises this event itself").help(help)
        });
    }

    /// Something that the machine does not wait for.
    fn not_heard(&mut self, span: Span, what: &str) {
        let machine = self.subject.machine;
        let heard = machine.signals.iter().filter_map(|it| heard(it, machine));
        let conditions = machine.conditions.iter().map(|it| format!("{} is {}", wording::name(&it.machine), it.state));
        let limits = machine.limits.iter().map(|it| format!("{} is full", wording::name(&it.name)));
        let all: Vec<_> = heard.chain(conditions).chain(limits).collect();
        let near = suggest::nearest(what, all.iter().map(String::as_str));
        let headline = format!("`{}` does not wait for `{what}`", machine.name);
        self.report.tell(Code::NOT_SENT, span, headline, |file, it| match near {
            Some(right) => it
                .label(format!("did you mean `{right}`?"))
                .help(format!("write `{right}`"))
                .fix(file, span, right)
                .certain_if(suggest::is_certain(what, all.iter().map(String::as_str))),
            None if all.is_empty() => it.label("nothing would come of it").help("leave the line out"),
            None => it.label("nothing would come of it").help(format!("it waits for {}", wording::all_of(&all))),
        });
    }
}

/// An event from outside as a test writes it.
fn heard(signal: &Signal, machine: &crate::model::Machine) -> Option<String> {
    match &signal.source {
        SignalSource::Declared(at) => {
            machine.events.get(*at).filter(|it| it.operator).map(|it| wording::name(&it.name))
        }
        SignalSource::Emitted { machine, event } => {
            Some(format!("{}.{}", wording::name(machine), wording::name(event)))
        }
        SignalSource::Enters { machine, state } => Some(format!("{} enters {state}", wording::name(machine))),
        SignalSource::When(..) | SignalSource::Fault => None,
    }
}

/// A path as the model has it: a name with a dot in it keeps its backticks.
fn plain(path: &Path<'_>) -> String {
    let part = |text: &str| if text.contains('.') { format!("`{text}`") } else { text.to_owned() };
    path.names.iter().map(|it| part(it.text)).collect::<Vec<_>>().join(".")
}
