//! Which events are shown.

use crate::event::Told;
use crate::event::happening::What;

/// What an event has to be to be shown; an empty list asks for nothing. Patterns may have `*` for any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Names of nodes.
    pub nodes: Vec<String>,
    /// Names of machines. The node's own events are of no machine.
    pub machines: Vec<String>,
    /// Kinds of events: a word of [`KINDS`](Filter::KINDS), or a pattern for types.
    pub kinds: Vec<String>,
    /// `failed`, or with the watcher, `air.failed`.
    pub outcomes: Vec<String>,
}

impl Filter {
    /// The words for kinds of events, each with what it means.
    pub const KINDS: [(&str, &str); 8] = [
        ("transition", "a machine went from one state to another"),
        ("outcome", "a watcher reported"),
        ("fault", "something went wrong: faults of watchers and calculations, refusals, drops, conflicts"),
        ("event", "events of the author's own"),
        ("operator", "events that operators sent"),
        ("timer", "timers were armed or are over"),
        ("log", "lines for people, and warnings"),
        ("life", "machines and nodes start and stop, tables come and go"),
    ];

    /// A kind as it is written on a command line: one of the words, or a pattern for types, which has a dot or a `*`.
    ///
    /// # Errors
    /// When no event is of such a kind; with the words that there are.
    pub fn kind(text: &str) -> Result<String, String> {
        if text.contains(['.', '*']) || Self::KINDS.iter().any(|(word, _)| *word == text) {
            return Ok(text.to_owned());
        }
        let words: Vec<_> = Self::KINDS.iter().map(|(word, _)| format!("`{word}`")).collect();
        Err(format!("there is {}, or a type such as `machine.v1.*`", words.join(", ")))
    }

    /// Whether events of a machine can be shown.
    #[must_use]
    pub fn names(&self, machine: &str) -> bool {
        any(&self.machines, |it| like(it, machine))
    }

    /// Whether an event is shown.
    #[must_use]
    pub fn takes(&self, told: &Told) -> bool {
        let machine = told.origin.machine.as_ref().map(|it| it.name.as_str());
        let kind = kind(&told.happening.what);
        any(&self.nodes, |it| like(it, &told.origin.node))
            && any(&self.machines, |it| machine.is_some_and(|machine| like(it, machine)))
            && any(&self.kinds, |it| {
                it == kind || (it == "fault" && is_fault(&told.happening.what)) || like(it, &told.ty)
            })
            && any(&self.outcomes, |it| is_outcome(it, &told.happening.what))
    }
}

fn any(wanted: &[String], holds: impl Fn(&str) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(|it| holds(it))
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Transition { .. } => "transition",
        What::Outcome(_) | What::Rejected(_) | What::Slot { .. } => "outcome",
        What::Emitted { .. } => "event",
        What::Fired { .. } => "operator",
        What::Timer { .. } => "timer",
        What::Log { .. } | What::Warning { .. } | What::NodeWarning { .. } => "log",
        What::Faulted { .. } | What::Dropped { .. } | What::Undeliverable { .. } => "fault",
        What::StreamRegressed { .. } | What::IdentityConflict { .. } | What::Sink { .. } => "fault",
        _ => "life",
    }
}

fn is_fault(what: &What) -> bool {
    match what {
        What::Outcome(outcome) => outcome.fault || outcome.late,
        What::Rejected(_) | What::TableRefused { .. } | What::Slowed { .. } => true,
        What::Fired { answered, .. } => !answered,
        other => kind(other) == "fault",
    }
}

fn is_outcome(wanted: &str, what: &What) -> bool {
    let (What::Outcome(outcome) | What::Rejected(outcome)) = what else { return false };
    match wanted.split_once('.') {
        Some((watcher, name)) => like(watcher, &outcome.watcher) && like(name, &outcome.outcome),
        None => like(wanted, &outcome.outcome),
    }
}

/// Whether a text is like a pattern, in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{everything, read, samples};

    /// The names of the samples that a filter takes.
    fn taken(filter: &Filter) -> Vec<&'static str> {
        let told = |what: What| {
            let json = crate::event::event(&samples::origin_of(&what), &samples::happening(what)).unwrap().json;
            read(json.get().as_bytes()).unwrap()
        };
        everything::all()
            .into_iter()
            .filter(|(_, what)| filter.takes(&told(what.clone())))
            .map(|(name, _)| name)
            .collect()
    }

    fn kinds(kind: &str) -> Filter {
        Filter { kinds: vec![kind.into()], ..Filter::default() }
    }

    #[test]
    fn a_kind_that_there_is_not_is_refused() {
        for text in ["transition", "fault", "machine.v1.log", "io.choria.*", "*"] {
            assert_eq!(Filter::kind(text).as_deref(), Ok(text));
        }
        for text in ["", "transitions", "nonsense"] {
            assert!(Filter::kind(text).unwrap_err().starts_with("there is `transition`, `outcome`"), "{text}");
        }
    }

    #[test]
    fn patterns_are_texts_with_gaps() {
        for (pattern, text, is_like) in [
            ("hvac", "hvac", true),
            ("hvac", "hvac_lab", false),
            ("hvac*", "hvac_lab", true),
            ("*lab", "hvac_lab", true),
            ("h*_*b", "hvac_lab", true),
            ("h*x*b", "hvac_lab", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("", "x", false),
        ] {
            assert_eq!(like(pattern, text), is_like, "{pattern} {text}");
        }
    }

    #[test]
    fn events_are_taken_by_kind() {
        assert_eq!(taken(&kinds("transition")), ["transition"]);
        assert_eq!(taken(&kinds("machine.v1.st*")), ["started", "resumed", "stopped", "stream regressed"]);
        let faults = taken(&kinds("fault"));
        for name in ["exec failed", "file missing", "late outcome", "faulted", "dropped"] {
            assert!(faults.contains(&name), "{name}: {faults:?}");
        }
        assert!(!faults.contains(&"exec ok"));
    }

    #[test]
    fn events_are_taken_by_outcome_and_machine() {
        let outcomes = |it: &str| Filter { outcomes: vec![it.into()], ..Filter::default() };
        assert_eq!(taken(&outcomes("failed")), ["exec failed", "late outcome"]);
        assert_eq!(taken(&outcomes("manifest.*")), ["file changed", "file missing"]);
        let machines = |it: &str| Filter { machines: vec![it.into()], ..Filter::default() };
        assert!(taken(&machines("container*")).contains(&"transition"));
        assert!(!taken(&machines("container*")).contains(&"shutdown"));
        assert!(taken(&machines("nobody")).is_empty());
    }

    #[test]
    fn every_word_for_a_kind_takes_something() {
        for (kind, _) in Filter::KINDS {
            assert!(!taken(&kinds(kind)).is_empty(), "{kind}");
        }
    }
}
