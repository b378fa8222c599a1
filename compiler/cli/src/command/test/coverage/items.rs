//! Everything of a machine that a test can touch.

use super::Sort;
use crate::command::test::subject::Subject;
use crate::command::test::words;
use machine_compiler::model::{Constant, HandlerId, Machine, StateId as ModelState, Watcher};
use machine_core::table::EventSource;
use machine_core::{StateId, Table, TimerId};
use machine_grammar::Span;
use machine_sim::Coverage;
use machine_sim::coverage::Way;
use std::collections::BTreeMap;

/// One thing.
pub(super) struct Item {
    pub(super) sort: Sort,
    pub(super) touched: bool,
    /// Where it stands.
    pub(super) span: Span,
    /// What is missing if it was not touched.
    pub(super) missing: String,
    /// In which state, where it can happen in several.
    pub(super) leaf: Option<String>,
}

/// All of a machine.
pub(super) fn of(subject: &Subject<'_>, coverage: &Coverage) -> Vec<Item> {
    let mut items = states(subject, coverage);
    items.extend(handlers(subject, coverage));
    items.extend(outcomes(subject, coverage));
    items.extend(timers(subject, coverage));
    items
}

fn states(subject: &Subject<'_>, coverage: &Coverage) -> Vec<Item> {
    let mut items = Vec::new();
    for (index, state) in subject.model.states.iter().enumerate() {
        let number = subject.state(ModelState(index)).index();
        let item = |sort, count: Option<&u64>, missing| {
            let touched = count.is_some_and(|it| *it > 0);
            Item { sort, touched, span: state.name_span, missing, leaf: None }
        };
        if index > 0 {
            let missing = format!("`{}` is never entered", state.path);
            items.push(item(Sort::States, coverage.states.get(number), missing));
        }
        if state.children.is_empty() {
            let missing = format!("it is never restarted in `{}`", if index > 0 { &state.path } else { &state.name });
            items.push(item(Sort::Restarts, coverage.restarts.get(number), missing));
        }
    }
    items
}

/// Handlers as they stand in the source. One of an outer state counts as taken where it was taken in any leaf; in which
/// leaves it was not is told with it.
fn handlers(subject: &Subject<'_>, coverage: &Coverage) -> Vec<Item> {
    let mut ways: BTreeMap<HandlerId, Vec<Way>> = BTreeMap::new();
    for found in &subject.numbers.found {
        for (position, handler) in (0..).zip(&found.handlers) {
            let way = (StateId(found.leaf), machine_core::EventId(found.event), position);
            ways.entry(*handler).or_default().push(way);
        }
    }
    let mut items = Vec::new();
    for (id, ways) in &ways {
        let handler = subject.model.handler(*id);
        for (leaf, event, position) in ways {
            let way = (*leaf, *event, *position);
            let touched = coverage.taken.contains_key(&way);
            let name = subject.event_name(*event, *leaf);
            let (missing, leaf) = (format!("`{name}` is never answered by this"), subject.path(*leaf).to_owned());
            items.push(Item { sort: Sort::Transitions, touched, span: handler.span, missing, leaf: Some(leaf) });
        }
        if let Some(guard) = &handler.guard {
            for (holds, counted) in [(true, &coverage.taken), (false, &coverage.refused)] {
                let touched = ways.iter().any(|it| counted.contains_key(it));
                let missing = format!("this guard is never {holds}");
                items.push(Item { sort: Sort::Guards, touched, span: guard.span, missing, leaf: None });
            }
        }
    }
    items
}

fn outcomes(subject: &Subject<'_>, coverage: &Coverage) -> Vec<Item> {
    let view = subject.view();
    let mut items = Vec::new();
    for (index, watcher) in subject.model.watchers.iter().enumerate() {
        let number = subject.watcher(machine_compiler::model::WatcherId(index));
        let can_come = |it: &u8| !is_never_told(subject.model, watcher, *it);
        for outcome in (0..view.outcome_count(number)).filter(can_come) {
            let touched = coverage.outcomes.contains_key(&(number, outcome));
            let missing = format!("`{}.{}` never comes", watcher.name, subject.outcome_name(number, outcome));
            items.push(Item { sort: Sort::Outcomes, touched, span: watcher.name_span, missing, leaf: None });
        }
    }
    items
}

/// A schedule with windows has no moments, and one without has nothing else; to wait for the others is refused.
fn is_never_told(machine: &Machine, watcher: &Watcher, outcome: u8) -> bool {
    let is_schedule = machine.kinds.get(watcher.kind).is_some_and(|it| it.name == "schedule" && it.program.is_empty());
    match watcher.args.get(2) {
        Some(Constant::Duration(window)) if is_schedule => (outcome == 0) == (*window > 0),
        _ => false,
    }
}

fn timers(subject: &Subject<'_>, coverage: &Coverage) -> Vec<Item> {
    let view = subject.view();
    let mut items = Vec::new();
    for (timer, handler) in view.timers().zip(&subject.numbers.timers) {
        let span = subject.model.handler(*handler).span;
        let name = format!("after {}", words::duration(view.timer(timer).1));
        let count = |list: &[u64]| list.get(timer.index()).is_some_and(|it| *it > 0);
        let item = |touched, what: &str| Item {
            sort: Sort::Timers,
            touched,
            span,
            missing: format!("`{name}` is never {what}"),
            leaf: None,
        };
        items.push(item(count(&coverage.fired), "fired"));
        if can_be_cancelled(&view, timer) {
            items.push(item(count(&coverage.cancelled), "cancelled"));
        }
    }
    items
}

/// Whether something else than the timer leads out of its state.
fn can_be_cancelled(view: &Table<'_>, timer: TimerId) -> bool {
    let (owner, slot) = (view.timer_owner(timer), view.timer(timer).0);
    let inside = |it: &StateId| machine_sim::script::is_in(view, *it, owner);
    view.leaves().filter(inside).any(|leaf| {
        // So many states are around the owner, itself not counted.
        let depth = view.path(leaf).iter().position(|it| it == owner).unwrap_or(usize::MAX);
        view.transitions(leaf).filter(|it| view.source(it.0) != EventSource::Timer(slot)).any(|(_, first)| {
            let next = |it: &machine_core::table::Transition| view.alternative(view.plan(it.plan).otherwise?);
            let plans = std::iter::successors(Some(first), next).map(|it| view.plan(it.plan));
            plans.into_iter().any(|plan| !plan.stay && plan.depth <= depth)
        })
    })
}
