//! A stretch that could not be read: where exactly reading it failed, and what was most likely meant.

use crate::Kind;
use crate::error::{Problem, SyntaxError};
use crate::guess::Guess;
use crate::keywords::{FOREIGN, ITEMS, PARTS};
use crate::lex::{Look, Token, lex};
use crate::machine::{Context, Failure, probe};
use crate::patch::{Edit, Patched};
use crate::tree::{Node, Tree};
use std::ops::Range;

/// A mistake in one stretch.
pub(crate) struct Finding<'s> {
    /// Where its declaration begins in the source.
    pub(crate) from: usize,
    pub(crate) error: SyntaxError<'s>,
    /// The edits of the source after which the declaration can be read further; none if nobody knows.
    pub(crate) edits: Vec<Edit>,
}

/// One reading of an edited copy of a source. Ranges here are places in the copy, until they become spans of an error.
pub(crate) struct Reading<'r, 's> {
    source: &'s str,
    patched: &'r Patched,
    pub(crate) text: &'r str,
    /// Without comments.
    pub(crate) tokens: Vec<Token>,
}

/// A stretch to look at.
pub(crate) struct Site {
    pub(crate) context: Context,
    /// Where to begin trying: the declaration before, if the stretch stands in the same line.
    pub(crate) from: usize,
    bad: Range<usize>,
}

/// Where reading a stretch failed.
pub(crate) struct Fault<'f> {
    pub(crate) site: &'f Site,
    pub(crate) expected: &'f [Kind],
    /// Index of the token that was not expected; the number of tokens at the end of the file.
    pub(crate) index: usize,
}

impl<'r, 's> Reading<'r, 's> {
    pub(crate) fn new(source: &'s str, patched: &'r Patched) -> Self {
        let mut tokens = lex(&patched.text);
        tokens.retain(|it| it.look != Look::Comment);
        Self { source, patched, text: &patched.text, tokens }
    }

    /// One finding a stretch, in the order of the source, at most `limit`.
    pub(crate) fn findings(&self, tree: &Tree<'_>, limit: usize) -> Vec<Finding<'s>> {
        let mut sites = Vec::new();
        for node in tree.nodes() {
            self.collect_sites(node, &mut sites);
        }
        let of_next: Vec<_> = sites.iter().map(|it| self.comes_of_next_line(it)).collect();
        let alone = of_next.iter().all(|it| *it);
        let told = sites.iter().zip(of_next).filter(|it| alone || !it.1).map(|it| it.0);
        let mut findings: Vec<_> = told.take(limit).map(|it| self.look_at(it)).collect();
        // Where a machine is missing, all that it should hold stands outside.
        let outside = |it: &Finding<'_>| matches!(it.error.problem, Problem::OutsideMachine(_));
        findings.dedup_by(|it, before| outside(it) && outside(before));
        findings
    }

    /// A line of a test that can be read by itself: the mistake stands in the next, which seemed to go on with it.
    fn comes_of_next_line(&self, site: &Site) -> bool {
        site.context == Context::Line && probe(site.context, &self.text[site.from..site.bad.end]).is_none()
    }

    fn collect_sites(&self, parent: Node<'_, '_>, sites: &mut Vec<Site>) {
        let mut before: Option<Node<'_, '_>> = None;
        for node in parent.children() {
            let beside = before.filter(|it| self.is_beside(*it, node));
            // Of two stretches in one line the second comes of the first.
            if node.kind().is_bad() && !beside.is_some_and(|it| it.kind().is_bad()) {
                let goes_on = beside.filter(|it| !self.ends_block(*it) && !self.begins_declaration(node));
                let from = goes_on.unwrap_or(node).span().range().start;
                sites.push(Site { context: context(node.kind()), from, bad: node.span().range() });
            }
            before = Some(node);
        }
    }

    /// Whether both stand on one line, and are of one list: a modifier has the call before it, and is none of its kind.
    fn is_beside(&self, before: Node<'_, '_>, node: Node<'_, '_>) -> bool {
        let other = match node.kind() {
            Kind::BadModifier => before.kind() == Kind::Call,
            // A line of a test is over where the next begins.
            Kind::BadLine => before.kind() != Kind::BadLine,
            _ => false,
        };
        !other && self.same_line(before.span().range().end, node.span().range().start)
    }

    fn begins_declaration(&self, node: Node<'_, '_>) -> bool {
        let text = &self.text[node.span().range()];
        let word = text.split(|it: char| !it.is_ascii_lowercase()).next().unwrap_or("");
        PARTS.contains(&word) || ITEMS.contains(&word)
    }

    fn ends_block(&self, node: Node<'_, '_>) -> bool {
        matches!(node.kind(), Kind::Name | Kind::Param | Kind::Doc) || self.text[node.span().range()].ends_with('}')
    }

    fn look_at(&self, site: &Site) -> Finding<'s> {
        let failure = self.probe(site);
        let at = (site.from + failure.at).max(site.bad.start);
        let index = self.tokens.partition_point(|it| it.span.end <= at);
        let fault = Fault { site, expected: &failure.expected, index };
        let from = self.patched.original(site.from..site.from).start;
        let guess = self.guesses(&fault).into_iter().find(|it| self.helps(site, it));
        match guess {
            Some(guess) => Finding { from, edits: self.edits(&guess), error: self.error_of(guess) },
            None => Finding { from, edits: Vec::new(), error: self.plain_error(&fault) },
        }
    }

