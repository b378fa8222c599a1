//! Events by name: outcomes, declared events, those of other machines. What is said of a name that is none stands in
//! `misnamed_events`.

use super::handlers::{EVERY_FAULT, Place, Resolver};
use super::kinds::Declaration;
use super::others;
use super::setting::Interface;
use super::wording;
use crate::ast::{EventRef, Name, Path, Trigger};
use crate::model::{Event, Field, INVALID, Origin, SKIPPED, Signal, SignalId, SignalSource, Type, WatcherId};
use machine_core::definition::{FAULT_AT_MAX, FAULT_REASONS};
use machine_grammar::Span;
use std::sync::Arc;

/// Stands for all faults of a watcher, and alone for a calculation of the machine that failed.
pub(super) const ALL_FAULTS: &str = "fault";

impl Resolver<'_, '_> {
    /// The event at `position` of the place's handler; `None` if it is none, which has been told.
    pub(super) fn event(&mut self, place: Place<'_>, position: usize) -> Option<Event> {
        let Trigger::On { events } = &place.handler.trigger else { return None };
        let event = events.get(position)?;
        if let EventRef::Enters { machine, state } = event {
            return self.enters(*machine, state);
        }
        let path = event.path();
        let (first, rest) = path.names.split_first()?;
        let Some(watcher) = self.tree.visible_watcher(place.state, first.text) else {
            return self.signal(place, position, path, *first, rest);
        };
        let Some(declaration) = self.kinds.of(watcher) else {
            self.report.known_broken();
            return None;
        };
        match rest {
            // A handler that could not be read to its end may have been cut off behind the watcher.
            [] if place.handler.response.is_none() => self.report.known_broken(),
            [] => self.no_outcome(place, position, *first, watcher),
            [name] => return self.outcome(place, position, watcher, declaration, *name, path.span),
            [_, further, ..] => self.too_many_names(*first, *further),
        }
        None
    }

    fn outcome(
        &mut self,
        place: Place<'_>,
        position: usize,
        watcher: WatcherId,
        declaration: &Declaration,
        name: Name<'_>,
        span: Span,
    ) -> Option<Event> {
        let found = |outcome| Some(Event { origin: Origin::Outcome(watcher, outcome), span });
        if let Some(outcome) = self.outcome_named(watcher, declaration, name.text) {
            return found(outcome);
        }
        let has_fault = declaration.kind.outcomes.iter().any(|it| it.fault) || self.shapes[watcher.0].has_returns;
        if name.text == ALL_FAULTS && has_fault {
            return found(EVERY_FAULT);
        }
        if self.is_a_state(place, name.text) {
            self.state_as_outcome(place, watcher, declaration, name);
        } else {
            self.unknown_outcome(place, position, watcher, declaration, name);
        }
        None
    }

    /// Outcomes of the kind first, then those that modifiers add.
    fn outcome_named(&self, watcher: WatcherId, declaration: &Declaration, name: &str) -> Option<usize> {
        let own = &declaration.kind.outcomes;
        let shape = &self.shapes[watcher.0];
        own.iter().position(|it| it.name == name).or_else(|| match name {
            INVALID if shape.has_returns => Some(own.len()),
            SKIPPED if shape.has_under => Some(own.len() + usize::from(shape.has_returns)),
            _ => None,
        })
    }

    /// An event that is no outcome: declared, of another machine, or the fault of a calculation.
    fn signal(
        &mut self,
        place: Place<'_>,
        position: usize,
        path: &Path<'_>,
        first: Name<'_>,
        rest: &[Name<'_>],
    ) -> Option<Event> {
        let declared = self.declared.events.iter().position(|it| it.name == first.text);
        match (rest, declared) {
            ([], Some(at)) => {
                let fields = self.declared.events[at].fields.clone();
                return Some(self.intern(SignalSource::Declared(at), path.span, || fields));
            }
            ([], None) if first.text == ALL_FAULTS => {
                return Some(self.intern(SignalSource::Fault, path.span, fault_fields));
            }
            ([further, ..], Some(_)) => {
                self.inside_an_event(first, *further);
                return None;
            }
            _ => {}
        }
        if self.declared.is_broken(first.text) {
            self.report.known_broken();
            return None;
        }
        match self.setting.others.find(first.text) {
            Some(other) => self.of_machine(&other, first, rest, path.span),
            None => {
                self.no_such_watcher(place, position, path, first);
                None
            }
        }
    }

    fn of_machine(&mut self, other: &Arc<Interface>, name: Name<'_>, rest: &[Name<'_>], span: Span) -> Option<Event> {
        match rest {
            [] => others::alone(name, other, span, self.report),
            [event] => {
                let shape = others::event(other, *event, self.report)?;
                let source = SignalSource::Emitted { machine: other.name.clone(), event: shape.name.clone() };
                return Some(self.intern(source, span, || shape.fields.clone()));
            }
            [_, further, ..] => self.too_many_names(name, *further),
        }
        None
    }

    fn enters(&mut self, machine: Name<'_>, path: &Path<'_>) -> Option<Event> {
        let other = others::machine(machine, self.setting.others, self.report)?;
        let state = others::state(&other, path, self.report)?;
        let source = SignalSource::Enters { machine: other.name.clone(), state };
        Some(self.intern(source, machine.span.to(path.span), Vec::new))
    }

