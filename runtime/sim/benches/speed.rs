//! How fast virtual time passes: `cargo bench -p machine-sim`.

// A benchmark that cannot run has nothing better to do than to stop.
#![allow(clippy::unwrap_used, missing_docs)]

use divan::Bencher;
use divan::counter::ItemsCount;
use machine_core::{Definition, OwnedTable, WatcherId};
use machine_sim::clock::BEGIN;
use machine_sim::script::{Judge, Limits, Line, run};
use machine_sim::world::{Answer, Series};
use machine_sim::{Script, Seen};
use std::sync::Arc;

fn main() {
    divan::main();
}

const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// A lamp that looks at its switch every ten seconds and finds it off, for a day.
fn a_day() -> Script {
    let off = Answer { outcome: Some(1), payload: [].into(), times: None, after_ms: 0 };
    let answers = Line::Answers { watchers: vec![WatcherId(0)], series: Series(vec![off]) };
    Script { begin: BEGIN, seed: 1, lines: vec![answers, Line::Advance { ms: DAY_MS }] }
}

/// The same, and the switch is on each time: the lamp goes on and off again, with its timer.
fn a_busy_day() -> Script {
    let mut script = a_day();
    if let Some(Line::Answers { series: Series(answers), .. }) = script.lines.first_mut() {
        answers[0].outcome = Some(0);
    }
    script
}

struct Nobody;

impl Judge for Nobody {
    fn holds(&mut self, _: usize, _: &Seen<'_>) -> bool {
        true
    }

    fn explain(&mut self, _: usize, _: &Seen<'_>) -> String {
        String::new()
    }
}

fn measure(bencher: Bencher<'_, '_>, script: &Script, limits: Limits) {
    let table = Arc::new(OwnedTable::verify(Definition::example().encode().unwrap().into()).unwrap());
    let steps = run(&table, script, &mut Nobody, limits).steps;
    let bencher = bencher.counter(ItemsCount::new(steps));
    bencher.bench_local(|| run(&table, script, &mut Nobody, limits));
}

/// Limit: 5 ms, and 2 million steps a second.
#[divan::bench]
fn a_day_with_a_watcher_every_ten_seconds(bencher: Bencher<'_, '_>) {
    measure(bencher, &a_day(), Limits::default());
}

#[divan::bench]
fn a_day_of_transitions(bencher: Bencher<'_, '_>) {
    measure(bencher, &a_busy_day(), Limits::default());
}

#[divan::bench]
fn a_day_with_coverage(bencher: Bencher<'_, '_>) {
    measure(bencher, &a_busy_day(), Limits { coverage: true, ..Limits::default() });
}
