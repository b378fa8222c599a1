//! How large a machine can be, and what a table can hold: told here with a place, so that the encoder never has to refuse
//! a program.

use super::report::Report;
use super::tree::{Node, Tree};
use crate::ast::{Handler, Name, Trigger};
use crate::diagnostic::Code;
use crate::model::StateId;
use machine_core::limits::{IDS_MAX, TEXT_MAX};
use machine_grammar::Span;

/// Most timers that can run at the same time: those of a state and of all states around it.
pub(super) const TIMERS_MAX: usize = 1_000;

/// Most states of a machine. What is larger nobody can read any more, and a table could hold far more than that.
pub(super) const STATES_MAX: usize = 1_024;
/// Most events that the handlers of a machine answer, each as often as it is written.
pub(super) const TRANSITIONS_MAX: usize = 4_096;

/// Checks how much there is, and how long its texts are; whether it is little enough to look at it any further.
pub(super) fn check(tree: &Tree<'_>, report: &mut Report<'_>) -> bool {
    // The machine itself is one of the nodes.
    let states = tree.nodes.len() - 1;
    let transitions = tree.nodes.iter().flat_map(|it| &it.body.handlers).map(answered).sum();
    let small = is_at_most(STATES_MAX, states, Code::TOO_MANY_STATES, "states", tree, report)
        & is_at_most(TRANSITIONS_MAX, transitions, Code::TOO_MANY_TRANSITIONS, "transitions", tree, report)
        & is_at_most(IDS_MAX, tree.watchers.len(), Code::TOO_MANY, "watchers", tree, report);
    if small {
        timers(tree, report);
        texts(tree, report);
    }
    small
}

fn answered(handler: &Handler<'_>) -> usize {
    match &handler.trigger {
        Trigger::On { events } => events.len(),
        Trigger::After { .. } | Trigger::When { .. } => 1,
    }
}

fn is_at_most(most: usize, count: usize, code: Code, what: &str, tree: &Tree<'_>, report: &mut Report<'_>) -> bool {
    if count <= most {
        return true;
    }
    let name = tree.nodes[0].name;
    report.tell(code, name.span, format!("machine `{}` has too many {what}", name.text), |_, it| {
        it.label(format!("it has {count} {what}, and {most} is the most"))
            .help("make several machines of it: one can wait for another with `on OTHER enters STATE`")
    });
    false
}

fn timers(tree: &Tree<'_>, report: &mut Report<'_>) {
    if tree.nodes.iter().map(|it| own_timers(it)).sum::<usize>() <= TIMERS_MAX {
        return;
    }
    let mut running = Vec::with_capacity(tree.nodes.len());
    for node in &tree.nodes {
        let own = own_timers(node);
        let around = node.parent.map_or(0, |StateId(outer)| running[outer]);
        let count = own + around;
        running.push(count);
        // Told where the limit is crossed; not again for every state inside.
        if count > TIMERS_MAX && around <= TIMERS_MAX {
            too_many_timers(node.name, count, report);
        }
    }
}

fn own_timers(node: &Node<'_>) -> usize {
    node.body.handlers.iter().filter(|it| matches!(it.trigger, Trigger::After { .. })).count()
}

fn too_many_timers(name: Name<'_>, count: usize, report: &mut Report<'_>) {
    let headline = format!("too many timers run in `{}`", name.text);
    report.tell(Code::TOO_MANY, name.span, headline, |_, it| {
        it.label(format!("{count} `after` run at the same time here, and {TIMERS_MAX} is the most"))
            .help("leave out those that never come to their end, or make several machines of it")
    });
}

fn texts(tree: &Tree<'_>, report: &mut Report<'_>) {
    for node in &tree.nodes {
        text(node.name.text, node.name.span, "name", report);
        text(node.doc, node.name.span, "doc comment", report);
        for label in node.body.handlers.iter().filter_map(|it| it.label) {
            text(label.text, label.span, "label", report);
        }
    }
    for site in &tree.watchers {
        text(site.ast.name.text, site.ast.name.span, "name", report);
        text(&site.ast.doc, site.ast.name.span, "doc comment", report);
    }
}

/// Refuses a text that is longer than a table can hold.
pub(super) fn text(text: &str, span: Span, what: &str, report: &mut Report<'_>) {
    if text.len() <= TEXT_MAX {
        return;
    }
    report.tell(Code::TEXT_TOO_LONG, span, format!("this {what} is too long"), |_, it| {
        it.label(format!("{} bytes, and {TEXT_MAX} is the most", text.len()))
            .help("put long texts into a file of their own and name the file here")
    });
}
