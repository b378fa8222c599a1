//! A recording as a test that can be pasted: what watchers answered, what was sent, where the machine went.

mod asks;
mod changes;
mod series;
mod words;

use super::{Recorded, Recording, What, Who, begin_ns};
use asks::{Ask, Asks};
use machine_core::table::{SignalSource, Type};
use machine_core::{Instance, Milliseconds, OwnedTable, Table, WatcherId};
use machine_value::json;
use serde_json::{Map, Value};
use series::{Answer, Series};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;
pub(crate) use words::quoted;
use words::{minute, name, path, written};

/// What a watcher is asked is answered at once unless it took so long.
const AT_ONCE_MS: u64 = 1_000;
const WEEK_NS: u64 = 604_800_000_000_000;

/// A `test` block for the machine of a table.
pub(crate) fn test(who: &Who, recording: &Recording, table: &Arc<OwnedTable>) -> String {
    let events = recording.machines.get(who).map_or(&[][..], Vec::as_slice);
    let begin = begin_ns(events);
    let end = events.last().map_or(begin, |it| it.time_ns);
    let mut script = Script {
        table: &table.table(),
        text: String::new(),
        now: begin,
        told: BTreeSet::new(),
        silenced: BTreeSet::new(),
        holding: BTreeSet::new(),
        never: format!("after {}w", end.saturating_sub(begin) / WEEK_NS + 1),
    };
    let title = quoted(&format!("as recorded on {}", who.node));
    _ = writeln!(script.text, "test {title} for {} {{", name(&who.machine));
    script.line(&format!("start {} in UTC", minute(begin)));
    if let Some(What::Started { facts, .. }) = events.iter().map(|it| &it.what).find(|it| !matches!(it, What::Other)) {
        script.facts(facts, true);
    }
    script.series(events, &asks::of(who, recording, table));
    let mut neighbours = recording.neighbours(who).into_iter().peekable();
    for (at, event) in events.iter().enumerate() {
        while let Some((other, told)) = neighbours.next_if(|(_, it)| it.time_ns <= event.time_ns) {
            script.hear(other, told);
        }
        if !script.told.contains(&at) {
            script.event(events, at);
        }
    }
    script.advance(end);
    script.path(events);
    script.text += "}\n";
    script.text
}

struct Script<'s> {
    table: &'s Table<'s>,
    text: String,
    /// How far the text has come, in nanoseconds since 1970.
    now: u64,
    /// Positions of the reports that stand at the beginning although they are told as changes.
    told: BTreeSet<usize>,
    /// Positions of the reports behind which a watcher that is told of changes is asked anew and has nothing to say.
    silenced: BTreeSet<usize>,
    /// Conditions on other machines that hold.
    holding: BTreeSet<usize>,
    /// `after 1w`: the recording is shorter.
    never: String,
}

