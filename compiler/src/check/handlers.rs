//! Handlers: what each waits for and where it leads.

use super::kinds::Kinds;
use super::report::Report;
use super::tree::Tree;
use super::values::{self, Slot};
use crate::ast;
use crate::diagnostic::Code;
use crate::model::{Event, Handler, Response, StateId, Trigger, WatcherId};
use machine_grammar::Span;

/// Resolves the names in handlers. For events see `events`, for states `targets`.
pub(super) struct Resolver<'a, 'r> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) kinds: &'a Kinds,
    pub(super) report: &'a mut Report<'r>,
}

/// A handler as written and the state that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) state: StateId,
    pub(super) handler: &'a ast::Handler<'a>,
}

/// Checks the handlers of all states and returns those that are whole; all of them, if no mistake was told.
pub(super) fn check(resolver: &mut Resolver<'_, '_>) -> Vec<Handler> {
    let count = resolver.tree.nodes.iter().map(|it| it.body.handlers.len()).sum();
    let mut handlers = Vec::with_capacity(count);
    for (id, node) in resolver.tree.nodes.iter().enumerate() {
        let (state, first) = (StateId(id), handlers.len());
        for handler in &node.body.handlers {
            handlers.extend(resolver.handler(Place { state, handler }));
        }
        resolver.expand_faults(&mut handlers[first..]);
    }
    handlers
}

/// The outcome of an event `W.fault` until [`Resolver::expand_faults`] has put the faults in its place.
pub(super) const EVERY_FAULT: usize = usize::MAX;

impl<'a, 'r> Resolver<'a, 'r> {
    pub(super) fn new(tree: &'a Tree<'a>, kinds: &'a Kinds, report: &'a mut Report<'r>) -> Self {
        Self { tree, kinds, report }
    }

    fn handler(&mut self, place: Place<'a>) -> Option<Handler> {
        if self.wrong_way_round(place) {
            return None;
        }
        let trigger = match &place.handler.trigger {
            ast::Trigger::On { events } => self.events(place, events).map(Trigger::On),
            ast::Trigger::After { delay, .. } => {
                let slot = Slot { name: "after", required: true };
                values::pace(delay, slot, self.report).map(|ms| Trigger::After { ms, span: delay.span })
            }
            ast::Trigger::When { .. } => None,
        };
        let response = self.response(place);
        Some(Handler {
            owner: place.state,
            trigger: trigger?,
            response: response?,
            label: place.handler.label.map(|it| it.text.to_owned()),
            span: place.handler.span,
        })
    }

    /// All of the events, or `None`; every one of them is looked at.
    fn events(&mut self, place: Place<'_>, events: &[ast::EventRef<'_>]) -> Option<Vec<Event>> {
        let mut found = Vec::with_capacity(events.len());
        for position in 0..events.len() {
            found.extend(self.event(place, position));
        }
        (found.len() == events.len()).then_some(found)
    }

    fn response(&mut self, place: Place<'_>) -> Option<Response> {
        match &place.handler.response {
            None => {
                self.report.known_broken();
                None
            }
            Some(ast::Response::Stay(span)) => Some(Response::Stay(*span)),
            Some(ast::Response::Goto { target, again }) => {
                let state = self.target(place, target)?;
                Some(Response::Goto { target: state, again: again.is_some(), span: target.span })
            }
        }
    }

    /// `W.fault` in a handler of a state: all faults of `W` that no handler of the same state names one by one.
    fn expand_faults(&mut self, handlers: &mut [Handler]) {
        if !handlers.iter().flat_map(events).any(|it| it.outcome == EVERY_FAULT) {
            return;
        }
        let mut named: Vec<_> = handlers.iter().flat_map(events).map(|it| (it.watcher, it.outcome)).collect();
        named.sort_unstable();
        for handler in handlers {
            if let Trigger::On(events) = &mut handler.trigger {
                let written = std::mem::take(events);
                written.into_iter().for_each(|it| self.expand(it, &named, events));
            }
        }
    }

    fn expand(&mut self, event: Event, named: &[(WatcherId, usize)], events: &mut Vec<Event>) {
        let Some(declaration) = self.kinds.of(event.watcher).filter(|_| event.outcome == EVERY_FAULT) else {
            return events.push(event);
        };
        let before = events.len();
        for (outcome, it) in declaration.kind.outcomes.iter().enumerate() {
            if it.fault && named.binary_search(&(event.watcher, outcome)).is_err() {
                events.push(Event { outcome, ..event });
            }
        }
        if events.len() == before {
            self.no_fault_left(event.watcher, event.span);
        }
    }

    fn no_fault_left(&mut self, watcher: WatcherId, span: Span) {
        let name = self.tree.watchers[watcher.0].ast.name.text;
        let headline = format!("no fault is left for `{name}.fault`");
        self.report.tell(Code::UNREACHABLE_HANDLER, span, headline, |_, it| {
            it.label(format!("this state answers each fault of `{name}` by its name already"))
                .help("leave this one out")
        });
    }
}

fn events(handler: &Handler) -> &[Event] {
    match &handler.trigger {
        Trigger::On(events) => events,
        Trigger::After { .. } => &[],
    }
}
