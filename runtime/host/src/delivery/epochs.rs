//! Epochs: in each, the numbers of all machines begin with 1. The first begins with a state directory, another when the
//! directory turns out to be a copy, so that no number, with its epoch, means two events.

use crate::record::Former;
use std::fmt::{self, Display, Formatter};

/// The epochs of a state directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Epochs {
    current: u64,
    former: Vec<Former>,
}

/// The number of an event: those of a machine follow each other in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    /// The epoch.
    pub(super) epoch: u64,
    /// Its number there.
    pub(super) sequence: u64,
}

impl Epochs {
    pub(crate) fn new(current: u64, former: &[Former]) -> Self {
        Self { current, former: former.to_vec() }
    }

    /// The present one.
    pub(super) fn current(&self) -> u64 {
        self.current
    }

    /// Whether this directory gave out numbers of this epoch.
    pub(super) fn has(&self, epoch: u64) -> bool {
        self.current == epoch || self.former.iter().any(|it| it.epoch == epoch)
    }

    /// Whether somebody else gave out numbers of this epoch, too.
    pub(super) fn is_forked(&self, epoch: u64) -> bool {
        self.former.iter().any(|it| it.epoch == epoch && it.is_forked)
    }

    /// Whether there is any such epoch.
    pub(super) fn have_forked(&self) -> bool {
        self.former.iter().any(|it| it.is_forked)
    }

    /// Another one has begun, because somebody else gave out numbers of this one.
    pub(super) fn fork(&mut self, next: u64) {
        Former::add(&mut self.former, self.current, true);
        self.current = next;
    }
}

impl Number {
    /// What an id begins with, `NODE.MACHINE`, and the number that it ends with.
    pub(super) fn of(id: &str) -> Option<(&str, Number)> {
        let mut parts = id.rsplitn(3, '.');
        let sequence = parts.next()?.parse().ok()?;
        let epoch = parts.next()?.parse().ok()?;
        Some((parts.next()?, Number { epoch, sequence }))
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_the_order_in_which_they_were_given_out() {
        let number = |id: &str| Number::of(id).unwrap().1;
        assert_eq!(Number::of("n1.example.net.hvac.5.7"), Some(("n1.example.net.hvac", number("n1.x.5.7"))));
        assert!(number("n.m.5.7") < number("n.m.5.8") && number("n.m.5.8") < number("n.m.6.1"));
        assert_eq!(number("n.m.5.7").to_string(), "5.7");
        for id in ["", "7", "5.7", "n.m.5.x", "n.m.x.7"] {
            assert_eq!(Number::of(id), None, "{id}");
        }
    }

    #[test]
    fn an_epoch_that_somebody_else_used_is_over() {
        let mut epochs = Epochs::new(5, &[Former { epoch: 3, is_forked: false }]);
        epochs.fork(9);
        let of = |epoch| (epochs.has(epoch), epochs.is_forked(epoch));
        assert_eq!([3, 4, 5, 9].map(of), [(true, false), (false, false), (true, true), (true, false)]);
        assert_eq!(epochs.current(), 9);
    }
}
