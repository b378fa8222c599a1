//! A way through a machine, as somebody writes it down, found among its handlers.

use super::chart::Chart;
use super::marks::{Marks, NoWay, answers, find, leads};
use crate::diagnostic::suggest;

/// A way that is being followed.
pub(super) struct Way<'c> {
    chart: &'c Chart,
    at: Option<usize>,
    /// An event behind which no state was named yet.
    event: Option<&'c str>,
    steps: usize,
    marks: Marks,
}

impl<'c> Way<'c> {
    /// One that has not begun.
    pub(super) fn new(chart: &'c Chart) -> Self {
        Self { chart, at: None, event: None, steps: 0, marks: Marks::default() }
    }

    /// The next state or event.
    pub(super) fn word(&mut self, word: &'c str) -> Result<(), NoWay> {
        match state(self.chart, word) {
            Some(state) => self.state(state),
            None if is_event(self.chart, word) => {
                self.follow()?;
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

    /// All that is drawn in.
    pub(super) fn end(mut self) -> Result<Marks, NoWay> {
        self.follow()?;
        Ok(self.marks)
    }

    /// An event behind which no state was named leads where it leads first.
    fn follow(&mut self) -> Result<(), NoWay> {
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
        self.marks.step(taken, self.steps);
        self.arrive(state)
    }

    fn arrive(&mut self, state: usize) -> Result<(), NoWay> {
        self.at = Some(state);
        for it in self.chart.outwards(self.chart.leaf(state)).filter(|it| *it != 0) {
            self.marks.arrive(it);
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
