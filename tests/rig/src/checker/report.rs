//! What came of a check, for people.

use super::{Fault, Whom};
use std::collections::BTreeMap;
use std::fmt;

/// What a stream holds, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What there is of each.
    pub whose: BTreeMap<Whom, Summary>,
    /// What is wrong, in the order of the stream as far as it has one.
    pub faults: Vec<Fault>,
}

/// What there is of one machine, or of a node itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// How many events, each counted once.
    pub events: u64,
    /// The number of the first that has to be there.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// What is not there, and named as dropped.
    pub dropped: Vec<(u64, u64)>,
}

impl Report {
    /// Nothing is lost, nothing twice, all in order.
    pub fn is_complete(&self) -> bool {
        self.faults.is_empty()
    }

    /// How many events there are, each counted once.
    pub fn events(&self) -> u64 {
        self.whose.values().map(|it| it.events).sum()
    }

    /// Ends a test that found something wrong.
    ///
    /// # Panics
    /// When it did.
    #[track_caller]
    pub fn assert_complete(&self) -> &Self {
        assert!(self.is_complete() && self.events() > 0, "{self}");
        self
    }
}

/// `5`, or `5 to 9`.
pub(super) fn range((first, last): (u64, u64)) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

/// `1 event`, `2 events`.
fn count(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = count(self.events(), "event");
        match self.faults.len() as u64 {
            0 => writeln!(f, "complete: {events}, each once and in order")?,
            faults => writeln!(f, "not complete: {events}, and {}", count(faults, "fault"))?,
        }
        for (whom, it) in &self.whose {
            let dropped: Vec<_> = it.dropped.iter().copied().map(range).collect();
            let but =
                if dropped.is_empty() { String::new() } else { format!(", dropped as told: {}", dropped.join(", ")) };
            writeln!(f, "  {whom}: {} of {}{but}", count(it.events, "event"), range((it.first, it.last)))?;
        }
        // A stream that is wrong from end to end says so often enough.
        for fault in self.faults.iter().take(40) {
            writeln!(f, "  {fault}")?;
        }
        Ok(())
    }
}