    /// The signal with this source, each once.
    fn intern(&mut self, source: SignalSource, span: Span, fields: impl FnOnce() -> Vec<Field>) -> Event {
        let found = self.signals.iter().position(|it| it.source == source);
        let id = found.unwrap_or_else(|| {
            self.signals.push(Signal { source, fields: fields() });
            self.signals.len() - 1
        });
        Event { origin: Origin::Signal(SignalId(id)), span }
    }

    /// What an event of the place's handler carries; `None` if that is not known.
    pub(super) fn payload(&self, place: Place<'_>, origin: Origin) -> Option<Vec<Field>> {
        match origin {
            Origin::Signal(SignalId(id)) => {
                let fields = &self.signals[id].fields;
                // They may have stood in what could not be read.
                (!fields.is_empty() || !self.declared.unsure()).then(|| fields.clone())
            }
            Origin::Outcome(watcher, EVERY_FAULT) => self.shared_by_faults(place, watcher),
            Origin::Outcome(watcher, outcome) => self.outcome_fields(watcher, outcome),
        }
    }

    fn outcome_fields(&self, watcher: WatcherId, outcome: usize) -> Option<Vec<Field>> {
        let (kind, shape) = (&self.kinds.of(watcher)?.kind, &self.shapes[watcher.0]);
        if shape.has_returns && shape.returns.is_none() {
            return None;
        }
        Some(crate::model::payload(kind, shape.returns.as_deref(), outcome))
    }

    /// The fields that all faults carry which `W.fault` stands for here.
    fn shared_by_faults(&self, place: Place<'_>, watcher: WatcherId) -> Option<Vec<Field>> {
        let kind = &self.kinds.of(watcher)?.kind;
        let invalid = self.shapes[watcher.0].has_returns.then_some((kind.outcomes.len(), INVALID));
        let own = kind.outcomes.iter().enumerate().filter(|it| it.1.fault).map(|(at, it)| (at, it.name.as_str()));
        let mut shared: Option<Vec<Field>> = None;
        for (outcome, name) in own.chain(invalid) {
            if self.is_answered_by_name(place, watcher, name) {
                continue;
            }
            let fields = self.outcome_fields(watcher, outcome)?;
            match &mut shared {
                None => shared = Some(fields),
                Some(shared) => shared.retain(|it| fields.contains(it)),
            }
        }
        Some(shared.unwrap_or_default())
    }

    /// Whether another handler of the same state answers the outcome, whatever holds.
    fn is_answered_by_name(&self, place: Place<'_>, watcher: WatcherId, outcome: &str) -> bool {
        let name = self.tree.watchers[watcher.0].ast.name.text;
        let is_it = |path: &Path<'_>| matches!(path.names.as_slice(), [a, b] if a.text == name && b.text == outcome);
        let handlers = self.tree.node(place.state).body.handlers.iter();
        handlers.filter(|it| it.guard.is_none()).any(|it| match &it.trigger {
            Trigger::On { events } => events.iter().any(|it| is_it(it.path())),
            _ => false,
        })
    }

    fn no_such_watcher(&mut self, place: Place<'_>, position: usize, path: &Path<'_>, name: Name<'_>) {
        if self.tree.broken_around(place.state) {
            return self.report.known_broken();
        }
        let elsewhere = self.tree.watchers.iter().find(|it| it.ast.name.text == name.text);
        if let Some(site) = elsewhere {
            self.inactive_watcher(place, name, site);
        } else if self.is_a_state(place, name.text) {
            self.state_as_event(place, position, path, name);
        } else {
            self.unknown_watcher(place, position, path, name);
        }
    }

    /// `WATCHER.OUTCOME` of a watcher that is active here.
    pub(super) fn is_event(&self, place: Place<'_>, path: &Path<'_>) -> bool {
        let [watcher, outcome] = path.names.as_slice() else { return false };
        let Some(id) = self.tree.visible_watcher(place.state, watcher.text) else { return false };
        let declaration = self.kinds.of(id);
        declaration.is_some_and(|it| outcome.text == ALL_FAULTS || self.outcome_named(id, it, outcome.text).is_some())
    }

    /// All events that can happen here, as they are written.
    pub(super) fn active_events(&self, place: Place<'_>) -> Vec<String> {
        let watchers = self.tree.active_watchers(place.state);
        let outcomes = watchers.flat_map(|id| self.events_of(id));
        outcomes.chain(self.declared.events.iter().map(|it| wording::name(&it.name))).collect()
    }

    /// All events of a watcher, as they are written.
    pub(super) fn events_of(&self, watcher: WatcherId) -> Vec<String> {
        let name = wording::name(self.tree.watchers[watcher.0].ast.name.text);
        self.outcome_names(watcher).into_iter().map(|it| format!("{name}.{it}")).collect()
    }
}

impl<'a> Resolver<'a, '_> {
    /// All outcomes of a watcher, those that modifiers add included.
    pub(super) fn outcome_names(&self, watcher: WatcherId) -> Vec<&'a str> {
        let shape = &self.shapes[watcher.0];
        let own = self.kinds.of(watcher).into_iter().flat_map(|it| &it.kind.outcomes).map(|it| it.name.as_str());
        let invalid = shape.has_returns.then_some(INVALID);
        own.chain(invalid).chain(shape.has_under.then_some(SKIPPED)).collect()
    }
}

/// What the fault of a calculation carries.
fn fault_fields() -> Vec<Field> {
    let reasons = FAULT_REASONS.iter().map(|it| (*it).to_owned()).collect();
    vec![("reason".to_owned(), Type::Enum(reasons)), ("at".to_owned(), Type::Text { max: FAULT_AT_MAX })]
}
