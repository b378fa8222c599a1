//! The page of each code: what it means, an example that fails with it, and the same example put right.

use super::code::{self, Code};
use crate::source::SourceMap;

/// The page of `code`, in Markdown; it ends with a line break.
///
/// It holds an example under `## This fails` and one under `## This compiles`, or a line that begins with
/// `(no example:` and says why there is none. An example of several files names each of them on a line before its text,
/// between backticks and with a colon; the first uses the others.
#[must_use]
pub fn page(code: Code) -> &'static str {
    let at = code::ALL.iter().position(|it| *it == code);
    at.and_then(|it| code::PAGES.get(it)).copied().unwrap_or("")
}

/// The parts of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The mistake in a few words: `unknown state`.
    pub title: &'static str,
    /// What it means and what to do, in Markdown; ends with a line break.
    pub about: &'static str,
    /// Files with this mistake and no other; empty where the page says why there are none.
    pub fails: Vec<Sample>,
    /// The same files put right.
    pub compiles: Vec<Sample>,
}

/// A file of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is called: `example.machine`, if the page does not say.
    pub name: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// The page of `code` in its parts.
#[must_use]
pub fn parts(code: Code) -> Parts {
    let page = page(code);
    let (heading, rest) = page.split_once("\n\n").unwrap_or((page, ""));
    let title = heading.split_once(": ").map_or("", |it| it.1);
    let about = rest.split_once("\n## ").map_or(rest, |it| it.0);
    Parts { title, about, fails: example(page, "This fails"), compiles: example(page, "This compiles") }
}

/// An example as sources of the compiler: the first is asked for, the others are only used.
#[must_use]
pub fn sources(example: &[Sample]) -> SourceMap {
    let mut sources = SourceMap::default();
    for (at, it) in example.iter().enumerate() {
        _ = if at == 0 { sources.add(it.name, it.text) } else { sources.add_used(it.name, it.text) };
    }
    sources
}

/// The fenced blocks behind a heading, up to the next one.
fn example(page: &'static str, heading: &str) -> Vec<Sample> {
    let Some((_, rest)) = page.split_once(&format!("\n## {heading}\n")) else { return Vec::new() };
    let mut rest = rest.split_once("\n## ").map_or(rest, |it| it.0);
    let mut samples = Vec::new();
    while let Some((before, block)) = rest.split_once("```machine\n") {
        let Some((text, behind)) = block.split_once("```") else { break };
        samples.push(Sample { name: name(before).unwrap_or("example.machine"), text });
        rest = behind;
    }
    samples
}

/// The name on the last line before a block.
fn name(before: &'static str) -> Option<&'static str> {
    before.trim_end().lines().last()?.strip_prefix('`')?.strip_suffix("`:")
}
