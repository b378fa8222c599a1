//! Events by name: `WATCHER.OUTCOME`. What is said of a name that is none stands in `misnamed_events`.

use super::handlers::{EVERY_FAULT, Place, Resolver};
use super::kinds::Declaration;
use super::wording;
use crate::ast::{Name, Path, Trigger};
use crate::model::{Event, WatcherId};
use machine_grammar::Span;

/// Stands for all faults of a watcher.
pub(super) const ALL_FAULTS: &str = "fault";

impl Resolver<'_, '_> {
    /// The event at `position` of the place's handler; `None` if it is none, which has been told.
    pub(super) fn event(&mut self, place: Place<'_>, position: usize) -> Option<Event> {
        let Trigger::On { events } = &place.handler.trigger else { return None };
        let path = events.get(position)?.path();
        let (first, rest) = path.names.split_first()?;
        let Some(watcher) = self.tree.visible_watcher(place.state, first.text) else {
            self.no_such_watcher(place, position, path, *first);
            return None;
        };
        let Some(declaration) = self.kinds.of(watcher) else {
            self.report.known_broken();
            return None;
        };
        match rest {
            // A handler that could not be read to its end may have been cut off behind the watcher.
            [] if place.handler.response.is_none() => self.report.known_broken(),
            [] => self.no_outcome(place, position, *first, declaration),
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
        let outcomes = &declaration.kind.outcomes;
        if let Some(outcome) = outcomes.iter().position(|it| it.name == name.text) {
            return Some(Event { watcher, outcome, span });
        }
        if name.text == ALL_FAULTS && outcomes.iter().any(|it| it.fault) {
            return Some(Event { watcher, outcome: EVERY_FAULT, span });
        }
        if self.is_a_state(place, name.text) {
            self.state_as_outcome(place, watcher, declaration, name);
        } else {
            self.unknown_outcome(place, position, watcher, declaration, name);
        }
        None
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
        let declaration = self.tree.visible_watcher(place.state, watcher.text).and_then(|it| self.kinds.of(it));
        declaration
            .is_some_and(|it| outcome.text == ALL_FAULTS || it.kind.outcomes.iter().any(|it| it.name == outcome.text))
    }

    /// All events that can happen here, as they are written.
    pub(super) fn active_events(&self, place: Place<'_>) -> Vec<String> {
        self.tree
            .active_watchers(place.state)
            .filter_map(|it| Some((self.tree.watchers[it.0].ast.name.text, self.kinds.of(it)?)))
            .flat_map(|(name, declaration)| events_of(name, declaration))
            .collect()
    }
}

/// All events of a watcher, as they are written.
pub(super) fn events_of(watcher: &str, declaration: &Declaration) -> Vec<String> {
    let watcher = wording::name(watcher);
    declaration.kind.outcomes.iter().map(|it| format!("{watcher}.{}", it.name)).collect()
}
