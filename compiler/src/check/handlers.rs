//! Handlers: what each waits for and where it leads.

use super::actions;
use super::declared::{Declared, Value};
use super::expr;
use super::kinds::Kinds;
use super::report::Report;
use super::scope::{Binding, Scope};
use super::setting::Setting;
use super::tree::Tree;
use super::values::{self, How, Slot};
use super::watchers::Shape;
use super::wording;
use crate::ast::{self, EventRef};
use crate::diagnostic::Code;
use crate::model::{
    Emit, Event, Expr, Handler, HandlerId, Origin, Response, Signal, SignalId, SignalSource, StateId, Trigger,
    WatcherId,
};
use machine_grammar::Span;
use smallvec::SmallVec;

/// Resolves the names in handlers. For events see `events`, for states `targets`, for what is done `actions`.
pub(super) struct Resolver<'a, 'r> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) kinds: &'a Kinds,
    pub(super) declared: &'a Declared,
    pub(super) shapes: &'a [Shape],
    pub(super) setting: &'a Setting<'a, 'a>,
    /// Events that are no outcomes and no timers, as far as handlers name them.
    pub(super) signals: Vec<Signal>,
    /// What the machine tells the world.
    pub(super) emits: Vec<Emit>,
    /// Which declared events it raises or emits itself.
    pub(super) raised: Vec<bool>,
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
            let id = HandlerId(handlers.len());
            handlers.extend(resolver.handler(Place { state, handler }, id));
        }
        resolver.expand_faults(&mut handlers[first..]);
    }
    handlers
}

/// The outcome of an event `W.fault` until [`Resolver::expand_faults`] has put the faults in its place.
pub(super) const EVERY_FAULT: usize = usize::MAX;

impl<'a, 'r> Resolver<'a, 'r> {
    fn handler(&mut self, place: Place<'a>, id: HandlerId) -> Option<Handler> {
        if self.wrong_way_round(place) {
            return None;
        }
        let ast = place.handler;
        let trigger = match &ast.trigger {
            ast::Trigger::On { events } => self.events(place, events).map(Trigger::On),
            ast::Trigger::After { delay, .. } => {
                let (slot, scope) =
                    (Slot { name: "after", required: true, how: How::Word }, Scope::constants(self.declared));
                values::pace(delay, slot, scope, self.report).map(|ms| Trigger::After { ms, span: delay.span })
            }
            ast::Trigger::When { condition, .. } => self.when(condition, id).map(Trigger::When),
        };
        let response = self.response(place);
        let (guard, actions) = match ast.guard.is_none() && ast.actions.is_empty() {
            true => (Some(None), Some(Vec::new())),
            false => self.calculations(place, trigger.as_ref()),
        };
        self.binding_of(place);
        Some(Handler {
            owner: place.state,
            trigger: trigger?,
            guard: guard?.map(Box::new),
            by_parameter: self.by_parameter(ast),
            response: response?,
            actions: actions?,
            label: ast.label.map(|it| it.text.into()),
            span: ast.span,
        })
    }

    /// Whether the condition of a handler names a parameter.
    fn by_parameter(&self, handler: &ast::Handler<'_>) -> bool {
        let condition = match &handler.trigger {
            ast::Trigger::When { condition, .. } => Some(condition),
            _ => handler.guard.as_ref(),
        };
        let is_param = |name: &str| matches!(self.declared.value(name), Some(Value::Param(_)));
        !self.declared.params.is_empty() && condition.is_some_and(|it| wording::names(it).into_iter().any(is_param))
    }

    /// Guard and actions, which see what the event carries.
    fn calculations(
        &mut self,
        place: Place<'a>,
        trigger: Option<&Trigger>,
    ) -> (Option<Option<Expr>>, Option<Vec<crate::model::Action>>) {
        let binding = self.binding(place, trigger);
        let scope = Scope::of(self.declared).with(binding.as_ref());
        let guard = match &place.handler.guard {
            None => Some(None),
            Some(it) => expr::condition(it, "when", scope, self.report).map(Some),
        };
        let actions = actions::check(&place.handler.actions, place.state, scope, self);
        (guard, actions)
    }

