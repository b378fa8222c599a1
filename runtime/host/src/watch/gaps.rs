//! Which events are missing: every machine numbers its events without a gap, each node says from time to time how far
//! they are, and no number comes twice with something else in it.

use crate::event::Told;
use crate::event::happening::What;
use machine_value::counted;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

/// So many of the last events of a machine are remembered, to know one that comes again from one of somebody else.
const REMEMBERED: usize = 64;

/// What is known of the numbers of all machines.
#[derive(Debug, Default)]
pub struct Gaps {
    numbers: BTreeMap<(String, Option<String>), Numbers>,
    /// What nodes said of their machines, until it is looked at.
    said: Vec<Said>,
    patience: Duration,
}

/// A node said how far a machine is.
#[derive(Debug)]
struct Said {
    at: Instant,
    node: String,
    epoch: u64,
    machine: String,
    last: u64,
}

/// What is known of the numbers of one machine, or of a node's own events.
#[derive(Debug, Default)]
struct Numbers {
    epoch: u64,
    last: u64,
    /// Number and moment of the last ones.
    recent: Vec<(u64, u64)>,
    /// It was said that somebody else writes under this name.
    is_conflict_said: bool,
}

/// Something about the numbers that somebody should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Events are missing between two that came.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// The node has events of a machine that did not come.
    Tail {
        /// The machine.
        machine: String,
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// The node's state directory was made anew, or put back from a copy, and its numbers with it.
    Anew,
    /// Two nodes write under one name.
    Conflict,
}

/// Whether an event is new, and what it tells of others.
#[derive(Debug, Default)]
pub struct Verdict {
    /// It came before.
    pub is_again: bool,
    /// What somebody should know before it is shown.
    pub notes: Vec<Note>,
}

impl Gaps {
    /// Events that a node names and that have not come are missing after so long: what comes by several ways does not come
    /// in one order.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { patience, ..Self::default() }
    }

    /// Takes in an event.
    pub fn take(&mut self, told: &Told) -> Verdict {
        let (sequence, node, epoch) = (told.happening.sequence, &told.origin.node, told.origin.epoch);
        if sequence == 0 {
            return Verdict::default();
        }
        if let What::Sequences { machines, .. } = &told.happening.what {
            let at = Instant::now();
            let said = |(machine, last): (&String, &u64)| Said {
                at,
                node: node.clone(),
                epoch,
                machine: machine.clone(),
                last: *last,
            };
            self.said.extend(machines.iter().map(said));
        }
        let machine = told.origin.machine.as_ref().map(|it| it.name.clone());
        let numbers = self.numbers.entry((node.clone(), machine)).or_default();
        numbers.take(epoch, sequence, told.happening.time_ns)
    }

    /// Tails that nodes named and that should be there by now, each with its node.
    pub fn overdue(&mut self) -> Vec<(String, Note)> {
        let is_due = |it: &Said| it.at.elapsed() >= self.patience;
        let due = self.said.iter().take_while(|it| is_due(it)).count();
        let due: Vec<_> = self.said.drain(..due).collect();
        due.into_iter().filter_map(|it| Some((it.node.clone(), self.tail(it)?))).collect()
    }

    /// Nothing more will come: what is not there by now is missing.
    pub fn end(&mut self) -> Vec<(String, Note)> {
        self.patience = Duration::ZERO;
        self.overdue()
    }

    /// A machine that nothing came of yet begins where its node says that it is.
    fn tail(&mut self, said: Said) -> Option<Note> {
        let Said { node, epoch, machine, last, .. } = said;
        let numbers = self.numbers.entry((node, Some(machine.clone()))).or_default();
        if numbers.epoch < epoch {
            *numbers = Numbers { epoch, last, ..Numbers::default() };
            return None;
        }
        let first = numbers.last + 1;
        let is_missing = numbers.epoch == epoch && first <= last;
        numbers.last = if is_missing { last } else { numbers.last };
        is_missing.then_some(Note::Tail { machine, first, last })
    }
}

impl Numbers {
    fn take(&mut self, epoch: u64, sequence: u64, time: u64) -> Verdict {
        if self.epoch != epoch {
            return self.begin(epoch, sequence, time);
        }
        if sequence <= self.last {
            return self.again(sequence, time);
        }
        let first = self.last + 1;
        let missing = (first < sequence).then(|| Note::Missing { first, last: sequence - 1 });
        self.remember(sequence, time);
        Verdict { is_again: false, notes: missing.into_iter().collect() }
    }

    /// Another state directory. Time does not run backwards: an older one that speaks again is a second node.
    fn begin(&mut self, epoch: u64, sequence: u64, time: u64) -> Verdict {
        let note = match self.epoch {
            0 => None,
            before if before < epoch => Some(Note::Anew),
            _ => return self.conflict(),
        };
        *self = Self { epoch, ..Self::default() };
        self.remember(sequence, time);
        Verdict { is_again: false, notes: note.into_iter().collect() }
    }

    fn again(&mut self, sequence: u64, time: u64) -> Verdict {
        match self.recent.iter().find(|(number, _)| *number == sequence) {
            Some((_, before)) if *before != time => self.conflict(),
            Some(_) => Verdict { is_again: true, notes: Vec::new() },
            // One of a gap, or older than what is remembered: shown rather than kept back.
            None => Verdict::default(),
        }
    }

