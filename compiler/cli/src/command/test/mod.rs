//! `machinec test`: the tests of sources, in virtual time, all at once.
//!
//! | | |
//! | --- | --- |
//! | `script`, `judge`, `subject`, `calendar`, `words` | from a test as it is checked to what the simulation runs |
//! | `run` | one test, and all of them on all processors |
//! | `tell`, `timeline`, `paste` | what was not as expected, what happened, and a test that does it again |
//! | `form` | the results for people and programs |
//! | `coverage`, `mutants` | how much the tests touch, and whether they would notice a mistake |
//! | `from` | what a node recorded, as tests |
//! | `select`, `progress`, `watch` | which tests, how far they are, and once more when a source changes |

pub(super) mod calendar;
mod coverage;
mod form;
mod from;
mod judge;
mod mutants;
mod paste;
mod progress;
mod run;
mod script;
mod select;
mod subject;
mod tell;
mod timeline;
mod watch;
mod words;

use super::Verdict;
use crate::args::{Color, Test};
use crate::error::Error;
use crate::output;
use crate::report::{Report, counted};
use crate::sources::Loaded;
use coverage::Measured;
use machine_compiler::model::test::Test as Tested;
use machine_compiler::{Options, Tests, compile_tests};
use machine_sim::Coverage;
use machine_sim::script::Limits;
use progress::Progress;
use run::Outcome;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use subject::Subject;

pub(super) fn run(it: &Test, color: Color) -> Result<Verdict, Error> {
    match &it.from {
        Some(events) => from::run(it, events, color),
        None if it.watch => watch::run(it, color),
        None => once(it, color).map(|it| it.1),
    }
}

/// One run of all tests; with it, all that was read for it.
fn once(it: &Test, color: Color) -> Result<(Loaded, Verdict), Error> {
    let loaded = Loaded::with_used(&it.files);
    let verdict = loaded_once(it, color, &loaded)?;
    Ok((loaded, verdict))
}

fn loaded_once(it: &Test, color: Color, loaded: &Loaded) -> Result<Verdict, Error> {
    let reporting = it.reporting();
    let mut report = Report::new(&reporting, color);
    report.files(loaded)?;
    let (tests, diagnostics) = compile_tests(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    let subjects: Vec<_> =
        tests.machines.iter().map(|it| Subject::new(&it.machine, it.file, &it.compiled.table)).collect();
    let chosen = select::chosen(&tests, it);
    if chosen.is_empty() {
        return Err(Error::NoTest { all: tests.tests.len() });
    }
    if it.list {
        select::list(&chosen, &tests)?;
        return Ok(Verdict::Fine);
    }
    Session { it, color, loaded, tests: &tests, subjects: &subjects }.run(&chosen)
}

/// Tests that are ready to run.
struct Session<'s> {
    it: &'s Test,
    color: Color,
    loaded: &'s Loaded,
    tests: &'s Tests,
    /// By machine; none where the table is none, which the compiler does not make.
    subjects: &'s [Option<Subject<'s>>],
}

