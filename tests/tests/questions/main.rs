//! Questions to machines (`analysis`), against brute force: small machines, drawn by chance, on all words of six events.
//!
//! What is said of a machine has to be so on the runtime's own core; and where nothing is said, nothing may be wrong there.
//! `QUESTIONS_SEED=7 QUESTIONS=100000 cargo test -p machine-tests --test questions` draws others, and more of them.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod answers;
mod circles;
mod conditions;
mod runs;
mod schedules;
mod structure;
mod timeouts;
mod timers;
mod walk;

use machine_compiler::model::Machine;
use machine_compiler::prove::Figures;
use machine_compiler::source::SourceMap;
use machine_tests::compare::Random;
use machine_tests::layout::{LAYOUTS, written};

/// What is said of a source: the code, and the line and the words that it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    code: &'static str,
    line: usize,
    words: String,
    headline: String,
}

/// A source as the compiler sees it.
struct Seen {
    said: Vec<Said>,
    table: Vec<u8>,
}

impl Seen {
    /// Of a source with one machine whose names and types are in order.
    fn of(source: &str) -> Self {
        let mut sources = SourceMap::default();
        let file = sources.add("m.machine", source);
        let mut found = None;
        let diagnostics = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
            let table = machine_compiler::table::flatten(machine, &sources, file).encode().expect("a table");
            found = Some(table);
        });
        let said = diagnostics.iter().map(|it| {
            let span = it.labels.first().expect("a place").span;
            let (start, end) = (span.start as usize, span.end as usize);
            let line = source[..start].matches('\n').count() + 1;
            Said { code: it.code.number, line, words: source[start..end].to_owned(), headline: it.headline.clone() }
        });
        let said = said.collect();
        let table = found.unwrap_or_else(|| panic!("no machine in\n{source}{said:#?}"));
        Self { said, table }
    }

    /// All that is said under one of these codes.
    fn under<'s>(&'s self, codes: &'s [&str]) -> impl Iterator<Item = &'s Said> {
        self.said.iter().filter(|it| codes.contains(&it.code))
    }

    fn has(&self, codes: &[&str]) -> bool {
        self.under(codes).next().is_some()
    }
}

/// What the machine of a source takes at most.
fn figures(source: &str) -> Figures {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut found = None;
    let _ = machine_compiler::examine(&sources, &mut |_, machine: &Machine| {
        found = Some(Figures::of(&sources, file, machine))
    });
    found.expect("a machine")
}

/// So many sources, drawn one after the other; each that is wrong about something is told with its seed.
fn each(usual: u64, mut check: impl FnMut(&mut Random)) {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(usual);
    let (seed, count): (u64, u64) = (number("QUESTIONS_SEED", 1), number("QUESTIONS", usual));
    for at in seed..seed + count {
        println!("QUESTIONS_SEED={at} QUESTIONS=1");
        check(&mut Random::new(at));
    }
}
