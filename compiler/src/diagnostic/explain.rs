//! The page of each code: what it means, an example that fails with it, and the same example put right.

use super::code::{self, Code};

/// The page of `code`, in Markdown; it ends with a line break.
///
/// It holds an example under `## This fails` and one under `## This compiles`, or a line that begins with
/// `(no example:` and says why there is none.
#[must_use]
pub fn page(code: Code) -> &'static str {
    let at = code::ALL.iter().position(|it| *it == code);
    at.and_then(|it| code::PAGES.get(it)).copied().unwrap_or("")
}

/// The parts of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The mistake in a few words: `unknown state`.
    pub title: &'static str,
    /// What it means and what to do, in Markdown; ends with a line break.
    pub about: &'static str,
    /// A source with this mistake and no other; `None` where the page says why there is none.
    pub fails: Option<&'static str>,
    /// The same source put right.
    pub compiles: Option<&'static str>,
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

/// The first fenced block behind a heading.
fn example(page: &'static str, heading: &str) -> Option<&'static str> {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n"))?;
    let (_, rest) = rest.split_once("\n```machine\n")?;
    rest.split_once("```").map(|(example, _)| example)
}
