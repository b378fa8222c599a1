//! What must hold at no moment: looked at after every step.

use super::{Claim, Expect, Judge, Line, Script};
use crate::world::{Seen, World};
use machine_core::{Instant, Table};

/// All that must never hold, and where it did.
#[derive(Debug, Default)]
pub(super) struct Guard {
    watched: Vec<Watched>,
    /// So many of the leaves that the machine went through have been looked at.
    looked: usize,
}

#[derive(Debug)]
struct Watched {
    line: usize,
    claim: Claim,
    /// When it held first, and why.
    held: Option<(Instant, String)>,
}

impl Guard {
    pub(super) fn of(script: &Script) -> Self {
        let watched = script.lines.iter().enumerate().filter_map(|(line, it)| match it {
            Line::Expect(Expect::Never(claim)) => Some(Watched { line, claim: *claim, held: None }),
            _ => None,
        });
        Self { watched: watched.collect(), looked: 0 }
    }

    /// A step was taken.
    pub(super) fn look(&mut self, world: &World, table: &Table<'_>, judge: &mut dyn Judge) {
        if self.watched.is_empty() {
            return;
        }
        let Some(machine) = world.machine(0) else { return };
        let (path, clock) = (world.path(0), world.clock());
        let here = Seen { table, instance: machine.instance(), state: machine.instance().state(), clock };
        for it in self.watched.iter_mut().filter(|it| it.held.is_none()) {
            let through = path.iter().skip(self.looked).filter(|_| it.claim.is_state);
            let through = through.map(|(_, state)| Seen { state: *state, ..here });
            if let Some(seen) = through.chain([here]).find(|seen| judge.holds(it.claim.number, seen)) {
                it.held = Some((clock.now(), judge.explain(it.claim.number, &seen)));
            }
        }
        self.looked = path.len();
    }

    /// A line has come: whether what it forbids held before, and when. It is not looked at any more.
    pub(super) fn close(&mut self, line: usize) -> Option<(Instant, usize, String)> {
        let index = self.watched.iter().position(|it| it.line == line)?;
        let Watched { claim, held, .. } = self.watched.remove(index);
        held.map(|(at, why)| (at, claim.number, why))
    }
}