    fn conflict(&mut self) -> Verdict {
        let is_said = std::mem::replace(&mut self.is_conflict_said, true);
        Verdict { is_again: false, notes: if is_said { Vec::new() } else { vec![Note::Conflict] } }
    }

    fn remember(&mut self, sequence: u64, time: u64) {
        self.last = sequence;
        if self.recent.len() == REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push((sequence, time));
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Note::Missing { first, last } => {
                let (events, are) = events(*first, *last);
                write!(f, "{events} {are} missing here: {}", range(*first, *last))
            }
            Note::Tail { machine, first, last } => {
                let (events, are) = events(*first, *last);
                write!(f, "{events} of {machine} {are} missing, as the node says: {}", range(*first, *last))
            }
            Note::Anew => write!(f, "the state directory was made anew, or put back from a copy: numbers begin again"),
            Note::Conflict => {
                write!(f, "two nodes write under this name: give one of them another with `--node`, and its own state")
            }
        }
    }
}

fn events(first: u64, last: u64) -> (String, &'static str) {
    let count = last.saturating_sub(first) + 1;
    (counted(count, "event"), if count == 1 { "is" } else { "are" })
}

fn range(first: u64, last: u64) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::happening::{Happening, MachineOrigin, Origin};

    fn told(machine: Option<&str>, epoch: u64, sequence: u64, time_ns: u64, what: What) -> Told {
        let machine = machine.map(|it| MachineOrigin { name: it.into(), version: "1".into(), instance: "i".into() });
        let origin = Origin { node: "n1".into(), machine, epoch };
        let happening = Happening { sequence, time_ns, recorded_ns: time_ns, cause: None, what };
        Told { id: "i".into(), ty: "t".into(), origin, happening }
    }

    /// What is said of events of one machine: their epochs, numbers and moments.
    fn check(events: &[(u64, u64, u64)], said: &[&str]) {
        let mut gaps = Gaps::default();
        let mut notes = Vec::new();
        for (epoch, sequence, time) in events {
            let verdict = gaps.take(&told(Some("m"), *epoch, *sequence, *time, What::Shutdown));
            notes.extend(verdict.notes.iter().map(ToString::to_string));
            notes.extend(verdict.is_again.then(|| format!("again {sequence}")));
        }
        assert_eq!(notes, said);
    }

    #[test]
    fn what_is_missing_is_said_once() {
        check(&[(1, 1, 10), (1, 2, 20), (1, 3, 30)], &[]);
        check(&[(1, 41, 10), (1, 42, 20)], &[]);
        check(&[(1, 1, 10), (1, 3, 30), (1, 4, 40)], &["1 event is missing here: 2"]);
        check(&[(1, 1, 10), (1, 9, 30)], &["7 events are missing here: 2 to 8"]);
    }

    #[test]
    fn what_comes_again_or_late_is_no_gap() {
        check(&[(1, 1, 10), (1, 2, 20), (1, 1, 10), (1, 2, 20), (1, 3, 30)], &["again 1", "again 2"]);
        check(&[(1, 1, 10), (1, 3, 30), (1, 2, 20), (1, 4, 40)], &["1 event is missing here: 2"]);
    }

    #[test]
    fn a_new_state_directory_is_told_from_a_second_node() {
        let anew = "the state directory was made anew, or put back from a copy: numbers begin again";
        check(&[(1, 7, 10), (2, 1, 20), (2, 2, 30)], &[anew]);
        let conflict = Note::Conflict.to_string();
        check(&[(1, 7, 10), (2, 1, 20), (1, 8, 30), (1, 9, 40), (2, 2, 50)], &[anew, &conflict]);
        check(&[(1, 7, 10), (1, 8, 20), (1, 8, 25), (1, 9, 30)], &[&conflict]);
    }

    #[test]
    fn a_lost_tail_is_seen_by_the_sign_of_life() {
        let mut gaps = Gaps::default();
        let sequences = |number, last| {
            let machines = BTreeMap::from([("m".to_owned(), last), ("new".to_owned(), 5)]);
            told(None, 1, number, 10, What::Sequences { machines, part: 1, parts: 1 })
        };
        let mut missing = |told: Told| {
            assert!(gaps.take(&told).notes.is_empty());
            gaps.overdue().into_iter().map(|(node, note)| format!("{node}: {note}")).collect::<Vec<_>>()
        };
        assert!(missing(told(Some("m"), 1, 3, 10, What::Shutdown)).is_empty());
        assert!(missing(sequences(1, 3)).is_empty());
        assert_eq!(missing(sequences(2, 6)), ["n1: 3 events of m are missing, as the node says: 4 to 6"]);
        assert!(missing(sequences(3, 6)).is_empty(), "it is said once");
        assert!(missing(told(Some("new"), 1, 6, 10, What::Shutdown)).is_empty());
    }

    #[test]
    fn what_comes_by_another_way_has_a_moment_for_it() {
        let mut gaps = Gaps::new(Duration::from_secs(3600));
        gaps.take(&told(Some("m"), 1, 3, 10, What::Shutdown));
        let machines = BTreeMap::from([("m".to_owned(), 4)]);
        gaps.take(&told(None, 1, 1, 10, What::Sequences { machines, part: 1, parts: 1 }));
        assert!(gaps.overdue().is_empty());
        gaps.take(&told(Some("m"), 1, 4, 20, What::Shutdown));
        assert!(gaps.end().is_empty());
    }

    #[test]
    fn events_without_numbers_are_choria_s() {
        check(&[(0, 0, 10), (0, 0, 20)], &[]);
    }
}
