//! Events that a machine raises to itself: what they lead to at once, and whether they raise one another for ever.

use super::graph::Graph;
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Action, ActionKind, Handler, Origin, Response, SignalId, SignalSource, StateId};
use machine_grammar::Span;

/// Where raised events lead from each leaf.
pub(super) struct Raised {
    /// Sorted by leaf and event.
    ways: Vec<Way>,
}

/// What a declared event does in a leaf.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    leaf: StateId,
    event: usize,
    to: StateId,
    /// What is raised on the way.
    raises: Vec<usize>,
}

/// A declared event that is looked at in a leaf.
type Node = (usize, StateId);

/// A handler of a raised event raises another one.
struct Step {
    from: Node,
    to: Node,
    span: Span,
}

impl Raised {
    /// Nothing if the machine raises nothing.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Self> {
        if !raises(subject) {
            return None;
        }
        let mut ways = Vec::new();
        each(subject, |event, leaf, handler, to| {
            let raises = raised_by(subject, handler, leaf, to).into_iter().map(|it| it.0).collect();
            ways.push(Way { leaf, event, to, raises });
        });
        ways.sort_unstable();
        Some(Self { ways })
    }

    /// The leaves where the events that a handler raises on its way can lead, in whatever order they are taken.
    pub(super) fn leads(&self, subject: &Subject<'_>, handler: &Handler, from: StateId, to: StateId) -> Vec<StateId> {
        let mut raised: Vec<usize> = raised_by(subject, handler, from, to).into_iter().map(|it| it.0).collect();
        let mut leaves = vec![to];
        let mut known = (0, 0);
        while !raised.is_empty() && known != (raised.len(), leaves.len()) {
            known = (raised.len(), leaves.len());
            for at in 0..known.1 {
                for way in self.ways_from(leaves[at]).filter(|it| raised.contains(&it.event)).collect::<Vec<_>>() {
                    add(&mut leaves, way.to);
                    way.raises.iter().for_each(|it| add(&mut raised, *it));
                }
            }
        }
        leaves
    }

    fn ways_from(&self, leaf: StateId) -> impl Iterator<Item = &Way> {
        let start = self.ways.partition_point(|it| it.leaf < leaf);
        self.ways[start..].iter().take_while(move |it| it.leaf == leaf)
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, it: T) {
    if !list.contains(&it) {
        list.push(it);
    }
}

fn raises(subject: &Subject<'_>) -> bool {
    let machine = subject.machine;
    let is_raise = |it: &Action| matches!(it.kind, ActionKind::Raise { .. });
    machine.handlers.iter().any(|it| it.actions.iter().any(is_raise))
        || machine.states.iter().any(|it| it.enter.iter().chain(&it.exit).any(is_raise))
}

/// Tells a shortest circle of events that raise one another.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    if !raises(subject) {
        return;
    }
    let mut steps = Vec::new();
    each(subject, |event, leaf, handler, to| {
        for (raised, span) in raised_by(subject, handler, leaf, to) {
            steps.push(Step { from: (event, leaf), to: (raised, to), span });
        }
    });
    let mut nodes: Vec<Node> = steps.iter().flat_map(|it| [it.from, it.to]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let number = |it: Node| nodes.partition_point(|node| *node < it);
    let pairs: Vec<_> = steps.iter().map(|it| (number(it.from), number(it.to))).collect();
    let graph = Graph::new(nodes.len(), &pairs);
    let component = graph.components();
    let mut told = Vec::new();
    for (id, (from, to)) in pairs.iter().enumerate() {
        let of = component[*from];
        if of != component[*to] || told.contains(&of) {
            continue;
        }
        if let Some(back) = graph.shortest_way(*to, *from, |it| component[it] == of) {
            told.push(of);
            let circle: Vec<_> = std::iter::once(id).chain(back).map(|it| &steps[it]).collect();
            sink.push(tell(subject, &circle));
        }
    }
}

/// Every handler that a declared event can find in a leaf, and where it leads: `see(event, leaf, handler, to)`.
fn each(subject: &Subject<'_>, mut see: impl FnMut(usize, StateId, &Handler, StateId)) {
    let machine = subject.machine;
    for (origin, answers) in subject.events() {
        let Origin::Signal(SignalId(id)) = origin else { continue };
        let SignalSource::Declared(event) = machine.signals[id].source else { continue };
        for (at, answer) in answers.iter().enumerate().filter(|(at, _)| !Subject::is_repeated(answers, *at)) {
            let handler = machine.handler(answer.handler);
            let inner: Vec<_> = subject.overriding(answers, at).collect();
            for leaf in subject.reached_leaves(subject.interval(answer.owner)) {
                if !inner.iter().any(|it| subject.contains(*it, leaf)) {
                    see(event, leaf, handler, end(subject, handler, leaf));
                }
            }
        }
    }
}

/// The leaf that a handler leads to.
fn end(subject: &Subject<'_>, handler: &Handler, leaf: StateId) -> StateId {
    match handler.response {
        Response::Goto { target, again, .. } if again || !subject.contains(target, leaf) => {
            subject.machine.initial_leaf(target)
        }
        _ => leaf,
    }
}

/// The events that are raised on the way from `leaf` to `to`.
fn raised_by(subject: &Subject<'_>, handler: &Handler, leaf: StateId, to: StateId) -> Vec<(usize, Span)> {
    let machine = subject.machine;
    let mut actions: Vec<&Action> = handler.actions.iter().collect();
    let moves = matches!(handler.response, Response::Goto { .. }) && leaf != to
        || matches!(handler.response, Response::Goto { again: true, .. });
    if moves {
        let left = machine.outwards(leaf).filter(|it| !subject.contains(*it, to) || *it == to);
        actions.extend(left.flat_map(|it| &machine.state(it).exit));
        let entered = machine.outwards(to).filter(|it| !subject.contains(*it, leaf) || *it == leaf);
        actions.extend(entered.flat_map(|it| &machine.state(it).enter));
    }
    let raise = |it: &&Action| match it.kind {
        ActionKind::Raise { event, .. } => Some((event, it.span)),
        _ => None,
    };
    actions.iter().filter_map(raise).collect()
}

fn tell(subject: &Subject<'_>, circle: &[&Step]) -> Diagnostic {
    let machine = subject.machine;
    let name = |it: usize| crate::check::wording::name(&machine.events[it].name);
    let start = circle[0];
    let headline = match circle.len() {
        1 => format!("the event `{}` raises itself again and again", name(start.from.0)),
        _ => format!("the event `{}` comes back to itself without a wait", name(start.from.0)),
    };
    let step = |it: &Step| format!("`{}` raises `{}` here", name(it.from.0), name(it.to.0));
    let mut told = subject.diagnostic(Code::INSTANT_CYCLE, start.span, headline).label(step(start));
    for it in &circle[1..] {
        told = told.also(subject.file, it.span, step(it));
    }
    told.note("what is raised is taken at once, so nothing slows this down")
        .help("raise one of them from an `after` or from the outcome of a `watch`, which comes at a pace")
}
