//! What is drawn into a picture: the way that a machine took, or how often tests went where.

use super::chart::{Arrow, Chart};
use super::coverage::{Coverage, Taken};
use super::way::Way;
use std::collections::BTreeMap;

/// Marks of states and of handlers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    states: BTreeMap<usize, Mark>,
    /// By arrow and line.
    lines: BTreeMap<(usize, usize), Mark>,
}

/// One mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The way leads here, as these steps of it, from 1; none of them for a state that it begins in.
    Steps(Vec<usize>),
    /// Tests came here so often.
    Count(u64),
}

/// Why a way cannot be drawn in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWay {
    /// What is wrong.
    pub what: String,
    /// The way out.
    pub help: String,
}

impl Marks {
    /// The way through these states and events, in order: `["unknown", "manifest.changed", "deploy"]`. Between two states
    /// the event may be left out, and behind an event the state.
    ///
    /// # Errors
    /// When a word is neither state nor event, or nothing leads that way.
    pub fn path(chart: &Chart, words: &[&str]) -> Result<Self, NoWay> {
        let mut way = Way::new(chart);
        words.iter().try_for_each(|word| way.word(word))?;
        way.end()
    }

    /// How often tests went where. What they did not reach has the count 0.
    #[must_use]
    pub fn coverage(chart: &Chart, coverage: &Coverage) -> Self {
        let mut marks = Self::default();
        for (id, it) in chart.states.iter().enumerate().skip(1) {
            marks.states.insert(id, Mark::Count(coverage.visits(&it.path)));
        }
        for (arrow, it) in chart.arrows.iter().enumerate() {
            marks.lines.extend((0..it.lines.len()).map(|line| ((arrow, line), Mark::Count(0))));
        }
        for it in &coverage.transitions {
            if let Some(Mark::Count(count)) = taken(chart, it).and_then(|it| marks.lines.get_mut(&it)) {
                *count = count.saturating_add(it.count);
            }
        }
        marks
    }

    /// The way leads to a state.
    pub(super) fn arrive(&mut self, state: usize) {
        self.states.entry(state).or_insert(Mark::Steps(Vec::new()));
    }

    /// A step of the way is by this handler.
    pub(super) fn step(&mut self, handler: (usize, usize), number: usize) {
        if let Mark::Steps(steps) = self.lines.entry(handler).or_insert(Mark::Steps(Vec::new())) {
            steps.push(number);
        }
    }

    /// The mark of a state.
    #[must_use]
    pub fn state(&self, state: usize) -> Option<&Mark> {
        self.states.get(&state)
    }

    /// The mark of a handler.
    #[must_use]
    pub fn line(&self, arrow: usize, line: usize) -> Option<&Mark> {
        self.lines.get(&(arrow, line))
    }

    /// Whether a state is on the way, or was reached; `None` if nothing is drawn in.
    #[must_use]
    pub fn reaches_state(&self, state: usize) -> Option<bool> {
        (!self.is_empty()).then(|| self.state(state).is_some_and(Mark::is_reached))
    }

    /// Whether an arrow is on the way, or was taken; `None` if nothing is drawn in.
    #[must_use]
    pub fn reaches_arrow(&self, arrow: usize) -> Option<bool> {
        let mut of_arrow = self.lines.range((arrow, 0)..(arrow + 1, 0));
        (!self.is_empty()).then(|| of_arrow.any(|it| it.1.is_reached()))
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty() && self.lines.is_empty()
    }
}

impl Mark {
    fn is_reached(&self) -> bool {
        !matches!(self, Self::Count(0))
    }

    /// How it is written before a text: `①③ `.
    #[must_use]
    pub fn before(&self) -> String {
        match self {
            Self::Steps(steps) if !steps.is_empty() => steps.iter().map(|it| circled(*it)).collect::<String>() + " ",
            _ => String::new(),
        }
    }

    /// How it is written behind a text: ` ×3`.
    #[must_use]
    pub fn behind(&self) -> String {
        match self {
            Self::Count(count) => format!("  ×{count}"),
            Self::Steps(_) => String::new(),
        }
    }
}

fn circled(step: usize) -> String {
    match u32::try_from(step) {
        Ok(it @ 1..=20) => char::from_u32(0x245F + it).map_or_else(String::new, String::from),
        _ => format!("({step})"),
    }
}

/// The handler that answers an event in `from`, innermost first, and leads where `leads` says.
pub(super) fn find(
    chart: &Chart,
    from: usize,
    event: Option<&str>,
    leads: impl Fn(&Arrow) -> bool,
) -> Option<(usize, usize)> {
    chart.outwards(chart.leaf(from)).find_map(|owner| {
        let own = chart.arrows.iter().enumerate().filter(|(_, it)| it.from == owner && leads(it));
        own.flat_map(|(arrow, it)| it.lines.iter().enumerate().map(move |(line, it)| ((arrow, line), it)))
            .find(|(_, it)| event.is_none_or(|event| it.label.as_deref() == Some(event) || answers(&it.events, event)))
            .map(|it| it.0)
    })
}

/// The handler by which tests went from one leaf to another.
fn taken(chart: &Chart, it: &Taken) -> Option<(usize, usize)> {
    let from = chart.states.iter().position(|state| state.path == it.from)?;
    let find = |event| find(chart, from, Some(event), |arrow| reaches(chart, arrow, &it.to));
    find(&it.event).or_else(|| find(first_word(&it.event)))
}

/// `after` and `when` of any duration and condition: a table has them as calculated, a picture as they are written.
fn first_word(event: &str) -> &str {
    ["after", "when"].into_iter().find(|it| event.starts_with(&format!("{it} "))).unwrap_or(event)
}

/// `W.fault` in a source answers each fault of `W`, and which these are a picture does not know.
pub(super) fn answers(events: &[String], event: &str) -> bool {
    let watcher = event.rsplit_once('.').map(|it| it.0);
    let is_word = |it: &str| matches!(event, "after" | "when") && it.split(' ').next() == Some(event);
    events.iter().any(|it| {
        it == event || is_word(it) || watcher.is_some_and(|watcher| it.strip_suffix(".fault") == Some(watcher))
    })
}

/// Whether the machine is in `state` behind an arrow.
pub(super) fn leads(chart: &Chart, arrow: &Arrow, state: usize) -> bool {
    chart.is_within(chart.leaf(arrow.to), state) || arrow.last && chart.is_within(state, arrow.to)
}

fn reaches(chart: &Chart, arrow: &Arrow, path: &str) -> bool {
    chart.states.iter().position(|it| it.path == path).is_some_and(|it| leads(chart, arrow, it))
}
