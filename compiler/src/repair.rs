//! Puts right what needs no asking: the edits that are certain, made again and again until none is left.
//!
//! Nothing but the places of the edits changes: line breaks, marks and layout of the sources stay as they are.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::source::{FileId, SourceMap};

/// How often the sources are checked again. One edit may uncover the next, and a mistake that is made all over a file
/// is told and edited one at a time.
const MAX_PASSES: usize = 256;

/// What came of it.
#[derive(Debug, Default)]
pub struct Repair {
    /// All sources, with the edits made; in the same order and of the same names.
    pub sources: SourceMap,
    /// The edits, in the order in which they were made.
    pub made: Vec<Made>,
    /// What is still wrong with the sources.
    pub left: Vec<Diagnostic>,
}

/// One edit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// In which source.
    pub file: FileId,
    /// Its line, from 1, in the text as it was just before.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// What was wrong.
    pub code: Code,
    /// What was there; empty for an insertion.
    pub before: String,
    /// What is there now; empty for a removal.
    pub after: String,
}

/// Makes every certain edit of every source.
#[must_use]
pub fn repair(sources: &SourceMap) -> Repair {
    let mut repair = Repair { sources: edited(sources, &[]), made: Vec::new(), left: crate::check(sources) };
    for _ in 0..MAX_PASSES {
        let chosen = chosen(&repair.sources, &repair.left);
        if chosen.is_empty() {
            break;
        }
        repair.made.extend(chosen.iter().map(|(code, fix)| Made::new(&repair.sources, *code, fix)));
        repair.sources = edited(&repair.sources, &chosen);
        repair.left = crate::check(&repair.sources);
    }
    repair
}

/// The certain edits in the order of their places. Of two that touch each other only the first: the second was thought
/// of for a text that is then no longer there, and comes again if it is still right.
fn chosen<'d>(sources: &SourceMap, diagnostics: &'d [Diagnostic]) -> Vec<(Code, &'d Fix)> {
    // Nobody asked for changes of what is only used.
    let ours = |fix: &Fix| !sources.get(fix.file).only_used;
    let certain = |it: &'d Diagnostic| Some((it.code, it.fix.as_ref().filter(|fix| fix.certain && ours(fix))?));
    let mut all: Vec<_> = diagnostics.iter().filter_map(certain).collect();
    all.retain(|(_, fix)| replaced(sources, fix).is_some_and(|it| it != fix.text));
    all.sort_by_key(|(_, fix)| (fix.file, fix.span));
    all.dedup_by(|it, before| it.1.file == before.1.file && it.1.span.start <= before.1.span.end);
    all
}

/// What stands where the edit is to be made; `None` if there is no such place.
fn replaced<'s>(sources: &'s SourceMap, fix: &Fix) -> Option<&'s str> {
    sources.get(fix.file).text.get(fix.span.range())
}

fn edited(sources: &SourceMap, fixes: &[(Code, &Fix)]) -> SourceMap {
    sources.with_texts(|id, source| with(&source.text, fixes.iter().map(|it| it.1).filter(|it| it.file == id)))
}

/// The text with edits made that stand in order and do not overlap.
fn with<'d>(text: &str, fixes: impl Iterator<Item = &'d Fix>) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for fix in fixes {
        let range = fix.span.range();
        out.push_str(text.get(done..range.start).unwrap_or(""));
        out.push_str(&fix.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    out
}

impl Made {
    fn new(sources: &SourceMap, code: Code, fix: &Fix) -> Self {
        let (line, column) = sources.line_column(fix.file, fix.span);
        let before = replaced(sources, fix).unwrap_or("").to_owned();
        Self { file: fix.file, line, column, code, before, after: fix.text.clone() }
    }
}
