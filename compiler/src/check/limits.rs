//! What a table can hold: told here with a place, so that the encoder never has to refuse a program.

use super::report::Report;
use super::tree::Tree;
use crate::ast::{Name, Trigger};
use crate::diagnostic::Code;
use crate::model::StateId;
use machine_core::limits::{IDS_MAX, TEXT_MAX};
use machine_grammar::Span;

/// Most timers that can run at the same time: those of a state and of all states around it.
pub(super) const TIMERS_MAX: usize = 1_000;

/// Checks how much there is, and how long its texts are.
pub(super) fn check(tree: &Tree<'_>, report: &mut Report<'_>) {
    let handlers = tree.nodes.iter().map(|it| it.body.handlers.len()).sum();
    too_many(tree, tree.nodes.len(), "states", report);
    too_many(tree, tree.watchers.len(), "watchers", report);
    too_many(tree, handlers, "handlers", report);
    timers(tree, report);
    texts(tree, report);
}

fn too_many(tree: &Tree<'_>, count: usize, what: &str, report: &mut Report<'_>) {
    if count <= IDS_MAX {
        return;
    }
    let name = tree.nodes[0].name;
    let headline = format!("machine `{}` has too many {what}", name.text);
    report.tell(Code::TOO_MANY, name.span, headline, |_, it| {
        it.label(format!("it has {count} {what}, and {IDS_MAX} is the most")).help("make several machines of it")
    });
}

fn timers(tree: &Tree<'_>, report: &mut Report<'_>) {
    let mut running = Vec::with_capacity(tree.nodes.len());
    for node in &tree.nodes {
        let own = node.body.handlers.iter().filter(|it| matches!(it.trigger, Trigger::After { .. })).count();
        let around = node.parent.map_or(0, |StateId(outer)| running[outer]);
        let count = own + around;
        running.push(count);
        // Told where the limit is crossed; not again for every state inside.
        if count > TIMERS_MAX && around <= TIMERS_MAX {
            too_many_timers(node.name, count, report);
        }
    }
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
