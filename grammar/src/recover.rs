//! A source with mistakes: repaired where what was meant is plain, read again, and the rest told apart.
//!
//! Repairs are edits of a copy. Those of single tokens and braces come first, since whatever they break spreads; then
//! each stretch that could not be read is looked at by itself, and where one edit makes it readable (a misspelt
//! keyword, a reserved name, a bracket), the copy is edited and read again. So a mistake costs one message, and its
//! declaration is still understood. Places are always those of the source.

use crate::braces::unbalanced;
use crate::error::{Problem, SyntaxError};
use crate::lex::lex;
use crate::machine;
use crate::mistakes::{Repair, mistakes};
use crate::patch::{Edit, Patched};
use crate::stretch::{Finding, Reading};
use crate::tree::Tree;
use crate::{MAX_ERRORS, Parse};
use std::collections::BTreeSet;

/// How often a copy is edited and read again. Each time every stretch may lose its first mistake.
const MAX_PASSES: usize = 8;

/// Reads a source that has mistakes.
pub(crate) fn recover(source: &str) -> Parse<'_> {
    let tokens = lex(source);
    let mut repairs = mistakes(source, &tokens);
    repairs.extend(unbalanced(source, &tokens));
    let mut recovery = Recovery::new(source, repairs);
    let mut tree = recovery.pass(false);
    for left in (0..MAX_PASSES).rev() {
        if tree.is_some() {
            break;
        }
        tree = recovery.pass(left == 0);
    }
    recovery.finish(tree.unwrap_or_else(|| Tree::unread(source)))
}

struct Recovery<'s> {
    source: &'s str,
    lines: Lines,
    edits: Vec<Edit>,
    errors: Vec<SyntaxError<'s>>,
    /// Lines with a repair that is a guess.
    guesses: BTreeSet<usize>,
}

impl<'s> Recovery<'s> {
    fn new(source: &'s str, repairs: Vec<Repair<'s>>) -> Self {
        let lines = Lines::new(source);
        let mut recovery = Self { source, lines, edits: Vec::new(), errors: Vec::new(), guesses: BTreeSet::new() };
        for repair in repairs {
            recovery.repair(repair);
        }
        recovery
    }

    fn repair(&mut self, repair: Repair<'s>) {
        let spans = [Some(repair.error.span), repair.error.related];
        if repair.guess {
            self.guesses.extend(spans.into_iter().flatten().map(|it| self.lines.of(it.start as usize)));
        }
        self.errors.push(repair.error);
        self.edits.extend(repair.edits);
    }

    /// Reads the edited copy. `None` if there was something more to repair; with `last`, all that is left is told.
    fn pass(&mut self, last: bool) -> Option<Tree<'s>> {
        let patched = Patched::new(self.source, &self.edits);
        let converted = match machine::file(&patched.text, &[]) {
            Ok(converted) => converted,
            Err(at) => return Some(self.given_up(&patched, at)),
        };
        let reading = Reading::new(self.source, &patched);
        let tree = converted.clone().into_tree(&patched.text);
        let found = reading.findings(&tree, MAX_ERRORS);
        let (repairable, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| !it.edits.is_empty() && !last);
        if repairable.is_empty() {
            rest.into_iter().for_each(|it| self.tell(it));
            return Some(converted.into_tree_of(self.source, &patched));
        }
        for mut finding in repairable {
            self.edits.append(&mut finding.edits);
            self.tell(finding);
        }
        None
    }

    /// Adds an error unless it comes of a guess.
    fn tell(&mut self, finding: Finding<'s>) {
        let first = self.lines.of(finding.from);
        let last = self.lines.of(finding.error.span.start as usize).max(first);
        if self.guesses.range(first..=last).next().is_none() {
            self.errors.push(finding.error);
        }
    }

    /// pest gave up: there is no tree, only a place.
    fn given_up(&mut self, patched: &Patched, at: usize) -> Tree<'s> {
        let place = patched.original(at..at);
        let problem = Problem::Unexpected { found: "", after: "", expected: Vec::new() };
        self.errors.push(SyntaxError::new(problem, place));
        Tree::unread(self.source)
    }

    fn finish(mut self, tree: Tree<'s>) -> Parse<'s> {
        self.errors.sort_by_key(|it| it.span);
        // Of two mistakes at one place, the second was found once the first was put right, and knows more.
        self.errors.reverse();
        self.errors.dedup_by_key(|it| it.span);
        self.errors.reverse();
        self.errors.truncate(MAX_ERRORS);
        Parse { tree, errors: self.errors }
    }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(source: &str) -> Self {
        Self(source.bytes().enumerate().filter(|(_, it)| *it == b'\n').map(|(at, _)| at + 1).collect())
    }

    /// The line of a place, from 0.
    fn of(&self, at: usize) -> usize {
        self.0.partition_point(|it| *it <= at)
    }
}
