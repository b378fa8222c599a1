//! Several lines together.

use crate::line::Line;
use crate::mistake::Mistake;
use crate::slots::Changes;
use crate::zone::Zone;

/// The slots of all lines of a schedule, in milliseconds since 1970. Those of several lines that fall together are one.
#[derive(Clone, Debug)]
pub struct Calendar {
    lines: Vec<Line>,
    changes: Changes,
}

impl Calendar {
    /// Reads all lines; those without a zone of their own are in `zone`. `find` knows the zones.
    ///
    /// # Errors
    /// What is wrong with the first that has a mistake, and which one that is.
    pub fn read(
        lines: &[&str],
        zone: &Zone,
        changes: Changes,
        find: &dyn Fn(&str) -> Option<Zone>,
    ) -> Result<Self, (usize, Mistake)> {
        let read = |(at, text): (usize, &&str)| Line::read(text, zone, find).map_err(|mistake| (at, mistake));
        Ok(Self::of(lines.iter().enumerate().map(read).collect::<Result<_, _>>()?, changes))
    }

    /// Of lines that have been read.
    #[must_use]
    pub fn of(lines: Vec<Line>, changes: Changes) -> Self {
        Self { lines, changes }
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line that a slot comes from, the first of them.
    #[must_use]
    pub fn line_of(&self, slot: i64) -> Option<&Line> {
        let at = slot.div_euclid(1_000);
        self.lines.iter().find(|it| it.first(at, self.changes) == Some(at))
    }

    /// The first slot behind `ms`.
    #[must_use]
    pub fn next(&self, ms: i64) -> Option<i64> {
        let from = ms.div_euclid(1_000).saturating_add(1);
        let slot = self.lines.iter().filter_map(|it| it.first(from, self.changes)).min()?;
        slot.checked_mul(1_000)
    }

    /// All slots behind `ms`, in order.
    pub fn after(&self, ms: i64) -> impl Iterator<Item = i64> + '_ {
        std::iter::successors(self.next(ms), |it| self.next(*it))
    }

    /// All slots behind `from` up to `to`, in order.
    pub fn between(&self, from: i64, to: i64) -> impl Iterator<Item = i64> + '_ {
        self.after(from).take_while(move |it| *it <= to)
    }

    /// The last slot behind `from` up to `to`.
    #[must_use]
    pub fn last(&self, from: i64, to: i64) -> Option<i64> {
        let is_in = |it: &i64| *it <= to;
        let mut found = self.next(from).filter(is_in)?;
        // Nothing up to `to` comes behind `high`; slots are whole seconds.
        let mut high = to;
        while high - found >= 1_000 {
            let middle = found + (high - found) / 2;
            match self.next(middle).filter(is_in) {
                Some(later) => found = later,
                None => high = middle,
            }
        }
        Some(found)
    }
}
