//! The manual that runs: every block on the pages in `tests/spec` is compiled, stepped and compared.
//!
//! `tests/spec/README.md` tells readers of the pages what the blocks mean; [`check`] is how they are run.

mod build;
mod page;
mod scenario;
mod tell;
mod value;
mod values;
mod world;

use build::{Built, Shelf};
use page::Block;
use std::ops::Range;
use world::World;

/// What came of a page.
#[derive(Debug, Default)]
pub struct Report {
    /// What is not as the page says, each with its line.
    pub complaints: Vec<String>,
    /// The page with what really happened in the place of what it says.
    pub page: String,
}

/// Runs all blocks of a page, in order. `name` is for the complaints.
#[must_use]
pub fn check(name: &str, page: &str) -> Report {
    let mut run = Run { name, ..Run::default() };
    for block in &page::blocks(page) {
        run.block(block);
    }
    if run.said.is_some() {
        run.complain(page.lines().count(), "what is said of the last mistake is missing");
    }
    let mut updated = page.to_owned();
    for (range, text) in run.edits.into_iter().rev() {
        updated.replace_range(range, &text);
    }
    Report { complaints: run.complaints, page: updated }
}

/// The blocks of a page that hold tests: each as the files, by name, that it can use, itself the last.
#[must_use]
pub fn tested(page: &str) -> Vec<Vec<(String, String)>> {
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut found = Vec::new();
    for block in page::blocks(page).iter().filter(|it| is_whole(it)) {
        kept.retain(|it| it.0 != block.file_name());
        kept.push((block.file_name().to_owned(), block.text.to_owned()));
        if has_tests(block) {
            found.push(kept.clone());
        }
    }
    found
}

/// The sources on a page that are run: by a scenario below them or by tests of their own, and what these use.
#[must_use]
pub fn running(page: &str) -> Vec<&str> {
    let blocks = page::blocks(page);
    let mut found: Vec<&str> = Vec::new();
    let mut last = None;
    for block in &blocks {
        last = if is_whole(block) { Some(block.text) } else { last };
        if block.language == "scenario" || is_whole(block) && has_tests(block) {
            found.extend(last);
        }
    }
    // What is used stands before what uses it.
    for block in blocks.iter().rev().filter(|it| is_whole(it)) {
        let line = format!("use \"{}\"", block.file_name());
        if found.iter().any(|it| it.contains(&line)) {
            found.push(block.text);
        }
    }
    found
}

/// The calculations on a page that is run, without what they come to.
#[must_use]
pub fn calculated(page: &str) -> Vec<&str> {
    let blocks = page::blocks(page);
    let tables = blocks.iter().filter(|it| it.language == "values");
    let lines = tables.flat_map(|it| it.text.lines()).filter(|it| !it.starts_with("data "));
    lines.filter_map(|it| it.rsplit_once(" = ")).map(|it| it.0).collect()
}

/// A file that nothing is said of.
fn is_whole(block: &Block<'_>) -> bool {
    block.language == "machine" && !block.has_word("error") && !block.has_word("warning")
}

fn has_tests(block: &Block<'_>) -> bool {
    block.text.lines().any(|it| it.starts_with("test \""))
}

/// A page that is being run.
#[derive(Default)]
struct Run<'p> {
    name: &'p str,
    shelf: Shelf,
    /// The machines of the last block that compiled.
    built: Option<Built>,
    /// The machine that the last scenario ran, where it stopped.
    world: Option<World>,
    /// What was said of the last block, until the page says it.
    said: Option<String>,
    complaints: Vec<String>,
    edits: Vec<(Range<usize>, String)>,
}

impl Run<'_> {
    fn complain(&mut self, line: usize, what: &str) {
        self.complaints.push(format!("{}:{line}: {what}", self.name));
    }

    fn block(&mut self, block: &Block<'_>) {
        if self.said.is_some() && block.language != "text" {
            self.complain(
                block.line,
                "the block before this one is a mistake: say in a `text` block what is told of it",
            );
            self.said = None;
        }
        match block.language {
            "machine" => self.machine(block),
            "text" => self.text(block),
            "scenario" => self.scenario(block),
            "values" => self.outcome(block, values::check(block.text)),
            "" | "sh" | "json" | "console" | "ebnf" => {}
            other => self.complain(block.line, &format!("`{other}` is no language of these pages")),
        }
    }

    /// A whole file: without a mistake, or marked as one.
    fn machine(&mut self, block: &Block<'_>) {
        let wants_mistake = block.has_word("error") || block.has_word("warning");
        let built = self.shelf.build(block.file_name(), block.text);
        match (built.said.is_empty(), wants_mistake) {
            (true, true) => self.complain(block.line, "nothing is told of this"),
            (false, false) => self.complain(block.line, &format!("this is told of it:\n{}", built.said)),
            (false, true) => {
                if built.is_refused != block.has_word("error") {
                    self.complain(block.line, "a warning is called an error here, or an error a warning");
                }
                self.said = Some(built.said);
            }
            (true, false) => {
                self.shelf.keep(block.file_name(), block.text);
                self.built = Some(built);
            }
        }
    }

    /// What is told of the mistake before it; any other text is for readers only.
    fn text(&mut self, block: &Block<'_>) {
        if let Some(said) = self.said.take() {
            self.outcome(block, Ok(said));
        }
    }

    fn scenario(&mut self, block: &Block<'_>) {
        let Some(built) = &self.built else {
            return self.complain(block.line, "there is no machine to run");
        };
        let outcome = scenario::run(built, block.words, block.text, &mut self.world);
        self.outcome(block, outcome);
    }

    /// Compares a block with what it has to be.
    fn outcome(&mut self, block: &Block<'_>, wanted: Result<String, String>) {
        match wanted {
            Ok(wanted) if wanted == block.text => {}
            Ok(wanted) if block.language != "text" && same(&wanted, block.text) => {}
            Ok(wanted) => {
                let line = block.line + 1 + first_difference(&wanted, block.text);
                self.complain(line, &format!("this is what happened:\n{wanted}"));
                self.edits.push((block.range.clone(), wanted));
            }
            Err(why) => self.complain(block.line, &why),
        }
    }
}

/// Blanks between words are the author's.
fn same(a: &str, b: &str) -> bool {
    lines(a).eq(lines(b))
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|it| !it.trim().is_empty()).map(|it| it.split_whitespace().collect())
}

fn first_difference(wanted: &str, found: &str) -> usize {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let differs = |(a, b): (&str, &str)| words(a) != words(b);
    wanted.lines().zip(found.lines()).position(differs).unwrap_or(wanted.lines().count().min(found.lines().count()))
}

#[cfg(test)]
mod tests;
