//! Runs tests, all at once as far as there are processors, and gives back what came of each in their order.

use super::paste;
use super::script::{Prepared, prepare};
use super::subject::Subject;
use super::tell;
use machine_compiler::diagnostic::Diagnostic;
use machine_compiler::model::test::{Random, Test};
use machine_compiler::source::SourceMap;
use machine_sim::Coverage;
use machine_sim::random::explore;
use machine_sim::script::{Limits, Report, run};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What came of a test.
pub(super) struct Outcome {
    /// What was not as expected; nothing if all was.
    pub(super) failures: Vec<Diagnostic>,
    /// What its runs were drawn from.
    pub(super) seed: Option<u64>,
    /// A failing run that was drawn, as a test that can be pasted.
    pub(super) found: Option<String>,
    pub(super) steps: u64,
    pub(super) took: Duration,
    pub(super) coverage: Option<Coverage>,
}

/// How tests are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) limits: Limits,
    /// What runs are drawn from whose test does not say it.
    pub(super) seed: u64,
    /// Most runs of a test that is drawn.
    pub(super) most_runs: u32,
}

/// Does something with each of many things on as many threads as there are processors; the results in their order.
pub(super) fn all<T: Sync, R: Send>(items: &[T], each: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((index, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|it| Some((it, items.get(it)?)))
                {
                    let result = each(item);
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|it| it.0);
    results.into_iter().map(|it| it.1).collect()
}

/// Runs one test; calls `progress` after each run of one that is drawn.
pub(super) fn one(
    test: &Test,
    subject: &Subject<'_>,
    sources: &SourceMap,
    options: Options,
    progress: &dyn Fn(),
) -> Outcome {
    let began = Instant::now();
    let outcome = match prepare(test, subject) {
        Err(refusal) => Outcome::refused(*refusal),
        Ok(prepared) => match test.random {
            Some(random) => drawn(test, subject, prepared, (random, sources), options, progress),
            None => scripted(test, subject, prepared, options),
        },
    };
    Outcome { took: began.elapsed(), ..outcome }
}

/// Whether a test passes, and nothing else; for machines that were changed to see whether a test notices.
pub(super) fn passes(test: &Test, subject: &Subject<'_>, options: Options) -> bool {
    let Ok(mut prepared) = prepare(test, subject) else { return false };
    match test.random {
        None => run(&subject.table, &prepared.script, &mut prepared.claims, options.limits).failures.is_empty(),
        Some(Random { runs, seed }) => {
            let runs = (runs.min(options.most_runs), seed.unwrap_or(options.seed));
            let (script, claims) = (&prepared.script, &mut prepared.claims);
            explore(&subject.table, script, runs, &subject.taste(), claims, options.limits, &|| {}).found.is_none()
        }
    }
}

fn scripted(test: &Test, subject: &Subject<'_>, mut prepared: Prepared<'_>, options: Options) -> Outcome {
    let mut report = run(&subject.table, &prepared.script, &mut prepared.claims, options.limits);
    let coverage = report.coverage.take();
    let failures = told(test, subject, &prepared, &report, &|it| Some(it.line));
    Outcome { failures, steps: report.steps, coverage, ..Outcome::passed() }
}

fn drawn(
    test: &Test,
    subject: &Subject<'_>,
    mut prepared: Prepared<'_>,
    (random, sources): (Random, &SourceMap),
    options: Options,
    progress: &dyn Fn(),
) -> Outcome {
    let seed = random.seed.unwrap_or(options.seed);
    let runs = (random.runs.min(options.most_runs), seed);
    let (script, claims) = (&prepared.script, &mut prepared.claims);
    let explored = explore(&subject.table, script, runs, &subject.taste(), claims, options.limits, progress);
    let mut outcome =
        Outcome { seed: Some(seed), steps: explored.steps, coverage: explored.coverage, ..Outcome::passed() };
    if let Some(found) = explored.found {
        outcome.failures = told(test, subject, &prepared, &found.report, &|it| found.drawn.written(it));
        let failing = found.report.failures.first().map_or(usize::MAX - 1, |it| it.line);
        let text = paste::test(test, subject, &found.drawn, failing, &sources.get(test.file).text);
        if let Some(first) = outcome.failures.first_mut() {
            first.notes.insert(0, format!("run {} of {} that were drawn from seed {seed}", found.run, random.runs));
        }
        outcome.found = Some(text);
    }
    outcome
}

fn told(
    test: &Test,
    subject: &Subject<'_>,
    prepared: &Prepared<'_>,
    report: &Report,
    written: &dyn Fn(&machine_sim::script::Failure) -> Option<usize>,
) -> Vec<Diagnostic> {
    if report.failures.is_empty() { Vec::new() } else { tell::failures(test, subject, prepared, report, written) }
}

impl Outcome {
    fn passed() -> Self {
        Self { failures: Vec::new(), seed: None, found: None, steps: 0, took: Duration::ZERO, coverage: None }
    }

    fn refused(why: Diagnostic) -> Self {
        Self { failures: vec![why], ..Self::passed() }
    }

    /// The compiler made something that is no table.
    pub(super) fn without_table(test: &Test) -> Self {
        let headline = "its machine has no table that can be run";
        Self::refused(
            Diagnostic::new(tell::CODE, test.file, test.name_span, headline)
                .help("this is a mistake of the compiler; please report it with the source"),
        )
    }

    pub(super) fn has_passed(&self) -> bool {
        self.failures.is_empty()
    }
}
