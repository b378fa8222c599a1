//! Which handler is taken ([pages 3](../../spec/03-transitions.md) [and 9](../../spec/09-guards.md) of the manual).

use super::calculate::{Scope, Values};
use super::machine::Machine;
use super::told::{Event, Id};
use super::tree::events;
use super::value::Reason;
use machine_compiler::ast::{EventRef, Handler, Trigger};

/// A handler that is taken.
pub(super) struct Taken<'a> {
    /// The state that it stands in.
    pub(super) place: String,
    pub(super) handler: &'a Handler<'a>,
    /// What it calls what the event carries.
    pub(super) binding: Option<&'a str>,
}

/// A calculation that failed, and where in the source it begins.
pub(super) type Failed = (Reason, usize);

impl<'a> Machine<'a> {
    /// The first handler, from the top to the bottom of the leaf and so on outwards, that is for the event and whose
    /// condition holds.
    pub(super) fn select(&self, event: &Event, payload: &Values) -> Result<Option<Taken<'a>>, Failed> {
        if let Event::Timer(id) | Event::When(id) = event {
            return self.own(id);
        }
        for place in self.tree.outwards(&self.life.leaf) {
            for handler in &self.tree.place(&place).body.handlers {
                let meant = events(handler).iter().find(|it| self.is_for(&place, it, event));
                let Some(meant) = meant else { continue };
                let binding = match meant {
                    EventRef::Named { binding, .. } => binding.map(|it| it.text),
                    EventRef::Enters { .. } => None,
                };
                if self.may(handler, binding, payload)? {
                    return Ok(Some(Taken { place, handler, binding }));
                }
            }
        }
        Ok(None)
    }

    /// The `after` or `when` itself.
    fn own(&self, id: &Id) -> Result<Option<Taken<'a>>, Failed> {
        let Some(handler) = self.by_number(id) else { return Ok(None) };
        let taken = Taken { place: id.0.clone(), handler, binding: None };
        Ok(self.may(handler, None, &Values::new())?.then_some(taken))
    }

    /// An `after` or `when` by its number among all handlers of its state.
    pub(super) fn by_number(&self, id: &Id) -> Option<&'a Handler<'a>> {
        self.tree.place(&id.0).body.handlers.get(id.1.parse::<usize>().ok()?)
    }

    fn may(&self, handler: &Handler<'_>, binding: Option<&str>, payload: &Values) -> Result<bool, Failed> {
        let Some(guard) = &handler.guard else { return Ok(true) };
        let scope = self.scope(binding, payload);
        scope.holds(guard).map_err(|reason| (reason, guard.span.start as usize))
    }

    pub(super) fn scope<'e>(&'e self, binding: Option<&'e str>, payload: &'e Values) -> Scope<'e> {
        Scope {
            binding: binding.map(|it| (it, payload)),
            parameters: &self.parameters,
            data: &self.life.data,
            facts: &self.life.facts,
            now: self.wall,
        }
    }

    fn is_for(&self, place: &str, written: &EventRef<'_>, event: &Event) -> bool {
        let path = match written {
            EventRef::Named { path, .. } => path,
            EventRef::Enters { machine, state } => {
                let state = state.names.iter().map(|it| it.text).collect::<Vec<_>>().join(".");
                return *event == Event::Enters(machine.text.to_owned(), state);
            }
        };
        let names: Vec<&str> = path.names.iter().map(|it| it.text).collect();
        match (event, names.as_slice()) {
            (Event::Fault, [name]) => *name == "fault" && !self.event_types.contains_key("fault"),
            (Event::Declared(event), [name]) => event == name,
            (Event::Emitted(machine, event), [of, name]) => machine == of && event == name,
            (Event::Outcome(id, outcome), [name, word]) => {
                let is_watcher = self.tree.watcher(place, name).is_some_and(|it| it.0 == id.0 && *name == id.1);
                is_watcher && (word == outcome || *word == "fault" && self.is_left_to_fault(place, id, outcome))
            }
            _ => false,
        }
    }

    /// A fault that the same state does not answer by name, whatever happens. (A handler by name with a condition may
    /// let it go: then the one for all faults is the next.)
    fn is_left_to_fault(&self, place: &str, id: &Id, outcome: &str) -> bool {
        let is_fault = self.reports.get(id).and_then(|it| it.get(outcome)).is_some_and(|it| it.is_fault);
        let by_name = |it: &EventRef<'_>| match it {
            EventRef::Named { path, .. } => {
                matches!(path.names.as_slice(), [name, word] if name.text == id.1 && word.text == outcome)
            }
            EventRef::Enters { .. } => false,
        };
        let answers = |it: &&Handler<'_>| it.guard.is_none() && events(it).iter().any(by_name);
        is_fault && !self.tree.place(place).body.handlers.iter().any(|it| answers(&it))
    }

    /// The numbers of the `after`s or `when`s of a state.
    pub(super) fn numbers(&self, place: &str, is_meant: fn(&Trigger<'_>) -> bool) -> Vec<Id> {
        let handlers = self.tree.place(place).body.handlers.iter().enumerate();
        handlers.filter(|it| is_meant(&it.1.trigger)).map(|it| (place.to_owned(), it.0.to_string())).collect()
    }
}
