//! Watchers and runs: their names, what they are given, and how often they run.

use super::args;
use super::kinds::{Declaration, Kinds};
use super::report::Report;
use super::tree::{Site, Tree};
use super::values::{self, Slot};
use super::wording;
use crate::ast::{self, Expr, Mode, ModifierKind, Name};
use crate::diagnostic::{Code, suggest};
use crate::model::{Watcher, WatcherId};
use machine_grammar::Span;

/// The words that can stand behind a watcher.
const MODIFIERS: &[&str] = &["every"];

/// Checks all watchers and returns those that are whole; all of them, if no mistake was told.
pub(super) fn check(tree: &Tree<'_>, kinds: &Kinds, report: &mut Report<'_>) -> Vec<Watcher> {
    repeated_names(tree, report);
    let mut watchers = Vec::with_capacity(tree.watchers.len());
    for (id, site) in tree.watchers.iter().enumerate() {
        hides_another(tree, site, report);
        let maybe_cut = tree.node(site.owner).body.faulty;
        watchers.extend(watcher(site, WatcherId(id), kinds, maybe_cut, report));
    }
    watchers
}

fn watcher(site: &Site<'_>, id: WatcherId, kinds: &Kinds, maybe_cut: bool, report: &mut Report<'_>) -> Option<Watcher> {
    let declaration = kinds.of(id);
    let every_ms = pace(site.ast, declaration, maybe_cut, report);
    let args = args::check(site.ast.call.as_ref()?, declaration?, report);
    Some(Watcher {
        name: site.ast.name.text.to_owned(),
        name_span: site.ast.name.span,
        doc: site.ast.doc.clone(),
        owner: site.owner,
        once: site.ast.mode == Mode::Run,
        kind: kinds.index(id)?,
        args,
        every_ms,
    })
}

fn repeated_names(tree: &Tree<'_>, report: &mut Report<'_>) {
    for (first, second) in tree.repeated_watchers() {
        let name = tree.watchers[second.0].ast.name;
        let earlier = tree.watchers[first.0].ast.name.span;
        let headline = format!("there are two watchers `{}` in one state", name.text);
        report.tell(Code::DUPLICATE_WATCHER, name.span, headline, |file, it| {
            it.label("the second one")
                .also(file, earlier, "the first one")
                .help("give one of them another name, and use it in the handlers that are meant for it")
        });
    }
}

fn hides_another(tree: &Tree<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    let name = site.ast.name;
    let around = tree.node(site.owner).parent;
    let Some(outer) = around.and_then(|it| tree.visible_watcher(it, name.text)) else { return };
    let outer = &tree.watchers[outer.0];
    let place = tree.node(outer.owner).name.text;
    let headline = format!("`{}` has the name of a watcher further out", name.text);
    report.tell(Code::DUPLICATE_WATCHER, name.span, headline, |file, it| {
        it.label("both would be active here")
            .also(file, outer.ast.name.span, format!("this one is active everywhere in `{place}`"))
            .help("give one of them another name, or leave this one out and use the outer one")
    });
}

/// Checks the modifiers and returns the pace in milliseconds.
///
/// If part of the watcher may have been cut off, nothing is said of what is missing.
fn pace(
    watcher: &ast::Watcher<'_>,
    declaration: Option<&Declaration>,
    maybe_cut: bool,
    report: &mut Report<'_>,
) -> Option<u64> {
    let mut first: Option<(Span, &Expr<'_>)> = None;
    let mut unsure = maybe_cut;
    for modifier in &watcher.modifiers {
        match &modifier.kind {
            ModifierKind::Unknown(name) => {
                unsure = true;
                unknown_modifier(*name, report);
            }
            ModifierKind::Every(pace) => match first {
                Some((earlier, _)) => second_every(modifier.keyword, earlier, report),
                None => first = Some((modifier.keyword, pace)),
            },
            _ => unsure = true,
        }
    }
    let repeats = watcher.mode == Mode::Watch;
    match first {
        Some((keyword, pace)) if !repeats => every_on_run(watcher, keyword, pace, report),
        Some((_, pace)) => return values::pace(pace, Slot { name: "every", required: true }, report),
        None if repeats && !unsure => missing_every(watcher, declaration, report),
        None => {}
    }
    None
}

fn unknown_modifier(name: Name<'_>, report: &mut Report<'_>) {
    let headline = format!("`{}` means nothing behind a watcher", name.text);
    let nearest = suggest::nearest(name.text, MODIFIERS.iter().copied());
    report.tell(Code::UNKNOWN_MODIFIER, name.span, headline, |file, it| match nearest {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{right} 1m` to run it again every minute"))
            .fix(file, name.span, right)
            .certain_if(suggest::is_certain(name.text, MODIFIERS.iter().copied())),
        None => it.label("only `every` can stand here").help("leave it out, or write `every 1m`"),
    });
}

fn second_every(keyword: Span, earlier: Span, report: &mut Report<'_>) {
    report.tell(Code::DUPLICATE_MODIFIER, keyword, "`every` is given twice", |file, it| {
        it.label("the second time").also(file, earlier, "the first time").help("leave out one of the two")
    });
}

fn every_on_run(watcher: &ast::Watcher<'_>, keyword: Span, pace: &Expr<'_>, report: &mut Report<'_>) {
    let name = wording::name(watcher.name.text);
    let headline = format!("`{name}` is a `run`, which is done once and takes no `every`");
    report.tell(Code::EVERY_ON_RUN, keyword.to(pace.span), headline, |_, it| {
        it.label("a `run` does not repeat").help(format!(
            "write `watch {name} = …` to repeat it, or leave out `every` to do it once when the state is entered"
        ))
    });
}

fn missing_every(watcher: &ast::Watcher<'_>, declaration: Option<&Declaration>, report: &mut Report<'_>) {
    let (Some(call), Some(declaration)) = (&watcher.call, declaration) else { return };
    if !declaration.every_required {
        return;
    }
    let (name, kind) = (wording::name(watcher.name.text), call.name.text);
    let headline = format!("`{name}` does not say how often it runs");
    report.tell(Code::MISSING_EVERY, call.span, headline, |_, it| {
        it.label(format!("a `watch` of the kind `{kind}` needs an `every`"))
            .help(format!("write `watch {name} = {kind}(…) every 1m`, or `run {name} = {kind}(…)` to do it once"))
    });
}