    fn probe(&self, site: &Site) -> Failure {
        let text = &self.text[site.from..site.bad.end];
        let otherwise = Failure { at: site.bad.start - site.from, expected: Vec::new() };
        probe(site.context, text).unwrap_or(otherwise)
    }

    /// Whether the declaration can be read further after the edit: beyond the token behind it, unless that
    /// may belong to something else.
    fn helps(&self, site: &Site, guess: &Guess<'_>) -> bool {
        let line_end = self.text[guess.at.end..].find('\n').map_or(self.text.len(), |it| guess.at.end + it);
        let end = site.bad.end.max(line_end);
        let edited = [&self.text[site.from..guess.at.start], &guess.text, &self.text[guess.at.end..end]].concat();
        let Some(failure) = probe(site.context, &edited) else { return true };
        let left = edited.len() - failure.at.min(edited.len());
        let next = self.tokens.partition_point(|it| it.span.start < guess.at.end);
        let Some(behind) = self.tokens.get(next).filter(|it| it.span.start < end) else { return left == 0 };
        let ends_there = self.word(behind) == "}" || !self.same_line(guess.at.end, behind.span.start);
        left < end - behind.span.start + usize::from(ends_there)
    }

    fn edits(&self, guess: &Guess<'_>) -> Vec<Edit> {
        let edit = |at: &Range<usize>, text: &str| Edit::new(self.patched.original(at.clone()), text);
        let other = guess.other.iter().map(|(at, text)| edit(at, text));
        std::iter::once(edit(&guess.at, &guess.text)).chain(other).collect()
    }

