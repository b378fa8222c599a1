//! From the tree to the model: every name resolved, every argument in its place, or a message that says why not.
//!
//! One machine passes the stages that `checked` names, in that order. A stage goes on after a mistake, so that one
//! run finds all of them; what touches a declaration that is known to be broken stays silent.

mod actions;
mod args;
mod blocks;
mod counts;
mod declarations;
mod declared;
mod events;
mod expr;
mod handlers;
mod head;
pub(crate) mod interface;
mod keys;
mod kinds;
mod limits;
mod mismatch;
mod misnamed_events;
mod misused_modifiers;
mod modifiers;
mod named_states;
mod others;
mod own_kinds;
mod promises;
mod ready;
mod report;
mod returns;
pub(crate) mod schedules;
mod scope;
pub(crate) mod script;
pub mod setting;
mod states;
mod targets;
pub(crate) mod template;
mod told_events;
mod total;
mod tree;
mod types;
mod unraised;
mod values;
mod watchers;
pub(crate) mod wording;

use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::{ast, model};
use handlers::Resolver;
use report::Report;
use tree::Tree;

pub use expr::functions::NAMES as FUNCTIONS;
pub use setting::{Interface, Others, Setting};
pub use types::NAMES as TYPES;

/// Checks what a file holds beside its machines.
pub fn file(file: FileId, ast: &ast::File<'_>, sink: &mut Diagnostics) {
    kinds::check(file, &ast.kinds, sink);
    let report = &mut Report::new(file, None, sink);
    ast.externs.iter().for_each(|it| interface::check_extern(it, report));
}

/// Checks one machine of a file; nothing if it has a mistake of its own.
///
/// Names of machines are unique over all files of a run, which no single machine can tell: the program does that.
pub fn machine(
    file: FileId,
    ast: &ast::Machine<'_>,
    setting: &Setting<'_, '_>,
    sink: &mut Diagnostics,
) -> Option<model::Machine> {
    checked(ast, setting, &mut Report::new(file, setting.instance.as_ref(), sink))
}

/// Tells that there is no machine of this name.
pub(crate) fn unknown_machine(file: FileId, name: ast::Name<'_>, others: &dyn Others, sink: &mut Diagnostics) {
    others::machine(name, others, &mut Report::new(file, None, sink));
}

fn checked(ast: &ast::Machine<'_>, setting: &Setting<'_, '_>, report: &mut Report<'_>) -> Option<model::Machine> {
    let version = head::check(ast, report);
    let tree = Tree::of(ast);
    if tree.nodes.iter().any(|it| it.body.faulty) {
        report.known_broken();
    }
    if !limits::check(&tree, report) {
        return None;
    }
    let mut states = states::check(&tree, report);
    let declared = declared::check(&tree, &setting.params, report);
    let kinds = kinds::resolve(&tree, setting, report);
    let watchers = watchers::check(&tree, &kinds, &declared, setting.others, report);
    let mut resolver = Resolver {
        tree: &tree,
        kinds: &kinds,
        declared: &declared,
        shapes: &watchers.shapes,
        setting,
        signals: Vec::new(),
        emits: Vec::new(),
        raised: vec![false; declared.events.len()],
        report,
    };
    let handlers = handlers::check(&mut resolver);
    blocks::check(&mut states, &mut resolver);
    let Resolver { signals, emits, raised, .. } = resolver;
    blocks::was(&tree, &mut states, report);
    if !tree.nodes.iter().any(|it| it.body.faulty) {
        unraised::check(&declared, &raised, report);
    }
    let requires = promises::check(&tree, &declared, report);
    if !report.intact() {
        return None;
    }
    states::settle(&mut states, &watchers.whole, &handlers);
    Some(model::Machine {
        name: setting.instance.as_ref().map_or(ast.name.text, |it| &it.name).to_owned(),
        name_span: ast.name.span,
        instance: setting.instance.clone(),
        version,
        states,
        watchers: watchers.whole,
        handlers,
        kinds: kinds.used(),
        data: declared.data,
        facts: declared.facts,
        secrets: declared.secrets,
        limits: declared.limits,
        events: declared.events,
        emits,
        conditions: watchers.conditions,
        signals,
        requires,
    })
}
