//! Handlers: what each waits for and where it leads.

use super::events::Found;
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

/// A handler whose names are known; what `W.fault` stands for depends on the other handlers of its state.
struct Draft<'a> {
    ast: &'a ast::Handler<'a>,
    trigger: DraftTrigger,
    response: Response,
}

enum DraftTrigger {
    On(Vec<Found>),
    After { ms: u64, span: Span },
}

/// Checks the handlers of all states and returns those that are whole; all of them, if no mistake was told.
pub(super) fn check(resolver: &mut Resolver<'_, '_>) -> Vec<Handler> {
    let mut handlers = Vec::new();
    let mut drafts = Vec::new();
    for (id, node) in resolver.tree.nodes.iter().enumerate() {
        let state = StateId(id);
        for handler in &node.body.handlers {
            drafts.extend(resolver.draft(Place { state, handler }));
        }
        let named = named_events(&drafts);
        for draft in drafts.drain(..) {
            handlers.push(resolver.finish(draft, state, &named));
        }
    }
    handlers
}

/// The events that the handlers of a state name one by one, sorted; only looked at if some handler says `W.fault`.
fn named_events(drafts: &[Draft<'_>]) -> Vec<(WatcherId, usize)> {
    let found = || drafts.iter().flat_map(Draft::events);
    if !found().any(|it| matches!(it, Found::Faults { .. })) {
        return Vec::new();
    }
    let one = |it: &Found| match it {
        Found::One(event) => Some((event.watcher, event.outcome)),
        Found::Faults { .. } => None,
    };
    let mut named: Vec<_> = found().filter_map(one).collect();
    named.sort_unstable();
    named
}

impl Draft<'_> {
    fn events(&self) -> &[Found] {
        match &self.trigger {
            DraftTrigger::On(events) => events,
            DraftTrigger::After { .. } => &[],
        }
    }
}

impl<'a, 'r> Resolver<'a, 'r> {
    pub(super) fn new(tree: &'a Tree<'a>, kinds: &'a Kinds, report: &'a mut Report<'r>) -> Self {
        Self { tree, kinds, report }
    }

    fn draft(&mut self, place: Place<'a>) -> Option<Draft<'a>> {
        if self.wrong_way_round(place) {
            return None;
        }
        let trigger = match &place.handler.trigger {
            ast::Trigger::On { events } => self.events(place, events).map(DraftTrigger::On),
            ast::Trigger::After { delay, .. } => {
                let slot = Slot { name: "after", required: true };
                let after = |ms| DraftTrigger::After { ms, span: delay.span };
                values::pace(delay, slot, self.report).map(after)
            }
        };
        let response = self.response(place);
        Some(Draft { ast: place.handler, trigger: trigger?, response: response? })
    }

    /// All of the events, or `None`; every one of them is looked at.
    fn events(&mut self, place: Place<'_>, events: &[ast::Path<'_>]) -> Option<Vec<Found>> {
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

    fn finish(&mut self, draft: Draft<'_>, owner: StateId, named: &[(WatcherId, usize)]) -> Handler {
        let trigger = match draft.trigger {
            DraftTrigger::After { ms, span } => Trigger::After { ms, span },
            DraftTrigger::On(found) => Trigger::On(self.expand(found, named)),
        };
        Handler {
            owner,
            trigger,
            response: draft.response,
            label: draft.ast.label.map(|it| it.text.to_owned()),
            span: draft.ast.span,
        }
    }

    fn expand(&mut self, found: Vec<Found>, named: &[(WatcherId, usize)]) -> Vec<Event> {
        let mut events = Vec::with_capacity(found.len());
        for one in found {
            match one {
                Found::One(event) => events.push(event),
                Found::Faults { watcher, span } => self.faults(watcher, span, named, &mut events),
            }
        }
        events
    }

    /// `W.fault`: all faults of `W` that the same state does not name one by one.
    fn faults(&mut self, watcher: WatcherId, span: Span, named: &[(WatcherId, usize)], events: &mut Vec<Event>) {
        let before = events.len();
        let Some(declaration) = self.kinds.of(watcher) else { return };
        for (outcome, it) in declaration.kind.outcomes.iter().enumerate() {
            if it.fault && named.binary_search(&(watcher, outcome)).is_err() {
                events.push(Event { watcher, outcome, span });
            }
        }
        if events.len() == before {
            self.no_fault_left(watcher, span);
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