impl Script<'_> {
    fn line(&mut self, line: &str) {
        _ = writeln!(self.text, "    {line}");
    }

    /// Time passes up to an event.
    fn advance(&mut self, to: u64) {
        let ms = to.saturating_sub(self.now) / 1_000_000;
        if ms > 0 {
            self.line(&format!("advance {}", Milliseconds(ms)));
            self.now += ms * 1_000_000;
        }
    }

    /// What the node knew; at the beginning as far as it is not what the machine takes for granted.
    fn facts(&mut self, facts: &Map<String, Value>, at_start: bool) {
        let begun = Instance::new(self.table);
        for (index, slot) in (0..).zip(self.table.facts()) {
            let Some(value) = facts.get(slot.name) else { continue };
            let default = json(self.table, slot.ty, begun.fact(self.table, index));
            if let (Some(written), true) = (written(slot.ty, value), !at_start || *value != default) {
                self.line(&format!("with {} = {written}", name(slot.name)));
            }
        }
    }

    /// What each watcher answers: all of it where it is asked again and again, else what it tells first.
    fn series(&mut self, events: &[Recorded], asks: &Asks) {
        let mut series: BTreeMap<&str, Series> = BTreeMap::new();
        let table = self.table;
        self.changes(events, asks);
        for ask in &asks.asks {
            let Some(watcher) = table.watcher_name(ask.watcher) else { continue };
            let is_told = self.is_told_of_changes(watcher);
            if is_told && series.contains_key(watcher) {
                continue;
            }
            series.entry(watcher).or_default().add(self.answer_to(ask, events));
            if let (Some(answer), true) = (&ask.answer, is_told) {
                self.told.insert(answer.event);
                if self.silenced.contains(&answer.event) {
                    series.entry(watcher).or_default().add(self.nothing());
                }
            }
        }
        for event in asks.stray.iter().filter_map(|it| events.get(*it)) {
            let What::Reported { watcher, took_ns, .. } = &event.what else { continue };
            if !self.is_told_of_changes(watcher) {
                series.entry(watcher).or_default().add(self.answer(&event.what, took_ns / 1_000_000));
            }
        }
        for (watcher, series) in series {
            self.line(&format!("{} answers {}", name(watcher), series.written()));
        }
    }

    /// Whether an ask is answered so soon that it does not matter when.
    fn is_at_once(&self, ask: &Ask) -> bool {
        let at_once = self.table.watcher(ask.watcher).every_ms.unwrap_or(AT_ONCE_MS).min(AT_ONCE_MS);
        ask.answer.as_ref().is_some_and(|it| it.after_ms < at_once && !it.is_timed)
    }

    /// What an ask is answered. One that was not has to last longer than its visit.
    fn answer_to(&self, ask: &Ask, events: &[Recorded]) -> Answer {
        let answer = ask.answer.as_ref().and_then(|it| Some((it, events.get(it.event)?)));
        let Some((answer, event)) = answer else { return self.nothing() };
        self.answer(&event.what, if self.is_at_once(ask) { 0 } else { answer.after_ms })
    }

    /// What happened at a time of its own.
    fn event(&mut self, events: &[Recorded], at: usize) {
        let Some(event) = events.get(at) else { return };
        match &event.what {
            What::Reported { watcher, .. } if self.is_told_of_changes(watcher) => {
                self.advance(event.time_ns);
                let mut series = Series::default();
                series.add(self.answer(&event.what, 0));
                if self.silenced.contains(&at) {
                    series.add(self.nothing());
                }
                self.line(&format!("{} answers {}", name(watcher), series.written()));
            }
            What::Fired { event: sent, fields } => {
                self.advance(event.time_ns);
                let table = self.table;
                let signal = table.signals().find(|it| it.name == sent);
                let written = signal.map_or_else(String::new, |it| self.fields(it.fields, fields, |_, _| true));
                let sent = name(sent);
                self.line(&if written.is_empty() { sent } else { format!("{sent}({written})") });
            }
            What::Started { resumed: true, .. } => {
                // That was the last sign of it.
                let before = at.checked_sub(1).and_then(|it| events.get(it));
                self.advance(before.map_or(self.now, |it| it.time_ns));
                let ms = event.time_ns.saturating_sub(self.now) / 1_000_000;
                self.line(&format!("power off for {}", Milliseconds(ms.max(1))));
                self.now = event.time_ns;
            }
            What::Facts { facts } => {
                self.advance(event.time_ns);
                self.facts(facts, false);
            }
            What::Stopped => self.advance(event.time_ns),
            _ => {}
        }
    }

    /// What another machine told or where it went, as far as this one listens.
    fn hear(&mut self, other: &str, event: &Recorded) {
        let mut heard = self.changed_conditions(other, &event.what);
        for signal in self.table.signals() {
            match signal.source {
                SignalSource::Enters { machine, state } if machine == other && event.what.enters(state) => {
                    heard.push(format!("{} enters {}", name(other), path(state)));
                }
                SignalSource::Emitted { machine, event: named } if machine == other => {
                    let What::Emitted { event, fields } = &event.what else { continue };
                    if event == named {
                        let written = self.fields(signal.fields, fields, |_, _| true);
                        heard.push(format!("{}.{}({written})", name(other), name(named)));
                    }
                }
                _ => {}
            }
        }
        if !heard.is_empty() {
            self.advance(event.time_ns);
        }
        heard.iter().for_each(|it| self.line(it));
    }

    /// The conditions on another machine that are not as they were.
    fn changed_conditions(&mut self, other: &str, what: &What) -> Vec<String> {
        let mut changed = Vec::new();
        for (index, it) in self.table.conditions().enumerate().filter(|it| it.1.machine == other) {
            let Some(holds) = what.is_in(it.state) else { continue };
            let before = if holds { self.holding.insert(index) } else { self.holding.remove(&index) };
            if before {
                let not = if holds { "" } else { "not " };
                changed.push(format!("{} is {not}{}", name(other), path(it.state)));
            }
        }
        changed
    }

    fn path(&mut self, events: &[Recorded]) {
        let first = events.iter().find_map(|it| match &it.what {
            What::Started { state, .. } => Some(state.as_str()),
            _ => None,
        });
        let moved = events.iter().filter_map(|it| match &it.what {
            What::Moved { to, .. } => Some(to.as_str()),
            _ => None,
        });
        let path: Vec<_> = first.into_iter().chain(moved).map(path).collect();
        self.line(&format!("expect path {}", path.join(" > ")));
    }

    fn is_told_of_changes(&self, watcher: &str) -> bool {
        self.watcher(watcher).is_some_and(|it| self.table.kind(self.table.watcher(it).kind).notified)
    }

    fn watcher(&self, name: &str) -> Option<WatcherId> {
        self.table.watchers().find(|it| self.table.watcher_name(*it) == Some(name))
    }

    /// It lasts longer than the recording.
    fn nothing(&self) -> Answer {
        Answer { said: "nothing".to_owned(), later: self.never.clone() }
    }

    fn answer(&self, reported: &What, after_ms: u64) -> Answer {
        let What::Reported { watcher, outcome, fields, .. } = reported else { return self.nothing() };
        if fields.get("reason").and_then(Value::as_str) == Some("interrupted") {
            // It was still under way when the power went.
            return Answer { said: name(outcome), later: self.never.clone() };
        }
        let later = if after_ms == 0 { String::new() } else { format!("after {}", Milliseconds(after_ms)) };
        Answer { said: name(outcome) + &self.carried(watcher, outcome, fields), later }
    }

    /// ` { reason: exit, code: 2 }`, as far as it matters.
    fn carried(&self, watcher: &str, outcome: &str, fields: &Map<String, Value>) -> String {
        let written = self.watcher(watcher).and_then(|watcher| {
            let is_it = |it: &u8| self.table.outcome_name_of(watcher, *it) == Some(outcome);
            let number = (0..self.table.outcome_count(watcher)).find(is_it)?;
            let returned: Vec<_> = self.table.returns(watcher).map(|it| it.0).collect();
            let matters = |name: &str, value: &Value| returned.contains(&name) || matters(name, value);
            Some(self.fields(self.table.payload(watcher, number), fields, matters))
        });
        written.filter(|it| !it.is_empty()).map_or_else(String::new, |it| format!(" {{ {it} }}"))
    }

    fn fields<'t>(
        &self,
        declared: impl Iterator<Item = (&'t str, Type<'t>)>,
        fields: &Map<String, Value>,
        matters: impl Fn(&str, &Value) -> bool,
    ) -> String {
        let written = |(field, ty): (&str, Type<'_>)| {
            let value = fields.get(field).filter(|it| matters(field, it))?;
            Some(format!("{}: {}", name(field), written(ty, value)?))
        };
        declared.filter_map(written).collect::<Vec<_>>().join(", ")
    }
}

/// Of what a kind reports by itself, what guards are likely to look at.
fn matters(name: &str, value: &Value) -> bool {
    match name {
        "took" | "stderr" | "path" | "output" => false,
        _ => !matches!(value.as_str(), Some("")) && value.as_i64() != Some(0),
    }
}

#[cfg(test)]
mod tests;
