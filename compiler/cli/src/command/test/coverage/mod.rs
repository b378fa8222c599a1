//! What tests have touched of a machine, exactly: everything that its table has is counted.

mod file;
mod items;
mod text;

pub(super) use file::line;
pub(super) use text::{missing, table};

use super::subject::Subject;
use items::Item;
use machine_sim::Coverage;

/// A machine with all that was counted.
pub(super) struct Measured<'m> {
    pub(super) subject: &'m Subject<'m>,
    pub(super) coverage: Coverage,
    items: Vec<Item>,
}

/// What can be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    States,
    Transitions,
    Guards,
    Outcomes,
    Timers,
    Restarts,
}

impl Sort {
    const ALL: [Self; 6] =
        [Self::States, Self::Transitions, Self::Guards, Self::Outcomes, Self::Timers, Self::Restarts];

    fn name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Transitions => "transitions",
            Self::Guards => "guards both ways",
            Self::Outcomes => "outcomes",
            Self::Timers => "timers fired and cancelled",
            Self::Restarts => "restarts in each state",
        }
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) touched: usize,
    pub(super) all: usize,
}

impl Share {
    /// In hundredths, rounded down: only all is 100.
    pub(super) fn percent(self) -> usize {
        (self.touched * 100).checked_div(self.all).unwrap_or(100)
    }
}

impl<'m> Measured<'m> {
    pub(super) fn new(subject: &'m Subject<'m>, coverage: Coverage) -> Self {
        let items = items::of(subject, &coverage);
        Self { subject, coverage, items }
    }

    /// How much of one sort.
    pub(super) fn share(&self, sort: Sort) -> Share {
        let all = self.items.iter().filter(|it| it.sort == sort);
        Share { touched: all.clone().filter(|it| it.touched).count(), all: all.count() }
    }

    /// How much of everything.
    pub(super) fn total(&self) -> Share {
        Share { touched: self.items.iter().filter(|it| it.touched).count(), all: self.items.len() }
    }
}
