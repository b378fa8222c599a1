//! Runs that nobody wrote: what watchers answer, when operators and other machines interfere and when the power goes, all
//! drawn from a seed. A run is an ordinary script once it is drawn, so one that fails can be made shorter, shown, and
//! pasted.

mod draw;
mod shrink;
mod value;

pub use draw::draw;
pub use shrink::shrink;

use crate::coverage::Coverage;
use crate::script::{Failure, Judge, Limits, Report, Script, run};
use fastrand::Rng;
use machine_core::OwnedTable;
use std::sync::Arc;

/// Values that are worth trying, because the machine compares with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taste {
    /// Whole numbers, also of durations and times.
    pub numbers: Vec<i64>,
    /// Texts.
    pub texts: Vec<String>,
}

/// A script that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// It.
    pub script: Script,
    /// For each of its lines, the position of the line that it was written as; `None` for what was drawn.
    pub origin: Vec<Option<usize>>,
}

/// A run that fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which of the runs it was, from 1.
    pub run: u32,
    /// As short as it could be made.
    pub drawn: Drawn,
    /// What came of that.
    pub report: Report,
}

/// What came of many runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explored {
    /// How many steps they took.
    pub steps: u64,
    /// What they touched, if that was asked for.
    pub coverage: Option<Coverage>,
    /// The first that fails.
    pub found: Option<Box<Found>>,
}

/// Draws so many runs from a seed, up to the first that fails, and calls `done` after each. The same seed draws the same runs.
pub fn explore(
    table: &Arc<OwnedTable>,
    script: &Script,
    (runs, seed): (u32, u64),
    taste: &Taste,
    judge: &mut dyn Judge,
    limits: Limits,
    done: &dyn Fn(),
) -> Explored {
    let mut explored = Explored::default();
    for number in 1..=runs {
        let drawn = draw(&table.table(), script, taste, &mut rng(seed, number));
        let report = run(table, &drawn.script, judge, limits);
        explored.steps += report.steps;
        done();
        match (&mut explored.coverage, &report.coverage) {
            (Some(sum), Some(it)) => sum.add(it),
            (sum, it) => *sum = it.clone(),
        }
        if let Some(failure) = report.failures.first().cloned() {
            let drawn = shrink(table, drawn, &failure, judge, limits);
            let report = run(table, &drawn.script, judge, limits);
            explored.found = Some(Box::new(Found { run: number, drawn, report }));
            break;
        }
    }
    explored
}

/// Each run has numbers of its own, so that it can be drawn without those before it.
fn rng(seed: u64, run: u32) -> Rng {
    Rng::with_seed(seed ^ u64::from(run).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Drawn {
    /// Where a failure belongs: the line that was written.
    #[must_use]
    pub fn written(&self, failure: &Failure) -> Option<usize> {
        let before = self.origin.get(..=failure.line).unwrap_or(&self.origin);
        before.iter().rev().find_map(|it| *it).or_else(|| self.origin.iter().find_map(|it| *it))
    }
}

#[cfg(test)]
mod tests;
