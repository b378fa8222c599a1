//! Watchers and runs: their names, what they are given, and how often they run.

use super::args;
use super::declared::Declared;
use super::keys;
use super::kinds::{Declaration, Kinds};
use super::modifiers::{Found, Reader};
use super::report::Report;
use super::schedules;
use super::scope::Scope;
use super::setting::Others;
use super::tree::{Site, Tree};
use super::wording;
use crate::ast::{self, Mode};
use crate::diagnostic::Code;
use crate::model::{Condition, Constant, Return, Watcher, WatcherId};
use machine_grammar::Span;

/// All watchers as far as they are whole.
pub(super) struct Watchers {
    /// Those that are whole; all of them, if no mistake was told.
    pub(super) whole: Vec<Watcher>,
    /// What modifiers add to the outcomes of each, whole or not.
    pub(super) shapes: Vec<Shape>,
    /// The conditions that they name, each once.
    pub(super) conditions: Vec<Condition>,
}

/// What modifiers add to the outcomes of a watcher.
#[derive(Default)]
pub(super) struct Shape {
    /// It has `returns`.
    pub(super) has_returns: bool,
    /// The fields of its JSON, if they are known.
    pub(super) returns: Option<Vec<Return>>,
    /// It has `under`.
    pub(super) has_under: bool,
}

/// Checks all watchers.
pub(super) fn check(
    tree: &Tree<'_>,
    kinds: &Kinds,
    declared: &Declared,
    others: &dyn Others,
    report: &mut Report<'_>,
) -> Watchers {
    repeated_names(tree, report);
    let count = tree.watchers.len();
    let mut all =
        Watchers { whole: Vec::with_capacity(count), shapes: Vec::with_capacity(count), conditions: Vec::new() };
    for (id, site) in tree.watchers.iter().enumerate() {
        hides_another(tree, site, report);
        named_like_an_event(site, declared, report);
        let maybe_cut = tree.node(site.owner).body.faulty;
        let declaration = kinds.of(WatcherId(id));
        let conditions = &mut all.conditions;
        let reader = Reader { watcher: site.ast, declaration, declared, others, conditions, report };
        let found = reader.read();
        all.shapes.push(Shape {
            has_returns: found.returns,
            returns: found.modifiers.returns.clone(),
            has_under: found.under,
        });
        if found.every.is_none() && site.ast.mode == Mode::Watch && !found.unsure && !maybe_cut {
            missing_every(site.ast, declaration, report);
        }
        all.whole.extend(watcher(site, WatcherId(id), kinds, found, declared, report));
    }
    all
}

fn watcher(
    site: &Site<'_>,
    id: WatcherId,
    kinds: &Kinds,
    found: Found,
    declared: &Declared,
    report: &mut Report<'_>,
) -> Option<Watcher> {
    let (call, declaration) = (site.ast.call.as_ref()?, kinds.of(id)?);
    let mut args = args::check(call, declaration, Scope::of(declared), report);
    schedules::check(site.ast, declaration, &found, &args, report);
    keys::check(site.ast, declaration, &args, report);
    let mut modifiers = found.modifiers;
    // One word for the same thing: a kind that has an argument of this name is given what stands behind it.
    for (name, place, given) in
        [("timeout", found.timeout, &mut modifiers.timeout_ms), ("splay", found.splay, &mut modifiers.splay_ms)]
    {
        let Some(place) = place else { continue };
        let Some(at) = declaration.params.iter().position(|it| it.name == name) else { continue };
        given_twice(call, name, place, report);
        if let (Some(ms), Some(arg)) = (given.take(), args.get_mut(at)) {
            *arg = Constant::Duration(ms);
        }
    }
    Some(Watcher {
        name: site.ast.name.text.into(),
        name_span: site.ast.name.span,
        doc: site.ast.doc.clone(),
        owner: site.owner,
        once: site.ast.mode == Mode::Run,
        kind: kinds.index(id)?,
        args,
        every_ms: found.every.flatten(),
        modifiers,
    })
}

/// Tells a timeout, or splay, that is given both as an argument and behind the brackets.
fn given_twice(call: &ast::Call<'_>, name: &str, keyword: Span, report: &mut Report<'_>) {
    let argument = call.args.iter().find(|it| it.name.is_some_and(|it| it.text == name));
    let Some(argument) = argument else { return };
    report.tell(Code::TWO_TIMEOUTS, keyword, format!("two {name}s are given"), |file, it| {
        it.label("the second one")
            .also(file, argument.value.span, "the first one")
            .help(format!("leave out one of the two: to `{}` they mean the same", call.name.text))
    });
}

fn named_like_an_event(site: &Site<'_>, declared: &Declared, report: &mut Report<'_>) {
    let name = site.ast.name;
    let Some(event) = declared.events.iter().find(|it| it.name == name.text) else { return };
    let headline = format!("`{}` is the name of a watcher and of an event", name.text);
    report.tell(Code::DUPLICATE_NAME, name.span, headline, |file, it| {
        it.label("the watcher")
            .also(file, event.span, "the event")
            .help("give one of them another name: both stand behind `on`")
    });
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

/// If part of the watcher may have been cut off, nothing is said of what is missing.
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