    /// What the events of a handler carry, under the name that it gives it; without a name nothing is meant by it, but
    /// messages know what could have been.
    fn binding(&self, place: Place<'a>, trigger: Option<&Trigger>) -> Option<Binding<'a>> {
        let ast::Trigger::On { events } = &place.handler.trigger else { return None };
        let name = events.iter().find_map(bound);
        let resolved = match trigger {
            Some(Trigger::On(it)) => it.as_slice(),
            _ => &[],
        };
        let payload = |at: usize| self.payload(place, resolved.get(at)?.origin);
        let named = events.iter().enumerate().map(|(at, it)| (it, payload(at)));
        Some(Binding {
            name: name.map_or("", |it| it.text),
            span: name.map_or(Span::default(), |it| it.span),
            events: named.collect(),
        })
    }

    /// All names in brackets of one handler are the same, and hide nothing.
    fn binding_of(&mut self, place: Place<'_>) {
        let ast::Trigger::On { events } = &place.handler.trigger else { return };
        let mut names = events.iter().filter_map(bound);
        let Some(first) = names.next() else { return };
        if let Some(other) = names.find(|it| it.text != first.text) {
            self.report.tell(
                Code::DIFFERING_FIELDS,
                other.span,
                "one handler has one name for what its events carry",
                |file, it| {
                    it.label(format!("this one is called `{}`", other.text))
                        .also(file, first.span, format!("this one is called `{}`", first.text))
                        .help(format!("write `({})` for both, or one handler for each", wording::name(first.text)))
                        .fix(file, other.span, wording::name(first.text))
                },
            );
        }
        if let Some(declared) = self.declared.place(first.text) {
            let headline = format!("`{}` is the name of a value already", first.text);
            self.report.tell(Code::HIDING_NAME, first.span, headline, |file, it| {
                it.label("this would hide it")
                    .also(file, declared, "it is declared here")
                    .help("give what the event carries another name, such as `it`")
            });
        }
    }

    /// A condition and the signal that it is true.
    fn when(&mut self, condition: &ast::Expr<'_>, id: HandlerId) -> Option<SignalId> {
        let scope = Scope::of(self.declared);
        let condition = expr::condition(condition, "when", scope, self.report)?;
        self.signals.push(Signal { source: SignalSource::When(id, condition), fields: Vec::new() });
        Some(SignalId(self.signals.len() - 1))
    }

    /// All of the events, or `None`; every one of them is looked at.
    fn events(&mut self, place: Place<'_>, events: &[EventRef<'_>]) -> Option<SmallVec<[Event; 1]>> {
        let mut found = SmallVec::with_capacity(events.len());
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
                let (state, last) = self.target(place, target)?;
                Some(Response::Goto { target: state, again: again.is_some(), last, span: target.span })
            }
        }
    }

    /// `W.fault` in a handler of a state: all faults of `W` that no handler of the same state names one by one and
    /// without a condition.
    fn expand_faults(&mut self, handlers: &mut [Handler]) {
        let is_every = |it: &Event| matches!(it.origin, Origin::Outcome(_, EVERY_FAULT));
        if !handlers.iter().flat_map(events).any(is_every) {
            return;
        }
        let certain = handlers.iter().filter(|it| it.guard.is_none());
        let mut named: Vec<_> = certain.flat_map(events).map(|it| it.origin).collect();
        named.sort_unstable();
        for handler in handlers {
            let is_guarded = handler.guard.is_some();
            if let Trigger::On(events) = &mut handler.trigger {
                let written = std::mem::take(events);
                written.into_iter().for_each(|it| self.expand(it, &named, is_guarded, events));
            }
        }
    }

    fn expand(&mut self, event: Event, named: &[Origin], is_guarded: bool, events: &mut SmallVec<[Event; 1]>) {
        let Origin::Outcome(watcher, EVERY_FAULT) = event.origin else { return events.push(event) };
        let Some(declaration) = self.kinds.of(watcher) else { return events.push(event) };
        let before = events.len();
        let own = &declaration.kind.outcomes;
        let invalid = self.shapes[watcher.0].has_returns.then_some(own.len());
        let faults = (0..own.len()).filter(|it| own[*it].fault).chain(invalid);
        for origin in faults.map(|it| Origin::Outcome(watcher, it)) {
            if named.binary_search(&origin).is_err() {
                events.push(Event { origin, ..event });
            }
        }
        if events.len() == before && !is_guarded {
            self.no_fault_left(watcher, event.span);
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
        Trigger::After { .. } | Trigger::When(_) => &[],
    }
}

/// The name in brackets behind an event.
fn bound<'s>(event: &EventRef<'s>) -> Option<ast::Name<'s>> {
    match event {
        EventRef::Named { binding, .. } => *binding,
        EventRef::Enters { .. } => None,
    }
}
