//! The tree of states: names among siblings, and where each state that has inner ones begins.

use super::report::Report;
use super::tree::{Node, Tree};
use super::wording;
use crate::diagnostic::Code;
use crate::model::{Handler, HandlerId, State, StateId, Watcher, WatcherId};
use compact_str::{CompactString, format_compact};
use machine_grammar::Span;
use smallvec::SmallVec;

/// Checks the states and returns them, still without their watchers and handlers.
pub(super) fn check(tree: &Tree<'_>, report: &mut Report<'_>) -> Vec<State> {
    repeated_names(tree, report);
    if tree.nodes.len() == 1 {
        no_states(tree, report);
    }
    let mut states: Vec<State> = Vec::with_capacity(tree.nodes.len());
    for (id, node) in tree.nodes.iter().enumerate() {
        let path = node.parent.map_or_else(CompactString::default, |outer| path(&states[outer.0], node));
        let initial = initial(tree, StateId(id), report);
        states.push(state(node, path, initial));
    }
    states
}

/// Gives each state its watchers and handlers, which stand in the order of their states.
pub(super) fn settle(states: &mut [State], watchers: &[Watcher], handlers: &[Handler]) {
    let (mut first_watcher, mut first_handler) = (0, 0);
    for (id, state) in states.iter_mut().enumerate() {
        let own = watchers[first_watcher..].iter().take_while(|it| it.owner.0 == id).count();
        state.watchers = (first_watcher..first_watcher + own).map(WatcherId).collect();
        first_watcher += own;
        let own = handlers[first_handler..].iter().take_while(|it| it.owner.0 == id).count();
        state.handlers = (first_handler..first_handler + own).map(HandlerId).collect();
        first_handler += own;
    }
}

fn state(node: &Node<'_>, path: CompactString, initial: Option<StateId>) -> State {
    State {
        name: node.name.text.into(),
        path,
        doc: node.doc.to_owned(),
        parent: node.parent,
        children: node.children.clone(),
        initial,
        is_final: node.is_final,
        name_span: node.name.span,
        watchers: SmallVec::new(),
        handlers: SmallVec::new(),
        enter: Box::default(),
        exit: Box::default(),
        was: Vec::new(),
    }
}

/// A name with a dot in it keeps its backticks, so that no two states have the same path.
fn path(outer: &State, node: &Node<'_>) -> CompactString {
    let name = node.name.text;
    let is_dotted = name.as_bytes().contains(&b'.');
    if outer.path.is_empty() && !is_dotted {
        return name.into();
    }
    let dotted = if is_dotted { "`" } else { "" };
    match outer.path.as_str() {
        "" => format_compact!("{dotted}{name}{dotted}"),
        around => format_compact!("{around}.{dotted}{name}{dotted}"),
    }
}

fn repeated_names(tree: &Tree<'_>, report: &mut Report<'_>) {
    for (first, second) in tree.repeated_states() {
        let name = tree.node(second).name;
        let headline = format!("there are two states `{}` here", name.text);
        let earlier = tree.node(first).name.span;
        report.tell(Code::DUPLICATE_STATE, name.span, headline, |file, it| {
            it.label("the second one").also(file, earlier, "the first one").help(
                "give one of them another name, or write all that happens in this state between one pair of braces",
            )
        });
    }
}

fn no_states(tree: &Tree<'_>, report: &mut Report<'_>) {
    let machine = &tree.nodes[0];
    if machine.body.faulty {
        return;
    }
    let headline = format!("machine `{}` has no states", machine.name.text);
    report.tell(Code::NO_STATES, machine.name.span, headline, |_, it| {
        it.label("a machine is always in one of its states")
            .help("write at least `initial state idle` between its braces")
    });
}

/// The state inside `id` that is entered first. Exactly one is marked if there are any.
fn initial(tree: &Tree<'_>, id: StateId, report: &mut Report<'_>) -> Option<StateId> {
    let children = &tree.node(id).children;
    let mut marked = children.iter().copied().filter(|it| tree.node(*it).initial.is_some());
    let first = marked.next();
    match first {
        Some(first) => marked.for_each(|it| second_initial(tree, first, it, report)),
        None if tree.node(id).body.faulty => {}
        None => {
            if let Some(child) = children.first() {
                no_initial(tree, id, *child, report);
            }
        }
    }
    first
}

fn no_initial(tree: &Tree<'_>, id: StateId, first: StateId, report: &mut Report<'_>) {
    let (outer, child) = (tree.node(id), tree.node(first));
    let what = if outer.parent.is_none() { "machine" } else { "state" };
    let headline = format!("{what} `{}` does not say in which of its states it begins", outer.name.text);
    let before = Span { start: child.span.start, end: child.span.start };
    let name = wording::name(child.name.text);
    let is_only = outer.children.len() == 1;
    report.tell(Code::NO_INITIAL, outer.name.span, headline, |file, it| {
        let it = it.label("one of the states inside has to be the `initial` one");
        if is_only || !child.is_final {
            let last = if child.is_final { "final " } else { "" };
            let which = if is_only { "only" } else { "first" };
            it.also(file, child.name.span, format!("this is the {which} one"))
                .help(format!("write `initial {last}state {name}` if it begins there"))
                .fix(file, before, "initial ")
                .certain_if(is_only)
        } else {
            it.help("write `initial` before the `state` in which it begins")
        }
    });
}

fn second_initial(tree: &Tree<'_>, first: StateId, second: StateId, report: &mut Report<'_>) {
    let (first, second) = (tree.node(first), tree.node(second));
    let word = |it: &Node<'_>| it.initial.unwrap_or(it.name.span);
    let headline = format!("`{}` is a second `initial` state", second.name.text);
    report.tell(Code::TWO_INITIALS, word(second), headline, |file, it| {
        it.label("the second one")
            .also(file, word(first), format!("`{}` is `initial` already", first.name.text))
            .help("leave out one of the two: it can begin in one state only")
    });
}
