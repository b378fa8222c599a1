//! What is drawn into a picture: the way that a machine took, or how often tests went where.

use super::chart::{Arrow, Chart};
use super::coverage::Coverage;
use crate::diagnostic::suggest;
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
        let mut way = Way { chart, at: None, event: None, steps: 0, marks: Self::default() };
        words.iter().try_for_each(|word| way.word(word))?;
        way.end()?;
        Ok(way.marks)
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
            let taken = chart.states.iter().position(|state| state.path == it.from);
            let taken =
                taken.and_then(|from| find(chart, from, Some(&it.event), |arrow| reaches(chart, arrow, &it.to)));
            if let Some(Mark::Count(count)) = taken.and_then(|it| marks.lines.get_mut(&it)) {
                *count = count.saturating_add(it.count);
            }
        }
        marks
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

/// A way that is being followed.
struct Way<'c> {
    chart: &'c Chart,
    at: Option<usize>,
    /// An event behind which no state was named yet.
    event: Option<&'c str>,
    steps: usize,
    marks: Marks,
}

impl<'c> Way<'c> {
    fn word(&mut self, word: &'c str) -> Result<(), NoWay> {
        match state(self.chart, word) {
            Some(state) => self.state(state),
            None if is_event(self.chart, word) => {
                self.end()?;
                self.event = Some(word);
                Ok(())
            }
            None => Err(unknown(self.chart, word)),
        }
    }

    fn state(&mut self, state: usize) -> Result<(), NoWay> {
        let event = self.event.take();
        let Some(from) = self.at else { return self.arrive(state) };
        let chart = self.chart;
        match find(chart, from, event, |it| leads(chart, it, state)) {
            Some(taken) => self.take(taken, state),
            None => Err(self.no_way(event, Some(state))),
        }
    }

    /// An event behind which no state was named leads where it leads first.
    fn end(&mut self) -> Result<(), NoWay> {
        let (Some(event), Some(from)) = (self.event.take(), self.at.or(Some(self.chart.leaf(0)))) else {
            return Ok(());
        };
        self.arrive(from)?;
        match find(self.chart, from, Some(event), |_| true) {
            Some(taken) => self.take(taken, self.chart.leaf(self.chart.arrows[taken.0].to)),
            None if stays(self.chart, from, event) => Ok(()),
            None => Err(self.no_way(Some(event), None)),
        }
    }

    fn take(&mut self, taken: (usize, usize), state: usize) -> Result<(), NoWay> {
        self.steps += 1;
        if let Mark::Steps(steps) = self.marks.lines.entry(taken).or_insert(Mark::Steps(Vec::new())) {
            steps.push(self.steps);
        }
        self.arrive(state)
    }

    fn arrive(&mut self, state: usize) -> Result<(), NoWay> {
        self.at = Some(state);
        for it in self.chart.outwards(self.chart.leaf(state)).filter(|it| *it != 0) {
            self.marks.states.entry(it).or_insert(Mark::Steps(Vec::new()));
        }
        Ok(())
    }

    fn no_way(&self, event: Option<&str>, to: Option<usize>) -> NoWay {
        let at = self.at.map_or("", |it| self.chart.states[it].path.as_str());
        let on = event.map_or_else(String::new, |it| format!(" on `{it}`"));
        let to = to.map_or_else(|| "anywhere".to_owned(), |it| format!("to `{}`", self.chart.states[it].path));
        let from = self.at.map_or(0, |it| self.chart.leaf(it));
        let ways = self.chart.arrows.iter().filter(|it| self.chart.is_within(from, it.from));
        let ways: Vec<_> = ways.map(|it| format!("`{}`", it.lines[0].events.join("`, `"))).collect();
        let help = match ways.is_empty() {
            true => format!("nothing leads out of `{at}`"),
            false => format!("what leads out of `{at}` is {}", ways.join(", ")),
        };
        NoWay { what: format!("nothing leads from `{at}` {to}{on}"), help }
    }
}

/// The handler that answers an event in `from`, innermost first, and leads where `leads` says.
fn find(chart: &Chart, from: usize, event: Option<&str>, leads: impl Fn(&Arrow) -> bool) -> Option<(usize, usize)> {
    chart.outwards(chart.leaf(from)).find_map(|owner| {
        let own = chart.arrows.iter().enumerate().filter(|(_, it)| it.from == owner && leads(it));
        own.flat_map(|(arrow, it)| it.lines.iter().enumerate().map(move |(line, it)| ((arrow, line), it)))
            .find(|(_, it)| event.is_none_or(|event| it.label.as_deref() == Some(event) || answers(&it.events, event)))
            .map(|it| it.0)
    })
}

/// `W.fault` in a source answers each fault of `W`, and which these are a picture does not know.
pub(super) fn answers(events: &[String], event: &str) -> bool {
    let watcher = event.rsplit_once('.').map(|it| it.0);
    events.iter().any(|it| it == event || watcher.is_some_and(|watcher| it.strip_suffix(".fault") == Some(watcher)))
}

/// Whether the machine is in `state` behind an arrow.
fn leads(chart: &Chart, arrow: &Arrow, state: usize) -> bool {
    chart.is_within(chart.leaf(arrow.to), state) || arrow.last && chart.is_within(state, arrow.to)
}

fn reaches(chart: &Chart, arrow: &Arrow, path: &str) -> bool {
    chart.states.iter().position(|it| it.path == path).is_some_and(|it| leads(chart, arrow, it))
}

/// A state by its path, or by its own name if no other has that.
fn state(chart: &Chart, word: &str) -> Option<usize> {
    let inner = || chart.states.iter().enumerate().skip(1);
    let mut named = inner().filter(|it| it.1.name == word).map(|it| it.0);
    let only = named.next().filter(|_| named.next().is_none());
    inner().find(|it| it.1.path == word).map(|it| it.0).or(only)
}

fn is_event(chart: &Chart, word: &str) -> bool {
    let mut lines = chart.arrows.iter().flat_map(|it| &it.lines);
    lines.any(|it| it.label.as_deref() == Some(word) || answers(&it.events, word))
        || (0..chart.states.len()).any(|it| stays(chart, it, word))
}

fn stays(chart: &Chart, from: usize, event: &str) -> bool {
    let is_it = |row: &super::chart::Row| answers(&row.events, event);
    chart.outwards(chart.leaf(from)).any(|it| chart.states[it].rows.iter().any(is_it))
}

fn unknown(chart: &Chart, word: &str) -> NoWay {
    let states = chart.states.iter().skip(1).map(|it| it.path.as_str());
    let events = chart.arrows.iter().flat_map(|it| &it.lines).flat_map(|it| &it.events).map(String::as_str);
    let help = match suggest::nearest(word, states.chain(events)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write states by their paths and events as the source does, with commas between them".to_owned(),
    };
    NoWay { what: format!("`{}` has no state and no event `{word}`", chart.name), help }
}