    fn error_of(&self, guess: Guess<'s>) -> SyntaxError<'s> {
        let at = self.patched.original(guess.at);
        let place = guess.place.map_or(at.clone(), |it| self.patched.original(it));
        let error = SyntaxError::new(guess.problem, place);
        // What takes two edits is left to the author.
        let error = match guess.other {
            None => error.fix(at, guess.text).certain_if(guess.certain),
            Some(_) => error,
        };
        match guess.related {
            Some(place) => error.related(self.patched.original(place)),
            None => error,
        }
    }

    // ---- When nothing in particular was meant

    fn plain_error(&self, fault: &Fault<'_>) -> SyntaxError<'s> {
        let expected = fault.expected.to_vec();
        let before = self.before(fault).filter(|it| it.span.start >= fault.site.from);
        let token = self.tokens.get(fault.index);
        match (token, before) {
            (Some(token), Some(before)) if self.same_line(before.span.end, token.span.start) => {
                self.unexpected(fault, token, self.found(before))
            }
            (Some(token), None) => self.unexpected(fault, token, ""),
            (_, Some(before)) => {
                let problem = Problem::Missing { after: self.found(before), expected };
                SyntaxError::new(problem, self.patched.original(before.span.clone()))
            }
            (None, None) => {
                let end = self.source.len();
                SyntaxError::new(Problem::Unexpected { found: "", after: "", expected }, end..end)
            }
        }
    }

    fn unexpected(&self, fault: &Fault<'_>, token: &Token, after: &'s str) -> SyntaxError<'s> {
        if let Some(text) = self.before(fault).filter(|it| it.span.end == token.span.start && self.leaves_open(it)) {
            let end = text.span.end;
            return SyntaxError::new(Problem::QuoteInBraces, self.patched.original(end - 1..end));
        }
        let found = self.found(token);
        let problem = self.well_known(fault, token).unwrap_or_else(|| {
            let expected = fault.expected.to_vec();
            Problem::Unexpected { found, after, expected }
        });
        SyntaxError::new(problem, self.patched.original(token.span.clone()))
    }

    /// Whether a token is a text with a brace that is open at its end.
    fn leaves_open(&self, token: &Token) -> bool {
        let word = self.word(token);
        token.look == Look::Text && word.rfind('{') > word.rfind('}')
    }

    /// A word that is right elsewhere: in another place, or in another language.
    fn well_known(&self, fault: &Fault<'_>, token: &Token) -> Option<Problem<'s>> {
        let word = self.word(token);
        let found = self.found(token);
        let begins = token.span.start <= fault.site.bad.start;
        let key = || self.tokens.get(fault.index + 1).is_some_and(|it| self.word(it) == ":");
        match fault.site.context {
            Context::File if begins && PARTS.contains(&word) => Some(Problem::OutsideMachine(found)),
            Context::File if begins && key() => Some(Problem::ForeignWord(found)),
            Context::Body | Context::Watcher if begins && ITEMS.contains(&word) => Some(Problem::InsideMachine(found)),
            _ if FOREIGN.contains(&word) && !self.is_in_test(fault) => Some(Problem::ForeignWord(found)),
            _ => None,
        }
    }

    /// Words of tests are words of other languages elsewhere.
    fn is_in_test(&self, fault: &Fault<'_>) -> bool {
        fault.site.context == Context::Line || self.text[fault.site.from..].starts_with("test")
    }

    // ---- Places and words

    /// The token before the one that was not expected.
    pub(crate) fn before(&self, fault: &Fault<'_>) -> Option<&Token> {
        self.tokens.get(fault.index.checked_sub(1)?)
    }

    /// A token's text in the copy.
    pub(crate) fn word(&self, token: &Token) -> &'r str {
        &self.text[token.span.clone()]
    }

    /// A token's text in the source.
    pub(crate) fn found(&self, token: &Token) -> &'s str {
        self.original(&token.span)
    }

    pub(crate) fn original(&self, range: &Range<usize>) -> &'s str {
        &self.source[self.patched.original(range.clone())]
    }

    pub(crate) fn same_line(&self, a: usize, b: usize) -> bool {
        !self.text[a.min(b)..b].contains('\n')
    }

    /// The stretch around a place in which every character satisfies `test`.
    pub(crate) fn hanging_together(&self, at: usize, test: impl Fn(char) -> bool) -> Range<usize> {
        let before = &self.text[..at];
        let start = before.trim_end_matches(&test).len();
        let behind = &self.text[at..];
        let end = at + behind.len() - behind.trim_start_matches(&test).len();
        start..end
    }
}

/// Where a bad node stands.
fn context(kind: Kind) -> Context {
    match kind {
        Kind::BadMachine
        | Kind::BadInstance
        | Kind::BadExtern
        | Kind::BadWatcherKind
        | Kind::BadTest
        | Kind::BadItem => Context::File,
        Kind::BadKindPart => Context::Watcher,
        Kind::BadExternPart => Context::Extern,
        Kind::BadParam => Context::Param,
        Kind::BadModifier => Context::Modifier,
        Kind::BadAction => Context::Action,
        Kind::BadLine => Context::Line,
        _ => Context::Body,
    }
}

impl Fault<'_> {
    pub(crate) fn expects(&self, kind: Kind) -> bool {
        self.expected.contains(&kind)
    }
}
