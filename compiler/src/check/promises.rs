//! What a machine promises: states and conditions by name, numbers with their bounds.

use super::counts;
use super::declared::Declared;
use super::expr;
use super::named_states::NamedStates;
use super::report::Report;
use super::scope::Scope;
use super::tree::Tree;
use super::values::{self, How, Slot};
use super::wording;
use crate::ast::{self, AtMost, Path, Promise};
use crate::diagnostic::{Code, suggest};
use crate::model::{Claim, Counted, Goal, Property};
use machine_grammar::Span;

/// What `at most` can count, as it is written.
const COUNTED: [&str; 2] = ["transitions", "commands"];

/// All promises of a machine; those that stand in a state are told to be in the wrong place.
pub(super) fn check(tree: &Tree<'_>, declared: &Declared, report: &mut Report<'_>) -> Vec<Property> {
    let (Some(machine), true) = (tree.nodes.first(), tree.nodes.iter().any(|it| !it.body.promises.is_empty())) else {
        return Vec::new();
    };
    for node in tree.nodes.iter().skip(1) {
        node.body.promises.iter().for_each(|it| misplaced(it, node.name, machine.name, report));
    }
    let states = NamedStates::of_tree(tree);
    let mut promises = Promises { states: &states, scope: Scope::of(declared).with_states(&states), report };
    machine.body.promises.iter().filter_map(|it| promises.promise(it)).collect()
}

struct Promises<'a, 'r> {
    states: &'a NamedStates<'a>,
    scope: Scope<'a>,
    report: &'a mut Report<'r>,
}

impl Promises<'_, '_> {
    fn promise(&mut self, promise: &Promise<'_>) -> Option<Property> {
        let claim = match &promise.claim {
            ast::Claim::CanReach(paths) => Claim::CanReach(self.goals(paths)?),
            ast::Claim::LeadsTo(from, to) => {
                let (from, to) = (self.goal(from), self.goals(to));
                Claim::LeadsTo(from?, to?)
            }
            ast::Claim::NeverFollows(from, to) => {
                let (from, to) = (self.goal(from), self.goal(to));
                Claim::NeverFollows(from?, to?)
            }
            ast::Claim::Never(it) => Claim::Never(expr::condition(it, "never", self.scope, self.report)?),
            ast::Claim::AtMost(it) => self.at_most(it)?,
        };
        Some(Property { claim, span: promise.span })
    }

    /// All of them, or nothing; every one is looked at.
    fn goals(&mut self, paths: &[Path<'_>]) -> Option<Vec<Goal>> {
        let goals: Vec<_> = paths.iter().map(|it| self.goal(it)).collect();
        goals.into_iter().collect()
    }

    fn goal(&mut self, path: &Path<'_>) -> Option<Goal> {
        let state = self.states.resolve(path, self.report)?;
        Some(Goal { state, span: path.span })
    }

    fn at_most(&mut self, promise: &AtMost<'_>) -> Option<Claim> {
        let scope = Scope { constant: true, ..self.scope };
        let count = counts::count(&promise.count, "at most", 1, scope, self.report);
        let of = counted(promise, self.report);
        let Some(per) = &promise.per else {
            without_time(promise, self.report);
            return None;
        };
        let slot = Slot { name: "per", required: true, how: How::Word };
        let per = values::pace(per, slot, scope, self.report);
        Some(Claim::AtMost { count: count?, of: of?, per_ms: per? })
    }
}

/// What is counted; `None` if it is nothing that can be, which has been told.
pub(super) fn counted(promise: &AtMost<'_>, report: &mut Report<'_>) -> Option<Counted> {
    let name = promise.of;
    match name.text {
        "transitions" => return Some(Counted::Transitions),
        "commands" => return Some(Counted::Commands),
        _ => {}
    }
    let near = suggest::nearest(name.text, COUNTED);
    let headline = format!("`{}` cannot be counted", name.text);
    report.tell(Code::UNKNOWN_WORD, name.span, headline, |file, it| match near {
        Some(right) => it
            .label(format!("did you mean `{right}`?"))
            .help(format!("write `{right}`"))
            .fix(file, name.span, right)
            .certain_if(suggest::is_certain(name.text, COUNTED)),
        None => it.label("`transitions` or `commands` belongs here").help("write `at most 60 transitions per 1h`"),
    });
    None
}

fn without_time(promise: &AtMost<'_>, report: &mut Report<'_>) {
    let end = Span { start: promise.span.end, end: promise.span.end };
    report.tell(Code::MISSING_PER, promise.span, "this promise does not say in what time", |file, it| {
        it.label("in an hour, in a day?")
            .help("a machine runs for ever, so write a time behind it, as in `at most 60 transitions per 1h`")
            .fix(file, end, " per 1h")
    });
}

fn misplaced(promise: &Promise<'_>, state: ast::Name<'_>, machine: ast::Name<'_>, report: &mut Report<'_>) {
    let headline = format!("a promise stands inside the state `{}`", state.text);
    report.tell(Code::MISPLACED_DECLARATION, promise.span, headline, |file, it| {
        it.label("what is promised with `require` is promised by the machine as a whole")
            .also(file, machine.span, "between the braces of the machine itself is its place")
            .help(format!("move it to the end of `machine {}`", wording::name(machine.text)))
    });
}
