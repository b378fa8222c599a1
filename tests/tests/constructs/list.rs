//! All that can be written in the language, and what of it a source has.
//!
//! The list is asked for, not kept: what the grammar can read, and the words and signs that one place has a choice of.

use machine_compiler::check::{FUNCTIONS, TYPES};
use machine_grammar::{Kind, Node, constructs, parse};
use machine_stdlib::KINDS;
use std::collections::BTreeSet;
use std::ops::Range;

const GRAMMAR: &str = include_str!("../../../grammar/src/machine.pest");

/// What the grammar cannot tell from a name, a text or a blank.
const UNTOLD: [&str; 9] = [
    "a comment",
    "a name between backticks",
    "a value in a text",
    "`.fault`",
    "`.last`",
    "`from env`",
    "`from file`",
    "`from operator`",
    "the type `path`",
];

/// All that the grammar tells apart.
pub(crate) fn told_apart() -> BTreeSet<String> {
    constructs().into_iter().map(named).collect()
}

/// All of them.
pub(crate) fn all() -> BTreeSet<String> {
    let mut all = told_apart();
    for rule in ["operation", "assign_mark", "often"] {
        all.extend(choices(rule).iter().map(|it| format!("`{it}`")));
    }
    all.extend(FUNCTIONS.iter().map(|it| format!("`{it}(…)`")));
    all.extend(TYPES.iter().map(|it| format!("the type `{it}`")));
    all.extend(KINDS.iter().map(|it| format!("the kind `{it}`")));
    all.extend(UNTOLD.map(str::to_owned));
    all
}

/// `Every`, and how it looks.
fn named(kind: Kind) -> String {
    format!("{kind:?} ({})", kind.word())
}

/// The words and signs that a rule of the grammar has a choice of.
fn choices(rule: &str) -> Vec<String> {
    let (_, rest) = GRAMMAR.split_once(&format!("\n{rule} ")).expect("a rule of the grammar");
    let (rule, _) = rest.split_once("}\n").expect("its end");
    rule.split('|').map(literals).collect()
}

/// The texts between quotes, without those that must not follow.
fn literals(form: &str) -> String {
    let parts: Vec<_> = form.split('"').collect();
    let wanted = |it: &&[&str]| it.len() == 2 && !it[0].ends_with('!');
    parts.chunks(2).filter(wanted).map(|it| it[1]).collect::<Vec<_>>().join(" ")
}

/// The constructs of a source that stand where this says so, by where they begin and end.
pub(crate) fn at(source: &str, is_there: impl Fn(Range<usize>) -> bool) -> BTreeSet<String> {
    let tree = parse(source).tree;
    let mut found = BTreeSet::new();
    let mut open = vec![(tree.root(), Kind::File, "")];
    while let Some((node, above, before)) = open.pop() {
        if is_there(node.span().range()) {
            found.insert(named(node.kind()));
            found.extend(chosen(node, above, before));
        }
        let mut before = "";
        for child in node.children() {
            open.push((child, node.kind(), before));
            before = child.text();
        }
    }
    let comments = tree.comments().iter().filter(|it| is_there(it.range()));
    found.extend(comments.map(|_| "a comment".to_owned()));
    found
}

/// All constructs of a source.
pub(crate) fn of(source: &str) -> BTreeSet<String> {
    at(source, |_| true)
}

/// The constructs of a calculation.
pub(crate) fn of_value(value: &str) -> BTreeSet<String> {
    of(&format!("machine m 1.0.0 {{ initial state s {{ when {value} stay }} }}"))
}

/// What a node is that its kind does not say.
fn chosen(node: Node<'_, '_>, above: Kind, before: &str) -> Option<String> {
    let text = node.text();
    let words = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(match node.kind() {
        Kind::Operator | Kind::AssignMark | Kind::Often | Kind::From => format!("`{}`", words()),
        Kind::Args => format!("`{before}(…)`"),
        Kind::Call if matches!(above, Kind::Watch | Kind::Run) => {
            format!("the kind `{}`", node.children().next()?.text())
        }
        Kind::Name if above == Kind::Type => format!("the type `{text}`"),
        Kind::Name if text.starts_with('`') => "a name between backticks".to_owned(),
        Kind::Path if text.ends_with(".fault") => "`.fault`".to_owned(),
        Kind::Path if text.ends_with(".last") => "`.last`".to_owned(),
        Kind::Text if text.replace("\\{", "").contains('{') => "a value in a text".to_owned(),
        _ => return None,
    })
}