impl Session<'_> {
    fn run(&self, chosen: &[&Tested]) -> Result<Verdict, Error> {
        let options = self.options();
        if chosen.iter().any(|it| it.random.is_some_and(|it| it.seed.is_none())) {
            output::say(&format!("seed {}\n", options.seed));
        }
        let outcomes = self.outcomes(chosen, options);
        let results: Vec<_> = chosen.iter().copied().zip(&outcomes).collect();
        form::write(self.it.format, &results, self.tests, &self.loaded.sources, self.color)?;
        let mut fine = outcomes.iter().all(Outcome::has_passed);
        if self.measures() {
            fine &= self.coverage(chosen, &outcomes)?;
        }
        if self.it.mutate {
            self.mutate(&results, options)?;
        }
        Ok(if fine { Verdict::Fine } else { Verdict::Mistakes })
    }

    fn measures(&self) -> bool {
        self.it.coverage || self.it.min.is_some() || self.it.coverage_file.is_some()
    }

    fn options(&self) -> run::Options {
        let limits = Limits { coverage: self.measures(), ..Limits::default() };
        run::Options { limits, seed: self.it.seed.unwrap_or_else(select::seed), most_runs: u32::MAX }
    }

    fn outcomes(&self, chosen: &[&Tested], options: run::Options) -> Vec<Outcome> {
        let runs = |it: &Tested| it.random.map_or(1, |it| it.runs as usize);
        let unit = if chosen.iter().any(|it| it.random.is_some()) { "runs" } else { "tests" };
        let progress = Progress::of(unit, self.it.is_silent());
        progress.expect(chosen.iter().map(|it| runs(it)).sum());
        let outcomes = run::all(chosen, &|test| {
            let subject = self.subjects.get(test.machine).and_then(|it| it.as_ref());
            let done = Cell::new(0);
            let one_more = || {
                done.set(done.get() + 1);
                progress.more(1, &test.name);
            };
            let outcome = match subject {
                Some(subject) => run::one(test, subject, &self.loaded.sources, options, &one_more),
                None => Outcome::without_table(test),
            };
            // Of one that fails, the other runs need not be.
            progress.more(runs(test) - done.get(), &test.name);
            outcome
        });
        progress.end();
        outcomes
    }

    /// Machines of one name are the same, whichever file tests them.
    fn coverage(&self, chosen: &[&Tested], outcomes: &[Outcome]) -> Result<bool, Error> {
        let mut sums: BTreeMap<&str, (usize, Coverage)> = BTreeMap::new();
        for (test, outcome) in chosen.iter().zip(outcomes) {
            let (Some(machine), Some(coverage)) = (self.tests.machines.get(test.machine), &outcome.coverage) else {
                continue;
            };
            let sum = sums.entry(&machine.machine.name).or_insert_with(|| (test.machine, Coverage::of_same(coverage)));
            sum.1.add(coverage);
        }
        let measured = sums
            .into_values()
            .filter_map(|(machine, coverage)| Some(Measured::new(self.subjects.get(machine)?.as_ref()?, coverage)));
        let measured: Vec<_> = measured.collect();
        if let Some(path) = &self.it.coverage_file {
            let text: String = measured.iter().map(coverage::line).collect();
            fs::write(path, text).map_err(|it| Error::write(path, it))?;
        }
        let mut enough = true;
        for it in &measured {
            let mut text = coverage::table(it);
            if self.it.coverage {
                text += &coverage::missing(it, &self.loaded.sources);
            }
            let percent = it.total().percent();
            if self.it.min.is_some_and(|min| percent < usize::from(min)) {
                enough = false;
                text += &format!("  {percent} % is less than the {} % that are asked for\n", self.it.min.unwrap_or(0));
            }
            self.tell(&text)?;
        }
        Ok(enough)
    }

    fn mutate(&self, results: &[(&Tested, &Outcome)], options: run::Options) -> Result<(), Error> {
        if results.iter().any(|it| !it.1.has_passed()) {
            return self.tell("tests that fail notice everything: no mutants are made until they pass\n");
        }
        let mut scores: Vec<mutants::Score> = Vec::new();
        let progress = Progress::of("mutants", self.it.is_silent());
        for (index, machine) in self.tests.machines.iter().enumerate() {
            let own: Vec<_> = results.iter().filter(|it| it.0.machine == index).collect();
            let steps = own.iter().map(|it| it.1.steps).max().unwrap_or(0);
            let tests: Vec<&Tested> = own.iter().map(|it| it.0).collect();
            if tests.is_empty() {
                continue;
            }
            let sources = &self.loaded.sources;
            let score = mutants::score(&tests, &machine.machine, machine.file, sources, (options, steps), &progress);
            let same = |it: &&mut mutants::Score| (&it.machine, it.file) == (&score.machine, score.file);
            match scores.iter_mut().find(same) {
                Some(own) => own.add(score),
                None => scores.push(score),
            }
        }
        progress.end();
        scores.iter().try_for_each(|it| self.tell(&self.told(it)))
    }

    fn told(&self, score: &mutants::Score) -> String {
        let (noticed, all) = (score.noticed(), counted(score.all(), "mutant"));
        let mut text = format!("{}: {noticed} of {all} noticed ({} %)\n", score.machine, score.percent());
        let name = &self.loaded.sources.get(score.file).name;
        for change in score.survivors() {
            let (line, column) = self.loaded.sources.line_column(score.file, change.span);
            text += &format!("  {name}:{line}:{column}: no test notices {}\n", change.what);
        }
        text
    }

    /// To people beside the results, which programs may read from standard output.
    fn tell(&self, text: &str) -> Result<(), Error> {
        if self.it.is_silent() {
            output::say(text);
            return Ok(());
        }
        output::print(text)
    }
}
