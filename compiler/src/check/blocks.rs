//! `enter { … }` and `exit { … }`, and the names that earlier versions used for a state.

use super::actions;
use super::handlers::Resolver;
use super::report::Report;
use super::scope::Scope;
use super::tree::Tree;
use super::wording;
use crate::ast::Path;
use crate::diagnostic::Code;
use crate::model::{State, StateId};
use machine_grammar::Span;

/// Checks the blocks of all states and puts them in their places.
pub(super) fn check(states: &mut [State], with: &mut Resolver<'_, '_>) {
    let tree = with.tree;
    for (id, node) in tree.nodes.iter().enumerate() {
        let mut first: [Option<Span>; 2] = [None, None];
        for block in &node.body.blocks {
            let seen = &mut first[usize::from(block.on_enter)];
            if let Some(first) = *seen {
                second(block.keyword, first, block.on_enter, with.report);
                continue;
            }
            *seen = Some(block.keyword);
            let actions = actions::check(&block.actions, StateId(id), Scope::of(with.declared), with);
            let Some(actions) = actions else {
                with.report.known_broken();
                continue;
            };
            match block.on_enter {
                true => states[id].enter = actions.into(),
                false => states[id].exit = actions.into(),
            }
        }
    }
}

fn second(keyword: Span, first: Span, on_enter: bool, report: &mut Report<'_>) {
    let word = if on_enter { "enter" } else { "exit" };
    report.tell(Code::TWO_BLOCKS, keyword, format!("a second `{word}` in one state"), |file, it| {
        it.label("the second one").also(file, first, "the first one").help("write all that is to be done in one block")
    });
}

/// `was A, B`: no present state, and no name twice.
pub(super) fn was(tree: &Tree<'_>, states: &mut [State], report: &mut Report<'_>) {
    if tree.nodes.iter().all(|it| it.was.is_empty()) {
        return;
    }
    let mut seen: Vec<(String, Span)> = Vec::new();
    for (id, node) in tree.nodes.iter().enumerate() {
        for path in node.was {
            let written = old_path(path);
            if let Some(now) = states.iter().skip(1).position(|it| it.path == written) {
                let present = states[now + 1].name_span;
                present_state(path, &written, present, now + 1 == id, report);
            } else if let Some((_, first)) = seen.iter().find(|it| it.0 == written) {
                let first = *first;
                twice(path, &written, first, report);
            } else {
                seen.push((written.clone(), path.span));
                states[id].was.push(written);
            }
        }
    }
}

/// As paths of states are written in a table.
fn old_path(path: &Path<'_>) -> String {
    let part = |it: &str| if it.contains('.') { format!("`{it}`") } else { it.to_owned() };
    path.names.iter().map(|it| part(it.text)).collect::<Vec<_>>().join(".")
}

fn present_state(path: &Path<'_>, written: &str, present: Span, is_itself: bool, report: &mut Report<'_>) {
    let headline = match is_itself {
        true => format!("`{written}` is still called so"),
        false => format!("`{written}` is a state of this version"),
    };
    report.tell(Code::BAD_WAS, path.span, headline, |file, it| {
        it.label("behind `was` stand names that are not used any more")
            .also(file, present, "this is its name now")
            .help(format!("leave `was {}` out, or write the earlier name", wording::path(path)))
    });
}

fn twice(path: &Path<'_>, written: &str, first: Span, report: &mut Report<'_>) {
    report.tell(Code::BAD_WAS, path.span, format!("two states were `{written}`"), |file, it| {
        it.label("the second one")
            .also(file, first, "the first one")
            .help("a machine that was there can go on in one state only: leave out one of the two")
    });
}
